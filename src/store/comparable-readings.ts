import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Grid } from "../pricing/observations.ts";
import { headerFrom, type SnapshotHeader } from "./readings.ts";

// A reading may be asked for long after the last one; a year back bounds the months that are searched.
const REACH_DAYS = 366;

/**
 * The newest reading, at or before a time, in which a meeting is solved: one for each basis, sample and real apart, so
 * that two times can be compared on one basis.
 */
export async function comparableReadings(
  sql: Sql,
  query: {
    readonly meeting: IsoDate;
    readonly at: { readonly tradeDate: IsoDate } | { readonly instant: Date };
    readonly grid: Grid | null;
    readonly knownAt: Date | null;
  },
): Promise<SnapshotHeader[]> {
  const byDate = "tradeDate" in query.at;
  const latest = "tradeDate" in query.at ? query.at.tradeDate : query.at.instant.toISOString();
  // An instant belongs at the latest to the trade date after a long weekend.
  const bound = byDate
    ? sql`r.trade_date between ${latest}::date - ${REACH_DAYS}::integer and ${latest}::date`
    : sql`s.as_of <= ${latest}::timestamptz
        and r.trade_date between (${latest}::timestamptz at time zone 'UTC')::date - ${REACH_DAYS}::integer
          and (${latest}::timestamptz at time zone 'UTC')::date + 7`;
  const grid = query.grid ?? (byDate ? "settlement" : null);
  const rows = await sql<Parameters<typeof headerFrom>[0][]>`
    select distinct on (s.is_sample, s.basis)
      s.id::float8 as id, s.trade_date::text as trade_date, s.as_of, s.recorded_at, s.grid::text as grid,
      s.basis::text as basis, s.method::text as method, s.source, s.is_sample, s.target_lower_bp, s.target_upper_bp,
      s.undecided_meeting::text as undecided_meeting, s.effr_bp, s.priced_by_year_end_bp
    from cutwatch.meeting_readings r
    join cutwatch.snapshots s on s.id = r.snapshot_id
    where r.meeting_date = ${query.meeting}::date
      and r.unsolved_reason is null
      and s.method in ('cme', 'published')
      and ${bound}
      ${grid === null ? sql`` : sql`and s.grid = ${grid}::cutwatch.grid`}
      ${query.knownAt === null ? sql`` : sql`and s.recorded_at <= ${query.knownAt.toISOString()}::timestamptz`}
    order by s.is_sample, s.basis, s.as_of desc, s.recorded_at desc, s.id desc
  `;
  return rows.map(headerFrom);
}
