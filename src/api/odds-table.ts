/** One reading, or one shift, as a table: a row a range. */
import type { z } from "zod";
import type { AnswerTable } from "./resource.ts";
import type { MeetingOdds } from "./snapshot-views.ts";

interface RangeJson {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

/** What the table takes of an answer of `/v1/probabilities`. */
interface OddsAnswer {
  readonly target: RangeJson;
  readonly meetings: readonly z.output<typeof MeetingOdds>[];
}

const READING = ["as_of", "trade_date", "recorded_at", "grid", "basis", "method", "source", "sample"] as const;

/** A meeting without any range, unsolved or withheld, has one row, whose figures are empty: it is not left out. */
function rangesOf<R>(outcomes: readonly R[]): readonly (R | null)[] {
  return outcomes.length === 0 ? [null] : outcomes;
}

export const ODDS_TABLE: AnswerTable = {
  columns: [
    ...["meeting", "lower_bp", "upper_bp", "probability", "low", "high", "expected_rate_bp", "ease", "hold", "hike"],
    ...["announced", "unverified", "unsolved"],
    ...READING,
    ...["target_lower_bp", "target_upper_bp", "undecided_meeting", "stale"],
  ],
  rows: (answer) => {
    const reading = answer as OddsAnswer;
    return reading.meetings.flatMap((meeting) =>
      rangesOf(meeting.outcomes).map((outcome) => ({
        ...reading,
        target_lower_bp: reading.target.lower_bp,
        target_upper_bp: reading.target.upper_bp,
        ...meeting,
        unsolved: meeting.unsolved?.reason ?? null,
        ...outcome,
      })),
    );
  },
};

type SideAnswer = { readonly [name in (typeof READING)[number] | "expected_rate_bp"]: unknown };

/** What the table takes of an answer of `/v1/shifts`. */
interface ShiftAnswer {
  readonly from: SideAnswer | null;
  readonly to: SideAnswer | null;
  readonly outcomes: readonly RangeJson[];
}

// What both sides share has a column of its own.
const SIDE = ["as_of", "trade_date", "recorded_at", "grid", "method", "source", "expected_rate_bp"] as const;
const SIDES = ["from", "to"] as const;

function sideCells(name: (typeof SIDES)[number], side: SideAnswer | null): Record<string, unknown> {
  return Object.fromEntries(SIDE.map((member) => [`${name}_${member}`, side?.[member] ?? null]));
}

export const SHIFT_TABLE: AnswerTable = {
  columns: [
    ...["meeting", "measure", "window", "lower_bp", "upper_bp", "then", "now", "shift_pp", "expected_rate_shift_bp"],
    ...["crosses_decision", "reason", "basis", "sample", "recorded_at"],
    ...SIDES.flatMap((name) => SIDE.map((member) => `${name}_${member}`)),
  ],
  rows: (answer) => {
    const shift = answer as ShiftAnswer;
    const sides = { ...sideCells("from", shift.from), ...sideCells("to", shift.to) };
    return rangesOf(shift.outcomes).map((outcome) => ({ ...shift, ...sides, ...outcome }));
  },
};
