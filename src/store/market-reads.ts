/** Inputs of a block between any two dates, as they were known at a time. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { DailyClose } from "../markets/close-history.ts";
import type { Basis } from "../pricing/observations.ts";
import type { DetectorStream } from "./detector.ts";
import { recordedBy } from "./recorded-by.ts";

interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly knownAt: Date | null;
}

/** Closes of a period, one a symbol and date: the latest known. The sample's and real ones never together. */
export async function closesKnown(sql: Sql, period: Period & { readonly isSample: boolean }): Promise<DailyClose[]> {
  return sql<DailyClose[]>`
    select distinct on (symbol, close_date) symbol, close_date as date, close::float8 as close
    from cutwatch.asset_closes
    where close_date between ${period.from}::date and ${period.to}::date and is_sample = ${period.isSample}
      and ${recordedBy(sql, "recorded_at", period.knownAt)}
    order by symbol, close_date, recorded_at desc, source
  `;
}

/** Whether real closes, or only the sample's, are there in a period; null: neither. */
export async function closesAtHand(sql: Sql, period: Period): Promise<"real" | "sample" | null> {
  const rows = await sql<{ isSample: boolean }[]>`
    select distinct is_sample as "isSample"
    from cutwatch.asset_closes
    where close_date between ${period.from}::date and ${period.to}::date and ${recordedBy(sql, "recorded_at", period.knownAt)}
    order by is_sample
  `;
  const [best] = rows;
  return best === undefined ? null : best.isSample ? "sample" : "real";
}

/** The path on one trade date: the rate expected after the year's December meeting. */
export interface PathRate {
  readonly year: string;
  readonly date: IsoDate;
  readonly expectedRateBp: number;
}

/** The path's rates, all of the stream that has most trade dates in the period, then the better basis. */
export async function pathKnown(
  sql: Sql,
  period: Period & { readonly isSample: boolean },
): Promise<{ readonly stream: DetectorStream | null; readonly rates: readonly PathRate[] }> {
  const { isSample } = period;
  const rows = await sql<(PathRate & { basis: Basis })[]>`
    with latest as (
      select distinct on (basis, trade_date) id, basis, trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and is_sample = ${isSample}
        and trade_date between ${period.from}::date and ${period.to}::date
        and ${recordedBy(sql, "recorded_at", period.knownAt)}
      order by basis, trade_date, recorded_at desc, id desc
    ),
    rates as (
      select l.basis, to_char(r.meeting_date, 'YYYY') as year, l.trade_date as date, r.expected_rate_bp
      from latest l
      join cutwatch.meeting_readings r on r.trade_date = l.trade_date and r.snapshot_id = l.id
      where r.trade_date between ${period.from}::date and ${period.to}::date
        and extract(month from r.meeting_date) = 12
        and extract(year from r.meeting_date) = extract(year from l.trade_date)
        and r.expected_rate_bp is not null
    )
    select year, date, expected_rate_bp as "expectedRateBp", basis::text as basis
    from rates
    where basis = (select basis from rates group by basis order by count(*) desc, basis limit 1)
    order by date
  `;
  const [first] = rows;
  return { stream: first === undefined ? null : { basis: first.basis, isSample }, rates: rows };
}
