/** Legs, as the detector found them. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { AtMostShift } from "../repricing/at-most.ts";
import type { Leg, LegState, WithdrawnReason } from "../repricing/repricing.ts";
import type { DetectorStream } from "./detector.ts";

/** A leg with what else is stored of it. */
export interface LegDraft {
  readonly leg: Leg;
  readonly cluster: string;
  readonly atMost: Omit<AtMostShift, "shiftPp"> | null;
}

/**
 * Numbers of legs by key, making those that are new; of the legs they reverse too. A leg's identity is written once and
 * never changes; which leg it reverses may, and is part of how it stands (its own row keeps the one found first). Callers hold the turn `repricings`.
 */
export async function repricingIds(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  legs: readonly Leg[],
  recordedAt: Date,
): Promise<Map<string, number>> {
  if (legs.length === 0) return new Map();
  const keys = legs.flatMap((leg) => (leg.reverses === null ? [leg.key] : [leg.key, leg.reverses]));
  const ids = await knownRepricingIds(tx, stream, version, [...new Set(keys)]);
  const fresh = legs
    .filter((leg) => !ids.has(leg.key))
    .sort((a, b) => (a.confirmedAt.asOf < b.confirmedAt.asOf ? -1 : a.confirmedAt.asOf > b.confirmedAt.asOf ? 1 : 0));
  if (fresh.length === 0) return ids;
  const numbers = await tx<{ id: number }[]>`
    select nextval('cutwatch.row_ids')::float8 as id from generate_series(1, ${fresh.length}::integer)
  `;
  fresh.forEach((leg, i) => {
    const id = numbers[i]?.id;
    if (id !== undefined) ids.set(leg.key, id);
  });
  const rows = fresh.map((leg) => ({
    id: ids.get(leg.key),
    leg_key: leg.key,
    meeting_date: leg.target.meeting,
    path_year: leg.target.path,
    direction: leg.direction,
    started_on: leg.startedAt.tradeDate,
    started_at: leg.startedAt.asOf,
    reverses_id: leg.reverses === null ? null : (ids.get(leg.reverses) ?? null),
  }));
  await tx`
    insert into cutwatch.repricings
      (id, leg_key, basis, is_sample, parameters_version, meeting_date, path_year, direction, started_on, started_at,
        reverses_id, recorded_at)
    select id, leg_key, ${stream.basis}::cutwatch.basis, ${stream.isSample}, ${version}, meeting_date, path_year, direction,
      started_on, started_at, reverses_id, ${recordedAt.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (
      id bigint, leg_key text, meeting_date date, path_year integer, direction text, started_on date,
      started_at timestamptz, reverses_id bigint
    )
  `;
  return ids;
}

/** Writes how legs stand now, in one statement; one that stands as it stood leaves no row. */
export async function recordLegStates(
  tx: TransactionSql,
  drafts: readonly LegDraft[],
  ids: ReadonlyMap<string, number>,
  recordedAt: Date,
): Promise<number> {
  if (drafts.length === 0) return 0;
  const next = drafts.map(({ leg, cluster, atMost }) => ({
    repricing_id: ids.get(leg.key),
    status: leg.status,
    state: leg.state,
    severity: leg.severity,
    cluster,
    confirmed_on: leg.confirmedAt.tradeDate,
    confirmed_at: leg.confirmedAt.asOf,
    extreme_on: leg.extremeAt.tradeDate,
    extreme_at: leg.extremeAt.asOf,
    ended_on: leg.endedAt?.tradeDate ?? null,
    ended_at: leg.endedAt?.asOf ?? null,
    end_reason: leg.endReason,
    start_rate_bp: leg.startRateBp,
    extreme_rate_bp: leg.extremeRateBp,
    amplitude_bp: leg.amplitudeBp,
    sigma_bp: leg.sigmaBp,
    threshold_bp: leg.thresholdBp,
    at_most_upper_bp: atMost?.upperBp ?? null,
    at_most_start: atMost?.probabilityStart ?? null,
    at_most_extreme: atMost?.probabilityExtreme ?? null,
    reverses_id: leg.reverses === null ? null : (ids.get(leg.reverses) ?? null),
  }));
  const rows = await tx`
    insert into cutwatch.repricing_states
      (repricing_id, recorded_at, status, state, severity, cluster, confirmed_on, confirmed_at, extreme_on, extreme_at,
        ended_on, ended_at, end_reason, start_rate_bp, extreme_rate_bp, amplitude_bp, sigma_bp, threshold_bp,
        at_most_upper_bp, at_most_start, at_most_extreme, reverses_id)
    select n.repricing_id, ${recordedAt.toISOString()}::timestamptz, n.status, n.state, n.severity, n.cluster,
      n.confirmed_on, n.confirmed_at, n.extreme_on, n.extreme_at, n.ended_on, n.ended_at, n.end_reason,
      n.start_rate_bp, n.extreme_rate_bp, n.amplitude_bp, n.sigma_bp, n.threshold_bp, n.at_most_upper_bp,
      n.at_most_start, n.at_most_extreme, n.reverses_id
    from json_to_recordset(${JSON.stringify(next)}::text::json) as n (
      repricing_id bigint, status text, state text, severity text, cluster text, confirmed_on date,
      confirmed_at timestamptz, extreme_on date, extreme_at timestamptz, ended_on date, ended_at timestamptz,
      end_reason text, start_rate_bp float8, extreme_rate_bp float8, amplitude_bp float8, sigma_bp float8,
      threshold_bp float8, at_most_upper_bp integer, at_most_start float8, at_most_extreme float8,
      reverses_id bigint
    )
    left join lateral (
      select * from cutwatch.repricing_states t where t.repricing_id = n.repricing_id order by t.id desc limit 1
    ) l on true
    where l.id is null or (
      n.status, n.state, n.severity, n.cluster, n.confirmed_at, n.extreme_at, n.ended_at, n.end_reason,
      n.start_rate_bp, n.extreme_rate_bp, n.sigma_bp, n.at_most_upper_bp, n.at_most_start, n.at_most_extreme,
      n.reverses_id
    ) is distinct from (
      l.status, l.state, l.severity, l.cluster, l.confirmed_at, l.extreme_at, l.ended_at, l.end_reason,
      l.start_rate_bp, l.extreme_rate_bp, l.sigma_bp, l.at_most_upper_bp, l.at_most_start, l.at_most_extreme,
      l.reverses_id
    )
    returning id
  `;
  return rows.length;
}

