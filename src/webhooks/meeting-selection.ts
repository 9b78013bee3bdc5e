/** Which meetings a webhook means by `next`, `next+1` and `year_end`, at an instant. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { dateInZone, NEW_YORK, zonedInstant } from "../calendar/zoned-time.ts";
import { isOnCalendar } from "../pricing/schedule.ts";
import type { MeetingSelector } from "./subscription.ts";

const STATEMENT_HOUR = 14;

/** When a meeting's decision is or was announced: 14:00 New York of its last day where nothing else is known. */
export function decisionInstant({ decision, meetingDate }: Meeting): Date {
  return decision?.announcedAt ?? zonedInstant(meetingDate, STATEMENT_HOUR, 0, NEW_YORK);
}

interface Scheduled {
  readonly meeting: Meeting;
  readonly decidedMs: number;
}

// Sorting the list is the same work for every instant, and a calendar is never changed in place.
const sorted = new WeakMap<readonly Meeting[], readonly Scheduled[]>();

function scheduledMeetings(meetings: readonly Meeting[]): readonly Scheduled[] {
  const known = sorted.get(meetings);
  if (known !== undefined) return known;
  const scheduled = meetings
    .filter((meeting) => meeting.scheduled)
    .map((meeting) => ({ meeting, decidedMs: decisionInstant(meeting).getTime() }))
    .sort((a, b) => a.decidedMs - b.decidedMs);
  sorted.set(meetings, scheduled);
  return scheduled;
}

/** The scheduled meeting that is the `place`th (0: next) whose decision comes after `asOf`. */
function comingMeeting(meetings: readonly Meeting[], asOf: Date, place: number): IsoDate | null {
  let left = place;
  for (const { meeting, decidedMs } of scheduledMeetings(meetings)) {
    if (decidedMs <= asOf.getTime() || !isOnCalendar(meeting, asOf)) continue;
    if (left === 0) return meeting.meetingDate;
    left--;
  }
  return null;
}

/**
 * The meeting that a selector means at `asOf`: a date is itself; `next` and `next+1` the first and second scheduled
 * meeting whose decision is still to come; `year_end` the last scheduled meeting of the year in New York, decided or not.
 *
 * @returns null when the calendar has no such meeting
 */
export function selectedMeeting(selector: MeetingSelector, meetings: readonly Meeting[], asOf: Date): IsoDate | null {
  if (selector === "next") return comingMeeting(meetings, asOf, 0);
  if (selector === "next+1") return comingMeeting(meetings, asOf, 1);
  if (selector !== "year_end") return selector;
  const year = dateInZone(asOf, NEW_YORK).slice(0, 4);
  const ofYear = scheduledMeetings(meetings).filter(
    ({ meeting }) => meeting.meetingDate.startsWith(year) && isOnCalendar(meeting, asOf),
  );
  return ofYear.at(-1)?.meeting.meetingDate ?? null;
}
