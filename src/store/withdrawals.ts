/** Alerts that take back what was told of a leg which corrected readings no longer give. */
import type { TransactionSql } from "postgres";
import { announceChange } from "./write.ts";

/** The last thing told of a leg. */
export interface LastAlert {
  readonly id: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The last alert of each of some legs; legs that were never told of have none. */
export async function lastAlerts(tx: TransactionSql, repricingIds: readonly number[]): Promise<LastAlert[]> {
  return tx<LastAlert[]>`
    select distinct on (repricing_id) id::float8 as id, body
    from cutwatch.alerts
    where repricing_id = any(${repricingIds}::bigint[])
    order by repricing_id, id desc
  `;
}

/** Writes one alert that withdraws each of the given ones; all else is as it was told. */
export async function recordWithdrawals(
  tx: TransactionSql,
  withdrawals: readonly LastAlert[],
  recordedAt: Date,
): Promise<number> {
  let stored = 0;
  for (const { id, body } of withdrawals) {
    const rows = await tx`
      insert into cutwatch.alerts
        (id, key, repricing_id, basis, is_sample, parameters_version, kind, severity, extension, reverses_id, cluster,
          trade_date, as_of, recorded_at, historical, is_primary, expected_rate_bp, amplitude_bp, one_day_bp, sigma_bp, body,
          resolves_id)
      select n, a.key || '/withdrawn/' || n, a.repricing_id, a.basis, a.is_sample, a.parameters_version, 'withdrawn',
        a.severity, a.extension, null, a.cluster, a.trade_date, a.as_of, ${recordedAt.toISOString()}::timestamptz,
        a.historical, a.is_primary, a.expected_rate_bp, a.amplitude_bp, a.one_day_bp, a.sigma_bp,
        jsonb_set(${JSON.stringify(body)}::text::jsonb, '{data,sequence}', to_jsonb(n)), a.id
      from (select nextval('cutwatch.alert_ids') as n) place
      cross join cutwatch.alerts a
      where a.id = ${id} and a.kind <> 'withdrawn'
      returning id
    `;
    stored += rows.length;
  }
  if (stored > 0) await announceChange(tx, "alerts");
  return stored;
}
