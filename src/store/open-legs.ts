/** Legs that stand open, and how they are closed where no reading does it. */
import type { Sql, TransactionSql } from "postgres";
import type { CalendarEnd } from "../repricing/calendar-end.ts";
import type { Target } from "../repricing/target.ts";
import { announceChange } from "./write.ts";

/** A leg that stands open. */
export interface OpenLegRow extends Target {
  readonly id: number;
}

/** Confirmed legs of every stream that stand open; a provisional one ends with the alert that told of it. */
export async function openLegs(sql: Sql | TransactionSql): Promise<OpenLegRow[]> {
  return sql<OpenLegRow[]>`
    select r.id, r.meeting_date as meeting, r.path_year as path
    from cutwatch.repricings r
    cross join lateral (
      select status, state from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s
    where s.status = 'open' and s.state = 'confirmed'
    order by r.id
  `;
}

/** Closes legs, each by a new row that is otherwise as the last. Callers hold the turn `repricings`. */
export async function closeLegs(
  tx: TransactionSql,
  ends: readonly { readonly id: number; readonly end: CalendarEnd }[],
  recordedAt: Date,
): Promise<void> {
  if (ends.length === 0) return;
  await tx`
    insert into cutwatch.repricing_states
      (repricing_id, recorded_at, status, state, severity, cluster, confirmed_on, confirmed_at, extreme_on, extreme_at,
        ended_on, ended_at, end_reason, start_rate_bp, extreme_rate_bp, amplitude_bp, sigma_bp, threshold_bp,
        at_most_upper_bp, at_most_start, at_most_extreme, reverses_id)
    select s.repricing_id, ${recordedAt.toISOString()}::timestamptz, 'closed', s.state, s.severity, s.cluster,
      s.confirmed_on, s.confirmed_at, s.extreme_on, s.extreme_at, e.ended_on, e.ended_at, e.reason, s.start_rate_bp,
      s.extreme_rate_bp, s.amplitude_bp, s.sigma_bp, s.threshold_bp, s.at_most_upper_bp, s.at_most_start, s.at_most_extreme,
      s.reverses_id
    from unnest(
      ${ends.map(({ id }) => id)}::bigint[],
      ${ends.map(({ end }) => end.at.tradeDate)}::text[]::date[],
      ${ends.map(({ end }) => end.at.asOf)}::text[]::timestamptz[],
      ${ends.map(({ end }) => end.reason)}::text[]
    ) as e (id, ended_on, ended_at, reason)
    cross join lateral (
      select * from cutwatch.repricing_states t where t.repricing_id = e.id order by t.id desc limit 1
    ) s
    order by e.id
  `;
  await announceChange(tx, "repricings");
}
