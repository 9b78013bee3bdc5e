import { measureProbability } from "../pricing/measures.ts";
import type { MeetingReading } from "../pricing/reading.ts";

const PP_PER_WHOLE = 100;

/** How far the probability of ending at most at a fixed range moved over a leg. */
export interface AtMostShift {
  /** upper bound of the fixed range */
  readonly upperBp: number;
  readonly probabilityStart: number;
  readonly probabilityExtreme: number;
  /** percentage points, signed */
  readonly shiftPp: number;
}

/**
 * The leg in percentage points: of all fixed ranges, the one whose P(at most) moved most between the leg's start and its
 * extreme. `at_most` falls whenever the expected rate rises, which P(exactly a range) does not.
 *
 * @returns the lowest such range; null when a side is unsolved
 * @see README, "How the numbers are made"
 */
export function largestAtMostShift(
  start: Pick<MeetingReading, "outcomes" | "unsolved">,
  extreme: Pick<MeetingReading, "outcomes" | "unsolved">,
): AtMostShift | null {
  let largest: AtMostShift | null = null;
  const ranges = [...start.outcomes, ...extreme.outcomes].sort((a, b) => a.upperBp - b.upperBp);
  for (const { lowerBp, upperBp } of ranges) {
    const range = { measure: "at_most", lowerBp, upperBp } as const;
    const probabilityStart = measureProbability(start, range);
    const probabilityExtreme = measureProbability(extreme, range);
    if (probabilityStart === null || probabilityExtreme === null) return null;
    const shiftPp = (probabilityExtreme - probabilityStart) * PP_PER_WHOLE;
    if (largest === null || Math.abs(shiftPp) > Math.abs(largest.shiftPp)) {
      largest = { upperBp, probabilityStart, probabilityExtreme, shiftPp };
    }
  }
  return largest;
}
