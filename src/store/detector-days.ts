/** The daily readings that the detector looks at, and whose they are to tell of. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Outcome } from "../pricing/reading.ts";
import type { DayReadings } from "../repricing/detector.ts";
import type { DetectorStream } from "./detector.ts";

/** A day's readings with the snapshot they come from. */
export interface StoredDay extends DayReadings {
  readonly snapshotId: number;
  readonly source: string;
}

/**
 * The latest readings of each trade date of a period, ascending. Both ends are named, so that only the months between are
 * looked into: 1 ms of planning instead of 10 for ten years of them.
 */
export async function daysBetween(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  { from, to }: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<StoredDay[]> {
  const rows = await sql<
    {
      snapshot_id: number;
      trade_date: string;
      as_of: Date;
      source: string;
      undecided_meeting: string | null;
      meetings: string[];
      rates: (number | null)[];
      ticks: (number | null)[];
    }[]
  >`
    with latest as (
      select distinct on (trade_date) id, trade_date, as_of, source, undecided_meeting
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and trade_date between ${from}::date and ${to}::date
      order by trade_date, recorded_at desc, id desc
    )
    select
      l.id::float8 as snapshot_id, l.trade_date::text as trade_date, l.as_of, l.source, l.undecided_meeting::text as undecided_meeting,
      array_agg(r.meeting_date::text order by r.meeting_date) as meetings,
      array_agg(r.expected_rate_bp order by r.meeting_date) as rates,
      array_agg(r.own_tick_bp order by r.meeting_date) as ticks
    from latest l
    join cutwatch.meeting_readings r on r.snapshot_id = l.id and r.trade_date = l.trade_date
    where r.trade_date between ${from}::date and ${to}::date
    group by l.id, l.trade_date, l.as_of, l.source, l.undecided_meeting
    order by l.trade_date
  `;
  return rows.map((row) => ({
    snapshotId: row.snapshot_id,
    tradeDate: row.trade_date,
    asOf: row.as_of,
    source: row.source,
    // Odds against a range that may be 25 bp off would read as a repricing.
    unusable: row.undecided_meeting === null ? null : `the outcome of ${row.undecided_meeting} is not known`,
    readings: row.meetings.map((meetingDate, i) => ({
      meetingDate,
      expectedRateBp: row.rates[i] ?? null,
      ownTickBp: row.ticks[i] ?? null,
    })),
  }));
}

/** A meeting's distribution in the latest reading of a trade date. */
export interface OutcomesWanted {
  readonly tradeDate: IsoDate;
  readonly meeting: IsoDate;
}

/** Distributions of many dates and meetings at once, keyed `date meeting`. */
export async function outcomesOn(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  wanted: readonly OutcomesWanted[],
): Promise<Map<string, Outcome[]>> {
  if (wanted.length === 0) return new Map();
  const dates = wanted.map((each) => each.tradeDate).sort();
  const rows = await sql<{ key: string; lowers: number[]; uppers: number[]; probabilities: number[] }[]>`
    select concat_ws(' ', w.d, w.m) as key, found.lowers, found.uppers, found.probabilities
    from (
      select distinct d, m
      from unnest(${wanted.map((w) => w.tradeDate)}::text[]::date[], ${wanted.map((w) => w.meeting)}::text[]::date[]) as w (d, m)
    ) w
    cross join lateral (
      select id from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and trade_date = w.d
      order by recorded_at desc, id desc
      limit 1
    ) latest
    cross join lateral (
      select
        array_agg(p.lower_bp order by p.lower_bp) as lowers,
        array_agg(p.upper_bp order by p.lower_bp) as uppers,
        array_agg(p.probability order by p.lower_bp) as probabilities
      from cutwatch.meeting_probabilities p
      where p.trade_date = w.d and p.snapshot_id = latest.id and p.meeting_date = w.m
        and p.trade_date between ${dates[0] ?? ""}::date and ${dates.at(-1) ?? ""}::date
    ) found
    where found.lowers is not null
  `;
  return new Map(
    rows.map((row) => [
      row.key,
      row.probabilities.map((probability, i) => ({
        lowerBp: row.lowers[i] ?? 0,
        upperBp: row.uppers[i] ?? 0,
        probability,
        low: null,
        high: null,
      })),
    ]),
  );
}

/**
 * Which alerts a better stream speaks for, keyed `date meeting`: real before sample, then the better basis, where it has solved
 * the meeting in a reading of the day. An export that has the meetings of one year alone says nothing of those before it. What
 * another stream has told of the same repricing is asked when an alert is told.
 */
export async function outrankedOn(
  tx: TransactionSql,
  stream: DetectorStream,
  wanted: readonly OutcomesWanted[],
): Promise<Set<string>> {
  if (wanted.length === 0) return new Set();
  const dates = wanted.map((each) => each.tradeDate).sort();
  const rows = await tx<{ key: string }[]>`
    select distinct concat_ws(' ', w.d, w.m) as key
    from unnest(${wanted.map((w) => w.tradeDate)}::text[]::date[], ${wanted.map((w) => w.meeting)}::text[]::date[]) as w (d, m)
    join cutwatch.snapshots s on s.trade_date = w.d and s.grid = 'settlement'
      and (s.is_sample, s.basis) < (${stream.isSample}, ${stream.basis}::cutwatch.basis)
    join cutwatch.meeting_readings r on r.trade_date = w.d and r.snapshot_id = s.id and r.meeting_date = w.m
      and r.trade_date between ${dates[0] ?? ""}::date and ${dates.at(-1) ?? ""}::date
    where r.unsolved_reason is null
  `;
  return new Set(rows.map(({ key }) => key));
}
