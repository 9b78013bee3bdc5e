/** Intraday readings against the last settlement, and the provisional alerts that wait for the next one. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import { type IndexPoints, indexPoints } from "../pricing/units.ts";
import type { IntradayObservation, ProvisionalAlert } from "../repricing/intraday.ts";
import type { DetectorStream } from "./detector.ts";

/** A stream that has intraday readings of a trade date it has no daily reading of yet. */
export interface OpenDay {
  readonly stream: DetectorStream;
  readonly tradeDate: IsoDate;
  /** of the newest reading */
  readonly source: string;
}

/** The newest trade date of each stream's intraday readings, where its settlement is still to come. */
export async function openDays(sql: Sql): Promise<OpenDay[]> {
  const rows = await sql<{ basis: Basis; trade_date: string; source: string }[]>`
    select i.basis::text as basis, i.trade_date::text as trade_date, i.source
    from (
      select distinct on (basis) basis, trade_date, source
      from cutwatch.snapshots
      where grid = 'intraday' and not is_sample
      order by basis, trade_date desc, as_of desc
    ) i
    where not exists (
      select from cutwatch.snapshots d
      where d.grid = 'settlement' and d.basis = i.basis and not d.is_sample and d.trade_date >= i.trade_date
    )
  `;
  return rows.map((row) => ({
    stream: { basis: row.basis, isSample: false },
    tradeDate: row.trade_date,
    source: row.source,
  }));
}

type Contracts = readonly { readonly contractMonth: Month; readonly price: IndexPoints }[];

function contractsFrom(months: readonly string[], prices: readonly number[]): Contracts {
  return months.map((contractMonth, i) => ({ contractMonth, price: indexPoints(prices[i] ?? Number.NaN) }));
}

/** The contracts behind each meeting in the last daily reading before a trade date. */
export async function settledContracts(sql: Sql | TransactionSql, day: OpenDay): Promise<Map<IsoDate, Contracts>> {
  const rows = await sql<{ meeting: string; months: string[]; prices: number[] }[]>`
    with last as (
      select id, trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${day.stream.basis}::cutwatch.basis and is_sample = ${day.stream.isSample}
        and trade_date < ${day.tradeDate}::date
      order by trade_date desc, recorded_at desc, id desc
      limit 1
    )
    select r.meeting_date::text as meeting,
      (select coalesce(array_agg(to_char(m, 'YYYY-MM')), '{}') from unnest(r.contract_months) as m) as months,
      r.contract_prices::float8[] as prices
    from last l
    join cutwatch.meeting_readings r on r.trade_date = l.trade_date and r.snapshot_id = l.id
  `;
  return new Map(rows.map((row) => [row.meeting, contractsFrom(row.months, row.prices)]));
}

/** The intraday readings of one trade date, by meeting, ascending; the latest known of each instant. */
export async function intradayReadings(
  sql: Sql | TransactionSql,
  day: OpenDay,
): Promise<Map<IsoDate, IntradayObservation[]>> {
  const rows = await sql<
    {
      meeting: string;
      as_of: Date;
      rate: number | null;
      tick: number | null;
      undecided: string | null;
      months: string[];
      prices: number[];
    }[]
  >`
    with latest as (
      select distinct on (as_of) id, as_of, undecided_meeting
      from cutwatch.snapshots
      where grid = 'intraday' and basis = ${day.stream.basis}::cutwatch.basis and is_sample = ${day.stream.isSample}
        and trade_date = ${day.tradeDate}::date
      order by as_of, recorded_at desc, id desc
    )
    select r.meeting_date::text as meeting, l.as_of, r.expected_rate_bp as rate, r.own_tick_bp as tick,
      l.undecided_meeting::text as undecided,
      (select coalesce(array_agg(to_char(m, 'YYYY-MM')), '{}') from unnest(r.contract_months) as m) as months,
      r.contract_prices::float8[] as prices
    from latest l
    join cutwatch.meeting_readings r on r.snapshot_id = l.id and r.trade_date = ${day.tradeDate}::date
    order by l.as_of
  `;
  const byMeeting = new Map<IsoDate, IntradayObservation[]>();
  for (const row of rows) {
    const readings = byMeeting.get(row.meeting) ?? [];
    byMeeting.set(row.meeting, readings);
    readings.push({
      tradeDate: day.tradeDate,
      asOf: row.as_of.toISOString(),
      expectedRateBp: row.rate,
      ownTickBp: row.tick,
      unusable: row.undecided === null ? null : `the outcome of ${row.undecided} is not known`,
      contracts: contractsFrom(row.months, row.prices),
    });
  }
  return byMeeting;
}

/** An alert that was told during the day. */
export interface ProvisionalRow {
  readonly id: number;
  readonly repricingId: number;
  readonly cluster: string;
  readonly alert: ProvisionalAlert;
  /** confirmed or withdrawn by a settlement already */
  readonly isAnswered: boolean;
}

/**
 * Provisional alerts that the settlements of some trade dates may answer, in order: those of these dates, earlier ones that
 * still wait, and earlier ones that one of these settlements confirmed.
 */
export async function provisionalOn(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  tradeDates: readonly IsoDate[],
): Promise<ProvisionalRow[]> {
  const last = tradeDates.toSorted().at(-1);
  if (last === undefined) return [];
  return tx<ProvisionalRow[]>`
    select a.id, a.repricing_id as "repricingId", a.cluster, a.provisional as alert, exists (
      select from cutwatch.alerts answer where answer.repricing_id = a.repricing_id and answer.resolves_id = a.id
    ) as "isAnswered"
    from cutwatch.alerts a
    where a.basis = ${stream.basis}::cutwatch.basis and a.is_sample = ${stream.isSample}
      and a.parameters_version = ${version} and a.provisional is not null
      and (a.trade_date = any(${tradeDates}::text[]::date[]) or (a.trade_date < ${last}::date and not exists (
        select from cutwatch.alerts answer
        where answer.repricing_id = a.repricing_id and answer.resolves_id = a.id
          and not (answer.kind = 'confirmed' and answer.trade_date = any(${tradeDates}::text[]::date[]))
      )))
    order by a.id
  `;
}

/** A provisional alert that nothing has answered yet, and whose it is. */
export interface WaitingAlert extends DetectorStream {
  readonly id: number;
  readonly repricingId: number;
  readonly version: string;
  readonly key: string;
  readonly tradeDate: IsoDate;
}

/** Provisional alerts of every stream that wait for a settlement, in order. */
export async function waitingAlerts(sql: Sql | TransactionSql): Promise<WaitingAlert[]> {
  return sql<WaitingAlert[]>`
    select a.id, a.repricing_id as "repricingId", a.basis::text as basis, a.is_sample as "isSample",
      a.parameters_version as version, a.key, a.trade_date as "tradeDate"
    from cutwatch.alerts a
    where a.provisional is not null and not exists (
      select from cutwatch.alerts answer where answer.repricing_id = a.repricing_id and answer.resolves_id = a.id
    )
    order by a.id
  `;
}
