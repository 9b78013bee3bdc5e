/** Repricings as they are read: how each leg stood at a time, and one voice where several bases saw the same move. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import type {
  AlertKind,
  Direction,
  EndReason,
  Leg,
  LegState,
  Severity,
  WithdrawnReason,
} from "../repricing/repricing.ts";
import { recordedBy } from "./recorded-by.ts";
import { targetKey, voicesOf } from "./repricing-voices.ts";

/** A leg as it stood. */
export interface RepricingRow {
  readonly id: number;
  readonly cluster: string;
  readonly meeting: IsoDate;
  readonly path: number | null;
  readonly direction: Direction;
  readonly status: Leg["status"];
  readonly state: LegState;
  readonly severity: Severity;
  readonly startedOn: IsoDate;
  readonly startedAt: Date;
  readonly confirmedOn: IsoDate;
  readonly confirmedAt: Date;
  readonly extremeOn: IsoDate;
  readonly extremeAt: Date;
  readonly endedOn: IsoDate | null;
  readonly endedAt: Date | null;
  /** of a withdrawn one: why */
  readonly endReason: EndReason | WithdrawnReason | null;
  readonly startRateBp: number;
  readonly extremeRateBp: number;
  readonly amplitudeBp: number;
  readonly sigmaBp: number;
  readonly thresholdBp: number;
  readonly atMostUpperBp: number | null;
  readonly atMostStart: number | null;
  readonly atMostExtreme: number | null;
  readonly atMostShiftPp: number | null;
  readonly reversesId: number | null;
  readonly basis: Basis;
  readonly isSample: boolean;
  readonly parametersVersion: string;
  /** of the reading at the extreme; several joined by `+` */
  readonly source: string;
  readonly recordedAt: Date;
}

/** A period by trade dates or by instants. */
type Bound = { readonly tradeDate: IsoDate } | { readonly instant: Date };

export interface RepricingsQuery {
  readonly meeting: IsoDate | null;
  /** a year: its path; `none`: meetings' own series only; null: all */
  readonly path: number | "none" | null;
  /** had not ended before */
  readonly from: Bound | null;
  /** had started by then */
  readonly to: Bound | null;
  readonly severities: readonly Severity[];
  readonly states: readonly LegState[];
  readonly status: Leg["status"] | null;
  readonly basis: Basis | null;
  readonly knownAt: Date | null;
  /** the last row of the page before */
  readonly after: { readonly startedAt: Date; readonly id: number } | null;
  readonly limit: number;
}

function columns(sql: Sql, knownAt: Date | null) {
  return sql`
    r.id, s.cluster, r.meeting_date as meeting, r.path_year as path, r.direction, s.status, s.state, s.severity,
    r.started_on as "startedOn", r.started_at as "startedAt", s.confirmed_on as "confirmedOn",
    s.confirmed_at as "confirmedAt", s.extreme_on as "extremeOn", s.extreme_at as "extremeAt", s.ended_on as "endedOn",
    s.ended_at as "endedAt", s.end_reason as "endReason", s.start_rate_bp as "startRateBp",
    s.extreme_rate_bp as "extremeRateBp", s.amplitude_bp as "amplitudeBp", s.sigma_bp as "sigmaBp",
    s.threshold_bp as "thresholdBp", s.at_most_upper_bp as "atMostUpperBp", s.at_most_start as "atMostStart",
    s.at_most_extreme as "atMostExtreme", 100 * (s.at_most_extreme - s.at_most_start) as "atMostShiftPp",
    s.reverses_id as "reversesId", r.basis::text as basis, r.is_sample as "isSample",
    r.parameters_version as "parametersVersion", s.recorded_at as "recordedAt",
    coalesce((
      select x.source
      from cutwatch.snapshots x
      where x.trade_date = s.extreme_on and x.grid = 'settlement' and x.is_sample = r.is_sample and x.basis = r.basis
        and ${recordedBy(sql, "x.recorded_at", knownAt)}
      order by x.recorded_at desc, x.id desc
      limit 1
    ), '') as source
  `;
}

/** Each leg that was known, with how it stood. */
function standing(sql: Sql, knownAt: Date | null) {
  return sql`
    cutwatch.repricings r
    join lateral (
      select t.*
      from cutwatch.repricing_states t
      where t.repricing_id = r.id and ${recordedBy(sql, "t.recorded_at", knownAt)}
      order by t.id desc
      limit 1
    ) s on ${recordedBy(sql, "r.recorded_at", knownAt)}
  `;
}

/** The newest table of parameters that was known: legs of an older one are history of their own. */
function newestVersion(sql: Sql, knownAt: Date | null) {
  return sql`(
    select version from cutwatch.detector_versions
    where ${recordedBy(sql, "recorded_at", knownAt)}
    order by recorded_at desc, version desc
    limit 1
  )`;
}

