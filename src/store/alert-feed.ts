/** The feed of alerts, in order of recording. */
import type { Sql } from "postgres";
import type { Basis } from "../pricing/observations.ts";

/** An alert as it was told. */
export interface FeedItem {
  readonly id: number;
  readonly basis: Basis;
  /** of the reading that raised it; several joined by `+` */
  readonly source: string;
  /** what a receiver is told, as it was stored with the alert */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FeedQuery {
  /** the last number seen; 0 begins at the start */
  readonly after: number;
  /** null: the alerts that nothing better was there to raise, one voice a day */
  readonly basis: Basis | null;
  readonly knownAt: Date | null;
  readonly limit: number;
}

/** Alerts after a number, ascending. Numbers are given in the order in which alerts become visible: none is missed. */
export async function alertsAfter(sql: Sql, query: FeedQuery): Promise<FeedItem[]> {
  const knownAt = query.knownAt?.toISOString() ?? null;
  return sql<FeedItem[]>`
    select a.id, a.basis::text as basis, a.body, coalesce((
      select x.source
      from cutwatch.snapshots x
      where x.trade_date = a.trade_date and x.grid = 'settlement' and x.is_sample = a.is_sample and x.basis = a.basis
        and x.recorded_at <= a.recorded_at
      order by x.recorded_at desc, x.id desc
      limit 1
    ), '') as source
    from cutwatch.alerts a
    where a.id > ${query.after}::bigint
      and ${query.basis === null ? sql`a.is_primary` : sql`a.basis = ${query.basis}::cutwatch.basis`}
      and ${knownAt === null ? sql`true` : sql`a.recorded_at <= ${knownAt}::timestamptz`}
    order by a.id
    limit ${query.limit}
  `;
}
