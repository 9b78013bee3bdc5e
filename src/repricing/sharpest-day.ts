import { signOf } from "./open-leg.ts";
import type { Direction, Level } from "./repricing.ts";

/** The largest move between two neighbouring readings of a leg. */
export interface SharpestDay {
  readonly from: Level;
  readonly to: Level;
  /** signed */
  readonly changeBp: number;
}

/**
 * The day on which a leg moved most in its own direction; the first of two that are equal.
 *
 * @param levels of the leg, ascending by trade date
 * @returns null for fewer than two readings, or where none moved that way
 */
export function sharpestDay(levels: readonly Level[], direction: Direction): SharpestDay | null {
  let sharpest: SharpestDay | null = null;
  for (const [i, to] of levels.entries()) {
    const from = levels[i - 1];
    if (from === undefined) continue;
    const changeBp = to.rateBp - from.rateBp;
    const size = signOf(direction) * changeBp;
    if (size > 0 && size > Math.abs(sharpest?.changeBp ?? 0)) sharpest = { from, to, changeBp };
  }
  return sharpest;
}
