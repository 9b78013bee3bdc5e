/** What one can ask of a distribution, always by name. */
import type { MeasureSplit, MeetingReading, TargetRange } from "./reading.ts";
import { STEP_BP } from "./split.ts";

/** `range`: exactly that range. `at_most`, `at_least`: that range or below, or above. `meeting_move`: at the meeting itself. */
export const MEASURES = ["range", "at_most", "at_least", "meeting_move", "expected_rate"] as const;
export type Measure = (typeof MEASURES)[number];

/** The measures that are the probability of a fixed range. */
export type RangeMeasure = Extract<Measure, "range" | "at_most" | "at_least">;

type Weighted = TargetRange & { readonly probability: number };

/** Whether the Fed could set it: bounds on the 25 bp grid, one step apart, or equal as before 16 Dec 2008. */
export function isTargetRange({ lowerBp, upperBp }: TargetRange): boolean {
  return lowerBp % STEP_BP === 0 && (upperBp === lowerBp || upperBp === lowerBp + STEP_BP);
}

/**
 * Probability of a fixed target range after the meeting, 0 to 1.
 *
 * @returns 0 for a range that the distribution does not reach; null when the meeting is unsolved
 * @throws RangeError for a range off the 25 bp grid or of another width than one step or none
 * @see README, "How the numbers are made"
 */
export function measureProbability(
  reading: Pick<MeetingReading, "outcomes" | "unsolved">,
  { measure, lowerBp, upperBp }: TargetRange & { readonly measure: RangeMeasure },
): number | null {
  if (!isTargetRange({ lowerBp, upperBp })) {
    throw new RangeError(`Cannot measure the range ${lowerBp}-${upperBp}: must be one step of 25 bp on the 25 bp grid`);
  }
  if (reading.unsolved !== null || reading.outcomes.length === 0) return null;
  if (measure === "at_most") return sumWhere(reading.outcomes, (outcome) => outcome.upperBp <= upperBp);
  if (measure === "at_least") return sumWhere(reading.outcomes, (outcome) => outcome.lowerBp >= lowerBp);
  return sumWhere(reading.outcomes, (outcome) => outcome.lowerBp === lowerBp && outcome.upperBp === upperBp);
}

/** Probability that the range after the meeting lies below, at or above the range in force. */
export function splitAgainst(outcomes: readonly Weighted[], target: TargetRange): MeasureSplit {
  let ease = 0;
  let hold = 0;
  let hike = 0;
  for (const { lowerBp, probability } of outcomes) {
    if (lowerBp < target.lowerBp) ease += probability;
    else if (lowerBp > target.lowerBp) hike += probability;
    else hold += probability;
  }
  return { ease: certainAtMost(ease), hold, hike: certainAtMost(hike) };
}

/** Probability of an ease, a hold or a hike at the meeting itself, of its expected change in steps of 25 bp. */
export function splitOfMoves(moves: number): MeasureSplit {
  const change = Math.min(1, Math.abs(moves));
  return { ease: moves < 0 ? change : 0, hold: 1 - change, hike: moves > 0 ? change : 0 };
}

/** Mean of the range's midpoint, in basis points. */
export function expectedRateBp(outcomes: readonly Weighted[]): number {
  let sum = 0;
  for (const { lowerBp, upperBp, probability } of outcomes) sum += probability * ((lowerBp + upperBp) / 2);
  return sum;
}

function sumWhere(outcomes: readonly Weighted[], counts: (outcome: Weighted) => boolean): number {
  let sum = 0;
  for (const outcome of outcomes) if (counts(outcome)) sum += outcome.probability;
  return certainAtMost(sum);
}

// Outcomes that are all of a distribution can add up to 1 + 4e-16, and printed ones to 1.000001. Their sum is the
// probability of a certainty; the outcomes themselves stay as they are.
function certainAtMost(sum: number): number {
  return Math.min(1, sum);
}
