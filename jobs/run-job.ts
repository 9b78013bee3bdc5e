import { SourceError } from "../src/sources/http/source-error.ts";
import { finishRun, heartbeat, type JobOutcome, type JobRun, startRun } from "../src/store/job-runs.ts";
import type { JobContext } from "./job-context.ts";
import { JOBS, type JobName } from "./jobs.ts";

/** A run without a sign of life for longer than three of these is given up. */
export const HEARTBEAT_MS = 20_000;

async function outcomeOf(context: JobContext, name: JobName, asOf: string | null): Promise<JobOutcome> {
  try {
    const report = await JOBS[name](context, asOf);
    return report.unavailable === undefined
      ? { status: "done", detail: report.detail, error: null }
      : { status: "unavailable", detail: report.detail, error: report.unavailable };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SourceError) return { status: "unavailable", detail: null, error: message };
    context.log.error({ job: name, err: error }, "job failed");
    return { status: "failed", detail: null, error: message };
  }
}

/** Runs a job whose row is there already, keeps the row alive meanwhile, and notes how it ended. */
export async function carryOut(
  context: JobContext,
  run: JobRun,
  name: JobName,
  asOf: string | null = null,
): Promise<JobOutcome> {
  const { sql, now, log } = context;
  const beat = setInterval(() => {
    heartbeat(sql, run.id, now()).catch((error: unknown) => log.warn({ job: name, err: error }, "no sign of life"));
  }, HEARTBEAT_MS);
  try {
    const outcome = await outcomeOf(context, name, asOf);
    const kept = await finishRun(sql, run.id, outcome, now());
    if (!kept) log.warn({ job: name }, "the run had been given up as lost");
    // That a source cannot be had is said by the source, once, and not by each run that finds it so.
    const level = outcome.status === "done" ? "info" : outcome.status === "unavailable" ? "debug" : "warn";
    log[level]({ job: name, status: outcome.status, detail: outcome.detail, error: outcome.error }, "job ended");
    return outcome;
  } finally {
    clearInterval(beat);
  }
}

/** Runs one job by hand: no slot, always a row. */
export async function runByHand(
  context: JobContext,
  name: JobName,
  owner: string,
  asOf: string | null,
): Promise<JobOutcome> {
  const run = await startRun(context.sql, { job: name, owner, now: context.now() });
  return carryOut(context, run, name, asOf);
}
