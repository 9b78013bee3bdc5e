import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { distributionsIfDearer, monthsBehind, ownTick, probabilityOf } from "./band.ts";
import { isTargetRange } from "./measures.ts";
import type { Strip, TargetRange } from "./reading.ts";
import { CURRENT } from "./schedule.ts";
import type { ChainMethod } from "./solve-strip.ts";
import { solveStrip } from "./solve-strip.ts";
import { STEP_BP } from "./split.ts";

const PP_PER_WHOLE = 100;

/** What a rise of one contract's price does to the probability of a range. */
export interface TickSensitivity {
  readonly contractMonth: Month;
  /** by how much the price is raised, in basis points */
  readonly tickBp: number;
  /** change of the probability, in percentage points */
  readonly shiftPp: number;
}

export interface SensitivityQuestion extends TargetRange {
  readonly meetingDate: IsoDate;
  /** `cme` when absent */
  readonly method?: ChainMethod;
  /** one rise for all contracts, in basis points; each contract's own tick when absent */
  readonly tickBp?: number;
}

/**
 * Change of the probability of a range after a meeting for a rise of each contract that it rests on, one at a time.
 *
 * @returns ascending by contract month, listed contracts only; null when the meeting is not solved
 * @throws RangeError for a range off the 25 bp grid, and for a meeting that is not among the next 16 open ones
 * @example
 * // 17 Nov 2025, 350-375 after 10 December, tickBp 0.5: -2.00 pp for ZQX25, +2.21 for ZQF26, -0.21 for ZQG26
 */
export function tickSensitivity(
  strip: Strip,
  { meetingDate, lowerBp, upperBp, method = "cme", tickBp }: SensitivityQuestion,
): readonly TickSensitivity[] | null {
  if (!isTargetRange({ lowerBp, upperBp })) {
    throw new RangeError(`Cannot measure the range ${lowerBp}-${upperBp}: must be one step of 25 bp on the 25 bp grid`);
  }
  const solved = solveStrip(strip, method);
  const meeting = solved.schedule.open.findIndex((open) => open.meetingDate === meetingDate);
  if (meeting < 0) {
    throw new RangeError(
      `Cannot find the meeting of ${meetingDate}: not among the next open ones on ${strip.tradeDate}`,
    );
  }
  const distribution = solved.distributions[meeting];
  if (distribution === undefined) return null;
  const step = (lowerBp - strip.target.lowerBp) / STEP_BP;
  const now = probabilityOf(distribution, step);
  const listed = (monthsBehind(solved)[meeting] ?? []).filter((month) => month >= CURRENT);
  return listed.map((month) => {
    const rise = tickBp ?? ownTick(solved, month);
    const dearer = distributionsIfDearer(solved, month, rise)[meeting] ?? distribution;
    return {
      contractMonth: solved.schedule.months[month] ?? "",
      tickBp: rise,
      shiftPp: (probabilityOf(dearer, step) - now) * PP_PER_WHOLE,
    };
  });
}
