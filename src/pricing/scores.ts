/** How good the odds were, once the decision is known: lower is better in all three scores. */
import type { TargetRange } from "./reading.ts";
import { STEP_BP } from "./split.ts";

/** A range after the meeting and its probability, 0 to 1. Ranges left out have probability 0. */
export interface ScoredOutcome extends TargetRange {
  readonly probability: number;
}

export interface Scores {
  /** multi-class Brier: sum over ranges of (probability - 1 or 0) squared, 0 to 2 */
  readonly brier: number;
  /** ranked probability score: the same on cumulative probabilities, summed over steps of 25 bp; near misses cost less */
  readonly rps: number;
  /** minus the natural logarithm of the outcome's probability, which counts as 0.0001 at least */
  readonly log: number;
}

/** The least probability the log score counts with: one miss costs 9.2 at most. */
export const LOG_SCORE_FLOOR = 1e-4;

// Published odds are rounded: ten outcomes of one printed decimal of a per cent may miss 1 by 0.005.
const SUM_TOLERANCE = 0.005;
// Computed odds that are all of a distribution may add up to 1 + 4e-16.
const ROUNDING = 1e-9;

/**
 * Scores one distribution against the range that was decided.
 *
 * The ranked score is an integral over rates in units of 25 bp, so ranges nobody listed count as the steps they are.
 *
 * @param outcomes distinct ranges whose probabilities sum to 1 (within 0.005, as published figures are rounded)
 * @throws RangeError for a probability outside 0 to 1, a range listed twice, or another sum
 * @example
 * scoreDistribution([{ lowerBp: 350, upperBp: 375, probability: 1 }], { lowerBp: 375, upperBp: 400 });
 * // { brier: 2, rps: 1, log: 9.21 }
 */
export function scoreDistribution(outcomes: readonly ScoredOutcome[], decided: TargetRange): Scores {
  const cells = cellsOf(outcomes);
  const decidedKey = keyOf(decided);
  const hit = cells.get(decidedKey)?.probability ?? 0;
  if (!cells.has(decidedKey)) cells.set(decidedKey, { ...decided, probability: 0 });
  const ascending = [...cells.values()].sort((a, b) => middleOf(a) - middleOf(b));

  let brier = 0;
  let rps = 0;
  let cumulative = 0;
  let reached = 0;
  ascending.forEach((cell, i) => {
    const happened = keyOf(cell) === decidedKey ? 1 : 0;
    brier += (cell.probability - happened) ** 2;
    cumulative += cell.probability;
    reached += happened;
    const next = ascending[i + 1];
    if (next !== undefined) rps += (cumulative - reached) ** 2 * ((middleOf(next) - middleOf(cell)) / STEP_BP);
  });
  return { brier, rps, log: Math.log(1 / Math.max(hit, LOG_SCORE_FLOOR)) };
}

function cellsOf(outcomes: readonly ScoredOutcome[]): Map<string, ScoredOutcome> {
  const cells = new Map<string, ScoredOutcome>();
  let sum = 0;
  for (const outcome of outcomes) {
    const key = keyOf(outcome);
    if (!(outcome.probability >= 0 && outcome.probability <= 1 + ROUNDING)) {
      throw new RangeError(`Cannot score the odds: ${key} has probability ${outcome.probability}, must be 0 to 1`);
    }
    if (cells.has(key)) throw new RangeError(`Cannot score the odds: ${key} is listed twice`);
    cells.set(key, outcome);
    sum += outcome.probability;
  }
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
    throw new RangeError(`Cannot score the odds: probabilities sum to ${sum}, must be 1 within ${SUM_TOLERANCE}`);
  }
  return cells;
}

function keyOf({ lowerBp, upperBp }: TargetRange): string {
  return `${lowerBp}-${upperBp}`;
}

function middleOf({ lowerBp, upperBp }: TargetRange): number {
  return (lowerBp + upperBp) / 2;
}
