/** How American calendars say when a holiday falls, and the holidays that all the exchanges keep. */
import type { IsoDate, Month } from "./calendar-date.ts";
import { addDays, addMonths, firstOfMonth, lastOfMonth, weekday } from "./calendar-date.ts";

const MONDAY = 1;
const SATURDAY = 6;
const THURSDAY = 4;
const FIRST_JUNETEENTH = 2022; // the law is of 17 June 2021, too late for that year's; 18 June 2021 was settled

/** The month's `n`th such weekday (Sunday 0), from 1: the 3rd Monday of January. */
export function nthWeekdayOf(month: Month, day: number, n: number): IsoDate {
  const first = firstOfMonth(month);
  return addDays(first, ((day - weekday(first) + 7) % 7) + (n - 1) * 7);
}

/** The month's last such weekday (Sunday 0): the last Monday of May. */
export function lastWeekdayOf(month: Month, day: number): IsoDate {
  const last = lastOfMonth(month);
  return addDays(last, -((weekday(last) - day + 7) % 7));
}

/** A fixed date: kept on Monday when it falls on a Sunday, not kept at all on a Saturday. */
export function observedSunday(date: IsoDate): IsoDate {
  return weekday(date) === 0 ? addDays(date, 1) : date;
}

/** A fixed date: kept on Monday when it falls on a Sunday, on Friday when it falls on a Saturday. */
export function observedNearest(date: IsoDate): IsoDate {
  return weekday(date) === 6 ? addDays(date, -1) : observedSunday(date);
}

/** Easter Sunday in the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876). */
export function easterSunday(year: number): IsoDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * e + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  const month = String(Math.floor(n / 31)).padStart(2, "0");
  const day = String((n % 31) + 1).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${month}-${day}`;
}

/** Thanksgiving Day: the 4th Thursday of November. */
export function thanksgiving(year: number): IsoDate {
  return nthWeekdayOf(`${String(year).padStart(4, "0")}-11`, THURSDAY, 4);
}

export function goodFriday(year: number): IsoDate {
  return addDays(easterSunday(year), -2);
}

/**
 * The usual day of the employment report that comes in a month: the third Friday after the week, Sunday to Saturday, with the 12th
 * of the month before.
 *
 * @see https://www.bls.gov/ces/publications/news-release-schedule.htm
 */
export function employmentReportDay(month: Month): IsoDate {
  const twelfth = addDays(firstOfMonth(addMonths(month, -1)), 11);
  const saturday = addDays(twelfth, SATURDAY - weekday(twelfth));
  return addDays(saturday, 20);
}

/**
 * The holidays of a year on which American exchanges are closed, as observed; each adds or lifts a few days of its own.
 *
 * A Sunday's holiday is kept on Monday, a Saturday's on Friday, except New Year's Day: 2021-12-31 was a full day.
 */
export function usMarketHolidays(year: number): IsoDate[] {
  const y = String(year).padStart(4, "0");
  const holidays = [
    observedSunday(`${y}-01-01`),
    nthWeekdayOf(`${y}-01`, MONDAY, 3),
    nthWeekdayOf(`${y}-02`, MONDAY, 3),
    goodFriday(year),
    lastWeekdayOf(`${y}-05`, MONDAY),
    observedNearest(`${y}-07-04`),
    nthWeekdayOf(`${y}-09`, MONDAY, 1),
    thanksgiving(year),
    observedNearest(`${y}-12-25`),
  ];
  if (year >= FIRST_JUNETEENTH) holidays.push(observedNearest(`${y}-06-19`));
  return holidays;
}
