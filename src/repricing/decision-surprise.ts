/** What a decision did that nobody had expected, from the contract that covers it. */
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { addMonths, dayOfMonth, daysInMonth, monthOf } from "../calendar/calendar-date.ts";
import type { Bp, IndexPoints } from "../pricing/units.ts";
import { bp, impliedRateBp } from "../pricing/units.ts";

// With seven days left of 31 the scale is 4.4, which turns one tick of the contract, 0.25 bp, into more than 1 bp.
const LATE_DAYS = 7;

/** The surprise of one decision, and what it was taken from. */
export interface DecisionSurprise {
  /** above 0: the rate came out higher than the market had expected */
  readonly surpriseBp: Bp;
  readonly contractMonth: Month;
  /** days of the month per day after the decision; 1 where the next month's contract was taken as it is */
  readonly scale: number;
}

export interface DecisionPrices {
  /** the announcement's date: the rate changes with the next day's fixing at the earliest */
  readonly decisionDate: IsoDate;
  /** by contract month: the last settlements before the announcement */
  readonly before: ReadonlyMap<Month, IndexPoints>;
  /** the first settlements after it */
  readonly after: ReadonlyMap<Month, IndexPoints>;
}

/**
 * Kuttner's surprise: the change of the current month's rate over the decision, scaled up to the days it applies to,
 * s = D/M (f_t - f_{t-1}), where M days of the month's D follow the decision. Within seven days of the month's end it is
 * the change of the next month's contract, unscaled.
 *
 * On the first day of a month f_{t-1} is the day before's price of what was then the next-month contract. That is the same
 * contract, and prices here go by contract month, so that the rule needs no case of its own.
 *
 * It is the surprise about the meeting's own rate, in whole: a cut that came a meeting early counts as much as one that
 * was never expected. Where the next month has a meeting too, the late rule includes what was learned about that one.
 *
 * @returns null when the contract lacks a price on either side
 * @see Kuttner (2001), Monetary policy surprises and interest rates, Journal of Monetary Economics 47
 * @example
 * // 15 June 2022: ZQM22 from 98.81 to 98.7925, D/M = 30/15: 3.5 bp, since the hike of 75 bp had leaked two days before
 */
export function decisionSurprise({ decisionDate, before, after }: DecisionPrices): DecisionSurprise | null {
  const month = monthOf(decisionDate);
  const days = daysInMonth(month);
  const daysAfter = days - dayOfMonth(decisionDate);
  const isLate = daysAfter <= LATE_DAYS;
  const contractMonth = isLate ? addMonths(month, 1) : month;
  const [priceBefore, priceAfter] = [before.get(contractMonth), after.get(contractMonth)];
  if (priceBefore === undefined || priceAfter === undefined) return null;
  const scale = isLate ? 1 : days / daysAfter;
  return { surpriseBp: bp(scale * (impliedRateBp(priceAfter) - impliedRateBp(priceBefore))), contractMonth, scale };
}
