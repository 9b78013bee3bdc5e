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

/** A stream, and whether it has readings that came after the last one the detector looked at. */
export interface DailyStream extends DetectorStream {
  readonly hasNews: boolean;
}

/**
 * The streams that have daily readings: real ones first, and the best basis first. Snapshots are numbered in the order in
 * which they become visible, so the highest number tells whether there is news.
 */
export async function detectorStreams(sql: Sql, version: string): Promise<DailyStream[]> {
  return sql<DailyStream[]>`
    select b.basis::text as basis, s.is_sample as "isSample", newest.id > coalesce(seen.snapshot_id, 0) as "hasNews"
    from unnest(enum_range(null::cutwatch.basis)) as b (basis)
    cross join (values (false), (true)) as s (is_sample)
    cross join lateral (
      select id from cutwatch.snapshots
      where grid = 'settlement' and basis = b.basis and is_sample = s.is_sample
      order by id desc
      limit 1
    ) newest
    left join lateral (
      select snapshot_id from cutwatch.detector_days
      where basis = b.basis and is_sample = s.is_sample and parameters_version = ${version}
      order by snapshot_id desc
      limit 1
    ) seen on true
    order by s.is_sample, b.basis
  `;
}

/** What the detector has not looked at. */
export interface Unseen {
  /** the first trade date whose latest reading it has not seen */
  readonly from: IsoDate;
  /** whether it has looked at that date or later ones before: something was corrected */
  readonly isAgain: boolean;
}

/**
 * Where the detector has to go on; null when it is up to date. Only snapshots above the highest number seen are compared:
 * with all of ten years it takes 500 ms to find that there is nothing.
 */
export async function unseenFrom(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  version: string,
): Promise<Unseen | null> {
  const [seen] = await sql<{ id: number }[]>`
    select snapshot_id::float8 as id from cutwatch.detector_days
    where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample} and parameters_version = ${version}
    order by snapshot_id desc
    limit 1
  `;
  const rows = await sql<{ first: string | null; again: boolean }[]>`
    with news as (
      select distinct trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and id > ${seen?.id ?? 0}
    ),
    unseen as (
      select min(news.trade_date) as first
      from news
      join lateral (
        select id from cutwatch.snapshots
        where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
          and trade_date = news.trade_date
        order by recorded_at desc, id desc
        limit 1
      ) latest on true
      left join lateral (
        select snapshot_id from cutwatch.detector_days
        where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
          and parameters_version = ${version} and trade_date = news.trade_date
        order by id desc
        limit 1
      ) seen on true
      where seen.snapshot_id is distinct from latest.id
    )
    select first::text as first, exists (
      select from cutwatch.detector_days
      where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and parameters_version = ${version} and trade_date >= unseen.first
    ) as again
    from unseen
  `;
  const [row] = rows;
  return row === undefined || row.first === null ? null : { from: row.first, isAgain: row.again };
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
  // With both ends named only the months between are looked into: 1 ms of planning instead of 10 for ten years of them.
  const [newest] = await sql<{ to: string | null }[]>`
    select max(trade_date)::text as to
    from cutwatch.snapshots
    where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
      and trade_date >= ${from}::date
  `;
  const to = newest?.to ?? from;
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

/** Keeps what the detector remembers after each of some days; a day that came out as before leaves no row. */
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
    select ${stream.basis}::cutwatch.basis, ${stream.isSample}, t.s::jsonb ->> 'parametersVersion', t.d, t.i,
      ${recordedAt.toISOString()}::timestamptz, t.s::jsonb
    from unnest(
      ${days.map((day) => day.tradeDate)}::text[]::date[],
      ${days.map((day) => day.snapshotId)}::bigint[],
      ${days.map((day) => JSON.stringify(day.state))}::text[]
    ) as t (d, i, s)
    left join lateral (
      select snapshot_id, state from cutwatch.detector_days
      where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and parameters_version = t.s::jsonb ->> 'parametersVersion' and trade_date = t.d
      order by id desc
      limit 1
    ) latest on true
    where (latest.snapshot_id, latest.state) is distinct from (t.i, t.s::jsonb)
  `;
}

/**
 * Trade dates that another stream speaks for: a better one that has a reading (real before sample, then the better
 * basis), or one that has told of the day already, so that nothing is told twice when the better basis comes later.
 */
export async function datesToldByBetter(
  tx: TransactionSql,
  stream: DetectorStream,
  dates: readonly IsoDate[],
): Promise<Set<IsoDate>> {
  if (dates.length === 0) return new Set();
  const rows = await tx<{ trade_date: string }[]>`
    select distinct trade_date::text as trade_date
    from cutwatch.snapshots
    where grid = 'settlement' and trade_date = any(${dates}::text[]::date[])
      and (is_sample, basis) < (${stream.isSample}, ${stream.basis}::cutwatch.basis)
    union
    select trade_date::text
    from cutwatch.alerts
    where is_primary and trade_date = any(${dates}::text[]::date[]) and is_sample = ${stream.isSample}
      and basis <> ${stream.basis}::cutwatch.basis
  `;
  return new Set(rows.map((row) => row.trade_date));
}
