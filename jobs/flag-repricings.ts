import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { initialDetector } from "../src/repricing/detector.ts";
import { PARAMETERS } from "../src/repricing/parameters.ts";
import {
  type DailyStream,
  type DetectorStream,
  detectorStreams,
  recordDetectorDays,
  registerParameters,
  stateBefore,
  unseenFrom,
} from "../src/store/detector.ts";
import { daysBetween } from "../src/store/detector-days.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { takeTurn } from "../src/store/write.ts";
import { detectDays } from "./detect-days.ts";
import { completeThrough } from "./snapshot-inputs.ts";
import { storeDetected } from "./store-detected.ts";

export interface FlagJob {
  readonly sql: Sql;
  readonly now: () => Date;
  /** false for what an import, a backfill or a recomputation raises: it is history, told only on demand */
  readonly live: boolean;
  /** where cutwatch is served, for the links in alerts; absent: links are paths */
  readonly baseUrl?: string | null;
  /** looks at every day from here on again, seen or not (a recomputation) */
  readonly from?: IsoDate;
}

export interface FlagResult {
  readonly days: number;
  readonly legs: number;
  readonly alerts: number;
  readonly withdrawn: number;
  /** days that could not be judged, by reason; absent: all were */
  readonly unjudged?: Readonly<Record<string, number>>;
}

/** Counts by reason, added up; nothing where every day was judged. */
function together(...counts: readonly FlagResult["unjudged"][]): Pick<FlagResult, "unjudged"> {
  const sum: Record<string, number> = {};
  for (const [reason, days] of counts.flatMap((one) => Object.entries(one ?? {}))) {
    sum[reason] = (sum[reason] ?? 0) + days;
  }
  return Object.keys(sum).length === 0 ? {} : { unjudged: sum };
}

function unjudgedWords(unjudged: Readonly<Record<string, number>>): string {
  return Object.entries(unjudged)
    .map(([reason, days]) => `, ${days} ${days === 1 ? "day" : "days"} not judged: ${reason}`)
    .join("");
}

/** A result in words, for a run's detail. */
export function flagWords({ days, legs, alerts, withdrawn, unjudged = {} }: FlagResult): string {
  // A confirmation and a withdrawal are entries of the feed like any other, so they are among the alerts.
  const stored =
    alerts === 0
      ? "0 alerts"
      : `${alerts} ${alerts === 1 ? "alert" : "alerts"} stored (confirmations and withdrawals too)`;
  const taken = withdrawn === 0 ? "" : `, ${withdrawn} ${withdrawn === 1 ? "leg" : "legs"} withdrawn`;
  return `repricings: ${days} days looked at, ${legs} legs changed, ${stored}${taken}${unjudgedWords(unjudged)}`;
}

const NOTHING: FlagResult = { days: 0, legs: 0, alerts: 0, withdrawn: 0 };

async function flagStream(job: FlagJob, stream: DailyStream, calendar: MeetingCalendar): Promise<FlagResult> {
  if (!stream.hasNews && job.from === undefined) return NOTHING;
  return historyWrite(job.sql, job.now, (tx, recordedAt) => flagDays(tx, job, stream, calendar, recordedAt));
}

async function flagDays(
  tx: TransactionSql,
  job: FlagJob,
  stream: DetectorStream,
  calendar: MeetingCalendar,
  recordedAt: Date,
): Promise<FlagResult> {
  const { version } = PARAMETERS;
  // Alerts are numbered in the order in which they become visible: writers take turns. What is asked together is answered in
  // that order on the transaction's one connection, so nothing is read before the turn has come.
  const [, unseen] = await Promise.all([
    takeTurn(tx, "repricings"),
    unseenFrom(tx, stream, version, job.from ?? null),
    registerParameters(tx, PARAMETERS, recordedAt),
  ]);
  if (unseen === null) return NOTHING;
  const [before, days] = await Promise.all([
    stateBefore(tx, stream, version, unseen.from),
    daysBetween(tx, stream, unseen),
  ]);
  const detected = detectDays(before ?? initialDetector(PARAMETERS), days, unseen.isAgain, calendar, PARAMETERS);
  const [stored] = await Promise.all([
    storeDetected(tx, job, { stream, calendar, recordedAt, unseen, days, detected }),
    recordDetectorDays(tx, stream, detected.days, recordedAt),
  ]);
  const unusable = days.flatMap((day) => (day.unusable === null ? [] : [{ [day.unusable]: 1 }]));
  return { days: days.length, ...stored, ...together(...unusable) };
}

/**
 * Looks at every daily reading the detector has not seen, in each basis apart, and stores legs, alerts and what assets did in
 * one transaction, with the messages that tell webhooks of them. A corrected day is looked at again with all that follow it:
 * what was raised before stays in the feed, what is no more is withdrawn, and what has come back is raised once more.
 */
export async function flagRepricings(job: FlagJob): Promise<FlagResult> {
  const [meetings, streams] = await Promise.all([
    meetingsKnown(job.sql, null),
    detectorStreams(job.sql, PARAMETERS.version),
  ]);
  const calendar = { meetings, completeThrough: completeThrough(meetings) };
  let total = NOTHING;
  for (const stream of streams) {
    const result = await flagStream(job, stream, calendar);
    total = {
      days: total.days + result.days,
      legs: total.legs + result.legs,
      alerts: total.alerts + result.alerts,
      withdrawn: total.withdrawn + result.withdrawn,
      ...together(total.unjudged, result.unjudged),
    };
  }
  return total;
}
