import type { IsoDate } from "../../calendar/calendar-date.ts";
import { daysBetween, isIsoDate } from "../../calendar/calendar-date.ts";
import { SourceError } from "../http/source-error.ts";

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const DAYS = /^(\d{1,2})(?:-(\d{1,2}))?(\*?)(?:\((.+)\))?(\*?)$/;
// Two days since 2012, never more than two.
const LONGEST_DAYS = 2;

/** What one row of the calendar says about when. */
export interface CalendarDays {
  readonly startDate: IsoDate;
  readonly meetingDate: IsoDate;
  readonly scheduled: boolean;
  readonly cancelled: boolean;
  readonly hasProjections: boolean;
}

function monthIndex(name: string): number {
  const wanted = name.trim().replace(/\.$/, "").toLowerCase();
  return wanted.length < 3 ? -1 : MONTHS.findIndex((month) => month.startsWith(wanted));
}

function isoDate(year: number, month: number, day: number): IsoDate {
  return `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/**
 * A row's month and day texts as dates. Known day texts: `27-28`, `17-18*` (with projections), `22 (notation vote)`,
 * `2 (unscheduled)`, `17-18 (cancelled)`; `30-1` goes with a month `Apr/May`.
 *
 * @returns `skipped` with the reason for rows that are no meeting, or that a remark unknown here stands beside
 * @throws SourceError for texts that are no days of that month
 * @example
 * readCalendarDays("fed-calendar", 2024, "Apr/May", "30-1"); // startDate 2024-04-30, meetingDate 2024-05-01
 */
export function readCalendarDays(
  source: string,
  year: number,
  monthText: string,
  dayText: string,
): CalendarDays | { readonly skipped: string } {
  const drift = new SourceError(
    source,
    `Cannot read the FOMC calendar of ${year}: expected days such as April and 28-29*, got "${monthText}" and "${dayText}"`,
  );
  const match = DAYS.exec(dayText.replaceAll(/[\u2010-\u2015]/g, "-").replaceAll(/\s/g, ""));
  const [first = "", second = first, ...rest] = monthText.split("/");
  const firstMonth = monthIndex(first);
  const secondMonth = monthIndex(second);
  if (match === null || firstMonth < 0 || secondMonth < 0 || rest.length > 0) throw drift;
  const [, startDay, endDay = startDay, starBefore, remark = "", starAfter] = match;
  const remarks = remark.toLowerCase();
  if (remarks === "notationvote") return { skipped: "a notation vote is no meeting" };
  const scheduled = !remarks.includes("unscheduled");
  const cancelled = /cancell?ed/.test(remarks);
  if (remarks !== "" && scheduled && !cancelled) return { skipped: `the remark "${remark}" is unknown` };
  const startDate = isoDate(year, firstMonth, Number(startDay));
  const meetingDate = isoDate(secondMonth < firstMonth ? year + 1 : year, secondMonth, Number(endDay));
  if (!isIsoDate(startDate) || !isIsoDate(meetingDate)) throw drift;
  const length = daysBetween(startDate, meetingDate) + 1;
  if (length < 1 || length > LONGEST_DAYS) throw drift;
  return { startDate, meetingDate, scheduled, cancelled, hasProjections: starBefore === "*" || starAfter === "*" };
}
