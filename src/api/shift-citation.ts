/** A shift in one quotable sentence. */

import type { RangeMeasure } from "../pricing/measures.ts";
import type { Grid } from "../pricing/observations.ts";
import type { OutcomeShift, Shift } from "../repricing/shift.ts";
import { type Pair, recordedBoth } from "./shift-pair.ts";
import {
  assumedRangeWords,
  dateWords,
  momentWords,
  originWords,
  percentWords,
  pinnedTime,
  rangeWords,
  signed,
} from "./wording.ts";

const MEASURE_WORDS: Readonly<Record<RangeMeasure, string>> = {
  range: "a target range of",
  at_most: "a target range at or below",
  at_least: "a target range at or above",
};

interface Quoted {
  readonly pair: Pair;
  readonly shift: Shift;
  readonly measure: RangeMeasure | "expected_rate";
  readonly meeting: string;
  readonly grid: Grid | null;
}

/** The range a sentence is about: the likeliest one then; of a cumulative measure, where that is no news, the one that moved most. */
function quotedOutcome({ outcomes }: Shift, measure: RangeMeasure | "expected_rate"): OutcomeShift | undefined {
  const weight = (outcome: OutcomeShift) =>
    measure === "range" ? (outcome.then ?? 0) : Math.abs(outcome.shiftPp ?? 0);
  return outcomes.toSorted((a, b) => weight(b) - weight(a))[0];
}

/** One sentence on one range (or the expected rate), with a link that gives the same figures again. */
export function shiftCitation(
  { pair, shift, measure, meeting: day, grid: asked }: Quoted,
  baseUrl: string,
): string | null {
  const { then, now } = pair;
  const known = recordedBoth(pair);
  const pinned = new URLSearchParams({
    meeting: day,
    from: pinnedTime(then),
    to: pinnedTime(now),
    measure,
    basis: now.basis,
    ...(asked === null ? {} : { grid: asked }),
    known_at: known.toISOString(),
  });
  const moved = quotedOutcome(shift, measure);
  const span = `From ${momentWords(then)} to ${momentWords(now)}`;
  const decision = shift.crossesDecision ? ", a decision lies between" : "";
  // Either end may rest on a range that is no longer in force, most likely the later one.
  const unknown = assumedRangeWords(now.undecidedMeeting ?? then.undecidedMeeting);
  const tail = `(${originWords(now)}${decision}): ${baseUrl}/v1/shifts?${pinned}${unknown}`;
  if (measure !== "expected_rate" && moved !== undefined && moved.then !== null && moved.now !== null) {
    return (
      `${span} the market's odds of ${MEASURE_WORDS[measure]} ${rangeWords(moved)} after the ${dateWords(day)} meeting went from ` +
      `${percentWords(moved.then)} to ${percentWords(moved.now)}, ${signed(moved.shiftPp ?? 0)} pp ${tail}`
    );
  }
  if (shift.expectedRateShiftBp === null) return null;
  return `${span} the market's expected rate after the ${dateWords(day)} meeting moved by ${signed(shift.expectedRateShiftBp)} bp ${tail}`;
}