function ofTarget(sql: Sql, { meeting, path }: Pick<RepricingsQuery, "meeting" | "path">) {
  return sql`
    ${meeting === null ? sql`true` : sql`r.meeting_date = ${meeting}::date`}
    and ${path === null ? sql`true` : path === "none" ? sql`r.path_year is null` : sql`r.path_year = ${path}`}
  `;
}

function within(sql: Sql, { from, to }: Pick<RepricingsQuery, "from" | "to">) {
  const since =
    from === null
      ? sql`true`
      : "tradeDate" in from
        ? sql`(s.ended_on is null or s.ended_on >= ${from.tradeDate}::date)`
        : sql`(s.ended_at is null or s.ended_at >= ${from.instant.toISOString()}::timestamptz)`;
  const until =
    to === null
      ? sql`true`
      : "tradeDate" in to
        ? sql`r.started_on <= ${to.tradeDate}::date`
        : sql`r.started_at <= ${to.instant.toISOString()}::timestamptz`;
  return sql`${since} and ${until}`;
}

/** Legs of all streams, latest start first. */
async function legsOfAll(sql: Sql, query: RepricingsQuery): Promise<RepricingRow[]> {
  const { knownAt, after } = query;
  return sql<RepricingRow[]>`
    select ${columns(sql, knownAt)}
    from ${standing(sql, knownAt)}
    where r.parameters_version = ${newestVersion(sql, knownAt)}
      and ${ofTarget(sql, query)}
      and ${within(sql, query)}
      and s.severity = any(${query.severities}::text[])
      and s.state = any(${query.states}::text[])
      and ${query.status === null ? sql`true` : sql`s.status = ${query.status}`}
      and ${query.basis === null ? sql`true` : sql`r.basis = ${query.basis}::cutwatch.basis`}
      and ${after === null ? sql`true` : sql`(r.started_at, r.id) < (${after.startedAt.toISOString()}::timestamptz, ${after.id}::bigint)`}
    order by r.started_at desc, r.id desc
    limit ${query.limit}
  `;
}

/**
 * Legs, latest start first. Of each target only those of one stream, so that a move that several bases saw is told once: real
 * before sample, then the stream with readings on the most trade dates of the target's series, then the better basis.
 */
export async function repricingsKnown(sql: Sql, query: RepricingsQuery): Promise<RepricingRow[]> {
  const voices = new Map<string, string>();
  const told: RepricingRow[] = [];
  let { after } = query;
  for (;;) {
    // Most moves are seen by two bases.
    const limit = 2 * query.limit;
    const rows = await legsOfAll(sql, { ...query, after, limit });
    const unheard = new Map(rows.map((row) => [targetKey(row), row] as const));
    for (const key of voices.keys()) unheard.delete(key);
    if (unheard.size > 0) {
      for (const [key, voice] of await voicesOf(sql, [...unheard.values()], query)) voices.set(key, voice);
    }
    told.push(...rows.filter((row) => voices.get(targetKey(row)) === `${row.basis} ${row.isSample ? "t" : "f"}`));
    const last = rows.at(-1);
    if (told.length >= query.limit || rows.length < limit || last === undefined) return told.slice(0, query.limit);
    after = { startedAt: last.startedAt, id: last.id };
  }
}

/** One leg by its number, of whichever basis and parameters. */
export async function repricingKnown(sql: Sql, id: number, knownAt: Date | null): Promise<RepricingRow | null> {
  const rows = await sql<RepricingRow[]>`
    select ${columns(sql, knownAt)} from ${standing(sql, knownAt)} where r.id = ${id}::bigint
  `;
  return rows[0] ?? null;
}

/** An alert as its repricing lists it. */
export interface RepricingAlert {
  readonly id: number;
  readonly repricingId: number;
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  readonly reversesId: number | null;
  readonly historical: boolean;
  readonly asOf: Date;
  readonly recordedAt: Date;
}

/** Alerts of some legs, in order of recording. */
export async function alertsOf(sql: Sql, ids: readonly number[], knownAt: Date | null): Promise<RepricingAlert[]> {
  if (ids.length === 0) return [];
  return sql<RepricingAlert[]>`
    select a.id, a.repricing_id as "repricingId", a.kind, a.reverses_id as "reversesId", a.historical,
      a.as_of as "asOf", a.recorded_at as "recordedAt"
    from cutwatch.alerts a
    where a.repricing_id = any(${ids}::bigint[]) and ${recordedBy(sql, "a.recorded_at", knownAt)}
    order by a.id
  `;
}
