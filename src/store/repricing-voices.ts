/** Which stream of readings speaks for a meeting, where several saw the same move. */
import type { Sql } from "postgres";
import { addDays, type IsoDate, maxDate, minDate } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import { recordedBy } from "./recorded-by.ts";

// A meeting's series begins at most 120 days before it (the detector's reach), a path with its year.
const MEETING_REACH_DAYS = 120;
const PATH_REACH_DAYS = 366;

/** A meeting's own series, or the path to a year's end. */
interface Target {
  readonly meeting: IsoDate;
  readonly path: number | null;
}

export function targetKey({ meeting, path }: Target): string {
  return `${meeting} ${path ?? ""}`;
}

function reachOf({ meeting, path }: Target): IsoDate {
  return addDays(meeting, -(path === null ? MEETING_REACH_DAYS : PATH_REACH_DAYS));
}

/**
 * The stream that speaks for each target: real before sample, then readings on the most trade dates of the target's series,
 * then the better basis. The sample has 49 trade dates: a user's first days would be hidden behind it if days counted first.
 *
 * @returns `basis t` of the sample or `basis f` of real readings, by {@link targetKey}
 */
export async function voicesOf(
  sql: Sql,
  targets: readonly Target[],
  { basis, knownAt }: { readonly basis: Basis | null; readonly knownAt: Date | null },
): Promise<Map<string, string>> {
  const first = targets.map(reachOf).reduce(minDate, "9999-12-31");
  const last = targets.map(({ meeting }) => meeting).reduce(maxDate, "0001-01-01");
  // With both ends named only the months between are planned for and read.
  const rows = await sql<(Target & { voice: string })[]>`
    with asked as (
      select m, p, f
      from unnest(
        ${targets.map(({ meeting }) => meeting)}::text[]::date[],
        ${targets.map(({ path }) => path)}::integer[],
        ${targets.map(reachOf)}::text[]::date[]
      ) as t (m, p, f)
    ),
    daily as materialized (
      select id, basis, is_sample
      from cutwatch.snapshots
      where grid = 'settlement' and trade_date between ${first}::date and ${last}::date
        and ${recordedBy(sql, "recorded_at", knownAt)}
        and ${basis === null ? sql`true` : sql`basis = ${basis}::cutwatch.basis`}
    )
    select distinct on (a.m, a.p) a.m as meeting, a.p as path, concat_ws(' ', d.basis, d.is_sample) as voice
    from asked a
    join cutwatch.meeting_readings r on r.meeting_date = a.m and r.trade_date between a.f and a.m
      and r.trade_date between ${first}::date and ${last}::date
    join daily d on d.id = r.snapshot_id
    where r.unsolved_reason is null
    group by a.m, a.p, d.basis, d.is_sample
    order by a.m, a.p, d.is_sample, count(distinct r.trade_date) desc, d.basis
  `;
  return new Map(rows.map((row) => [targetKey(row), row.voice]));
}
