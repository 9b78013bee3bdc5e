/** What stands beside one repricing: what assets did, the leg's days, the legs before it. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { AssetMove } from "../markets/asset-move.ts";
import type { MarketWide } from "../markets/market-block.ts";
import type { Leg, Level } from "../repricing/repricing.ts";
import { latestNotice } from "./market-events.ts";
import { recordedBy } from "./recorded-by.ts";
import type { RepricingRow } from "./repricing-reads.ts";

/** A value with its instants as they are or as JSON has kept them. */
export type Timed<T> = T extends Date
  ? Date | string
  : T extends readonly (infer Item)[]
    ? readonly Timed<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Timed<T[Name]> }
      : T;

/** One asset of a stored block. */
export type StoredAsset = Timed<Omit<AssetMove, "returns" | "symbol">> & { readonly symbol: string };

/** A stored block. */
export interface StoredBlock {
  readonly evaluatedOn: IsoDate;
  readonly evaluatedAt: Date;
  readonly recordedAt: Date;
  readonly provisional: boolean;
  readonly markets: Timed<MarketWide>;
  /** by symbol */
  readonly assets: readonly StoredAsset[];
}

/**
 * The block that speaks for a leg: once it is over the one to its extreme, until then of its latest evaluation whose alert
 * still stands, as last completed (a correction may have taken a later one back). Null before the first.
 */
export async function blockKnown(sql: Sql, repricingId: number, knownAt: Date | null): Promise<StoredBlock | null> {
  const [block] = await sql<(Omit<StoredBlock, "assets"> & { id: number })[]>`
    select id, evaluated_on as "evaluatedOn", evaluated_at as "evaluatedAt", recorded_at as "recordedAt", provisional, markets
    from cutwatch.repricing_blocks
    where id = cutwatch.block_of(${repricingId}::bigint, coalesce(${knownAt?.toISOString() ?? null}::timestamptz, 'infinity'))
  `;
  if (block === undefined) return null;
  const { id, ...rest } = block;
  const rows = await sql<(Omit<StoredAsset, "percentiles" | "next" | "events" | "record"> & { detail: Detail })[]>`
    select symbol, return, from_at as "fromAt", to_at as "toAt", provisional, return_1d as "return1d",
      return_5d as "return5d", return_21d as "return21d", drawdown, percentile, note, detail
    from cutwatch.repricing_assets
    where block_id = ${id}::bigint
    order by symbol
  `;
  return { ...rest, assets: rows.map(({ detail, ...row }) => ({ ...row, ...detail })) };
}

type Detail = Pick<StoredAsset, "percentiles" | "next" | "events" | "record">;

/** The expected rate on each trade date from a leg's start to its extreme, ascending. */
export async function levelsOf(
  sql: Sql,
  leg: Pick<RepricingRow, "meeting" | "basis" | "isSample" | "startedOn" | "extremeOn">,
  knownAt: Date | null,
): Promise<Level[]> {
  const rows = await sql<{ tradeDate: string; asOf: Date; rateBp: number }[]>`
    with latest as (
      select distinct on (trade_date) id, trade_date, as_of
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${leg.basis}::cutwatch.basis and is_sample = ${leg.isSample}
        and trade_date between ${leg.startedOn}::date and ${leg.extremeOn}::date
        and ${recordedBy(sql, "recorded_at", knownAt)}
      order by trade_date, recorded_at desc, id desc
    )
    select l.trade_date as "tradeDate", l.as_of as "asOf", m.expected_rate_bp as "rateBp"
    from latest l
    join cutwatch.meeting_readings m on m.trade_date = l.trade_date and m.snapshot_id = l.id
    where m.trade_date between ${leg.startedOn}::date and ${leg.extremeOn}::date
      and m.meeting_date = ${leg.meeting}::date and m.expected_rate_bp is not null
    order by l.trade_date
  `;
  return rows.map((row) => ({ tradeDate: row.tradeDate, asOf: row.asOf.toISOString(), rateBp: row.rateBp }));
}

