import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Grid, PublishedDistribution } from "../pricing/observations.ts";
import { copyRows } from "./copy.ts";
import { announceChange, dateSpan, type Provenance, requestSnapshots, takeTurn, type Written } from "./write.ts";

const COLUMNS = [
  "trade_date",
  "meeting_date",
  "lower_bp",
  "upper_bp",
  "as_of",
  "recorded_at",
  "grid",
  "source",
  "probability",
  "decimals",
  "is_sample",
  "payload_id",
] as const;

interface StoredDistribution {
  readonly recordedAt: Date;
  readonly decimals: number;
  readonly probabilities: ReadonlyMap<string, number>;
}

function keyOf(distribution: PublishedDistribution): string {
  return `${distribution.tradeDate} ${distribution.meetingDate} ${distribution.grid} ${distribution.asOf.getTime()}`;
}

/** Every range in either, so that an absent range counts as 0. */
function differsByMoreThan(tolerance: number, stored: StoredDistribution, next: PublishedDistribution): boolean {
  const incoming = new Map<string, number>(next.outcomes.map((o) => [`${o.lowerBp}-${o.upperBp}`, o.probability]));
  for (const range of new Set([...stored.probabilities.keys(), ...incoming.keys()])) {
    if (Math.abs((stored.probabilities.get(range) ?? 0) - (incoming.get(range) ?? 0)) > tolerance) return true;
  }
  return false;
}

/** A copy printed with fewer decimals that agrees with the finer one says nothing new, and never replaces it. */
function saysSomethingNew(stored: StoredDistribution | undefined, next: PublishedDistribution): boolean {
  if (stored === undefined) return true;
  const coarser = Math.min(stored.decimals, next.decimals);
  const tolerance = stored.decimals === next.decimals ? 1e-11 : 0.5 * 10 ** -coarser + 1e-9;
  return differsByMoreThan(tolerance, stored, next) || next.decimals > stored.decimals;
}

