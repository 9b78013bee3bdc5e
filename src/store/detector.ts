/** What the repricing detector reads and remembers. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import type { DetectorState } from "../repricing/detector.ts";
import type { DetectorParameters } from "../repricing/parameters.ts";

/** One run of readings that may be compared with each other: a basis, real or sample. */
export interface DetectorStream {
  readonly basis: Basis;
  readonly isSample: boolean;
}

/**
 * Keeps a table of parameters under its version; the same version never means two things.
 *
 * @throws RangeError where the database has other parameters under that version
 */
export async function registerParameters(tx: TransactionSql, parameters: DetectorParameters, now: Date): Promise<void> {
  const text = JSON.stringify(parameters);
  // Every run asks, and all but the first find it there: nothing is written then. Callers hold the turn `repricings`.
  const rows = await tx<{ same: boolean }[]>`
    with added as (
      insert into cutwatch.detector_versions (version, parameters, recorded_at)
      select ${parameters.version}, ${text}::text::jsonb, ${now.toISOString()}::timestamptz
      where not exists (select from cutwatch.detector_versions where version = ${parameters.version})
      returning true as same
    )
    select same from added
    union all
    select parameters = ${text}::text::jsonb as same from cutwatch.detector_versions where version = ${parameters.version}
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
  // Asked for as "the last that is not behind", for which only one index will do: asked for by equality, a stream that has
  // no reading was looked for among all snapshots there are, and most streams have none.
  return sql<DailyStream[]>`
    select b.basis::text as basis, s.is_sample as "isSample", newest.id > coalesce(seen.snapshot_id, 0) as "hasNews"
    from unnest(enum_range(null::cutwatch.basis)) as b (basis)
    cross join (values (false), (true)) as s (is_sample)
    join lateral (
      select basis, is_sample, id from cutwatch.snapshots
      where grid = 'settlement' and (basis, is_sample, id) <= (b.basis, s.is_sample, ${Number.MAX_SAFE_INTEGER}::bigint)
      order by basis desc, is_sample desc, id desc
      limit 1
    ) newest on newest.basis = b.basis and newest.is_sample = s.is_sample
    left join lateral (
      select snapshot_id from cutwatch.detector_days
      where basis = b.basis and is_sample = s.is_sample and parameters_version = ${version}
      order by snapshot_id desc
      limit 1
    ) seen on true
    order by s.is_sample, b.basis
  `;
}

/** What the detector has to look at. */
export interface Unseen {
  /** the first trade date whose latest reading it has not seen, or the one asked for where that is earlier */
  readonly from: IsoDate;
  /** the newest trade date that has a reading */
  readonly to: IsoDate;
  /** whether it has looked at `from` or later dates before: something was corrected, or a person asked */
  readonly isAgain: boolean;
}

/**
 * Where the detector has to go on; null when it is up to date. Only snapshots above the highest number seen are compared:
 * with all of ten years it takes 500 ms to find that there is nothing.
 *
 * @param asked looks again from this date on, whatever was seen; null: only at what was not
 */
export async function unseenFrom(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  asked: IsoDate | null,
): Promise<Unseen | null> {
  const rows = await tx<{ first: string | null; newest: string | null; again: boolean }[]>`
    with news as (
      select distinct trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and id > coalesce((
          select snapshot_id from cutwatch.detector_days
          where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
            and parameters_version = ${version}
          order by snapshot_id desc
          limit 1
        ), 0)
    ),
    unseen as (
      select least(min(news.trade_date), ${asked}::date) as first
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
    select
      unseen.first::text as first,
      (
        select trade_date::text from cutwatch.snapshots
        where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
          and trade_date >= unseen.first
        order by trade_date desc
        limit 1
      ) as newest,
      exists (
        select from cutwatch.detector_days
        where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
          and parameters_version = ${version} and trade_date >= unseen.first
      ) as again
    from unseen
  `;
  const [row] = rows;
  if (row === undefined || row.first === null || row.newest === null) return null;
  return { from: row.first, to: row.newest, isAgain: row.again || asked !== null };
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
