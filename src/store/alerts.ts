/** Alerts of repricings, append only. Writers hold the turn `repricings`: numbers are given in the order they become visible. */
import type { TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { ProvisionalAlert } from "../repricing/intraday.ts";
import type { AlertKind, ClusteredAlert, Severity } from "../repricing/repricing.ts";
import type { Told } from "../repricing/told.ts";
import type { LegNow } from "../webhooks/payload.ts";
import type { DetectorStream } from "./detector.ts";
import { announceChange } from "./write.ts";

/** An alert that was told, without its body. */
export interface ToldRow extends Told {
  readonly repricingId: number;
  readonly cluster: string;
  readonly isPrimary: boolean;
}

/** All that was told of some legs, and the alerts with some of the detector's keys, in order. */
export async function toldAlerts(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  wanted: { readonly repricingIds: readonly number[]; readonly keys: readonly string[] },
): Promise<ToldRow[]> {
  if (wanted.repricingIds.length === 0 && wanted.keys.length === 0) return [];
  return tx<ToldRow[]>`
    select a.id, a.repricing_id as "repricingId", a.key, r.leg_key as "legKey", a.kind, a.severity,
      a.trade_date as "tradeDate", a.historical, a.is_primary as "isPrimary", a.provisional is not null as "isProvisional",
      a.resolves_id as "resolvesId", a.cluster
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    where a.repricing_id = any(${wanted.repricingIds}::bigint[])
      or (a.key = any(${wanted.keys}::text[]) and a.basis = ${stream.basis}::cutwatch.basis
        and a.is_sample = ${stream.isSample} and a.parameters_version = ${version})
    order by a.id
  `;
}

/** An alert that is to be confirmed or withdrawn, with what its answer repeats. */
export interface AnsweredAlert {
  readonly id: number;
  readonly repricingId: number;
  readonly meeting: IsoDate;
  readonly path: number | null;
  readonly key: string;
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  readonly severity: Severity;
  readonly tradeDate: IsoDate;
  readonly cluster: string;
  readonly asOf: Date;
  readonly historical: boolean;
  readonly isPrimary: boolean;
  readonly expectedRateBp: number;
  readonly amplitudeBp: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** how its leg stands now */
  readonly leg: LegNow;
}

/** Some alerts with their bodies, by number; what is to be said of their legs is stored already. */
export async function answeredAlerts(
  tx: TransactionSql,
  ids: readonly number[],
): Promise<ReadonlyMap<number, AnsweredAlert>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<AnsweredAlert[]>`
    select a.id, a.repricing_id as "repricingId", r.meeting_date as meeting, r.path_year as path, a.key, a.kind,
      a.severity, a.trade_date as "tradeDate", a.cluster, a.as_of as "asOf", a.historical, a.is_primary as "isPrimary",
      a.expected_rate_bp as "expectedRateBp", a.amplitude_bp as "amplitudeBp", a.body, json_build_object(
        'status', s.status, 'state', s.state, 'severity', s.severity, 'extremeRateBp', s.extreme_rate_bp,
        'amplitudeBp', s.amplitude_bp
      ) as leg
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    cross join lateral (
      select status, state, severity, extreme_rate_bp, amplitude_bp
      from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s
    where a.id = any(${ids}::bigint[])
  `;
  return new Map(rows.map((row) => [row.id, row]));
}

/** The next numbers of the feed, ascending. */
export async function feedNumbers(tx: TransactionSql, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await tx<{ id: number }[]>`
    select nextval('cutwatch.alert_ids')::float8 as id from generate_series(1, ${count}::integer)
  `;
  return rows.map(({ id }) => id);
}

/** A raised alert with what a receiver is told. */
export interface AlertRow {
  readonly id: number;
  readonly repricingId: number;
  /** under the key it is told with, in the cluster that people see */
  readonly alert: Omit<ClusteredAlert, "kind"> & { readonly kind: AlertKind };
  /** what the day's settlement will confirm or withdraw; null: the settlement itself raised it */
  readonly provisional: ProvisionalAlert | null;
  readonly historical: boolean;
  /** told: no better basis had a reading of that trade date, and none had told the same of the repricing */
  readonly isPrimary: boolean;
  /** number of the leg that this one reverses, on its first alert only */
  readonly reversesId: number | null;
  readonly parametersVersion: string;
  readonly body: unknown;
}

