import type { Sql, TransactionSql } from "postgres";
import { addDays, type IsoDate } from "../calendar/calendar-date.ts";
import type { EffrFixing } from "../pricing/observations.ts";
import type { effrFixings } from "./tables.ts";
import { announceChange, dateSpan, type Provenance, requestSnapshots, takeTurn, type Written } from "./write.ts";

/** How long after its date a fixing still matters: an expired month is averaged by the meetings of the next two. */
const REACH_DAYS = 70;

// Years of rows at a time: a typed query took 15 ms for 2,500 of them, raw SQL 7.
type LatestFixing = Readonly<
  Pick<typeof effrFixings.$inferSelect, "fixingDate" | "targetLowerBp" | "targetUpperBp" | "recordedAt">
> & { readonly effrPct: number | null };

/** Whether a fixing says nothing new: what it leaves open, the rate or the range, is as it was. */
function isSame(stored: LatestFixing | undefined, fixing: EffrFixing): boolean {
  const { effrPct, targetLowerBp, targetUpperBp } = fixing;
  if (stored === undefined) return false;
  const isRate = effrPct === null || stored.effrPct === Number(effrPct);
  const isRange =
    targetUpperBp === null || (stored.targetLowerBp === targetLowerBp && stored.targetUpperBp === targetUpperBp);
  return isRate && isRange;
}

/** Stores fixings that are new or differ from the latest of the same source; a revision is a new row. */
export async function recordFixings(
  tx: TransactionSql,
  fixings: readonly EffrFixing[],
  provenance: Provenance,
): Promise<Written> {
  const span = dateSpan(fixings.map((fixing) => fixing.date));
  if (span === null) return { stored: 0, unchanged: 0 };
  await takeTurn(tx, "effr_fixings");
  const rows = await tx<LatestFixing[]>`
    select fixing_date as "fixingDate", max(recorded_at) as "recordedAt",
      (array_agg(effr_pct::float8 order by recorded_at desc) filter (where effr_pct is not null))[1] as "effrPct",
      (array_agg(target_lower_bp order by recorded_at desc) filter (where target_upper_bp is not null))[1] as "targetLowerBp",
      (array_agg(target_upper_bp order by recorded_at desc) filter (where target_upper_bp is not null))[1] as "targetUpperBp"
    from cutwatch.effr_fixings
    where source = ${provenance.source} and fixing_date between ${span.from}::date and ${span.to}::date
    group by fixing_date
  `;
  const latest = new Map(rows.map((row) => [row.fixingDate, row] as const));
  const fresh = fixings.filter((fixing) => !isSame(latest.get(fixing.date), fixing));
  if (fresh.length === 0) return { stored: 0, unchanged: fixings.length };
  await tx`
    insert into cutwatch.effr_fixings
      (fixing_date, recorded_at, source, effr_pct, target_lower_bp, target_upper_bp, revised, is_sample, payload_id)
    select d, greatest(${provenance.recordedAt.toISOString()}::timestamptz, before + interval '1 millisecond'), ${provenance.source}, e, l, u, r,
      ${provenance.isSample}, ${provenance.payloadId}
    from unnest(
      ${fresh.map((f) => f.date)}::text[]::date[],
      ${fresh.map((f) => f.effrPct)}::text[]::numeric[],
      ${fresh.map((f) => f.targetLowerBp)}::integer[],
      ${fresh.map((f) => f.targetUpperBp)}::integer[],
      ${fresh.map((f) => String(f.revised || (f.effrPct !== null && latest.get(f.date)?.effrPct != null)))}::text[]::boolean[],
      ${fresh.map((f) => latest.get(f.date)?.recordedAt.toISOString() ?? null)}::text[]::timestamptz[]
    ) as t (d, e, l, u, r, before)
  `;
  const changed = dateSpan(fresh.map((fixing) => fixing.date));
  if (changed !== null) {
    const to = addDays(changed.to, REACH_DAYS);
    await requestSnapshots(tx, { grid: "settlement", from: changed.from, to, at: null });
  }
  await announceChange(tx, "fixings");
  return { stored: fresh.length, unchanged: fixings.length - fresh.length };
}

/** The fixing of one date, latest known, in bp. */
export interface FixingRow {
  readonly date: IsoDate;
  /** null: only the range is known */
  readonly effrBp: number | null;
  readonly targetLowerBp: number | null;
  readonly targetUpperBp: number | null;
  readonly isSample: boolean;
  readonly source: string;
  readonly revised: boolean;
  readonly recordedAt: Date;
}

/**
 * One row a date, ascending: the latest known rate and the latest known range, whichever rows they stand in; real before sample;
 * among sources the latest recorded.
 */
export async function fixingsBetween(
  sql: Sql | TransactionSql,
  query: { readonly from: IsoDate; readonly to: IsoDate; readonly withSample: boolean },
): Promise<FixingRow[]> {
  const known = sql`
    cutwatch.effr_fixings
    where fixing_date between ${query.from}::date and ${query.to}::date and (${query.withSample} or not is_sample)
  `;
  return sql<FixingRow[]>`
    select coalesce(r.fixing_date, t.fixing_date) as date, (r.effr_pct * 100)::float8 as "effrBp",
      t.target_lower_bp as "targetLowerBp", t.target_upper_bp as "targetUpperBp",
      coalesce(r.is_sample, t.is_sample) as "isSample", coalesce(r.source, t.source) as source,
      coalesce(r.revised, false) as revised, coalesce(r.recorded_at, t.recorded_at) as "recordedAt"
    from (
      select distinct on (fixing_date) * from ${known} and effr_pct is not null
      order by fixing_date, is_sample, target_upper_bp is null, recorded_at desc, source
    ) r
    full join (
      select distinct on (fixing_date) * from ${known} and target_upper_bp is not null
      order by fixing_date, is_sample, recorded_at desc, source
    ) t on t.fixing_date = r.fixing_date
    order by 1
  `;
}
