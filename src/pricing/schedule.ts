/** The calendar as one trade date sees it: which months have a meeting, which meetings are still open. */
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { dayOfMonth } from "../calendar/calendar-date.ts";
import type { Meeting, MeetingCalendar } from "../calendar/meetings.ts";

/** CME's tool solves the next 16 meetings at most, two years of them. */
export const MEETING_LIMIT = 16;

/** A meeting whose decision the prices of the trade date still treat as open. */
export interface OpenMeeting {
  readonly meetingDate: IsoDate;
  /** position of its month in `months` */
  readonly monthIndex: number;
  /** day of month of the decision, which itself still carries the old range */
  readonly day: number;
  /** the statement was already out at `asOf` */
  readonly announced: boolean;
}

/** What a chain needs to know of the calendar on one trade date. Months are addressed by position. */
export interface MeetingSchedule {
  readonly tradeDate: IsoDate;
  /** ascending; the first is the month before the trade date's, the last ends the last open meeting's run */
  readonly months: readonly Month[];
  readonly monthDays: readonly number[];
  /** past meetings count, cancelled ones do not */
  readonly hasMeeting: readonly boolean[];
  /** last position whose month and the next have a fully known calendar */
  readonly usableThrough: number;
  /** day of the trade month's last past decision; 0: none */
  readonly decidedDay: number;
  /** ascending; more than {@link MEETING_LIMIT} only where the last run goes on */
  readonly open: readonly OpenMeeting[];
}

/** Position of the trade date's own month. */
export const CURRENT = 1;

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

interface IndexedMeetings {
  readonly meetings: readonly Meeting[];
  readonly months: readonly number[];
}

// Sorting the list and reading its months is the same work for every date, and a calendar is never changed in place.
const indexed = new WeakMap<MeetingCalendar, IndexedMeetings>();

function indexOf(calendar: MeetingCalendar): IndexedMeetings {
  const known = indexed.get(calendar);
  if (known !== undefined) return known;
  const meetings = calendar.meetings.toSorted((a, b) => (a.meetingDate < b.meetingDate ? -1 : 1));
  const index = { meetings, months: meetings.map(({ meetingDate }) => monthNumber(meetingDate)) };
  indexed.set(calendar, index);
  return index;
}

/** Months since year 0, of a date or a month. */
function monthNumber(text: IsoDate | Month): number {
  return Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1;
}

/** Whether the meeting was on the calendar at an instant: already known, not yet cancelled. */
export function isOnCalendar(meeting: Meeting, asOf: Date): boolean {
  const { knownFrom, cancelledAt } = meeting;
  const ms = asOf.getTime();
  return (knownFrom === null || knownFrom.getTime() <= ms) && (cancelledAt === null || cancelledAt.getTime() > ms);
}

/**
 * Reads a calendar as it was known at `asOf`, for the prices of `tradeDate`: the next {@link MEETING_LIMIT} open
 * meetings, and every month up to the one that ends their last run of meeting months. A meeting of the trade date itself
 * is still open, one of an earlier day is past.
 */
export function prepareCalendar(calendar: MeetingCalendar, tradeDate: IsoDate, asOf: Date): MeetingSchedule {
  const { meetings, months: meetingMonths } = indexOf(calendar);
  const base = monthNumber(tradeDate) - CURRENT;
  const open: OpenMeeting[] = [];
  const hasMeeting: boolean[] = [false, false];
  let decidedDay = 0;
  for (let i = firstAtOrAfter(meetingMonths, base); i < meetings.length; i++) {
    const meeting = meetings[i];
    const month = meetingMonths[i];
    if (meeting === undefined || month === undefined || !isOnCalendar(meeting, asOf)) continue;
    const monthIndex = month - base;
    // Beyond the limit only the rest of the last run matters: it ends with the first month without a meeting.
    if (open.length >= MEETING_LIMIT && monthIndex > hasMeeting.length) break;
    while (hasMeeting.length < monthIndex) hasMeeting.push(false);
    hasMeeting[monthIndex] = true;
    const { meetingDate, decision } = meeting;
    const day = dayOfMonth(meetingDate);
    if (meetingDate < tradeDate) {
      if (monthIndex === CURRENT) decidedDay = day;
    } else {
      open.push({
        meetingDate,
        monthIndex,
        day,
        announced: decision !== null && decision.announcedAt.getTime() <= asOf.getTime(),
      });
    }
  }
  hasMeeting.push(false);
  const months = hasMeeting.map((_, position) => monthText(base + position));
  return {
    tradeDate,
    months,
    monthDays: months.map((_, position) => monthLength(base + position)),
    hasMeeting,
    usableThrough: monthNumber(calendar.completeThrough) - 1 - base,
    decidedDay,
    open,
  };
}

function firstAtOrAfter(months: readonly number[], month: number): number {
  let low = 0;
  let high = months.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((months[middle] ?? month) < month) low = middle + 1;
    else high = middle;
  }
  return low;
}

function monthText(month: number): Month {
  const year = Math.floor(month / 12);
  const number = month - year * 12 + 1;
  return `${String(year).padStart(4, "0")}-${number < 10 ? "0" : ""}${number}`;
}

// By arithmetic: asking the platform's calendar fifteen times would take longer than solving the chain.
function monthLength(month: number): number {
  const year = Math.floor(month / 12);
  const leapDay = month % 12 === 1 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return (MONTH_LENGTHS[month % 12] ?? 0) + leapDay;
}

/**
 * Days of the trade month, from the first, whose rate is history although a meeting of the month is still open: those up
 * to a past decision, or up to today's when another meeting follows in the month (8 and 29 Oct 2008). 0: none.
 */
export function realisedDays({ open: [first, second], decidedDay, tradeDate }: MeetingSchedule): number {
  if (first?.monthIndex !== CURRENT) return 0;
  if (decidedDay > 0) return decidedDay;
  return second?.monthIndex === CURRENT && first.meetingDate === tradeDate ? first.day : 0;
}
