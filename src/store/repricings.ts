/** Legs and alerts, as the detector found them. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../pricing/calendar-date.ts";
import type { ClusteredAlert, Leg } from "../repricing/repricing.ts";
import type { DetectorStream } from "./detector.ts";
import { announceChange } from "./write.ts";

/** The fixed range whose cumulative odds moved most between a leg's start and its extreme. */
export interface AtMostShift {
  readonly upperBp: number;
  readonly probabilityStart: number;
  readonly probabilityExtreme: number;
}

/** A leg with what else is stored of it. */
export interface LegDraft {
  readonly leg: Leg;
  readonly cluster: string;
  readonly atMost: AtMostShift | null;
}

/** An alert with what a receiver is told. */
export interface AlertDraft {
  readonly alert: ClusteredAlert;
  readonly historical: boolean;
  /** no better basis had a reading of that trade date */
  readonly isPrimary: boolean;
}

/** A stored alert. */
export interface StoredAlert {
  readonly id: number;
  readonly key: string;
  readonly repricingId: number;
}

/** Numbers of legs by key, making those that are new. A leg's identity is written once and never changes. */
export async function repricingIds(
  tx: TransactionSql,
  stream: DetectorStream,
  legs: readonly Leg[],
  recordedAt: Date,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  // A leg that reverses another comes after it, so that it can name its number.
  for (const leg of legs.toSorted((a, b) => (a.startedAt.asOf < b.startedAt.asOf ? -1 : 1))) {
    const rows = await tx<{ id: number }[]>`
      insert into cutwatch.repricings as r
        (leg_key, basis, is_sample, parameters_version, meeting_date, path_year, direction, started_on, started_at,
          reverses_id, recorded_at)
      values (
        ${leg.key}, ${stream.basis}::cutwatch.basis, ${stream.isSample}, ${leg.parametersVersion},
        ${leg.target.meeting}::date, ${leg.target.path}, ${leg.direction}, ${leg.startedAt.tradeDate}::date,
        ${leg.startedAt.asOf}::timestamptz,
        (select id from cutwatch.repricings where leg_key = ${leg.reverses} and basis = ${stream.basis}::cutwatch.basis
          and is_sample = ${stream.isSample} and parameters_version = ${leg.parametersVersion}),
        ${recordedAt.toISOString()}::timestamptz
      )
      on conflict (leg_key, basis, is_sample, parameters_version) do update set leg_key = r.leg_key
      returning id::float8 as id
    `;
    if (rows[0] !== undefined) ids.set(leg.key, rows[0].id);
  }
  return ids;
}

/** Writes how legs stand now; one that stands as it stood leaves no row. */
export async function recordLegStates(
  tx: TransactionSql,
  drafts: readonly LegDraft[],
  ids: ReadonlyMap<string, number>,
  recordedAt: Date,
): Promise<number> {
  let stored = 0;
  for (const { leg, cluster, atMost } of drafts) {
    const rows = await tx`
      with next as (
        select
          ${ids.get(leg.key) ?? null}::bigint as repricing_id, ${leg.status} as status, ${leg.state} as state,
          ${leg.severity} as severity, ${cluster} as cluster,
          ${leg.confirmedAt.tradeDate}::date as confirmed_on, ${leg.confirmedAt.asOf}::timestamptz as confirmed_at,
          ${leg.extremeAt.tradeDate}::date as extreme_on, ${leg.extremeAt.asOf}::timestamptz as extreme_at,
          ${leg.endedAt?.tradeDate ?? null}::date as ended_on, ${leg.endedAt?.asOf ?? null}::timestamptz as ended_at,
          ${leg.endReason}::text as end_reason, ${leg.startRateBp}::float8 as start_rate_bp,
          ${leg.extremeRateBp}::float8 as extreme_rate_bp, ${leg.amplitudeBp}::float8 as amplitude_bp,
          ${leg.sigmaBp}::float8 as sigma_bp, ${leg.thresholdBp}::float8 as threshold_bp,
          ${atMost?.upperBp ?? null}::integer as at_most_upper_bp,
          ${atMost?.probabilityStart ?? null}::float8 as at_most_start,
          ${atMost?.probabilityExtreme ?? null}::float8 as at_most_extreme
      ),
      latest as (
        select * from cutwatch.repricing_states
        where repricing_id = ${ids.get(leg.key) ?? null}::bigint
        order by id desc
        limit 1
      )
      insert into cutwatch.repricing_states
        (repricing_id, recorded_at, status, state, severity, cluster, confirmed_on, confirmed_at, extreme_on, extreme_at,
          ended_on, ended_at, end_reason, start_rate_bp, extreme_rate_bp, amplitude_bp, sigma_bp, threshold_bp,
          at_most_upper_bp, at_most_start, at_most_extreme)
      select n.repricing_id, ${recordedAt.toISOString()}::timestamptz, n.status, n.state, n.severity, n.cluster,
        n.confirmed_on, n.confirmed_at, n.extreme_on, n.extreme_at, n.ended_on, n.ended_at, n.end_reason,
        n.start_rate_bp, n.extreme_rate_bp, n.amplitude_bp, n.sigma_bp, n.threshold_bp, n.at_most_upper_bp,
        n.at_most_start, n.at_most_extreme
      from next n
      left join latest l on true
      where l.id is null or (
        n.status, n.state, n.severity, n.cluster, n.confirmed_at, n.extreme_at, n.ended_at, n.end_reason,
        n.start_rate_bp, n.extreme_rate_bp, n.sigma_bp, n.at_most_upper_bp, n.at_most_start, n.at_most_extreme
      ) is distinct from (
        l.status, l.state, l.severity, l.cluster, l.confirmed_at, l.extreme_at, l.ended_at, l.end_reason,
        l.start_rate_bp, l.extreme_rate_bp, l.sigma_bp, l.at_most_upper_bp, l.at_most_start, l.at_most_extreme
      )
      returning id
    `;
    stored += rows.length;
  }
  return stored;
}

