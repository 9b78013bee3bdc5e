/** Probabilities of the target range after each meeting, in whole steps of 25 bp from the range in force. */

/** Probabilities of consecutive steps; none of them is 0. */
export interface Distribution {
  /** the first probability's step, signed: -2 is fifty basis points below the range in force */
  readonly lowestStep: number;
  readonly probabilities: readonly number[];
}

/** The range in force, for certain. */
export const NO_MOVE: Distribution = { lowestStep: 0, probabilities: [1] };

/**
 * The distribution after one more meeting: every outcome so far moves by the two neighbouring steps of the meeting's split.
 *
 * @param moves the meeting's expected change in steps of 25 bp, unclamped; one that is whole but for binary noise must
 *   have been snapped, or the noise becomes an outcome
 * @example
 * afterMove(NO_MOVE, -0.25); // { lowestStep: -1, probabilities: [0.25, 0.75] }
 */
export function afterMove({ lowestStep, probabilities }: Distribution, moves: number): Distribution {
  const nearer = Math.trunc(moves) + 0;
  const share = Math.abs(moves - nearer);
  if (share === 0) return { lowestStep: lowestStep + nearer, probabilities };
  const upper = moves < 0 ? 1 - share : share;
  const lower = moves < 0 ? share : 1 - share;
  const next: number[] = [];
  let below = 0;
  for (const probability of probabilities) {
    next.push(below * upper + probability * lower);
    below = probability;
  }
  next.push(below * upper);
  return { lowestStep: lowestStep + (moves < 0 ? nearer - 1 : nearer), probabilities: next };
}

/**
 * The distributions after each of several meetings in a row, the moves convolved one after the other.
 *
 * @param kept distributions of the first meetings, where they are known already
 */
export function conditionalDistributions(
  moves: readonly number[],
  kept: readonly Distribution[] = [],
): readonly Distribution[] {
  const distributions = kept.slice();
  let distribution = kept.at(-1) ?? NO_MOVE;
  for (let k = kept.length; k < moves.length; k++) {
    distribution = afterMove(distribution, moves[k] ?? 0);
    distributions.push(distribution);
  }
  return distributions;
}
