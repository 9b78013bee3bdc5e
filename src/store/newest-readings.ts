import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis, Grid, Method } from "../pricing/observations.ts";
import { headerFrom, type SnapshotHeader } from "./readings.ts";

/** What some look-ups have in common; null: any. */
export interface LookUpKind {
  readonly by: "trade_date" | "instant";
  readonly grid: Grid | null;
  readonly basis: Basis | null;
  readonly method: Method | null;
}

/** One look-up of a kind. */
export interface LookUp {
  /** a date or an ISO instant, as the kind says */
  readonly at: IsoDate;
  /** null: now */
  readonly knownAt: Date | null;
}

/** What a look-up found. */
export interface NewestReadings {
  /** of its readings, best first; none where nothing was known by then */
  readonly ids: readonly number[];
  /** last recording of any reading up to `knownAt`: from here… (null: however early) */
  readonly knownFrom: Date | null;
  /** …to before the next one (null: however late) any `knownAt` finds the same, until something more is recorded */
  readonly knownBefore: Date | null;
}

/**
 * The readings of the newest trade date (or instant) at or before each time, by number: the latest known of each basis
 * and method, sample and real apart, best first (real before sample, then the better basis). Many look-ups are one
 * statement, and only numbers are sent: what they stand for never changes, so callers may keep it.
 */
export async function newestReadings(
  sql: Sql,
  kind: LookUpKind,
  lookUps: readonly LookUp[],
): Promise<NewestReadings[]> {
  const { by, grid, basis, method } = kind;
  const type = by === "trade_date" ? sql`date` : sql`timestamptz`;
  // An instant belongs at the latest to the trade date after a long weekend.
  const bound =
    by === "trade_date"
      ? sql`s.trade_date <= a.at`
      : sql`s.as_of <= a.at and s.trade_date <= (a.at at time zone 'UTC')::date + 7`;
  const filters = sql`
    s.recorded_at <= a.known_at
    ${grid === null ? sql`` : sql`and s.grid = ${grid}::cutwatch.grid`}
    ${basis === null ? sql`` : sql`and s.basis = ${basis}::cutwatch.basis`}
    ${method === null ? sql`` : sql`and s.method = ${method}::cutwatch.method`}
  `;
  const newest = by === "trade_date" ? sql`s.trade_date` : sql`s.as_of`;
  const rows = await sql<{ ids: string; known_from: Date | null; known_before: Date | null }[]>`
    select
      array_to_string(array(
        select id from (
          select distinct on (s.is_sample, s.basis, s.method) s.id, s.is_sample, s.basis, s.method
          from cutwatch.snapshots s
          where ${filters} and ${newest} = (
            select ${newest} from cutwatch.snapshots s where ${bound} and ${filters} order by ${newest} desc limit 1
          )
          order by s.is_sample, s.basis, s.method, s.recorded_at desc, s.id desc
        ) latest
        order by is_sample, basis, method
      ), ' ') as ids,
      (
        select recorded_at from cutwatch.snapshots
        where recorded_at <= a.known_at order by recorded_at desc limit 1
      ) as known_from,
      (
        select recorded_at from cutwatch.snapshots
        where recorded_at > a.known_at order by recorded_at limit 1
      ) as known_before
    from unnest(
      ${lookUps.map(({ at }) => at)}::text[]::${type}[],
      ${lookUps.map(({ knownAt }) => knownAt?.toISOString() ?? "infinity")}::text[]::timestamptz[]
    ) with ordinality as a (at, known_at, i)
    order by a.i
  `;
  return rows.map(({ ids, known_from: knownFrom, known_before: knownBefore }) => ({
    ids: ids === "" ? [] : ids.split(" ").map(Number),
    knownFrom,
    knownBefore,
  }));
}

/** What the numbers of readings stand for. */
export async function snapshotHeaders(sql: Sql, ids: readonly number[]): Promise<SnapshotHeader[]> {
  const rows = await sql<Parameters<typeof headerFrom>[0][]>`
    select
      s.id::float8 as id, s.trade_date::text as trade_date, s.as_of, s.recorded_at, s.grid::text as grid,
      s.basis::text as basis, s.method::text as method, s.source, s.is_sample, s.target_lower_bp, s.target_upper_bp,
      s.undecided_meeting::text as undecided_meeting, s.effr_bp, s.priced_by_year_end_bp
    from cutwatch.snapshots s
    where s.id = any(${ids}::bigint[])
  `;
  return rows.map(headerFrom);
}
