/** One measure of some meetings over time, as rules look at it. */
import type { Sql, TransactionSql } from "postgres";
import { type IsoDate, maxDate, minDate } from "../calendar/calendar-date.ts";
import type { Basis, Grid, Method } from "../pricing/observations.ts";
import type { MeasuredReading } from "../webhooks/rule-series.ts";
import type { Rule } from "../webhooks/subscription.ts";

/** Trade dates of one meeting whose readings are wanted. */
export interface ReadingSpan {
  readonly meeting: IsoDate;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

export interface MeasuredQuery {
  readonly measure: Pick<Rule, "measure" | "range">;
  readonly spans: readonly ReadingSpan[];
  /** intraday readings from here on besides the daily ones; null: only daily ones */
  readonly intradayFrom: Date | null;
}

// With both ends named only the months between are planned for and read.
function firstOf(spans: readonly ReadingSpan[]): IsoDate {
  return spans.map(({ from }) => from).reduce(minDate, "9999-12-31");
}

function lastOf(spans: readonly ReadingSpan[]): IsoDate {
  return spans.map(({ to }) => to).reduce(maxDate, "0001-01-01");
}

/** The column or sum that a measure is. */
function measured(sql: Sql | TransactionSql, { measure: { measure, range }, spans }: MeasuredQuery) {
  if (measure === "expected_rate") return sql`r.expected_rate_bp`;
  if (measure === "ease") return sql`r.ease`;
  if (measure === "hold") return sql`r.hold`;
  if (measure === "hike") return sql`r.hike`;
  if (range === null) {
    throw new RangeError(`Cannot read the measure ${measure}: it must name a range such as 350-375`);
  }
  // A range that is not reached has no row: its probability is 0 where the meeting is solved.
  return sql`
    case when r.unsolved_reason is null then (
      select least(1, coalesce(sum(p.probability), 0))
      from cutwatch.meeting_probabilities p
      where p.trade_date = r.trade_date and p.snapshot_id = r.snapshot_id and p.meeting_date = r.meeting_date
        and p.trade_date between ${firstOf(spans)}::date and ${lastOf(spans)}::date
        ${measure === "at_most" ? sql`` : sql`and p.lower_bp >= ${range.lowerBp}`}
        ${measure === "at_least" ? sql`` : sql`and p.upper_bp <= ${range.upperBp}`}
    ) end
  `;
}

/**
 * The readings of some meetings, the latest known of each instant and basis, ascending by meeting and `asOf`. Where the
 * outcome of a meeting in effect is not known the range in force is assumed, and there is no figure: the reading says why.
 */
export async function measuredReadings(sql: Sql | TransactionSql, query: MeasuredQuery): Promise<MeasuredReading[]> {
  const { spans, intradayFrom } = query;
  if (spans.length === 0) return [];
  const rows = await sql<
    {
      meeting: string;
      trade_date: string;
      as_of: Date;
      recorded_at: Date;
      grid: Grid;
      basis: Basis;
      method: Method;
      source: string;
      is_sample: boolean;
      target_lower_bp: number;
      target_upper_bp: number;
      value: number | null;
      expected_rate_bp: number | null;
      undecided_meeting: string | null;
      unsolved_detail: string | null;
    }[]
  >`
    with wanted as materialized (
      select m, f, t
      from unnest(
        ${spans.map(({ meeting }) => meeting)}::text[]::date[],
        ${spans.map(({ from }) => from)}::text[]::date[],
        ${spans.map(({ to }) => to)}::text[]::date[]
      ) as w (m, f, t)
    ),
    latest as materialized (
      select distinct on (s.trade_date, s.as_of, s.grid, s.basis, s.is_sample)
        s.id, s.trade_date, s.as_of, s.recorded_at, s.grid, s.basis, s.method, s.source, s.is_sample, s.target_lower_bp,
        s.target_upper_bp, s.undecided_meeting
      from cutwatch.snapshots s
      where s.trade_date between ${firstOf(spans)}::date and ${lastOf(spans)}::date
        and s.method in ('cme', 'published')
        and (s.grid = 'settlement' or s.as_of >= ${intradayFrom?.toISOString() ?? "infinity"}::text::timestamptz)
      order by s.trade_date, s.as_of, s.grid, s.basis, s.is_sample, s.recorded_at desc, s.id desc
    )
    select w.m as meeting, s.trade_date::text as trade_date, s.as_of, s.recorded_at, s.grid::text as grid,
      s.basis::text as basis, s.method::text as method, s.source, s.is_sample, s.target_lower_bp, s.target_upper_bp,
      case when s.undecided_meeting is null then ${measured(sql, query)} end as value, r.expected_rate_bp,
      s.undecided_meeting::text as undecided_meeting,
      case when r.unsolved_reason is not null then coalesce(r.unsolved_detail, r.unsolved_reason) end as unsolved_detail
    from wanted w
    join latest s on s.trade_date between w.f and w.t
    join cutwatch.meeting_readings r
      on r.trade_date = s.trade_date and r.snapshot_id = s.id and r.meeting_date = w.m
        and r.trade_date between ${firstOf(spans)}::date and ${lastOf(spans)}::date
    order by w.m, s.as_of, s.grid, s.basis
  `;
  return rows.map((row) => ({
    meeting: row.meeting,
    tradeDate: row.trade_date,
    asOf: row.as_of,
    recordedAt: row.recorded_at,
    grid: row.grid,
    basis: row.basis,
    method: row.method,
    source: row.source,
    isSample: row.is_sample,
    target: { lowerBp: row.target_lower_bp, upperBp: row.target_upper_bp },
    value: row.value,
    expectedRateBp: row.expected_rate_bp,
    undecidedMeeting: row.undecided_meeting,
    unsolved: row.unsolved_detail,
  }));
}
