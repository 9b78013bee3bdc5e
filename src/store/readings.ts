import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis, Grid, Method } from "../pricing/observations.ts";
import type { MeetingReading, TargetRange, UnsolvedReason } from "../pricing/reading.ts";
import { indexPoints } from "../pricing/units.ts";

/** Where and when a stored reading comes from. Immutable: the same id is the same figures for ever. */
export interface SnapshotHeader {
  readonly id: number;
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly recordedAt: Date;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly isSample: boolean;
  readonly target: TargetRange;
  /** in effect already, its outcome unknown: `target` is assumed; null: none is */
  readonly undecidedMeeting: IsoDate | null;
  readonly effrBp: number | null;
  readonly pricedByYearEndBp: number | null;
}

/** Which reading is meant: of a trade date (the last one up to it) or of an instant. */
export interface ReadingQuery {
  readonly at: { readonly tradeDate: IsoDate } | { readonly instant: Date };
  readonly grid: Grid | null;
  readonly basis: Basis | null;
  readonly method: Method | null;
  /** answer as it would have been answered then; null: now */
  readonly knownAt: Date | null;
  /** prefer a reading in which this meeting is solved */
  readonly meeting: IsoDate | null;
  /** true: only the sample; false: only real figures; null: real before sample */
  readonly sample: boolean | null;
}

interface HeaderRow {
  readonly id: number;
  readonly trade_date: string;
  readonly as_of: Date;
  readonly recorded_at: Date;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly is_sample: boolean;
  readonly target_lower_bp: number;
  readonly target_upper_bp: number;
  readonly undecided_meeting: string | null;
  readonly effr_bp: number | null;
  readonly priced_by_year_end_bp: number | null;
}

export function headerFrom(row: HeaderRow): SnapshotHeader {
  return {
    id: row.id,
    tradeDate: row.trade_date,
    asOf: row.as_of,
    recordedAt: row.recorded_at,
    grid: row.grid,
    basis: row.basis,
    method: row.method,
    source: row.source,
    isSample: row.is_sample,
    target: { lowerBp: row.target_lower_bp, upperBp: row.target_upper_bp },
    undecidedMeeting: row.undecided_meeting,
    effrBp: row.effr_bp,
    pricedByYearEndBp: row.priced_by_year_end_bp,
  };
}

/**
 * The reading a question means. Of a trade date: the newest date up to it that has a reading; then real before
 * sample, the best basis (settlement, published, last trade, mid), the latest known. Of an instant: the newest
 * reading at or before it, by the same order.
 */
export async function findSnapshot(sql: Sql, query: ReadingQuery): Promise<SnapshotHeader | null> {
  const byDate = "tradeDate" in query.at;
  const instant = "instant" in query.at ? query.at.instant.toISOString() : null;
  const tradeDate = "tradeDate" in query.at ? query.at.tradeDate : null;
  const grid = query.grid ?? (byDate ? "settlement" : null);
  const bound = byDate
    ? sql`s.trade_date <= ${tradeDate}::date`
    : sql`s.as_of <= ${instant}::timestamptz and s.trade_date <= (${instant}::timestamptz at time zone 'UTC')::date + 7`;
  const filters = sql`
    ${bound}
    ${grid === null ? sql`` : sql`and s.grid = ${grid}::cutwatch.grid`}
    ${query.basis === null ? sql`` : sql`and s.basis = ${query.basis}::cutwatch.basis`}
    ${query.method === null ? sql`` : sql`and s.method = ${query.method}::cutwatch.method`}
    ${query.knownAt === null ? sql`` : sql`and s.recorded_at <= ${query.knownAt.toISOString()}::timestamptz`}
    ${query.sample === null ? sql`` : sql`and s.is_sample = ${query.sample}`}
  `;
  const newest = byDate ? sql`s.trade_date` : sql`s.as_of`;
  const columns = sql`
    s.id::float8 as id, s.trade_date::text as trade_date, s.as_of, s.recorded_at, s.grid::text as grid, s.basis::text as basis,
    s.method::text as method, s.source, s.is_sample, s.target_lower_bp, s.target_upper_bp,
    s.undecided_meeting::text as undecided_meeting, s.effr_bp, s.priced_by_year_end_bp
  `;
  if (query.meeting === null) {
    const rows = await sql<HeaderRow[]>`
      select ${columns}
      from cutwatch.snapshots s
      where ${filters}
      order by ${newest} desc, s.is_sample, s.basis, s.recorded_at desc, s.id desc
      limit 1
    `;
    return rows[0] === undefined ? null : headerFrom(rows[0]);
  }
  const rows = await sql<HeaderRow[]>`
    with newest as (
      select ${byDate ? sql`s.trade_date` : sql`s.as_of`} as at
      from cutwatch.snapshots s
      where ${filters}
      order by ${newest} desc
      limit 1
    ),
    versions as (
      select distinct on (s.is_sample, s.basis, s.method) s.*
      from cutwatch.snapshots s
      where ${filters} and ${newest} = (select at from newest)
      order by s.is_sample, s.basis, s.method, s.recorded_at desc, s.id desc
    )
    select ${columns}
    from versions s
    left join cutwatch.meeting_readings r
      on r.trade_date = s.trade_date and r.snapshot_id = s.id and r.meeting_date = ${query.meeting}::date
    order by s.is_sample, r.expected_rate_bp is null, s.basis
    limit 1
  `;
  return rows[0] === undefined ? null : headerFrom(rows[0]);
}

