import { addDays } from "../src/calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../src/calendar/fed-business-days.ts";
import type { Meeting } from "../src/calendar/meetings.ts";
import { scheduledMeeting, scheduledStatementInstant } from "../src/sources/built-in/fomc-meetings.ts";
import { type CalendarMeeting, fetchFedCalendar } from "../src/sources/upstreams/fed-calendar.ts";
import { meetingsKnown, noticesOf, recordNotices } from "../src/store/meetings.ts";
import { baseUrlOf, ingest } from "./ingest.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { DECISION_REACH_DAYS } from "./load-built-in.ts";

const DAYS_UNTIL_STALE = 8;
const DAY_MS = 86_400_000;

/** A meeting of the Fed's page that the database does not list; an unscheduled one is known from its day on. */
function meetingFrom(row: CalendarMeeting, now: Date): Meeting {
  const unscheduledSince = row.scheduled ? null : scheduledStatementInstant(row.meetingDate);
  return {
    ...scheduledMeeting(row.meetingDate),
    effectiveDate: nextFedBusinessDay(row.meetingDate),
    scheduled: row.scheduled,
    knownFrom: unscheduledSince,
    cancelledAt: row.cancelled ? now : null,
  };
}

/** The Federal Reserve's own calendar over the stored list. What the page no longer shows is never deleted. */
export async function ingestCalendar(context: JobContext): Promise<JobReport> {
  const { sql, http, now } = context;
  const stored = await meetingsKnown(sql, null);
  const known = new Map(stored.map((meeting) => [meeting.meetingDate, meeting] as const));
  const missing: string[] = [];
  const warnings: string[] = [];
  const { stored: fresh } = await ingest(context, {
    source: "fed-calendar",
    fetch: async () => {
      const calendar = await fetchFedCalendar({ http, baseUrl: baseUrlOf(context, "fed-calendar") });
      warnings.push(...calendar.warnings);
      const listed = new Set(calendar.rows.map((row) => row.meetingDate));
      const [first, last] = [calendar.rows[0]?.meetingDate ?? "", calendar.rows.at(-1)?.meetingDate ?? ""];
      for (const { meetingDate, cancelledAt, scheduled } of stored) {
        const inside = meetingDate >= first && meetingDate <= last;
        if (inside && scheduled && cancelledAt === null && !listed.has(meetingDate)) missing.push(meetingDate);
      }
      return calendar;
    },
    write: async (tx, rows, provenance) => {
      const news = rows.filter((row) => {
        const before = known.get(row.meetingDate);
        return before === undefined || (row.cancelled && before.cancelledAt === null);
      });
      const notices = news.flatMap((row) => noticesOf(meetingFrom(row, provenance.recordedAt)));
      const written = await recordNotices(tx, notices, provenance, {
        onlyMissing: true,
        reach: (meetingDate) => addDays(meetingDate, DECISION_REACH_DAYS),
      });
      return { stored: written.length, unchanged: rows.length - news.length };
    },
    newestAsOf: () => now(),
    expectedNextAt: () => new Date(now().getTime() + DAYS_UNTIL_STALE * DAY_MS),
  });
  for (const warning of warnings) context.log.warn({ source: "fed-calendar" }, warning);
  const absent = missing.length === 0 ? "" : `; stored but not on the page, kept: ${missing.join(", ")}`;
  return { detail: `${fresh} notices stored${absent}` };
}
