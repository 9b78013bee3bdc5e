/** What the streams of readings have told of the same targets, each of its own legs. */
import type { TransactionSql } from "postgres";
import { addDays, type IsoDate, maxDate, minDate } from "../calendar/calendar-date.ts";
import type { Move, Saying, StoredAlert, ToldCluster } from "../repricing/one-telling.ts";
import type { AlertKind, Direction } from "../repricing/repricing.ts";
import type { Target } from "../repricing/target.ts";
import type { LegNow } from "../webhooks/payload.ts";
import type { DetectorStream } from "./detector.ts";
import { announceChange } from "./write.ts";

/** Legs of one direction on one target. */
export interface Course extends Target {
  readonly direction: Direction;
}

function coursesAsked(tx: TransactionSql, courses: readonly Course[]) {
  return tx`
    select distinct m, p, d
    from unnest(
      ${courses.map(({ meeting }) => meeting)}::text[]::date[],
      ${courses.map(({ path }) => path)}::integer[],
      ${courses.map(({ direction }) => direction)}::text[]
    ) as t (m, p, d)
  `;
}

/** How a leg `r` stands, and the last trade date on which its stream saw it go on. */
function lives(tx: TransactionSql) {
  return tx`
    select s.status, s.state, s.severity, s.extreme_rate_bp, s.amplitude_bp, s.threshold_bp,
      case when s.end_reason = 'reversed' then s.extreme_on else greatest(s.extreme_on, (
        select d.trade_date
        from cutwatch.detector_days d
        where d.basis = r.basis and d.is_sample = r.is_sample and d.parameters_version = r.parameters_version
          and d.trade_date < coalesce(s.ended_on, 'infinity'::date)
        order by d.trade_date desc
        limit 1
      )) end as through
    from cutwatch.repricing_states s
    where s.repricing_id = r.id
    order by s.id desc
    limit 1
  `;
}

/** Alerts `a` of legs `r` that nothing has taken back, as `review.alerts.is_standing` has it. */
function standing(tx: TransactionSql) {
  return tx`
    a.kind <> 'withdrawn' and not exists (
      select from cutwatch.alerts w
      where w.repricing_id = a.repricing_id and w.id > a.id and w.kind = 'withdrawn'
        and (
          w.resolves_id = a.id
          or starts_with(w.key, r.leg_key || '/withdrawn/')
          or a.provisional is not null and exists (
            select from cutwatch.alerts c where c.id = w.resolves_id and c.kind = 'confirmed' and c.resolves_id = a.id
          )
        )
    )
  `;
}

/** What was told of a course. `historical`: nobody was sent it. */
export type ToldMove = Move & Saying & { readonly historical: boolean };

/** What other streams have told of some courses and not taken back. Callers hold the turn `repricings`. */
export async function toldElsewhere(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  courses: readonly Course[],
): Promise<ToldMove[]> {
  if (courses.length === 0) return [];
  return tx<ToldMove[]>`
    select r.meeting_date as meeting, r.path_year as path, r.direction, r.started_on as "startedOn", l.through,
      a.kind, a.severity, a.expected_rate_bp as "expectedRateBp", a.trade_date as "tradeDate", a.historical
    from (${coursesAsked(tx, courses)}) asked
    join cutwatch.repricings r on r.meeting_date = asked.m and r.path_year is not distinct from asked.p
      and r.direction = asked.d
    join cutwatch.alerts a on a.repricing_id = r.id
    cross join lateral (${lives(tx)}) l
    where r.basis <> ${stream.basis}::cutwatch.basis and r.is_sample = ${stream.isSample}
      and r.parameters_version = ${version} and a.is_primary and ${standing(tx)}
  `;
}

// Three trade dates are a week with a weekend and a holiday in it.
const CLUSTER_REACH_DAYS = 7;

/** The clusters in which other streams have told of some trade dates and those around them. */
export async function clustersElsewhere(
  tx: TransactionSql,
  stream: DetectorStream,
  version: string,
  dates: readonly IsoDate[],
): Promise<ToldCluster[]> {
  const [first, last] = [dates.reduce(minDate, "9999-12-31"), dates.reduce(maxDate, "0001-01-01")];
  if (first > last) return [];
  return tx<ToldCluster[]>`
    select distinct r.direction, a.trade_date as "tradeDate", a.cluster
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    where a.trade_date between ${addDays(first, -CLUSTER_REACH_DAYS)}::date and ${addDays(last, CLUSTER_REACH_DAYS)}::date
      and a.basis <> ${stream.basis}::cutwatch.basis and a.is_sample = ${stream.isSample}
      and a.parameters_version = ${version} and a.is_primary and a.kind <> 'withdrawn'
  `;
}

