import type { Sql } from "postgres";

export type JobStatus = "running" | "done" | "failed" | "unavailable" | "lost";

/** A run that this process holds. */
export interface JobRun {
  readonly id: number;
  readonly job: string;
  readonly slot: Date | null;
  readonly attempt: number;
}

/** How a run ended. */
export interface JobOutcome {
  readonly status: Exclude<JobStatus, "running" | "lost">;
  readonly detail: string | null;
  readonly error: string | null;
}

/**
 * Claims a scheduled slot by inserting its row: of all processes that try, one gets the run, the others null.
 * A slot that was lost with its owner is claimed again under the next attempt.
 */
export async function claimSlot(
  sql: Sql,
  claim: {
    readonly job: string;
    readonly slot: Date;
    readonly owner: string;
    readonly now: Date;
    readonly attempt: number;
  },
): Promise<JobRun | null> {
  const now = claim.now.toISOString();
  const rows = await sql<{ id: number }[]>`
    insert into cutwatch.job_runs (job, slot, owner, status, started_at, heartbeat_at, attempt)
    values (
      ${claim.job}, ${claim.slot.toISOString()}::timestamptz, ${claim.owner}, 'running',
      ${now}::timestamptz, ${now}::timestamptz, ${claim.attempt}
    )
    on conflict (job, slot, attempt) where slot is not null do nothing
    returning id::float8 as id
  `;
  const row = rows[0];
  return row === undefined ? null : { id: row.id, job: claim.job, slot: claim.slot, attempt: claim.attempt };
}

/** Notes the start of a run by hand, which claims no slot. */
export async function startRun(
  sql: Sql,
  run: { readonly job: string; readonly owner: string; readonly now: Date },
): Promise<JobRun> {
  const now = run.now.toISOString();
  const rows = await sql<{ id: number }[]>`
    insert into cutwatch.job_runs (job, slot, owner, status, started_at, heartbeat_at)
    values (${run.job}, null, ${run.owner}, 'running', ${now}::timestamptz, ${now}::timestamptz)
    returning id::float8 as id
  `;
  const row = rows[0];
  if (row === undefined) throw new Error(`Cannot start ${run.job}: the database returned no row`);
  return { id: row.id, job: run.job, slot: null, attempt: 1 };
}

/** Tells the others that a run is alive. */
export async function heartbeat(sql: Sql, id: number, now: Date): Promise<void> {
  await sql`
    update cutwatch.job_runs set heartbeat_at = ${now.toISOString()}::timestamptz where id = ${id} and status = 'running'
  `;
}

/** Notes how a run ended. False when it had been given up as lost: another process may be running it again. */
export async function finishRun(sql: Sql, id: number, outcome: JobOutcome, now: Date): Promise<boolean> {
  const rows = await sql`
    update cutwatch.job_runs
    set status = ${outcome.status}::cutwatch.job_status, finished_at = ${now.toISOString()}::timestamptz,
      detail = ${outcome.detail}, error = ${outcome.error}
    where id = ${id} and status = 'running'
    returning id
  `;
  return rows.length === 1;
}

/** Marks runs without a sign of life since `before` as lost and gives back those of a slot, to be run again. */
export async function sweepLost(
  sql: Sql,
  before: Date,
  now: Date,
): Promise<{ job: string; slot: Date; attempt: number }[]> {
  const rows = await sql<{ job: string; slot: Date | null; attempt: number }[]>`
    update cutwatch.job_runs
    set status = 'lost', finished_at = ${now.toISOString()}::timestamptz, error = 'Its process stopped without a word'
    where status = 'running' and heartbeat_at < ${before.toISOString()}::timestamptz
    returning job, slot, attempt
  `;
  return rows.flatMap((row) => (row.slot === null ? [] : [{ job: row.job, slot: row.slot, attempt: row.attempt }]));
}

/** Deletes runs and source checks that ended before `before`; the newest of each job and source stays. */
export async function forgetRuns(sql: Sql, before: Date): Promise<number> {
  const at = before.toISOString();
  const runs = await sql`
    delete from cutwatch.job_runs r
    where r.finished_at < ${at}::timestamptz
      and r.id < (select max(id) from cutwatch.job_runs newest where newest.job = r.job)
    returning id
  `;
  const checks = await sql`
    delete from cutwatch.source_checks c
    where c.checked_at < ${at}::timestamptz
      and c.id < (select max(id) from cutwatch.source_checks newest where newest.source = c.source and newest.ok = c.ok)
    returning id
  `;
  return runs.length + checks.length;
}
