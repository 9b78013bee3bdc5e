import { isIsoDate } from "../src/calendar/calendar-date.ts";
import { publicUrl } from "../src/config.ts";
import { completeBlocks } from "./asset-blocks.ts";
import { closeDecided } from "./close-decided.ts";
import { checkStaleness } from "./data-staleness.ts";
import { digestDaily } from "./digest-daily.ts";
import { flagIntraday } from "./flag-intraday.ts";
import { flagRepricings, flagWords } from "./flag-repricings.ts";
import { ingestFutures } from "./futures/ingest-futures.ts";
import { ingestCalendar } from "./ingest-calendar.ts";
import { ingestCloses } from "./ingest-closes.ts";
import { ingestDecisions } from "./ingest-decisions.ts";
import { ingestEffr } from "./ingest-effr.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { loadEvents } from "./load-events.ts";
import { matchRules, matchWords } from "./match-rules.ts";
import { meetingDecided } from "./meeting-decided.ts";
import { prune } from "./prune.ts";
import { reportSettlement } from "./report-settlement.ts";
import { scoreMeetings, scoreWords } from "./score-meetings.ts";
import { snapshotOdds, snapshotPeriod } from "./snapshot-odds.ts";
import { withdrawUnsettled } from "./withdraw-unsettled.ts";

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

function counted(count: number, words: string): string {
  return count === 0 ? "" : `; ${count} ${words}`;
}

/** What new readings mean for repricings, and what time alone does where none has come. */
const flagJob: Job = async ({ sql, now, config }, asOf) => {
  const from = day(asOf)?.from;
  const again = from === undefined ? {} : { from };
  const baseUrl = publicUrl(config);
  const job = { sql, now, live: true, baseUrl };
  const settled = flagWords(await flagRepricings({ ...job, ...again }));
  const provisional = await flagIntraday(job);
  const unsettled = await withdrawUnsettled(job);
  const closed = await closeDecided(job);
  return {
    detail: [
      settled,
      counted(provisional, "provisional alerts"),
      counted(unsettled, "provisional alerts withdrawn for want of a settlement"),
      counted(closed, "repricings closed"),
    ].join(""),
  };
};

/** What there is to tell besides repricings: rules that match, a decision, and a settlement's digest once all of it is stored. */
async function tellTheRest({ sql, now, config }: JobContext): Promise<string> {
  const job = { sql, now, baseUrl: publicUrl(config), withhold: config.withhold };
  const rules = await matchRules(job);
  const decisions = await meetingDecided(job);
  const digest = await digestDaily(job);
  return [
    rules.rules === 0 ? "" : `; ${matchWords(rules)}`,
    decisions === 0 ? "" : `; ${decisions} decisions told`,
    digest ? "; digest told" : "",
  ].join("");
}

/** Odds, and at once whether they mean that the market has changed its mind. */
const snapshotJob: Job = async (context, asOf) => {
  const period = day(asOf);
  const result = period === null ? await snapshotOdds(context) : await snapshotPeriod(context, period.from, period.to);
  const flagged = await flagJob(context, null);
  const told = await tellTheRest(context);
  const pinged = await reportSettlement(context, result.stored);
  const odds = `${result.dates} dates, ${result.computed} readings computed, ${result.stored} stored`;
  return { detail: `${odds}; ${flagged.detail}${told}${pinged}` };
};

const closesJob: Job = async (context, asOf) => {
  const report = await ingestCloses(context, day(asOf));
  const completed = await completeBlocks(context.sql, context.now);
  return completed === 0 ? report : { ...report, detail: `${report.detail}; ${completed} asset blocks completed` };
};

const scoreJob: Job = async (context) => ({ detail: scoreWords(await scoreMeetings(context)) });

const eventsJob: Job = async ({ sql, now }) => ({ detail: `${await loadEvents(sql, now)} notices of events stored` });

/** Every job that the schedule or a person can run. */
export const JOBS = {
  "ingest-futures": thenSnapshot((context, asOf) => ingestFutures(context, day(asOf))),
  "ingest-effr": thenSnapshot((context, asOf) => ingestEffr(context, day(asOf))),
  "ingest-calendar": thenSnapshot((context) => ingestCalendar(context)),
  "ingest-decisions": thenSnapshot((context) => ingestDecisions(context)),
  "ingest-closes": closesJob,
  "snapshot-odds": snapshotJob,
  "flag-repricings": flagJob,
  "check-staleness": (context) => checkStaleness(context),
  "score-meetings": scoreJob,
  "load-events": eventsJob,
  prune,
} as const satisfies Readonly<Record<string, Job>>;

export type JobName = keyof typeof JOBS;

export const JOB_NAMES = Object.keys(JOBS) as readonly JobName[];

/** True for the name of a job. */
export function isJobName(text: string): text is JobName {
  return Object.hasOwn(JOBS, text);
}
