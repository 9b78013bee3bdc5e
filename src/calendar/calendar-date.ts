/** A calendar date without a zone, `YYYY-MM-DD`. Sorts as text. */
export type IsoDate = string;

/** A calendar month, `YYYY-MM`. Sorts as text. */
export type Month = string;

const DAY_MS = 86_400_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** True for a date that exists in the Gregorian calendar: `2026-02-29` is not one. */
export function isIsoDate(text: string): boolean {
  const match = DATE.exec(text);
  if (match === null) return false;
  const ms = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(ms).toISOString().slice(0, 10) === text;
}

/** Two or four digits of a date; NaN where it has none there. Read one by one: a leg's assets ask for 10,000 dates. */
function digits(date: IsoDate, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = date.charCodeAt(i) - 48;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  return number;
}

function toMs(date: IsoDate): number {
  return Date.UTC(digits(date, 0, 4), digits(date, 5, 7) - 1, digits(date, 8, 10));
}

// Every month has them.
const DAYS_OF_ANY_MONTH = 28;

/** `date` moved by whole days, which may be negative. @throws RangeError for what is no date */
export function addDays(date: IsoDate, days: number): IsoDate {
  const day = digits(date, 8, 10) + days;
  if (day >= 1 && day <= DAYS_OF_ANY_MONTH && date.length === 10)
    return `${date.slice(0, 8)}${day < 10 ? "0" : ""}${day}`;
  return new Date(toMs(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((toMs(to) - toMs(from)) / DAY_MS);
}

/** Day of the week, Sunday 0 to Saturday 6. */
export function weekday(date: IsoDate): number {
  // The first of January 1970 was a Thursday.
  return (((toMs(date) / DAY_MS + 4) % 7) + 7) % 7;
}

export function monthOf(date: IsoDate): Month {
  return date.slice(0, 7);
}

export function dayOfMonth(date: IsoDate): number {
  return Number(date.slice(8, 10));
}

export function daysInMonth(month: Month): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

/** `month` moved by whole months, which may be negative. */
export function addMonths(month: Month, months: number): Month {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + months;
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, "0")}-${String(index - year * 12 + 1).padStart(2, "0")}`;
}

export function firstOfMonth(month: Month): IsoDate {
  return `${month}-01`;
}

export function lastOfMonth(month: Month): IsoDate {
  return `${month}-${String(daysInMonth(month)).padStart(2, "0")}`;
}

/** The earlier of two dates. */
export function minDate(a: IsoDate, b: IsoDate): IsoDate {
  return a < b ? a : b;
}

/** The later of two dates. */
export function maxDate(a: IsoDate, b: IsoDate): IsoDate {
  return a > b ? a : b;
}
