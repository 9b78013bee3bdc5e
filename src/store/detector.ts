/** What the repricing detector reads and remembers. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../pricing/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import type { Outcome } from "../pricing/reading.ts";
import type { DayReadings, DetectorState } from "../repricing/detector.ts";
import type { DetectorParameters } from "../repricing/parameters.ts";

/** One run of readings that may be compared with each other: a basis, real or sample. */
export interface DetectorStream {
  readonly basis: Basis;
  readonly isSample: boolean;
}

/** Keeps a table of parameters under its version; the same version never means two things. */
export async function registerParameters(tx: TransactionSql, parameters: DetectorParameters, now: Date): Promise<void> {
  const text = JSON.stringify(parameters);
  const rows = await tx<{ same: boolean }[]>`
    insert into cutwatch.detector_versions as v (version, parameters, recorded_at)
    values (${parameters.version}, ${text}::text::jsonb, ${now.toISOString()}::timestamptz)
    on conflict (version) do update set version = v.version
    returning parameters = ${text}::text::jsonb as same
  `;
  if (rows[0]?.same !== true) {
    throw new RangeError(
      `Cannot use detector parameters ${parameters.version}: the database has others under that version, a change needs a new one`,
    );
  }
}

/** The streams that have daily readings. */
export async function detectorStreams(sql: Sql): Promise<DetectorStream[]> {
  const rows = await sql<{ basis: Basis; is_sample: boolean }[]>`
    select distinct basis::text as basis, is_sample from cutwatch.snapshots where grid = 'settlement'
  `;
  return rows
    .map((row) => ({ basis: row.basis, isSample: row.is_sample }))
    .sort((a, b) => `${a.isSample} ${a.basis}`.localeCompare(`${b.isSample} ${b.basis}`));
}

/** The first trade date whose latest reading the detector has not looked at; null when it is up to date. */
export async function firstUnseenDate(sql: Sql, stream: DetectorStream, version: string): Promise<IsoDate | null> {
  const rows = await sql<{ first: string | null }[]>`
    with latest as (
      select distinct on (trade_date) trade_date, id
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
      order by trade_date, recorded_at desc, id desc
    ),
    seen as (
      select distinct on (trade_date) trade_date, snapshot_id
      from cutwatch.detector_days
      where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and parameters_version = ${version}
      order by trade_date, id desc
    )
    select min(latest.trade_date)::text as first
    from latest
    left join seen using (trade_date)
    where seen.snapshot_id is distinct from latest.id
  `;
  return rows[0]?.first ?? null;
}

/** What the detector remembered after the last trade date before `date`; null before its first. */
export async function stateBefore(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  version: string,
  date: IsoDate,
): Promise<DetectorState | null> {
  const rows = await sql<{ state: DetectorState }[]>`
    select state
    from cutwatch.detector_days
    where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
      and parameters_version = ${version} and trade_date < ${date}::date
    order by trade_date desc, id desc
    limit 1
  `;
  return rows[0]?.state ?? null;
}

/** A day's readings with the snapshot they come from. */
export interface StoredDay extends DayReadings {
  readonly snapshotId: number;
  readonly source: string;
}

/** The latest readings of each trade date from `from` on, ascending. */
export async function daysFrom(sql: Sql | TransactionSql, stream: DetectorStream, from: IsoDate): Promise<StoredDay[]> {
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
        and trade_date >= ${from}::date
      order by trade_date, recorded_at desc, id desc
    )
    select
      l.id::float8 as snapshot_id, l.trade_date::text as trade_date, l.as_of, l.source, l.undecided_meeting::text as undecided_meeting,
      array_agg(r.meeting_date::text order by r.meeting_date) as meetings,
      array_agg(r.expected_rate_bp order by r.meeting_date) as rates,
      array_agg(r.own_tick_bp order by r.meeting_date) as ticks
    from latest l
    join cutwatch.meeting_readings r on r.snapshot_id = l.id and r.trade_date = l.trade_date
    where r.trade_date >= ${from}::date
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
    with wanted as (
      select distinct d, m
      from unnest(${wanted.map((w) => w.tradeDate)}::text[]::date[], ${wanted.map((w) => w.meeting)}::text[]::date[]) as w (d, m)
    ),
    latest as (
      select distinct on (trade_date) id, trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and trade_date = any(${dates}::text[]::date[])
      order by trade_date, recorded_at desc, id desc
    )
    select
      concat_ws(' ', p.trade_date, p.meeting_date) as key,
      array_agg(p.lower_bp order by p.lower_bp) as lowers,
      array_agg(p.upper_bp order by p.lower_bp) as uppers,
      array_agg(p.probability order by p.lower_bp) as probabilities
    from wanted w
    join latest l on l.trade_date = w.d
    join cutwatch.meeting_probabilities p
      on p.trade_date = w.d and p.snapshot_id = l.id and p.meeting_date = w.m
    where p.trade_date between ${dates[0] ?? ""}::date and ${dates.at(-1) ?? ""}::date
    group by p.trade_date, p.meeting_date
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

/** Keeps what the detector remembers after each of some days. */
export async function recordDetectorDays(
  tx: TransactionSql,
  stream: DetectorStream,
  days: readonly { readonly tradeDate: IsoDate; readonly snapshotId: number; readonly state: DetectorState }[],
  recordedAt: Date,
): Promise<void> {
  if (days.length === 0) return;
  await tx`
    insert into cutwatch.detector_days
      (basis, is_sample, parameters_version, trade_date, snapshot_id, recorded_at, state)
    select ${stream.basis}::cutwatch.basis, ${stream.isSample}, s::jsonb ->> 'parametersVersion', d, i,
      ${recordedAt.toISOString()}::timestamptz, s::jsonb
    from unnest(
      ${days.map((day) => day.tradeDate)}::text[]::date[],
      ${days.map((day) => day.snapshotId)}::bigint[],
      ${days.map((day) => JSON.stringify(day.state))}::text[]
    ) as t (d, i, s)
  `;
}

/** Trade dates on which a better stream has a reading: real before sample, then the better basis. */
export async function datesToldByBetter(
  tx: TransactionSql,
  stream: DetectorStream,
  dates: readonly IsoDate[],
): Promise<Set<IsoDate>> {
  const rows = await tx<{ trade_date: string }[]>`
    select distinct trade_date::text as trade_date
    from cutwatch.snapshots
    where grid = 'settlement' and trade_date = any(${dates}::text[]::date[])
      and (is_sample, basis) < (${stream.isSample}, ${stream.basis}::cutwatch.basis)
  `;
  return new Set(rows.map((row) => row.trade_date));
}
