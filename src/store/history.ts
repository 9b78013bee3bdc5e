import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis, Grid } from "../pricing/observations.ts";
import { headerFrom, type SnapshotHeader } from "./readings.ts";

/** One point of a meeting's series. */
export interface HistoryPoint extends SnapshotHeader {
  readonly announced: boolean;
  readonly expectedRateBp: number;
  /** sum over the ranges asked for; null when none was */
  readonly probability: number | null;
}

/** Which basis a series runs on throughout, and whether it is the sample. */
export interface SeriesClass {
  readonly basis: Basis;
  readonly isSample: boolean;
  /** readings it has in the period */
  readonly count: number;
}

interface SeriesQuery {
  readonly meeting: IsoDate;
  readonly grid: Grid;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly knownAt: Date | null;
}

function solvedReadings(sql: Sql, query: SeriesQuery) {
  return sql`
    cutwatch.meeting_readings r
    join cutwatch.snapshots s on s.id = r.snapshot_id
    where r.meeting_date = ${query.meeting}::date
      and r.trade_date between ${query.from}::date and ${query.to}::date
      and r.unsolved_reason is null
      and s.grid = ${query.grid}::cutwatch.grid
      and s.method in ('cme', 'published')
      ${query.knownAt === null ? sql`` : sql`and s.recorded_at <= ${query.knownAt.toISOString()}::timestamptz`}
  `;
}

/**
 * The bases a meeting's series could run on in a period, best choice first: real before sample, then most trade dates
 * covered, then the better basis. A series never changes its basis on the way.
 */
export async function seriesClasses(sql: Sql, query: SeriesQuery): Promise<SeriesClass[]> {
  const rows = await sql<{ basis: Basis; is_sample: boolean; count: number }[]>`
    select s.basis::text as basis, s.is_sample, count(distinct s.as_of)::integer as count
    from ${solvedReadings(sql, query)}
    group by s.basis, s.is_sample
    order by s.is_sample, count(distinct s.trade_date) desc, s.basis
  `;
  return rows.map((row) => ({ basis: row.basis, isSample: row.is_sample, count: row.count }));
}

/** The ranges whose probabilities a point adds up: bounds in bp, null for none. */
export interface RangeSum {
  readonly lowerAtLeastBp: number | null;
  readonly upperAtMostBp: number | null;
}

/** A meeting's solved readings of one basis, ascending, the latest known of each instant. */
export async function historyOf(
  sql: Sql,
  query: SeriesQuery & {
    readonly basis: Basis;
    readonly sample: boolean;
    readonly sum: RangeSum | null;
    readonly after: Date | null;
    readonly limit: number;
  },
): Promise<HistoryPoint[]> {
  const sum = query.sum;
  const probability =
    sum === null
      ? sql`null::double precision`
      : sql`(
          select coalesce(sum(p.probability), 0)
          from cutwatch.meeting_probabilities p
          where p.trade_date = r.trade_date and p.snapshot_id = r.snapshot_id and p.meeting_date = r.meeting_date
            and p.trade_date between ${query.from}::date and ${query.to}::date
            ${sum.lowerAtLeastBp === null ? sql`` : sql`and p.lower_bp >= ${sum.lowerAtLeastBp}`}
            ${sum.upperAtMostBp === null ? sql`` : sql`and p.upper_bp <= ${sum.upperAtMostBp}`}
        )`;
  const rows = await sql<
    (Parameters<typeof headerFrom>[0] & {
      announced: boolean;
      expected_rate_bp: number;
      probability: number | null;
    })[]
  >`
    select distinct on (s.as_of)
      s.id::float8 as id, s.trade_date::text as trade_date, s.as_of, s.recorded_at, s.grid::text as grid,
      s.basis::text as basis, s.method::text as method, s.source, s.is_sample, s.target_lower_bp, s.target_upper_bp,
      s.undecided_meeting::text as undecided_meeting, s.effr_bp, s.priced_by_year_end_bp, r.announced, r.expected_rate_bp, ${probability} as probability
    from ${solvedReadings(sql, query)}
      and s.basis = ${query.basis}::cutwatch.basis
      and s.is_sample = ${query.sample}
      ${query.after === null ? sql`` : sql`and s.as_of > ${query.after.toISOString()}::timestamptz`}
    order by s.as_of, s.recorded_at desc, s.id desc
    limit ${query.limit}
  `;
  return rows.map((row) => ({
    ...headerFrom(row),
    announced: row.announced,
    expectedRateBp: row.expected_rate_bp,
    probability: row.probability,
  }));
}