/** An alert as it is stored, with all it takes to tell it after all. */
export interface StoredRow extends StoredAlert {
  readonly key: string;
  readonly cluster: string;
  readonly asOf: Date;
  readonly body: Readonly<Record<string, unknown>>;
  /** how its leg stands now */
  readonly leg: LegNow;
}

/**
 * The legs of some alerts, and all that stands of the same courses in every stream of the same kind: the best stream's first,
 * each stream's by number. A confirmation stands for the alert it confirms; what still waits for one is left out.
 */
export async function storedBeside(
  tx: TransactionSql,
  alertIds: readonly number[],
): Promise<{ readonly legs: readonly (Move & { readonly id: number })[]; readonly stored: readonly StoredRow[] }> {
  const legs = await tx<(Move & { id: number; version: string; isSample: boolean })[]>`
    select distinct r.id::float8 as id, r.meeting_date as meeting, r.path_year as path, r.direction, r.started_on as "startedOn",
      l.through, r.parameters_version as version, r.is_sample as "isSample"
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    cross join lateral (${lives(tx)}) l
    where a.id = any(${alertIds}::bigint[])
    order by 1
  `;
  const [first] = legs;
  if (first === undefined) return { legs, stored: [] };
  const stored = await tx<StoredRow[]>`
    select r.meeting_date as meeting, r.path_year as path, r.direction, r.started_on as "startedOn",
      least(l.through, a.trade_date) as through, a.id, a.repricing_id as "repricingId", a.is_primary as "isPrimary",
      coalesce(told.kind, a.kind) as kind, a.severity, l.threshold_bp as "thresholdBp",
      a.key, a.cluster, a.as_of as "asOf", a.trade_date as "tradeDate", a.expected_rate_bp as "expectedRateBp", a.body,
      exists (
        select from cutwatch.snapshots x
        join cutwatch.meeting_readings m on m.trade_date = x.trade_date and m.snapshot_id = x.id
          and m.meeting_date = r.meeting_date and m.unsolved_reason is null
        where x.grid = 'settlement' and x.trade_date = a.trade_date and (x.is_sample, x.basis) < (a.is_sample, a.basis)
      ) as "isOutranked",
      json_build_object(
        'status', l.status, 'state', l.state, 'severity', l.severity, 'extremeRateBp', l.extreme_rate_bp,
        'amplitudeBp', l.amplitude_bp
      ) as leg
    from (${coursesAsked(tx, legs)}) asked
    join cutwatch.repricings r on r.meeting_date = asked.m and r.path_year is not distinct from asked.p
      and r.direction = asked.d
    join cutwatch.alerts a on a.repricing_id = r.id
    left join cutwatch.alerts told on told.id = a.resolves_id
    cross join lateral (${lives(tx)}) l
    where r.is_sample = ${first.isSample} and r.parameters_version = ${first.version} and ${standing(tx)}
      and (a.is_primary or a.provisional is null)
    order by r.basis, a.id
  `;
  return { legs, stored };
}

/** An alert that is told after all. */
export interface AgainRow {
  readonly id: number;
  /** the one that was stored and not told */
  readonly ofId: number;
  readonly key: string;
  readonly kind: AlertKind | "confirmed";
  readonly historical: boolean;
  readonly body: unknown;
}

/** Writes alerts that are told after all, in one statement; all that is not given is as it was stored. */
export async function recordAgain(tx: TransactionSql, rows: readonly AgainRow[], recordedAt: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into cutwatch.alerts
      (id, key, repricing_id, basis, is_sample, parameters_version, kind, severity, extension, reverses_id, cluster,
        trade_date, as_of, recorded_at, historical, is_primary, expected_rate_bp, amplitude_bp, one_day_bp, sigma_bp, body)
    select g.id, g.key, a.repricing_id, a.basis, a.is_sample, a.parameters_version, g.kind, a.severity, a.extension,
      a.reverses_id, a.cluster, a.trade_date, a.as_of, ${recordedAt.toISOString()}::timestamptz, g.historical::boolean, true,
      a.expected_rate_bp, a.amplitude_bp, a.one_day_bp, a.sigma_bp, g.body::jsonb
    from unnest(
      ${rows.map((row) => row.id)}::bigint[],
      ${rows.map((row) => row.ofId)}::bigint[],
      ${rows.map((row) => row.key)}::text[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map((row) => String(row.historical))}::text[],
      ${rows.map((row) => JSON.stringify(row.body))}::text[]
    ) as g (id, of_id, key, kind, historical, body)
    join cutwatch.alerts a on a.id = g.of_id
    order by g.id
  `;
  await announceChange(tx, "alerts");
}
