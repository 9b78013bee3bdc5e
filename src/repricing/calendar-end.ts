/** How a leg ends where no reading is left to end it: by the calendar. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { MeetingCalendar } from "../calendar/meetings.ts";
import { nextTradeDate, settlementInstant, tradeDateOnOrBefore } from "../calendar/trade-dates.ts";
import { dateInZone, NEW_YORK, zonedInstant } from "../calendar/zoned-time.ts";
import type { EndReason, Leg, Moment } from "./repricing.ts";
import type { Target } from "./target.ts";

const STATEMENT_HOUR = 14; // New York

/** When a target is over, and why. */
export interface CalendarEnd {
  readonly at: Moment;
  readonly reason: EndReason;
}

function momentOf(date: IsoDate, instant: Date): Moment {
  return { tradeDate: tradeDateOnOrBefore(date), asOf: instant.toISOString() };
}

/** When a meeting's series ends with its decision or its cancellation, and a path with its year. */
function endOf({ meeting, path }: Target, { meetings }: Pick<MeetingCalendar, "meetings">): CalendarEnd {
  if (path !== null) {
    const last = tradeDateOnOrBefore(`${path}-12-31`);
    return { at: momentOf(last, settlementInstant(last)), reason: "path_ended" };
  }
  const known = meetings.find(({ meetingDate }) => meetingDate === meeting);
  if (known !== undefined && known.cancelledAt !== null) {
    return { at: momentOf(dateInZone(known.cancelledAt, NEW_YORK), known.cancelledAt), reason: "cancelled" };
  }
  const announcedAt = known?.decision?.announcedAt ?? zonedInstant(meeting, STATEMENT_HOUR, 0, NEW_YORK);
  return { at: momentOf(meeting, announcedAt), reason: "decision" };
}

/**
 * How the calendar ends a target by `now`; null: not yet. Where readings go on, the first one that day or later ends the leg
 * and says when, so that nothing is said before the settlement of the trade date after it.
 */
export function calendarEnd(
  target: Target,
  calendar: Pick<MeetingCalendar, "meetings">,
  now: Date,
): CalendarEnd | null {
  const end = endOf(target, calendar);
  return now >= settlementInstant(nextTradeDate(end.at.tradeDate)) ? end : null;
}

/** A leg as it stands by `now`: one that is left open is closed where its target is over. */
export function endedByCalendar(leg: Leg, calendar: Pick<MeetingCalendar, "meetings">, now: Date): Leg {
  const end = leg.status === "open" ? calendarEnd(leg.target, calendar, now) : null;
  return end === null ? leg : { ...leg, status: "closed", endedAt: end.at, endReason: end.reason };
}
