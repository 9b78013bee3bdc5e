/**
 * The built-in calendar of the FOMC: every meeting from 2000 on, so that history can be computed and tomorrow's odds
 * asked for with no network. What the Fed's own page says later is added beside it, never instead.
 */
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { lastOfMonth } from "../../calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../../calendar/fed-business-days.ts";
import type { Meeting, MeetingCalendar } from "../../calendar/meetings.ts";
import { NEW_YORK, zonedInstant } from "../../calendar/zoned-time.ts";
import { CANCELLED, SCHEDULED_DECISIONS, UNSCHEDULED_DECISIONS, UPCOMING } from "./fomc-table.ts";

const COMPLETE_THROUGH = "2028-01";

const TWO_O_CLOCK_SINCE: IsoDate = "2013-03-20"; // announced by the Board on 13 March 2013

// The eight meetings with a press conference before that came out at 12:30, the others at about 14:15.
const HALF_PAST_TWELVE: ReadonlySet<IsoDate> = new Set([
  "2011-04-27",
  "2011-06-22",
  "2011-11-02",
  "2012-01-25",
  "2012-04-25",
  "2012-06-20",
  "2012-09-13",
  "2012-12-12",
]);

/**
 * The instant of a scheduled meeting's statement: 14:00 New York since 20 March 2013; before, 14:15, or 12:30 on days with
 * a press conference. The early statements came within minutes of 14:15, not on the dot.
 */
export function scheduledStatementInstant(meetingDate: IsoDate): Date {
  if (meetingDate >= TWO_O_CLOCK_SINCE) return zonedInstant(meetingDate, 14, 0, NEW_YORK);
  if (HALF_PAST_TWELVE.has(meetingDate)) return zonedInstant(meetingDate, 12, 30, NEW_YORK);
  return zonedInstant(meetingDate, 14, 15, NEW_YORK);
}

/** A scheduled meeting without an outcome. */
export function scheduledMeeting(meetingDate: IsoDate): Meeting {
  return {
    meetingDate,
    effectiveDate: nextFedBusinessDay(meetingDate),
    scheduled: true,
    knownFrom: null,
    cancelledAt: null,
    decision: null,
  };
}

function buildMeetings(): readonly Meeting[] {
  const decided = SCHEDULED_DECISIONS.map(([meetingDate, lowerBp, upperBp]) => ({
    ...scheduledMeeting(meetingDate),
    decision: { lowerBp, upperBp, announcedAt: scheduledStatementInstant(meetingDate) },
  }));
  const unscheduled = UNSCHEDULED_DECISIONS.map(([meetingDate, lowerBp, upperBp, hour, minute]) => {
    const announcedAt = zonedInstant(meetingDate, hour, minute, NEW_YORK);
    const decision = { lowerBp, upperBp, announcedAt };
    return { ...scheduledMeeting(meetingDate), scheduled: false, knownFrom: announcedAt, decision };
  });
  const cancelled = CANCELLED.map(([meetingDate, cancelledOn, hour]) => ({
    ...scheduledMeeting(meetingDate),
    cancelledAt: zonedInstant(cancelledOn, hour, 0, NEW_YORK),
  }));
  const all: Meeting[] = [...decided, ...unscheduled, ...cancelled, ...UPCOMING.map(scheduledMeeting)];
  return all.sort((a, b) => (a.meetingDate < b.meetingDate ? -1 : 1));
}

/** All meetings from 2 Feb 2000 to 26 Jan 2028, ascending; decisions through 16 Sep 2026. */
export const BUILT_IN_MEETINGS: readonly Meeting[] = buildMeetings();

/** {@link BUILT_IN_MEETINGS} with the month through which they are complete. */
export const BUILT_IN_CALENDAR: MeetingCalendar = { meetings: BUILT_IN_MEETINGS, completeThrough: COMPLETE_THROUGH };

/** Last day for which the built-in list is complete. */
export const BUILT_IN_END: IsoDate = lastOfMonth(COMPLETE_THROUGH);
