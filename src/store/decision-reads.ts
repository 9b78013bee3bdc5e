/** Prices and odds on either side of decisions, as they were known at a time. */
import type { Sql } from "postgres";
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import type { Basis, Method } from "../pricing/observations.ts";
import { recordedBy } from "./recorded-by.ts";

/** A decision and the trade dates whose settlements lie on either side of it. */
export interface DecisionDates {
  readonly meeting: IsoDate;
  readonly before: IsoDate;
  readonly after: IsoDate;
  /** the range that was decided */
  readonly lowerBp: number;
}

/** One contract's daily price of one basis, the sample and real ones apart. */
export interface DecisionPrice {
  readonly tradeDate: IsoDate;
  readonly contractMonth: Month;
  readonly basis: Basis;
  readonly isSample: boolean;
  readonly source: string;
  readonly price: number;
}

/** Daily prices of the decision's month and the next one, on both trade dates of each decision. */
export async function pricesAround(
  sql: Sql,
  decisions: readonly DecisionDates[],
  knownAt: Date | null,
): Promise<DecisionPrice[]> {
  if (decisions.length === 0) return [];
  const dates = [...new Set(decisions.flatMap(({ before, after }) => [before, after]))].sort();
  return sql<DecisionPrice[]>`
    select distinct on (trade_date, contract_month, basis, is_sample)
      trade_date as "tradeDate", to_char(contract_month, 'YYYY-MM') as "contractMonth", basis::text as basis,
      is_sample as "isSample", source, price::float8 as price
    from cutwatch.futures_quotes
    where trade_date = any(${dates}::text[]::date[]) and grid = 'settlement'
      and contract_month between date_trunc('month', trade_date) and date_trunc('month', trade_date) + interval '2 months'
      and ${recordedBy(sql, "recorded_at", knownAt)}
    order by trade_date, contract_month, basis, is_sample, as_of desc, recorded_at desc, source
  `;
}

/** What the range that was decided was given at the last settlement before. */
export interface OddsBefore {
  readonly meeting: IsoDate;
  readonly tradeDate: IsoDate;
  readonly probability: number;
  readonly expectedRateBp: number;
  readonly basis: Basis;
  readonly method: Method;
  readonly source: string;
  readonly isSample: boolean;
  readonly recordedAt: Date;
}

/**
 * Odds of the decided range at the last settlement before each decision: real before sample, then the best basis, the latest
 * known. A range that a solved reading does not list had none: 0. Decisions without a solved reading are left out.
 */
export async function oddsBefore(
  sql: Sql,
  decisions: readonly DecisionDates[],
  knownAt: Date | null,
): Promise<OddsBefore[]> {
  if (decisions.length === 0) return [];
  const dates = decisions.map(({ before }) => before).sort();
  const [first, last] = [dates[0] ?? "", dates.at(-1) ?? ""];
  return sql<OddsBefore[]>`
    select distinct on (d.meeting)
      d.meeting, s.trade_date as "tradeDate", coalesce(p.probability, 0) as probability,
      r.expected_rate_bp as "expectedRateBp", s.basis::text as basis, s.method::text as method, s.source,
      s.is_sample as "isSample", s.recorded_at as "recordedAt"
    from unnest(
      ${decisions.map(({ meeting }) => meeting)}::text[]::date[],
      ${decisions.map(({ before }) => before)}::text[]::date[],
      ${decisions.map(({ lowerBp }) => lowerBp)}::integer[]
    ) as d (meeting, before, lower_bp)
    join cutwatch.snapshots s on s.trade_date = d.before and s.grid = 'settlement' and s.method in ('cme', 'published')
      and ${recordedBy(sql, "s.recorded_at", knownAt)}
    join cutwatch.meeting_readings r on r.trade_date = d.before and r.snapshot_id = s.id and r.meeting_date = d.meeting
      and r.unsolved_reason is null and r.trade_date between ${first}::date and ${last}::date
    left join cutwatch.meeting_probabilities p on p.trade_date = d.before and p.snapshot_id = s.id
      and p.meeting_date = d.meeting and p.lower_bp = d.lower_bp and p.trade_date between ${first}::date and ${last}::date
    order by d.meeting, s.is_sample, s.basis, s.recorded_at desc, s.id desc
  `;
}
