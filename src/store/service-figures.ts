/** Figures about the service itself: queues, runs, the age of what it has. */
import type { Sql } from "postgres";

/** How much there is of what, and how old it is. */
export interface ServiceFigures {
  readonly deliveries: readonly { readonly state: string; readonly count: number }[];
  /** since when the oldest delivery that is due waits; null: none does */
  readonly oldestDueAt: Date | null;
  /** runs that started in the last 24 hours */
  readonly jobRuns: readonly { readonly job: string; readonly status: string; readonly count: number }[];
  readonly newestSnapshots: readonly { readonly grid: string; readonly asOf: Date; readonly recordedAt: Date }[];
}

/** Reads them in four statements. The sample is not counted: its age says nothing of the service. */
export async function serviceFigures(sql: Sql, now: Date): Promise<ServiceFigures> {
  const at = now.toISOString();
  const [deliveries, due, jobRuns, newestSnapshots] = await Promise.all([
    sql<{ state: string; count: number }[]>`
      select state, count(*)::float8 as count from cutwatch.webhook_deliveries group by state
    `,
    sql<{ oldest: Date | null }[]>`
      select min(due_at) as oldest from cutwatch.webhook_deliveries
      where state = 'pending' and due_at <= ${at}::timestamptz
    `,
    sql<{ job: string; status: string; count: number }[]>`
      select job, status::text as status, count(*)::float8 as count
      from cutwatch.job_runs
      where started_at > ${at}::timestamptz - interval '24 hours'
      group by job, status
    `,
    sql<{ grid: string; asOf: Date; recordedAt: Date }[]>`
      select g.grid::text as grid, s.as_of as "asOf", s.recorded_at as "recordedAt"
      from unnest(enum_range(null::cutwatch.grid)) as g (grid)
      cross join lateral (
        select as_of, recorded_at from cutwatch.snapshots
        where grid = g.grid and not is_sample
        order by as_of desc, recorded_at desc
        limit 1
      ) s
    `,
  ]);
  return { deliveries, oldestDueAt: due[0]?.oldest ?? null, jobRuns, newestSnapshots };
}