interface MeetingRow {
  readonly meeting_date: string;
  readonly announced: boolean;
  readonly expected_rate_bp: number | null;
  readonly moves: number | null;
  readonly start_rate_bp: number | null;
  readonly end_rate_bp: number | null;
  readonly ease: number | null;
  readonly hold: number | null;
  readonly hike: number | null;
  readonly meeting_ease: number | null;
  readonly meeting_hold: number | null;
  readonly meeting_hike: number | null;
  readonly tick_sensitivity_pp: number | null;
  readonly own_tick_bp: number | null;
  readonly months: string[];
  readonly prices: number[];
  readonly sensitivities: (number | null)[];
  readonly unsolved_reason: UnsolvedReason | null;
  readonly unsolved_detail: string | null;
  readonly unverified: boolean;
  readonly lowers: number[] | null;
  readonly uppers: number[] | null;
  readonly probabilities: number[] | null;
  readonly lows: (number | null)[] | null;
  readonly highs: (number | null)[] | null;
}

function split(ease: number | null, hold: number | null, hike: number | null) {
  return ease === null || hold === null || hike === null ? null : { ease, hold, hike };
}

function readingFrom(row: MeetingRow): MeetingReading {
  return {
    meetingDate: row.meeting_date,
    announced: row.announced,
    expectedRateBp: row.expected_rate_bp,
    moves: row.moves,
    startRateBp: row.start_rate_bp,
    endRateBp: row.end_rate_bp,
    outcomes: (row.probabilities ?? []).map((probability, i) => ({
      lowerBp: row.lowers?.[i] ?? Number.NaN,
      upperBp: row.uppers?.[i] ?? Number.NaN,
      probability,
      low: row.lows?.[i] ?? null,
      high: row.highs?.[i] ?? null,
    })),
    cumulative: split(row.ease, row.hold, row.hike),
    meetingMove: split(row.meeting_ease, row.meeting_hold, row.meeting_hike),
    tickSensitivityPp: row.tick_sensitivity_pp,
    ownTickBp: row.own_tick_bp,
    contracts: row.months.map((contractMonth, i) => ({
      contractMonth,
      price: indexPoints(row.prices[i] ?? Number.NaN),
      tickSensitivityPp: row.sensitivities[i] ?? null,
    })),
    unsolved: row.unsolved_reason === null ? null : { reason: row.unsolved_reason, detail: row.unsolved_detail ?? "" },
    unverified: row.unverified,
  };
}

/** The meetings of a snapshot, by date; only `meeting` when it is given. */
export async function readingsOf(
  sql: Sql,
  snapshot: Pick<SnapshotHeader, "id" | "tradeDate">,
  meeting: IsoDate | null,
): Promise<MeetingReading[]> {
  const only = meeting === null ? sql`` : sql`and r.meeting_date = ${meeting}::date`;
  const onlyOutcomes = meeting === null ? sql`` : sql`and meeting_date = ${meeting}::date`;
  const rows = await sql<MeetingRow[]>`
    select
      r.meeting_date::text as meeting_date, r.announced, r.expected_rate_bp, r.moves, r.start_rate_bp, r.end_rate_bp,
      r.ease, r.hold, r.hike, r.meeting_ease, r.meeting_hold, r.meeting_hike, r.tick_sensitivity_pp, r.own_tick_bp,
      (select coalesce(array_agg(to_char(m, 'YYYY-MM')), '{}') from unnest(r.contract_months) as m) as months,
      r.contract_prices::float8[] as prices, r.contract_sensitivities_pp as sensitivities,
      r.unsolved_reason, r.unsolved_detail, r.unverified,
      o.lowers, o.uppers, o.probabilities, o.lows, o.highs
    from cutwatch.meeting_readings r
    left join (
      select
        meeting_date,
        array_agg(lower_bp order by lower_bp) as lowers,
        array_agg(upper_bp order by lower_bp) as uppers,
        array_agg(probability order by lower_bp) as probabilities,
        array_agg(low order by lower_bp) as lows,
        array_agg(high order by lower_bp) as highs
      from cutwatch.meeting_probabilities
      where trade_date = ${snapshot.tradeDate}::date and snapshot_id = ${snapshot.id} ${onlyOutcomes}
      group by meeting_date
    ) o on o.meeting_date = r.meeting_date
    where r.trade_date = ${snapshot.tradeDate}::date and r.snapshot_id = ${snapshot.id} ${only}
    order by r.meeting_date
  `;
  return rows.map(readingFrom);
}
