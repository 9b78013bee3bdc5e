import type { IsoDate } from "../calendar/calendar-date.ts";
import { previousTradeDate } from "../calendar/trade-dates.ts";

/** The daily change of the path: of the rate expected after the year's December meeting, settlement to settlement. */
export interface PathChange {
  /** the trade date it ends on; it began with the trade date before */
  readonly date: IsoDate;
  readonly changeBp: number;
}

/**
 * Daily changes of one series of expected rates. A day whose trade date before has no reading gives none: a change over
 * several days is no daily change.
 *
 * @param readings of one target, one a trade date, in any order; call once per year's path and join the answers
 * @returns ascending by date
 */
export function pathChanges(
  readings: readonly { readonly date: IsoDate; readonly expectedRateBp: number | null }[],
): PathChange[] {
  const rates = new Map(readings.map(({ date, expectedRateBp }) => [date, expectedRateBp]));
  return [...rates.keys()].sort().flatMap((date) => {
    const now = rates.get(date) ?? null;
    const before = rates.get(previousTradeDate(date)) ?? null;
    return now === null || before === null ? [] : [{ date, changeBp: now - before }];
  });
}
