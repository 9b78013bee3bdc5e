/**
 * Business days of the Federal Reserve Banks: the days that have an EFFR fixing and on which a decision takes effect.
 * They are not the futures exchange's trade dates: Good Friday is one, Columbus Day and Veterans Day are not.
 */
import type { IsoDate } from "./calendar-date.ts";
import { addDays, weekday } from "./calendar-date.ts";
import { lastWeekdayOf, nthWeekdayOf, observedSunday } from "./holiday-rules.ts";

const MONDAY = 1;
const THURSDAY = 4;
const FIRST_JUNETEENTH = 2022; // the law is of 17 June 2021; the Banks were open on 18 June 2021

const memo = new Map<string, ReadonlySet<IsoDate>>();

/** A Sunday's holiday is kept on Monday; for a Saturday's the Banks are open on Friday. */
function bankHolidays(year: string): ReadonlySet<IsoDate> {
  const known = memo.get(year);
  if (known !== undefined) return known;
  const holidays = new Set<IsoDate>([
    observedSunday(`${year}-01-01`),
    nthWeekdayOf(`${year}-01`, MONDAY, 3),
    nthWeekdayOf(`${year}-02`, MONDAY, 3),
    lastWeekdayOf(`${year}-05`, MONDAY),
    observedSunday(`${year}-07-04`),
    nthWeekdayOf(`${year}-09`, MONDAY, 1),
    nthWeekdayOf(`${year}-10`, MONDAY, 2),
    observedSunday(`${year}-11-11`),
    nthWeekdayOf(`${year}-11`, THURSDAY, 4),
    observedSunday(`${year}-12-25`),
  ]);
  if (Number(year) >= FIRST_JUNETEENTH) holidays.add(observedSunday(`${year}-06-19`));
  memo.set(year, holidays);
  return holidays;
}

/**
 * Whether the Federal Reserve Banks are open.
 *
 * @see Federal Reserve Financial Services, holiday schedule
 * @example
 * isFedBusinessDay("2025-04-18"); // true: Good Friday
 */
export function isFedBusinessDay(date: IsoDate): boolean {
  const day = weekday(date);
  return day !== 0 && day !== 6 && !bankHolidays(date.slice(0, 4)).has(date);
}

/** The first Fed business day strictly after `date`: when a decision of that date takes effect. */
export function nextFedBusinessDay(date: IsoDate): IsoDate {
  let day = addDays(date, 1);
  while (!isFedBusinessDay(day)) day = addDays(day, 1);
  return day;
}

/** The last Fed business day strictly before `date`. */
export function previousFedBusinessDay(date: IsoDate): IsoDate {
  let day = addDays(date, -1);
  while (!isFedBusinessDay(day)) day = addDays(day, -1);
  return day;
}
