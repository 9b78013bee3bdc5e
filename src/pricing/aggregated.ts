import type { Distribution } from "./distribution.ts";
import { afterMove, NO_MOVE } from "./distribution.ts";
import { snapMoves } from "./split.ts";

/**
 * The distributions of method `aggregated`: after each meeting the sum of all moves so far, in one split between two
 * neighbouring steps. It has the mean of the convolved distribution and less spread.
 *
 * @param moves expected changes of consecutive meetings, in steps of 25 bp
 * @param kept distributions of the first meetings, where they are known already
 * @see CME Group, aggregated enhancement explained (2024): two moves of half a step make one whole step, for certain.
 * @example
 * aggregatedDistributions([0.5, 0.5])[1]; // { lowestStep: 1, probabilities: [1] }
 */
export function aggregatedDistributions(
  moves: readonly number[],
  kept: readonly Distribution[] = [],
): readonly Distribution[] {
  let sum = 0;
  return moves.map((move, k) => {
    sum += move;
    return kept[k] ?? afterMove(NO_MOVE, snapMoves(sum));
  });
}
