import { and, eq, isNotNull, lt, max } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Sql } from "postgres";
import { jobRuns, sourceChecks } from "./tables.ts";
import { typed } from "./typed-query.ts";

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
  const { job, slot, owner, now, attempt } = claim;
  const [row] = await typed(sql, (db) =>
    db
      .insert(jobRuns)
      .values({ job, slot, owner, status: "running", startedAt: now, heartbeatAt: now, attempt })
      .onConflictDoNothing({ target: [jobRuns.job, jobRuns.slot, jobRuns.attempt], where: isNotNull(jobRuns.slot) })
      .returning({ id: jobRuns.id }),
  );
  return row === undefined ? null : { id: row.id, job, slot, attempt };
}

/** Notes the start of a run by hand, which claims no slot. */
export async function startRun(
  sql: Sql,
  run: { readonly job: string; readonly owner: string; readonly now: Date },
): Promise<JobRun> {
  const { job, owner, now } = run;
  const [row] = await typed(sql, (db) =>
    db
      .insert(jobRuns)
      .values({ job, slot: null, owner, status: "running", startedAt: now, heartbeatAt: now })
      .returning({ id: jobRuns.id, attempt: jobRuns.attempt }),
  );
  if (row === undefined) throw new Error(`Cannot start ${job}: the database returned no row`);
  return { id: row.id, job, slot: null, attempt: row.attempt };
}

/** Tells the others that a run is alive. */
export async function heartbeat(sql: Sql, id: number, now: Date): Promise<void> {
  await typed(sql, (db) => db.update(jobRuns).set({ heartbeatAt: now }).where(isRunning(id)));
}

/** Notes how a run ended. False when it had been given up as lost: another process may be running it again. */
export async function finishRun(sql: Sql, id: number, outcome: JobOutcome, now: Date): Promise<boolean> {
  const { status, detail, error } = outcome;
  const rows = await typed(sql, (db) =>
    db
      .update(jobRuns)
      .set({ status, finishedAt: now, detail, error })
      .where(isRunning(id))
      .returning({ id: jobRuns.id }),
  );
  return rows.length === 1;
}

function isRunning(id: number) {
  return and(eq(jobRuns.id, id), eq(jobRuns.status, "running"));
}

/** Marks runs without a sign of life since `before` as lost and gives back those of a slot, to be run again. */
export async function sweepLost(
  sql: Sql,
  before: Date,
  now: Date,
): Promise<{ job: string; slot: Date; attempt: number }[]> {
  const rows = await typed(sql, (db) =>
    db
      .update(jobRuns)
      .set({ status: "lost", finishedAt: now, error: "Its process stopped without a word" })
      .where(and(eq(jobRuns.status, "running"), lt(jobRuns.heartbeatAt, before)))
      .returning({ job: jobRuns.job, slot: jobRuns.slot, attempt: jobRuns.attempt }),
  );
  return rows.flatMap((row) => (row.slot === null ? [] : [{ job: row.job, slot: row.slot, attempt: row.attempt }]));
}

/** Deletes runs and source checks that ended before `before`; the newest of each job and source stays. */
export async function forgetRuns(sql: Sql, before: Date): Promise<number> {
  const run = alias(jobRuns, "newest");
  const runs = await typed(sql, (db) => {
    const newest = db
      .select({ id: max(run.id) })
      .from(run)
      .where(eq(run.job, jobRuns.job));
    return db
      .delete(jobRuns)
      .where(and(lt(jobRuns.finishedAt, before), lt(jobRuns.id, newest)))
      .returning({ id: jobRuns.id });
  });
  const check = alias(sourceChecks, "newest");
  const checks = await typed(sql, (db) => {
    const newest = db
      .select({ id: max(check.id) })
      .from(check)
      .where(and(eq(check.source, sourceChecks.source), eq(check.ok, sourceChecks.ok)));
    return db
      .delete(sourceChecks)
      .where(and(lt(sourceChecks.checkedAt, before), lt(sourceChecks.id, newest)))
      .returning({ id: sourceChecks.id });
  });
  return runs.length + checks.length;
}