async function latestOf(
  tx: TransactionSql,
  provenance: Provenance,
  span: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<Map<string, StoredDistribution>> {
  const rows = await tx<
    { key: string; recorded_at: Date; decimals: number; ranges: string[]; probabilities: number[] }[]
  >`
    select distinct on (trade_date, meeting_date, grid, as_of)
      concat_ws(' ', trade_date, meeting_date, grid, (extract(epoch from as_of) * 1000)::bigint) as key,
      recorded_at,
      max(decimals)::integer as decimals,
      array_agg(lower_bp || '-' || upper_bp order by lower_bp) as ranges,
      array_agg(probability::float8 order by lower_bp) as probabilities
    from cutwatch.published_probabilities
    where source = ${provenance.source} and trade_date between ${span.from}::date and ${span.to}::date
    group by trade_date, meeting_date, grid, as_of, recorded_at
    order by trade_date, meeting_date, grid, as_of, recorded_at desc
  `;
  return new Map(
    rows.map((row) => [
      row.key,
      {
        recordedAt: row.recorded_at,
        decimals: row.decimals,
        probabilities: new Map(row.ranges.map((range, i) => [range, row.probabilities[i] ?? 0] as const)),
      },
    ]),
  );
}

/**
 * Stores distributions that are new or differ from the latest of the same source. The partitions must exist.
 * Readings of the dates concerned are requested in the same transaction.
 */
export async function recordPublished(
  tx: TransactionSql,
  distributions: readonly PublishedDistribution[],
  provenance: Provenance,
): Promise<Written> {
  const span = dateSpan(distributions.map((distribution) => distribution.tradeDate));
  if (span === null) return { stored: 0, unchanged: 0 };
  await takeTurn(tx, "published_probabilities");
  const latest = await latestOf(tx, provenance, span);
  const fresh = distributions.filter((d) => saysSomethingNew(latest.get(keyOf(d)), d));
  if (fresh.length === 0) return { stored: 0, unchanged: distributions.length };
  await copyRows(tx, "cutwatch.published_probabilities", COLUMNS, rowsOf(fresh, latest, provenance));
  await requestReadings(tx, fresh);
  await announceChange(tx, "published");
  return { stored: fresh.length, unchanged: distributions.length - fresh.length };
}

function* rowsOf(
  distributions: readonly PublishedDistribution[],
  latest: ReadonlyMap<string, StoredDistribution>,
  provenance: Provenance,
) {
  for (const distribution of distributions) {
    const before = latest.get(keyOf(distribution))?.recordedAt.getTime() ?? Number.NEGATIVE_INFINITY;
    const recordedAt = before >= provenance.recordedAt.getTime() ? new Date(before + 1) : provenance.recordedAt;
    for (const outcome of distribution.outcomes) {
      yield [
        distribution.tradeDate,
        distribution.meetingDate,
        outcome.lowerBp,
        outcome.upperBp,
        distribution.asOf,
        recordedAt,
        distribution.grid,
        provenance.source,
        outcome.probability.toFixed(10),
        distribution.decimals,
        provenance.isSample,
        provenance.payloadId,
      ];
    }
  }
}

async function requestReadings(tx: TransactionSql, distributions: readonly PublishedDistribution[]): Promise<void> {
  const daily = dateSpan(distributions.filter((d) => d.grid === "settlement").map((d) => d.tradeDate));
  if (daily !== null) await requestSnapshots(tx, { grid: "settlement", ...daily, at: null });
  const instants = new Map<number, PublishedDistribution>();
  for (const d of distributions) if (d.grid === "intraday") instants.set(d.asOf.getTime(), d);
  for (const d of instants.values()) {
    await requestSnapshots(tx, { grid: "intraday", from: d.tradeDate, to: d.tradeDate, at: d.asOf });
  }
}

/** A stored published distribution with the rows it consists of. */
export interface PublishedRow extends PublishedDistribution {
  readonly ids: readonly number[];
  readonly source: string;
  readonly isSample: boolean;
}

/**
 * Published distributions, one a date, instant and meeting: the finest print, then the latest known; where sources
 * agree the first by name.
 */
export async function publishedDistributions(
  sql: Sql | TransactionSql,
  query: { readonly from: IsoDate; readonly to: IsoDate; readonly grid: Grid; readonly at: Date | null },
): Promise<PublishedRow[]> {
  const at = query.at?.toISOString() ?? null;
  const rows = await sql<
    {
      trade_date: string;
      meeting_date: string;
      as_of: Date;
      source: string;
      is_sample: boolean;
      decimals: number;
      ids: number[];
      lowers: number[];
      uppers: number[];
      probabilities: number[];
    }[]
  >`
    with distributions as (
      select
        trade_date, meeting_date, as_of, source, is_sample, recorded_at,
        max(decimals)::integer as decimals,
        array_agg(id::float8 order by lower_bp) as ids,
        array_agg(lower_bp order by lower_bp) as lowers,
        array_agg(upper_bp order by lower_bp) as uppers,
        array_agg(probability::float8 order by lower_bp) as probabilities
      from cutwatch.published_probabilities
      where trade_date between ${query.from}::date and ${query.to}::date
        and grid = ${query.grid}::cutwatch.grid
        and (${at}::timestamptz is null or as_of = ${at}::timestamptz)
      group by trade_date, meeting_date, as_of, source, is_sample, recorded_at
    ),
    latest as (
      select distinct on (trade_date, meeting_date, as_of, source, is_sample) *
      from distributions
      order by trade_date, meeting_date, as_of, source, is_sample, recorded_at desc
    ),
    ranked as (
      select
        latest.*,
        min(recorded_at) over (
          partition by trade_date, meeting_date, as_of, is_sample, lowers, probabilities
        ) as figures_since
      from latest
    )
    select distinct on (trade_date, as_of, meeting_date, is_sample)
      trade_date::text, meeting_date::text, as_of, source, is_sample, decimals, ids, lowers, uppers, probabilities
    from ranked
    order by trade_date, as_of, meeting_date, is_sample, decimals desc, figures_since desc, source
  `;
  return rows.map((row) => ({
    meetingDate: row.meeting_date,
    tradeDate: row.trade_date,
    asOf: row.as_of,
    grid: query.grid,
    decimals: row.decimals,
    source: row.source,
    isSample: row.is_sample,
    ids: row.ids,
    outcomes: row.probabilities.map((probability, i) => ({
      lowerBp: row.lowers[i] ?? 0,
      upperBp: row.uppers[i] ?? 0,
      probability,
    })),
  }));
}
