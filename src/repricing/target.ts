/** What the detector follows: the meetings that are near, and the year's end while its meeting is not one of them. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { daysBetween } from "../calendar/calendar-date.ts";
import type { Meeting, MeetingCalendar } from "../calendar/meetings.ts";
import { isOnCalendar } from "../pricing/schedule.ts";
import type { DetectorParameters } from "./parameters.ts";

/** One series of expected rates: after a meeting, or the path, which is that after the year's December meeting. */
export interface Target {
  /** the meeting whose expected rate it is */
  readonly meeting: IsoDate;
  /** the year of a path; null for a meeting's own series */
  readonly path: number | null;
}

// The Fed meets eight times a year: with one to spare, a whole year from its first meeting on.
const MEETINGS_IN_REACH = 9;

/** A target's name, unique and readable: `2025-12-10`, `path-2025`. Sorts meetings first, by date. */
export function targetKey({ meeting, path }: Target): string {
  return path === null ? meeting : `path-${path}`;
}

export function isSameTarget(a: Target, b: Target): boolean {
  return a.meeting === b.meeting && a.path === b.path;
}

// Sorting the list is the same work for every date, and a calendar is never changed in place.
const sorted = new WeakMap<MeetingCalendar, readonly Meeting[]>();

function scheduledMeetings(calendar: MeetingCalendar): readonly Meeting[] {
  const known = sorted.get(calendar);
  if (known !== undefined) return known;
  const scheduled = calendar.meetings
    .filter((meeting) => meeting.scheduled)
    .sort((a, b) => (a.meetingDate < b.meetingDate ? -1 : 1));
  sorted.set(calendar, scheduled);
  return scheduled;
}

/** Scheduled meetings of the trade date and later that were on the calendar at `asOf`, as many as a year can have. */
function openMeetings(calendar: MeetingCalendar, tradeDate: IsoDate, asOf: Date): readonly IsoDate[] {
  const scheduled = scheduledMeetings(calendar);
  let first = 0;
  let high = scheduled.length;
  while (first < high) {
    const middle = (first + high) >>> 1;
    if ((scheduled[middle]?.meetingDate ?? tradeDate) < tradeDate) first = middle + 1;
    else high = middle;
  }
  const open: IsoDate[] = [];
  for (let i = first; i < scheduled.length && open.length < MEETINGS_IN_REACH; i++) {
    const meeting = scheduled[i];
    if (meeting !== undefined && isOnCalendar(meeting, asOf)) open.push(meeting.meetingDate);
  }
  return open;
}

/**
 * The targets of a trade date, from the calendar as it was known at `asOf`: the next scheduled meetings that are near, and
 * the December meeting of the next decision's year while it is not among them. A meeting of the trade date itself is no
 * target any more: what it moves by is the decision.
 *
 * @returns meetings by date, then the path
 * @see README, "When the market changes its mind"
 */
export function targetsOn(
  calendar: MeetingCalendar,
  tradeDate: IsoDate,
  asOf: Date,
  { nextMeetings, meetingReachDays }: DetectorParameters,
): readonly Target[] {
  const open = openMeetings(calendar, tradeDate, asOf);
  const later = open[0] === tradeDate ? open.slice(1) : open;
  const near = later.slice(0, nextMeetings).filter((meeting) => daysBetween(tradeDate, meeting) <= meetingReachDays);
  const targets: Target[] = near.map((meeting) => ({ meeting, path: null }));
  const year = open[0]?.slice(0, 4);
  const december = later.filter((meeting) => meeting.startsWith(`${year}-12`)).at(-1);
  if (year !== undefined && december !== undefined && !near.includes(december)) {
    targets.push({ meeting: december, path: Number(year) });
  }
  return targets;
}