/** Withdraws legs confirmed on or after `from` that the corrected readings no longer give. */
export async function withdrawVanished(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  query: { readonly from: IsoDate; readonly kept: readonly string[]; readonly recordedAt: Date },
): Promise<number> {
  const rows = await tx`
    insert into cutwatch.repricing_states
      (repricing_id, recorded_at, status, state, severity, cluster, confirmed_on, confirmed_at, extreme_on, extreme_at,
        ended_on, ended_at, end_reason, start_rate_bp, extreme_rate_bp, amplitude_bp, sigma_bp, threshold_bp,
        at_most_upper_bp, at_most_start, at_most_extreme)
    select s.repricing_id, ${query.recordedAt.toISOString()}::timestamptz, 'closed', 'withdrawn', s.severity, s.cluster,
      s.confirmed_on, s.confirmed_at, s.extreme_on, s.extreme_at, coalesce(s.ended_on, s.extreme_on),
      coalesce(s.ended_at, s.extreme_at), 'corrected', s.start_rate_bp, s.extreme_rate_bp, s.amplitude_bp, s.sigma_bp,
      s.threshold_bp, s.at_most_upper_bp, s.at_most_start, s.at_most_extreme
    from cutwatch.repricings r
    join lateral (
      select * from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s on true
    where r.basis = ${stream.basis}::cutwatch.basis and r.is_sample = ${stream.isSample}
      and r.parameters_version = ${version}
      and s.confirmed_on >= ${query.from}::date and s.state <> 'withdrawn'
      and r.leg_key <> all(${query.kept}::text[])
    returning repricing_id
  `;
  return rows.length;
}

/** Writes alerts that were not raised before, in order; the same key a second time is the same alert. */
export async function recordAlerts(
  tx: TransactionSql,
  stream: DetectorStream,
  drafts: readonly (AlertDraft & { readonly body: unknown; readonly parametersVersion: string })[],
  ids: ReadonlyMap<string, number>,
  recordedAt: Date,
): Promise<StoredAlert[]> {
  const stored: StoredAlert[] = [];
  for (const { alert, historical, isPrimary, body, parametersVersion } of drafts) {
    const repricingId = ids.get(alert.legKey);
    if (repricingId === undefined)
      throw new RangeError(`Cannot store alert ${alert.key}: its leg ${alert.legKey} is not`);
    const rows = await tx<{ id: number }[]>`
      insert into cutwatch.alerts
        (key, repricing_id, basis, is_sample, parameters_version, kind, severity, extension, reverses_id, cluster,
          trade_date, as_of, recorded_at, historical, is_primary, expected_rate_bp, amplitude_bp, one_day_bp, sigma_bp, body)
      values (
        ${alert.key}, ${repricingId}, ${stream.basis}::cutwatch.basis, ${stream.isSample}, ${parametersVersion},
        ${alert.kind}, ${alert.severity}, ${alert.extension},
        ${alert.reverses === null ? null : (ids.get(alert.reverses) ?? null)}, ${alert.cluster},
        ${alert.tradeDate}::date, ${alert.asOf}::timestamptz, ${recordedAt.toISOString()}::timestamptz, ${historical}, ${isPrimary},
        ${alert.expectedRateBp}, ${alert.amplitudeBp}, ${alert.oneDayBp}, ${alert.sigmaBp},
        ${JSON.stringify(body)}::text::jsonb
      )
      on conflict (key, basis, is_sample, parameters_version) do nothing
      returning id::float8 as id
    `;
    if (rows[0] !== undefined) stored.push({ id: rows[0].id, key: alert.key, repricingId });
  }
  if (stored.length > 0) await announceChange(tx, "alerts");
  return stored;
}

