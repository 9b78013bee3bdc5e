import { CHICAGO, NEW_YORK } from "../src/calendar/zoned-time.ts";
import type { JobName } from "./jobs.ts";
import { isSessionOpen } from "./session-open.ts";

/** One line of the timetable. */
export interface ScheduledJob {
  readonly cron: string;
  readonly zone: typeof NEW_YORK | typeof CHICAGO | "UTC";
  readonly job: JobName;
  /** left out where the job runs at every slot */
  readonly when?: (slot: Date) => boolean;
}

/** What runs when. Zones are those of the exchange and of New York, so that daylight saving moves nothing. */
export const SCHEDULE: readonly ScheduledJob[] = [
  { cron: "*/5 * * * *", zone: CHICAGO, job: "ingest-futures", when: isSessionOpen },
  // After the session: the day's closes, once more when late corrections are in.
  { cron: "20 16,18 * * 1-5", zone: CHICAGO, job: "ingest-futures" },
  // EFFR comes at about 09:00, a revision at about 14:30.
  { cron: "5,35 9 * * 1-5", zone: NEW_YORK, job: "ingest-effr" },
  { cron: "5 10,15 * * 1-5", zone: NEW_YORK, job: "ingest-effr" },
  // Statements come at 14:00, unscheduled ones at any hour.
  { cron: "*/10 * * * *", zone: NEW_YORK, job: "ingest-decisions" },
  { cron: "1-9 14 * * *", zone: NEW_YORK, job: "ingest-decisions" },
  { cron: "15 6 * * *", zone: NEW_YORK, job: "ingest-calendar" },
  // Crypto's day ends at 00:00 UTC, Hong Kong's at 08:00, New York's at 20:00 or 21:00.
  { cron: "10 0,9 * * *", zone: "UTC", job: "ingest-closes" },
  { cron: "30 17 * * 1-5", zone: NEW_YORK, job: "ingest-closes" },
  // What a crashed run left behind.
  { cron: "*/5 * * * *", zone: CHICAGO, job: "snapshot-odds" },
  { cron: "3-58/15 * * * *", zone: CHICAGO, job: "flag-repricings" },
  // Prices or fixings that are overdue; a little after the slots in which they are fetched.
  { cron: "2-57/5 * * * *", zone: "UTC", job: "check-staleness" },
  // The calendar's announcements: new meetings, and what was due since yesterday.
  { cron: "25 6 * * *", zone: NEW_YORK, job: "load-events" },
  // After a decision has come, and once more when it is surely known.
  { cron: "10 15 * * 1-5", zone: NEW_YORK, job: "score-meetings" },
  { cron: "30 6 * * *", zone: NEW_YORK, job: "score-meetings" },
  { cron: "20 3 * * *", zone: NEW_YORK, job: "prune" },
];

/** Jobs run once when a process starts: what is missing is asked of the database, not of the clock. */
export const AT_START: readonly JobName[] = [
  "snapshot-odds",
  "ingest-calendar",
  "ingest-effr",
  "ingest-decisions",
  "ingest-futures",
  "ingest-closes",
  "load-events",
  "score-meetings",
];
