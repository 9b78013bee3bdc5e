/** How far the odds of one meeting moved between two readings. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import type { MeetingReading, TargetRange } from "../pricing/reading.ts";
import { isOnCalendar } from "../pricing/schedule.ts";

const PP_PER_WHOLE = 100;

/** One of the two readings that are compared: same meeting, same method, same basis. */
export interface ShiftSide {
  readonly asOf: Date;
  readonly tradeDate: IsoDate;
  /** the range in force */
  readonly target: TargetRange;
  /** null: no reading of the meeting at that instant */
  readonly reading: Pick<MeetingReading, "expectedRateBp" | "outcomes" | "unsolved"> | null;
}

/** One range's probability on both sides. A solved side gives 0 where it does not reach; an unsolved one null. */
export interface OutcomeShift extends TargetRange {
  readonly then: number | null;
  readonly now: number | null;
  /** percentage points; null when a side is unsolved */
  readonly shiftPp: number | null;
}

export interface Shift {
  readonly expectedRateShiftBp: number | null;
  /** a decision lies between the sides, so that "a cut" does not mean the same range on both */
  readonly crossesDecision: boolean;
  /** every range that either side reaches, ascending */
  readonly outcomes: readonly OutcomeShift[];
}

/**
 * The shift of one meeting's odds, now minus then, range by absolute range. Swapping the sides changes every sign.
 *
 * @param meetings the calendar, for the decisions between the sides: one of a hold leaves the range in force as it was
 * @see README, "How the numbers are made"
 */
export function shiftBetween(from: ShiftSide, to: ShiftSide, meetings: readonly Meeting[]): Shift {
  const then = solved(from);
  const now = solved(to);
  const ranges = new Map<string, TargetRange>();
  for (const { lowerBp, upperBp } of [...(then?.outcomes ?? []), ...(now?.outcomes ?? [])]) {
    ranges.set(`${lowerBp}-${upperBp}`, { lowerBp, upperBp });
  }
  const ascending = [...ranges.values()].sort((a, b) => a.lowerBp - b.lowerBp || a.upperBp - b.upperBp);
  return {
    expectedRateShiftBp: difference(then?.expectedRateBp ?? null, now?.expectedRateBp ?? null),
    crossesDecision: crossesDecision(from, to, meetings),
    outcomes: ascending.map((range) => {
      const before = probabilityOf(then, range);
      const after = probabilityOf(now, range);
      const shift = difference(before, after);
      // biome-ignore lint/suspicious/noThenProperty: the public name of the figure; a number or null is never called
      return { ...range, then: before, now: after, shiftPp: shift === null ? null : shift * PP_PER_WHOLE };
    }),
  };
}

/**
 * Whether the range in force differs between the sides, or a decision was announced after the earlier one and up to the
 * later. A meeting whose outcome nobody recorded counts from its day on.
 */
function crossesDecision(one: ShiftSide, other: ShiftSide, meetings: readonly Meeting[]): boolean {
  if (one.target.lowerBp !== other.target.lowerBp || one.target.upperBp !== other.target.upperBp) return true;
  const [from, to] = one.asOf.getTime() <= other.asOf.getTime() ? [one, other] : [other, one];
  return meetings.some((meeting) => {
    if (!isOnCalendar(meeting, to.asOf)) return false;
    const { meetingDate, decision } = meeting;
    if (decision === null) return from.tradeDate <= meetingDate && meetingDate < to.tradeDate;
    const announcedMs = decision.announcedAt.getTime();
    return from.asOf.getTime() < announcedMs && announcedMs <= to.asOf.getTime();
  });
}

function solved({ reading }: ShiftSide): ShiftSide["reading"] {
  return reading === null || reading.unsolved !== null ? null : reading;
}

function probabilityOf(reading: ShiftSide["reading"], range: TargetRange): number | null {
  if (reading === null) return null;
  const found = reading.outcomes.find(({ lowerBp, upperBp }) => lowerBp === range.lowerBp && upperBp === range.upperBp);
  return found?.probability ?? 0;
}

function difference(then: number | null, now: number | null): number | null {
  return then === null || now === null ? null : now - then;
}
