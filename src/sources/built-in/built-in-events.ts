/** What the FOMC's calendar says of its announcements: decisions, press conferences and minutes, from the meetings alone. */
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { addDays } from "../../calendar/calendar-date.ts";
import { isFedBusinessDay, nextFedBusinessDay } from "../../calendar/fed-business-days.ts";
import type { Meeting } from "../../calendar/meetings.ts";
import { NEW_YORK, timeInZone, zonedInstant } from "../../calendar/zoned-time.ts";
import type { MarketEvent } from "../../pricing/market-event.ts";
import { scheduledStatementInstant } from "./fomc-meetings.ts";

const MINUTE_MS = 60_000;
/** From 2013 on the Chair speaks half an hour after the statement; in 2011 and 2012 at 14:15, the statement at 12:30. */
const CONFERENCE_AFTER_MS = 30 * MINUTE_MS;
const FIRST_CONFERENCE: IsoDate = "2011-04-27";
const CONFERENCE_EACH_TIME: IsoDate = "2019-01-30";
/** Before 2019 only meetings with economic projections had one: March, June, September and December. */
const PROJECTION_MONTHS: ReadonlySet<string> = new Set(["03", "06", "09", "12"]);
/** Conferences after unscheduled decisions, New York time. */
const UNSCHEDULED_CONFERENCES: ReadonlyMap<IsoDate, readonly [hour: number, minute: number]> = new Map([
  ["2020-03-03", [11, 0]],
  ["2020-03-15", [18, 30]],
]);

const MINUTES_AFTER_DAYS = 21;
/** The first minutes after three weeks, of 14 Dec 2004, came on 4 Jan 2005; before, they came after the next meeting. */
const FIRST_MINUTES_OF: IsoDate = "2004-12-14";
/** Minutes that came on another day than three weeks later or the business day after it. */
const MINUTES_ON: ReadonlyMap<IsoDate, IsoDate> = new Map([
  ["2006-12-12", "2007-01-03"],
  ["2012-12-12", "2013-01-03"],
  ["2019-12-11", "2020-01-03"],
  ["2020-03-15", "2020-04-08"],
  ["2020-11-05", "2020-11-25"],
  ["2024-11-07", "2024-11-26"],
]);

function conferenceInstant({ meetingDate, scheduled }: Meeting): Date | null {
  const unscheduled = UNSCHEDULED_CONFERENCES.get(meetingDate);
  if (!scheduled) {
    return unscheduled === undefined ? null : zonedInstant(meetingDate, unscheduled[0], unscheduled[1], NEW_YORK);
  }
  if (meetingDate < FIRST_CONFERENCE) return null;
  const statement = scheduledStatementInstant(meetingDate);
  if (meetingDate < "2013") {
    const isEarly = timeInZone(statement, NEW_YORK).hour === 12;
    return isEarly ? zonedInstant(meetingDate, 14, 15, NEW_YORK) : null;
  }
  if (meetingDate < CONFERENCE_EACH_TIME && !PROJECTION_MONTHS.has(meetingDate.slice(5, 7))) return null;
  return new Date(statement.getTime() + CONFERENCE_AFTER_MS);
}

function minutesInstant({ meetingDate, scheduled }: Meeting): Date | null {
  const known = MINUTES_ON.get(meetingDate);
  if (known === undefined && (!scheduled || meetingDate < FIRST_MINUTES_OF)) return null;
  const due = addDays(meetingDate, MINUTES_AFTER_DAYS);
  return zonedInstant(known ?? (isFedBusinessDay(due) ? due : nextFedBusinessDay(due)), 14, 0, NEW_YORK);
}

/**
 * The announcements of each meeting: its decision, its press conference (every scheduled meeting since 2019; with economic
 * projections from April 2011 to 2018) and its minutes (three weeks later since 2005, 14:00 New York). Minutes to come are
 * placed by that rule; around a holiday the Board may choose another day.
 *
 * @param now what is due by then counts as released, unless the meeting was called off
 * @returns in order of time. `knownAt` of a plan is the start of its year, by which the calendar is always public
 */
export function eventsOfMeetings(meetings: readonly Meeting[], now: Date): MarketEvent[] {
  return meetings
    .flatMap((meeting) => {
      const { meetingDate, decision, scheduled } = meeting;
      const statement = decision?.announcedAt ?? scheduledStatementInstant(meetingDate);
      const unplanned = scheduled ? "" : ", unscheduled";
      return [
        noticeOf(meeting, "fomc-decision", `FOMC decision${unplanned}`, statement, now),
        noticeOf(meeting, "fomc-press-conference", "FOMC press conference", conferenceInstant(meeting), now),
        noticeOf(meeting, "fomc-minutes", `FOMC minutes of ${meetingDate}`, minutesInstant(meeting), now),
      ].filter((event) => event !== null);
    })
    .sort((a, b) => a.scheduledAt.getTime() - b.scheduledAt.getTime() || (a.eventKey < b.eventKey ? -1 : 1));
}

function noticeOf(
  { meetingDate, cancelledAt, knownFrom }: Meeting,
  kind: string,
  what: string,
  scheduledAt: Date | null,
  now: Date,
): MarketEvent | null {
  if (scheduledAt === null) return null;
  const event = { eventKey: `${kind}/${meetingDate}`, what, scheduledAt };
  if (cancelledAt !== null) return { ...event, status: "cancelled", knownAt: cancelledAt };
  if (scheduledAt <= now) return { ...event, status: "released", knownAt: scheduledAt };
  const planned = knownFrom ?? zonedInstant(`${meetingDate.slice(0, 4)}-01-01`, 0, 0, NEW_YORK);
  return { ...event, status: "scheduled", knownAt: planned };
}
