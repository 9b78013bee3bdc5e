/** What is told to everyone besides alerts of repricings, numbered in the feed's one order. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { NoticeType } from "../webhooks/notice-bodies.ts";
import { feedNumbers } from "./alerts.ts";
import { announceChange } from "./write.ts";

/** A notice to be recorded. */
export interface NoticeDraft {
  /** the same however often it is made */
  readonly key: string;
  readonly asOf: Date;
  /** of the figures in it; several joined by `+` */
  readonly source: string;
  readonly body: { readonly type: NoticeType; readonly timestamp: string; readonly data: object };
}

/** Those of some keys that were told already. */
export async function knownNotices(sql: Sql | TransactionSql, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await sql<{ key: string }[]>`
    select key from cutwatch.notices where key = any(${keys}::text[])
  `;
  return new Set(rows.map(({ key }) => key));
}

/** A decision as it was told last. */
export interface ToldDecision {
  /** its place in the feed */
  readonly id: number;
  readonly lowerBp: number;
  readonly upperBp: number;
}

/** Of some meetings what was decided there as it was told last; absent: nobody was told. */
export async function toldDecisions(
  sql: Sql | TransactionSql,
  meetings: readonly IsoDate[],
): Promise<ReadonlyMap<IsoDate, ToldDecision>> {
  if (meetings.length === 0) return new Map();
  const rows = await sql<(ToldDecision & { meeting: IsoDate })[]>`
    select distinct on (meeting) id::float8 as id, body -> 'data' ->> 'meeting' as meeting,
      (body -> 'data' -> 'outcome' ->> 'lower_bp')::integer as "lowerBp",
      (body -> 'data' -> 'outcome' ->> 'upper_bp')::integer as "upperBp"
    from cutwatch.notices
    where type = 'meeting.decided' and body -> 'data' ->> 'meeting' = any(${meetings}::text[])
    order by meeting, notices.id desc
  `;
  return new Map(rows.map(({ meeting, ...told }) => [meeting, told]));
}

/**
 * Records a notice under the next number of the feed, which its body names as `data.sequence`. The caller holds the turn
 * `repricings`, so that numbers become visible in order.
 *
 * @returns its number; null when the key was told already
 */
export async function recordNotice(tx: TransactionSql, draft: NoticeDraft, recordedAt: Date): Promise<number | null> {
  if ((await knownNotices(tx, [draft.key])).has(draft.key)) return null;
  const [id = 0] = await feedNumbers(tx, 1);
  const { type, timestamp, data } = draft.body;
  const body = JSON.stringify({ type, timestamp, data: { sequence: id, historical: false, ...data } });
  await tx`
    insert into cutwatch.notices (id, key, type, as_of, recorded_at, historical, source, body)
    values (${id}, ${draft.key}, ${type}, ${draft.asOf.toISOString()}::timestamptz,
      ${recordedAt.toISOString()}::timestamptz, false, ${draft.source}, ${body}::text::jsonb)
  `;
  await announceChange(tx, "alerts");
  return id;
}

/** An outage that was told. */
export interface ToldOutage {
  /** key of `data.stale` */
  readonly key: string;
  readonly what: string;
  readonly expectedAt: Date;
}

/** The outages that were told and of whose end nobody was. */
export async function openOutages(sql: Sql): Promise<ToldOutage[]> {
  return sql<ToldOutage[]>`
    select s.key, s.body -> 'data' ->> 'what' as what, (s.body -> 'data' ->> 'expected_at')::timestamptz as "expectedAt"
    from cutwatch.notices s
    where s.type = 'data.stale' and not exists (
      select from cutwatch.notices r
      where r.type = 'data.recovered' and r.key = replace(s.key, 'data.stale/', 'data.recovered/')
    )
    order by s.id
  `;
}
