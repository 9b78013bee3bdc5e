/** The feed: alerts of repricings and all else that is told to everyone, in order of recording. */
import type { Sql } from "postgres";
import type { Basis } from "../pricing/observations.ts";
import { NOTICE_TYPES, type NoticeType } from "../webhooks/notice-bodies.ts";
import { ALERT_TYPES } from "../webhooks/payload.ts";
import { publishedInAlert, publishedInNotice } from "./published-figures.ts";
import { recordedBy } from "./recorded-by.ts";

/** Types of the feed's items. */
export const FEED_TYPES = [...Object.values(ALERT_TYPES), ...NOTICE_TYPES] as const;
export type FeedType = (typeof FEED_TYPES)[number];

/** An item as it was told. */
export interface FeedItem {
  readonly id: number;
  /** whose published figures are in it; several joined by `+`; null: there are none */
  readonly published: string | null;
  /** what a receiver is told, as it was stored */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FeedQuery {
  /** the last number seen; 0 begins at the start */
  readonly after: number;
  /** alerts of this basis and nothing else; null: those that are told, each repricing once a strength */
  readonly basis: Basis | null;
  /** absent or null: all */
  readonly types?: readonly FeedType[] | null;
  readonly knownAt: Date | null;
  readonly limit: number;
}

function isNotice(type: FeedType): type is NoticeType {
  return NOTICE_TYPES.some((notice) => notice === type);
}

function alertItems(sql: Sql, query: FeedQuery, types: readonly FeedType[] | null) {
  const kinds = Object.entries(ALERT_TYPES).flatMap(([kind, type]) => (types?.includes(type) === false ? [] : [kind]));
  return sql`
    select a.id, a.body, ${publishedInAlert(sql)} as published
    from cutwatch.alerts a
    where a.id > ${query.after}::bigint
      and ${query.basis === null ? sql`a.is_primary` : sql`a.basis = ${query.basis}::cutwatch.basis`}
      and ${types === null ? sql`true` : sql`a.kind = any(${kinds}::text[])`}
      and ${recordedBy(sql, "a.recorded_at", query.knownAt)}
    order by a.id
    limit ${query.limit}
  `;
}

function noticeItems(sql: Sql, query: FeedQuery, types: readonly FeedType[] | null) {
  return sql`
    select n.id, n.body, ${publishedInNotice(sql)} as published
    from cutwatch.notices n
    where n.id > ${query.after}::bigint
      and ${types === null ? sql`true` : sql`n.type = any(${types}::text[])`}
      and ${recordedBy(sql, "n.recorded_at", query.knownAt)}
    order by n.id
    limit ${query.limit}
  `;
}

/** Items after a number, ascending. Numbers are given in the order in which items become visible: none is missed. */
export async function alertsAfter(sql: Sql, query: FeedQuery): Promise<FeedItem[]> {
  const types = query.types ?? null;
  const wantsAlerts = types === null || types.some((type) => !isNotice(type));
  // A notice is of no basis: who asks for one asks for alerts.
  const wantsNotices = query.basis === null && (types === null || types.some(isNotice));
  const [alerts, notices] = [alertItems(sql, query, types), noticeItems(sql, query, types)];
  if (!wantsNotices) return wantsAlerts ? sql<FeedItem[]>`${alerts}` : [];
  if (!wantsAlerts) return sql<FeedItem[]>`${notices}`;
  // One statement, so one view of what is stored: an item between two reads could be passed over.
  return sql<FeedItem[]>`
    select id, body, published from ((${alerts}) union all (${notices})) items
    order by id
    limit ${query.limit}
  `;
}
