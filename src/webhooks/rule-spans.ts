/** Which meetings a rule is about over a period, and on which trade dates. */
import { addDays, type IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { selectedMeeting } from "./meeting-selection.ts";
import type { Rule } from "./subscription.ts";

/** The longest window, a month, with a trade date to spare at its beginning. */
export const WINDOW_REACH_DAYS = 40;

/** Trade dates of one meeting, both included. */
export interface MeetingSpan {
  readonly meeting: IsoDate;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/**
 * The meetings that the rule may mean between two dates, and from when to when readings of them matter: while it means
 * them, and as far back before as a window reaches. A meeting has no readings after its decision day.
 */
export function ruleSpans(
  rule: Rule,
  meetings: readonly Meeting[],
  period: Omit<MeetingSpan, "meeting">,
): MeetingSpan[] {
  const spans = new Map<IsoDate, { from: IsoDate; to: IsoDate }>();
  const add = (meeting: IsoDate, from: IsoDate, to: IsoDate) => {
    const known = spans.get(meeting);
    if (known === undefined) spans.set(meeting, { from, to });
    else known.to = to > known.to ? to : known.to;
  };
  const isDate = rule.meeting !== "next" && rule.meeting !== "next+1" && rule.meeting !== "year_end";
  if (isDate) add(rule.meeting, period.from, period.to);
  else {
    for (let day = period.from; day <= period.to; day = addDays(day, 1)) {
      // A decision in the middle of a day changes what is meant: its morning and its evening.
      for (const time of ["00:00", "23:59"]) {
        const meant = selectedMeeting(rule.meeting, meetings, new Date(`${day}T${time}:00Z`));
        if (meant !== null) add(meant, day, day);
      }
    }
  }
  return [...spans]
    .map(([meeting, { from, to }]) => ({
      meeting,
      from: addDays(from, -WINDOW_REACH_DAYS),
      to: to < meeting ? to : meeting,
    }))
    .filter(({ from, to }) => from <= to);
}
