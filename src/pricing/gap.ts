/** Why a meeting could not be solved, in words that name the contracts or months. */
import { lastOfMonth } from "../calendar/calendar-date.ts";
import { contractSymbol } from "./contract.ts";
import type { MeetingReading, UnsolvedReason } from "./reading.ts";
import { CURRENT, realisedDays } from "./schedule.ts";
import type { SolvedStrip } from "./solve-strip.ts";

type Gap = NonNullable<MeetingReading["unsolved"]>;

/**
 * The reason why a meeting (by position) has no distribution: its own chain has no start or no end, or else that of a
 * meeting before it, without which nobody knows which range the later ones start from.
 */
export function explainGap(solved: SolvedStrip, meeting: number): Gap {
  const { rates, moves, schedule } = solved;
  const first = moves.length;
  if (meeting > first && rates.startBp[meeting] !== null && rates.endBp[meeting] !== null) {
    const { reason, detail } = explainOwnGap(solved, first);
    const dateOf = (position: number) => schedule.open[position]?.meetingDate ?? "";
    return {
      reason,
      detail: `Cannot place the meeting of ${dateOf(meeting)}: the one of ${dateOf(first)} before it is unsolved (${detail})`,
    };
  }
  return explainOwnGap(solved, meeting);
}

function explainOwnGap({ strip, schedule, rule, averages }: SolvedStrip, meeting: number): Gap {
  const { open, months, monthDays, usableThrough } = schedule;
  const { meetingDate, monthIndex } = open[meeting] ?? { meetingDate: strip.tradeDate, monthIndex: CURRENT };
  const gap = (reason: UnsolvedReason, state: string): Gap => ({
    reason,
    detail: `Cannot solve the meeting of ${meetingDate}: ${state}`,
  });
  const nameOf = (position: number) => months[position] ?? "";
  const needs = rule.needs(schedule, averages, meeting);
  const furthest = needs.at(-1) ?? monthIndex;
  const { completeThrough } = strip.calendar;
  if (furthest > usableThrough) {
    return gap(
      "calendar_horizon",
      `needs ${contractSymbol(nameOf(furthest))} and the meetings of its month and the next, known through ${completeThrough}`,
    );
  }
  const missing = needs.filter((position) => averages.months[position] === null);
  let lastListed = "";
  for (const month of strip.prices.keys()) if (month > lastListed) lastListed = month;
  const beyond = missing.filter((position) => nameOf(position) > lastListed);
  const symbols = (positions: readonly number[]) => positions.map((p) => contractSymbol(nameOf(p))).join(", ");
  if (beyond.length > 0 && lastListed >= nameOf(CURRENT)) {
    return gap("no_free_month", `needs ${symbols(beyond)}, the last contract listed is ${contractSymbol(lastListed)}`);
  }
  if (missing.length > 0) return gap("missing_contract", `no price of ${symbols(missing)}`);
  const days = monthIndex === CURRENT ? realisedDays(schedule) : 0;
  if (days > 0 && averages.realisedBp === null) {
    return gap("missing_contract", `no complete EFFR fixings of ${nameOf(CURRENT)} through its day ${days}`);
  }
  if (open[meeting]?.day === monthDays[monthIndex]) {
    return gap("late_month", `the decision on ${lastOfMonth(nameOf(monthIndex))} leaves no day of the month after it`);
  }
  return gap("no_free_month", `${nameOf(monthIndex)} has several open meetings and no known rate before them`);
}
