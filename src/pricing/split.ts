/** The Fed moves in whole steps of 25 bp; a change in between is a chance of each of the two neighbouring steps. */

/** One step of the target range, in basis points. */
export const STEP_BP = 25;

// A billionth of a basis point, in steps. Prices near 96 are good to 1.4e-14 index points, so an average is good to about
// 1e-12 bp, and the longest lever (a decision on the 1st of a month) makes 6e-11 bp of it: noise stays below. The smallest
// distance of a true move from a whole step is a quarter-bp tick over three such months, 3e-7 steps: it stays above.
const SNAP_STEPS = 1e-9 / STEP_BP;

/** One change of the target range and its probability. */
export interface MoveOutcome {
  /** a multiple of 25, signed: an ease of one step is -25 */
  readonly changeBp: number;
  readonly probability: number;
}

/** `moves` in steps of 25 bp, with the binary noise around a whole step removed: 0.9999999999999 is 1. Never -0. */
export function snapMoves(moves: number): number {
  const whole = Math.round(moves);
  return Math.abs(moves - whole) <= SNAP_STEPS ? whole + 0 : moves;
}

/**
 * Splits an expected change between the two neighbouring multiples of 25 bp so that their mean is the change.
 *
 * @param changeBp expected change in basis points, of any size
 * @returns one outcome for a whole number of steps, otherwise two, ascending by change
 * @throws RangeError when `changeBp` is not finite
 * @see CME Group, Understanding the CME Group FedWatch Tool Methodology (2023)
 * @example
 * splitMove(-10); // [{ changeBp: -25, probability: 0.4 }, { changeBp: 0, probability: 0.6 }]
 */
export function splitMove(changeBp: number): readonly MoveOutcome[] {
  if (!Number.isFinite(changeBp)) throw new RangeError(`Cannot split a move of ${changeBp} bp: must be finite`);
  const moves = snapMoves(changeBp / STEP_BP);
  const nearer = Math.trunc(moves) + 0;
  const share = Math.abs(moves - nearer);
  if (share === 0) return [{ changeBp: nearer * STEP_BP, probability: 1 }];
  const inner = { changeBp: nearer * STEP_BP, probability: 1 - share };
  const outer = { changeBp: (nearer + Math.sign(moves)) * STEP_BP, probability: share };
  return moves < 0 ? [outer, inner] : [inner, outer];
}
