/** What was told, as far as it decides who is told of it: for replays and dry runs. */
import type { Sql, TransactionSql } from "postgres";
import type { ToldAlert, ToldNotice } from "../webhooks/match.ts";

/** A period of market time, both ends included; null: open. */
export interface AsOfPeriod {
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * The alerts of a period, history included, in order of number: one voice a day, and those of the sample only where no
 * real reading of their trade date is stored.
 */
export async function toldAlerts(sql: Sql | TransactionSql, { from, to }: AsOfPeriod): Promise<ToldAlert[]> {
  const rows = await sql<(Omit<ToldAlert, "asOf"> & { asOf: Date })[]>`
    select a.id::float8 as id, a.body ->> 'type' as type, a.kind, a.severity, r.meeting_date::text as meeting,
      r.path_year as path, a.cluster as "clusterId", a.as_of as "asOf", a.recorded_at as "recordedAt"
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    where a.is_primary
      and a.as_of between coalesce(${from?.toISOString() ?? null}::timestamptz, '-infinity')
        and coalesce(${to?.toISOString() ?? null}::timestamptz, 'infinity')
      and (not a.is_sample or not exists (
        select from cutwatch.snapshots s
        where s.trade_date = a.trade_date and s.grid = 'settlement' and not s.is_sample
      ))
    order by a.id
  `;
  return rows.map((row) => ({ ...row, asOf: row.asOf.toISOString() }));
}

/** The notices of a period, in order of number. */
export async function toldNotices(sql: Sql | TransactionSql, { from, to }: AsOfPeriod): Promise<ToldNotice[]> {
  const rows = await sql<(Omit<ToldNotice, "asOf"> & { asOf: Date })[]>`
    select id::float8 as id, type, body -> 'data' ->> 'meeting' as meeting, as_of as "asOf", recorded_at as "recordedAt"
    from cutwatch.notices
    where as_of between coalesce(${from?.toISOString() ?? null}::timestamptz, '-infinity')
      and coalesce(${to?.toISOString() ?? null}::timestamptz, 'infinity')
    order by id
  `;
  return rows.map((row) => ({ ...row, asOf: row.asOf.toISOString() }));
}
