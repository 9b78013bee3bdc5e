import { addDays } from "../src/calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../src/calendar/fed-business-days.ts";
import { fetchFedPress } from "../src/sources/upstreams/fed-press.ts";
import { type MeetingNotice, meetingsKnown, recordNotices } from "../src/store/meetings.ts";
import { baseUrlOf, ingest } from "./ingest.ts";
import type { JobContext, JobReport } from "./job-context.ts";
import { DECISION_REACH_DAYS } from "./load-built-in.ts";

const DAY_MS = 86_400_000;

/** Decisions from the Federal Reserve's press releases, minutes after they are out. */
export async function ingestDecisions(context: JobContext): Promise<JobReport> {
  const { sql, http, now } = context;
  const meetings = await meetingsKnown(sql, null);
  const listed = new Set(meetings.map((meeting) => meeting.meetingDate));
  const known = new Set(meetings.filter((meeting) => meeting.decision !== null).map((meeting) => meeting.meetingDate));
  const warnings: string[] = [];
  const { stored } = await ingest(context, {
    source: "fed-press",
    fetch: async () => {
      const press = await fetchFedPress({ http, baseUrl: baseUrlOf(context, "fed-press"), known });
      warnings.push(...press.warnings, ...press.failures.map((failure) => failure.message));
      return press;
    },
    write: async (tx, rows, provenance) => {
      const notices = rows.flatMap((row): MeetingNotice[] => {
        const { meetingDate, lowerBp, upperBp, announcedAt } = row;
        const effectiveDate = nextFedBusinessDay(meetingDate);
        const decided = {
          kind: "decided" as const,
          meetingDate,
          effectiveDate,
          knownFrom: announcedAt,
          lowerBp,
          upperBp,
        };
        // A statement on a day that no calendar lists is an unscheduled meeting.
        return listed.has(meetingDate)
          ? [decided]
          : [{ kind: "unscheduled", meetingDate, effectiveDate, knownFrom: announcedAt }, decided];
      });
      const fresh = await recordNotices(tx, notices, provenance, {
        onlyMissing: true,
        reach: (meetingDate) => addDays(meetingDate, DECISION_REACH_DAYS),
      });
      return { stored: fresh.length, unchanged: notices.length - fresh.length };
    },
    newestAsOf: (rows) => rows.at(-1)?.announcedAt ?? null,
    expectedNextAt: () => new Date(now().getTime() + DAY_MS),
  });
  for (const warning of warnings) context.log.warn({ source: "fed-press" }, warning);
  const failed = warnings.length === 0 ? "" : `; ${warnings.join("; ")}`;
  return { detail: `${stored} notices stored${failed}` };
}
