import { forgetRuns } from "../src/store/job-runs.ts";
import { forgetPayloadBodies } from "../src/store/payloads.ts";
import { refreshStatistics } from "../src/store/statistics.ts";
import type { JobContext, JobReport } from "./job-context.ts";

const DAY_MS = 86_400_000;
const RUNS_KEPT_DAYS = 30;

/** Drops the bytes of old payloads and the rows of old runs. No observation and no reading is ever dropped. */
export async function prune(context: JobContext): Promise<JobReport> {
  const before = (days: number) => new Date(context.now().getTime() - days * DAY_MS);
  const payloads = await forgetPayloadBodies(context.sql, before(context.config.payloadDays));
  const runs = await forgetRuns(context.sql, before(RUNS_KEPT_DAYS));
  await refreshStatistics(context.sql);
  return { detail: `${payloads} payload bodies and ${runs} old runs dropped` };
}