/** Writes raised alerts, in one statement. None may be told already. */
export async function recordAlerts(
  tx: TransactionSql,
  stream: DetectorStream,
  rows: readonly AlertRow[],
  recordedAt: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const given = rows.map(({ alert, ...row }) => ({
    id: row.id,
    key: alert.key,
    repricing_id: row.repricingId,
    parameters_version: row.parametersVersion,
    kind: alert.kind,
    severity: alert.severity,
    extension: alert.extension,
    reverses_id: row.reversesId,
    cluster: alert.cluster,
    trade_date: alert.tradeDate,
    as_of: alert.asOf,
    historical: row.historical,
    is_primary: row.isPrimary,
    expected_rate_bp: alert.expectedRateBp,
    amplitude_bp: alert.amplitudeBp,
    one_day_bp: alert.oneDayBp,
    sigma_bp: alert.sigmaBp,
    provisional: row.provisional,
  }));
  // Bodies go as text of their own: a record of JSON would parse and print each once more, and reorder nothing the less.
  await tx`
    insert into cutwatch.alerts
      (id, key, repricing_id, basis, is_sample, parameters_version, kind, severity, extension, reverses_id, cluster,
        trade_date, as_of, recorded_at, historical, is_primary, expected_rate_bp, amplitude_bp, one_day_bp, sigma_bp, body,
        provisional)
    select g.id, g.key, g.repricing_id, ${stream.basis}::cutwatch.basis, ${stream.isSample}::boolean, g.parameters_version,
      g.kind, g.severity, g.extension, g.reverses_id, g.cluster, g.trade_date, g.as_of,
      ${recordedAt.toISOString()}::timestamptz, g.historical, g.is_primary, g.expected_rate_bp, g.amplitude_bp, g.one_day_bp,
      g.sigma_bp, b.body::jsonb, g.provisional
    from json_to_recordset(${JSON.stringify(given)}::text::json) as g (
      id bigint, key text, repricing_id bigint, parameters_version text, kind text, severity text, extension integer,
      reverses_id bigint, cluster text, trade_date date, as_of timestamptz, historical boolean, is_primary boolean,
      expected_rate_bp float8, amplitude_bp float8, one_day_bp float8, sigma_bp float8, provisional jsonb
    )
    join unnest(
      ${rows.map(({ id }) => id)}::bigint[],
      ${rows.map(({ body }) => JSON.stringify(body))}::text[]
    ) as b (id, body) on b.id = g.id
    order by g.id
  `;
  await announceChange(tx, "alerts");
}

/** An alert that confirms or withdraws another one. */
export interface AnswerRow {
  readonly id: number;
  readonly resolvesId: number;
  readonly key: string;
  readonly kind: "confirmed" | "withdrawn";
  /** of a confirmation: of the settlement that gave it */
  readonly tradeDate: IsoDate;
  readonly historical: boolean;
  readonly body: unknown;
}

/** Writes alerts that answer others, in one statement; all that is not given is as it was told. */
export async function recordAnswers(tx: TransactionSql, rows: readonly AnswerRow[], recordedAt: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into cutwatch.alerts
      (id, key, repricing_id, basis, is_sample, parameters_version, kind, severity, extension, reverses_id, cluster,
        trade_date, as_of, recorded_at, historical, is_primary, expected_rate_bp, amplitude_bp, one_day_bp, sigma_bp, body,
        resolves_id)
    select g.id, g.key, a.repricing_id, a.basis, a.is_sample, a.parameters_version, g.kind, a.severity, a.extension, null,
      a.cluster, g.trade_date::date, a.as_of, ${recordedAt.toISOString()}::timestamptz, g.historical::boolean, a.is_primary,
      a.expected_rate_bp, a.amplitude_bp, a.one_day_bp, a.sigma_bp, g.body::jsonb, a.id
    from unnest(
      ${rows.map((row) => row.id)}::bigint[],
      ${rows.map((row) => row.resolvesId)}::bigint[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => row.tradeDate)}::text[],
      ${rows.map((row) => String(row.historical))}::text[],
      ${rows.map((row) => JSON.stringify(row.body))}::text[]
    ) as g (id, resolves_id, key, kind, trade_date, historical, body)
    join cutwatch.alerts a on a.id = g.resolves_id
    order by g.id
  `;
  await announceChange(tx, "alerts");
}