/** The confirmed legs of the same stream and parameters, with the one asked for. */
export async function legsBeside(sql: Sql, id: number, knownAt: Date | null): Promise<Map<number, Leg>> {
  const rows = await sql<
    (Omit<RepricingRow, "cluster" | "source" | "recordedAt" | "reversesId"> & { key: string; state: Leg["state"] })[]
  >`
    select r.id, r.leg_key as key, r.meeting_date as meeting, r.path_year as path, r.direction, s.status, s.state, s.severity,
      r.started_on as "startedOn", r.started_at as "startedAt", s.confirmed_on as "confirmedOn",
      s.confirmed_at as "confirmedAt", s.extreme_on as "extremeOn", s.extreme_at as "extremeAt", s.ended_on as "endedOn",
      s.ended_at as "endedAt", s.start_rate_bp as "startRateBp", s.extreme_rate_bp as "extremeRateBp",
      s.amplitude_bp as "amplitudeBp", s.sigma_bp as "sigmaBp", s.threshold_bp as "thresholdBp",
      r.parameters_version as "parametersVersion"
    from cutwatch.repricings asked
    join cutwatch.repricings r on r.basis = asked.basis and r.is_sample = asked.is_sample
      and r.parameters_version = asked.parameters_version
    join lateral (
      select t.*
      from cutwatch.repricing_states t
      where t.repricing_id = r.id and ${recordedBy(sql, "t.recorded_at", knownAt)}
      order by t.id desc
      limit 1
    ) s on s.state = 'confirmed' or r.id = asked.id
    where asked.id = ${id}::bigint
    order by r.id
  `;
  const moment = (tradeDate: string, asOf: Date) => ({ tradeDate, asOf: asOf.toISOString() });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        key: row.key,
        target: { meeting: row.meeting, path: row.path },
        direction: row.direction,
        status: row.status,
        state: row.state,
        severity: row.severity,
        startedAt: moment(row.startedOn, row.startedAt),
        confirmedAt: moment(row.confirmedOn, row.confirmedAt),
        extremeAt: moment(row.extremeOn, row.extremeAt),
        endedAt: row.endedOn === null || row.endedAt === null ? null : moment(row.endedOn, row.endedAt),
        endReason: null,
        startRateBp: row.startRateBp,
        extremeRateBp: row.extremeRateBp,
        amplitudeBp: row.amplitudeBp,
        sigmaBp: row.sigmaBp,
        thresholdBp: row.thresholdBp,
        reverses: null,
        parametersVersion: row.parametersVersion,
      },
    ]),
  );
}

/** Something on the calendar. */
export interface EventRow {
  readonly what: string;
  readonly scheduledAt: Date;
  readonly status: string;
  readonly source: string;
  readonly knownAt: Date;
  /** events of the same question in all, those beyond the list too */
  readonly ofAll: number;
}

/** So many events are listed: a day has a dozen, and a calendar of 40,000 at one instant made an answer of 5.7 MB. */
export const MAX_EVENTS = 100;

/**
 * Events after `from` and up to `to`, each by the notice known last; those called off are left out. Of more than 100 the
 * built-in ones and then the earliest are listed, and `ofAll` counts the rest. In order of time.
 */
export async function eventsKnown(
  sql: Sql,
  query: { readonly from: Date; readonly to: Date; readonly knownAt: Date | null },
): Promise<EventRow[]> {
  // Only events with a notice inside the time asked for are looked up, not the whole calendar.
  return sql<EventRow[]>`
    select what, "scheduledAt", status, source, "knownAt", "ofAll"
    from (
      select e.event_key, e.what, e.scheduled_at as "scheduledAt", e.status, e.source, e.known_at as "knownAt",
        (count(*) over ())::integer as "ofAll"
      from cutwatch.market_events e
      where e.scheduled_at > ${query.from.toISOString()}::timestamptz
        and e.scheduled_at <= ${query.to.toISOString()}::timestamptz
        and e.status <> 'cancelled' and ${recordedBy(sql, "e.recorded_at", query.knownAt)}
        and e.id = (
          select l.id
          from cutwatch.market_events l
          where l.event_key = e.event_key and ${recordedBy(sql, "l.recorded_at", query.knownAt)}
          order by ${latestNotice(sql, "l")}
          limit 1
        )
      order by e.source <> 'built-in', e.scheduled_at, e.event_key
      limit ${MAX_EVENTS}
    ) listed
    order by "scheduledAt", event_key
  `;
}