/**
 * Withdraws legs confirmed on or after `from` that the corrected readings no longer give. Provisional ones of a day after `to`,
 * the last one looked at, are left to that day's own settlement.
 */
export async function withdrawVanished(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  query: { readonly from: IsoDate; readonly to: IsoDate; readonly kept: readonly string[]; readonly recordedAt: Date },
): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    select r.id::float8 as id
    from cutwatch.repricings r
    join lateral (
      select state, confirmed_on from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s on s.confirmed_on >= ${query.from}::date and (s.state <> 'provisional' or s.confirmed_on <= ${query.to}::date)
    where r.basis = ${stream.basis}::cutwatch.basis and r.is_sample = ${stream.isSample}
      and r.parameters_version = ${version} and r.leg_key <> all(${query.kept}::text[])
  `;
  const ids = rows.map((row) => row.id);
  return withdrawLegs(tx, ids, { states: ["confirmed", "provisional"], reason: "corrected", ...query });
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

/** The clusters that legs were given when they were first stored, by number; new legs are absent. */
export async function clustersOfLegs(tx: TransactionSql, ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<{ id: number; cluster: string }[]>`
    select r.id::float8 as id, s.cluster
    from unnest(${ids}::bigint[]) as r (id)
    cross join lateral (
      select cluster from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s
  `;
  return new Map(rows.map((row) => [row.id, row.cluster]));
}

/** Withdraws those of some legs that stand in one of the given states. @returns their numbers */
export async function withdrawLegs(
  tx: TransactionSql,
  ids: readonly number[],
  how: { readonly states: readonly LegState[]; readonly reason: WithdrawnReason; readonly recordedAt: Date },
): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await tx<{ id: number }[]>`
    insert into cutwatch.repricing_states
      (repricing_id, recorded_at, status, state, severity, cluster, confirmed_on, confirmed_at, extreme_on, extreme_at,
        ended_on, ended_at, end_reason, start_rate_bp, extreme_rate_bp, amplitude_bp, sigma_bp, threshold_bp,
        at_most_upper_bp, at_most_start, at_most_extreme, reverses_id)
    select s.repricing_id, ${how.recordedAt.toISOString()}::timestamptz, 'closed', 'withdrawn', s.severity, s.cluster,
      s.confirmed_on, s.confirmed_at, s.extreme_on, s.extreme_at, coalesce(s.ended_on, s.extreme_on),
      coalesce(s.ended_at, s.extreme_at), ${how.reason}, s.start_rate_bp, s.extreme_rate_bp, s.amplitude_bp, s.sigma_bp,
      s.threshold_bp, s.at_most_upper_bp, s.at_most_start, s.at_most_extreme, s.reverses_id
    from unnest(${ids}::bigint[]) as wanted (id)
    join lateral (
      select * from cutwatch.repricing_states t where t.repricing_id = wanted.id order by t.id desc limit 1
    ) s on s.state = any(${how.states}::text[])
    returning repricing_id::float8 as id
  `;
  return rows.map((row) => row.id);
}
