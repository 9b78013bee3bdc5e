import type { IsoDate } from "../calendar/calendar-date.ts";
import type { CloseHistory } from "./close-history.ts";

/** How far an asset stands below its record close. */
export interface Drawdown {
  /** fraction, 0 at the record and negative below; null without a close on the date */
  readonly value: number | null;
  readonly recordClose: number | null;
  readonly recordDate: IsoDate | null;
  /** closes searched, and the first of them: a record older than that is not known */
  readonly n: number;
  readonly since: IsoDate | null;
}

/** Drawdown of the close dated `date` from the highest close up to it, within the history there is. */
export function drawdownOn(history: CloseHistory, date: IsoDate): Drawdown {
  let recordClose: number | null = null;
  let recordDate: IsoDate | null = null;
  let since: IsoDate | null = null;
  let n = 0;
  for (const [day, close] of history) {
    if (day > date) break;
    since ??= day;
    n += 1;
    if (recordClose === null || close > recordClose) {
      recordClose = close;
      recordDate = day;
    }
  }
  const close = history.get(date);
  const value = close === undefined || recordClose === null ? null : close / recordClose - 1;
  return { value, recordClose, recordDate, n, since };
}