/** Numbers of legs that are stored already, by key. */
export async function knownRepricingIds(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  version: string,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql<{ leg_key: string; id: number }[]>`
    select leg_key, id::float8 as id
    from cutwatch.repricings
    where basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
      and parameters_version = ${version} and leg_key = any(${keys}::text[])
  `;
  return new Map(rows.map((row) => [row.leg_key, row.id]));
}

/** The cluster a leg was given when it was first stored; null for a new one. */
export async function clusterOfLeg(tx: TransactionSql, repricingId: number): Promise<string | null> {
  const rows = await tx<{ cluster: string }[]>`
    select cluster from cutwatch.repricing_states where repricing_id = ${repricingId} order by id desc limit 1
  `;
  return rows[0]?.cluster ?? null;
}

/** Confirmed legs of a stream as they stand, with no more than it takes to compare a new one with them. */
export async function pastLegs(tx: TransactionSql, stream: DetectorStream, version: string): Promise<Leg[]> {
  const rows = await tx<
    {
      key: string;
      meeting: string;
      path: number | null;
      direction: Leg["direction"];
      status: Leg["status"];
      severity: Leg["severity"];
      started_on: string;
      started_at: Date;
      confirmed_on: string;
      confirmed_at: Date;
      extreme_on: string;
      extreme_at: Date;
      ended_on: string | null;
      ended_at: Date | null;
      end_reason: Leg["endReason"];
      start_rate_bp: number;
      extreme_rate_bp: number;
      amplitude_bp: number;
      sigma_bp: number;
      threshold_bp: number;
    }[]
  >`
    select r.leg_key as key, r.meeting_date::text as meeting, r.path_year as path, r.direction, s.status, s.severity,
      r.started_on::text as started_on, r.started_at, s.confirmed_on::text as confirmed_on, s.confirmed_at,
      s.extreme_on::text as extreme_on, s.extreme_at, s.ended_on::text as ended_on, s.ended_at, s.end_reason,
      s.start_rate_bp, s.extreme_rate_bp, s.amplitude_bp, s.sigma_bp, s.threshold_bp
    from cutwatch.repricings r
    join lateral (
      select * from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s on s.state = 'confirmed'
    where r.basis = ${stream.basis}::cutwatch.basis and r.is_sample = ${stream.isSample}
      and r.parameters_version = ${version}
    order by r.id
  `;
  const moment = (tradeDate: string, asOf: Date) => ({ tradeDate, asOf: asOf.toISOString() });
  return rows.map((row) => ({
    key: row.key,
    target: { meeting: row.meeting, path: row.path },
    direction: row.direction,
    status: row.status,
    state: "confirmed",
    severity: row.severity,
    startedAt: moment(row.started_on, row.started_at),
    confirmedAt: moment(row.confirmed_on, row.confirmed_at),
    extremeAt: moment(row.extreme_on, row.extreme_at),
    endedAt: row.ended_on === null || row.ended_at === null ? null : moment(row.ended_on, row.ended_at),
    endReason: row.end_reason,
    startRateBp: row.start_rate_bp,
    extremeRateBp: row.extreme_rate_bp,
    amplitudeBp: row.amplitude_bp,
    sigmaBp: row.sigma_bp,
    thresholdBp: row.threshold_bp,
    reverses: null,
    parametersVersion: version,
  }));
}
