import { isIsoDate } from "../src/pricing/calendar-date.ts";
import { ingestCalendar } from "./ingest-calendar.ts";
import { ingestCloses } from "./ingest-closes.ts";
import { ingestDecisions } from "./ingest-decisions.ts";
import { ingestEffr } from "./ingest-effr.ts";
import { ingestFutures } from "./ingest-futures.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { prune } from "./prune.ts";
import { reportSettlement } from "./report-settlement.ts";
import { snapshotOdds, snapshotPeriod } from "./snapshot-odds.ts";

/** A job by name. `asOf` asks for one date's data instead of the newest. */
export type Job = (context: JobContext, asOf: string | null) => Promise<JobReport>;

function day(asOf: string | null): { from: string; to: string } | null {
  if (asOf === null) return null;
  if (!isIsoDate(asOf)) throw new RangeError(`Cannot run a job as of "${asOf}": expected a date such as 2025-11-17`);
  return { from: asOf, to: asOf };
}

/** Odds follow what they rest on at once, in the same run. */
function thenSnapshot(ingest: Job): Job {
  return async (context, asOf) => {
    const report = await ingest(context, asOf);
    const snapshot = await snapshotJob(context, null);
    return { ...report, detail: `${report.detail}; ${snapshot.detail}` };
  };
}

const snapshotJob: Job = async (context, asOf) => {
  const period = day(asOf);
  const result = period === null ? await snapshotOdds(context) : await snapshotPeriod(context, period.from, period.to);
  const pinged = await reportSettlement(context, result.stored);
  return { detail: `${result.dates} dates, ${result.computed} readings computed, ${result.stored} stored${pinged}` };
};

/** Every job that the schedule or a person can run. */
export const JOBS = {
  "ingest-futures": thenSnapshot((context, asOf) => ingestFutures(context, day(asOf))),
  "ingest-effr": thenSnapshot((context, asOf) => ingestEffr(context, day(asOf))),
  "ingest-calendar": thenSnapshot((context) => ingestCalendar(context)),
  "ingest-decisions": thenSnapshot((context) => ingestDecisions(context)),
  "ingest-closes": (context, asOf) => ingestCloses(context, day(asOf)),
  "snapshot-odds": snapshotJob,
  prune,
} as const satisfies Readonly<Record<string, Job>>;

export type JobName = keyof typeof JOBS;

export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];

/** True for the name of a job. */
export function isJobName(text: string): text is JobName {
  return Object.hasOwn(JOBS, text);
}
