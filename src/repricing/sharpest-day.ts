import { signOf } from "./open-leg.ts";
import type { Direction, Level } from "./repricing.ts";
import { tradeDatesBetween } from "./trade-date-count.ts";

/** The largest move of a leg from one trade date to the next. */
export interface SharpestDay {
  readonly from: Level;
  readonly to: Level;
  /** signed */
  readonly changeBp: number;
}

/**
 * The day on which a leg moved most in its own direction; the first of two that are equal. A move across trade dates
 * without a reading is no day's.
 *
 * @param levels of the leg, ascending by trade date
 * @returns null where no two readings are one trade date apart, or none of those moved that way
 */
export function sharpestDay(levels: readonly Level[], direction: Direction): SharpestDay | null {
  let sharpest: SharpestDay | null = null;
  for (const [i, to] of levels.entries()) {
    const from = levels[i - 1];
    if (from === undefined || tradeDatesBetween(from.tradeDate, to.tradeDate) !== 1) continue;
    const changeBp = to.rateBp - from.rateBp;
    const size = signOf(direction) * changeBp;
    if (size > 0 && size > Math.abs(sharpest?.changeBp ?? 0)) sharpest = { from, to, changeBp };
  }
  return sharpest;
}
