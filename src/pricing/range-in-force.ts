/** The Fed's target range on a day, from what was known at an instant. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Decision, Meeting } from "../calendar/meetings.ts";
import type { EffrFixing } from "./observations.ts";
import type { TargetRange } from "./reading.ts";

/** What a fixing says about the target; a null bound: the source gave none. */
export type TargetFixing = Pick<EffrFixing, "date" | "targetLowerBp" | "targetUpperBp">;

/** The range in force, and what it rests on. */
export interface RangeInForce extends TargetRange {
  readonly from: "fixing" | "decision";
  /** the fixing's date, or the day the decision took effect */
  readonly date: IsoDate;
  /** the last meeting in effect since `date` whose outcome is not known: the range may have changed. Null: none */
  readonly undecidedMeeting: IsoDate | null;
}

interface Question {
  readonly tradeDate: IsoDate;
  /** only decisions announced, meetings known and cancellations made by then count */
  readonly asOf: Date;
  readonly meetings: readonly Meeting[];
  /** ascending by date, as known at `asOf` */
  readonly fixings: readonly TargetFixing[];
}

function isHeld(meeting: Meeting, asOf: Date): boolean {
  const known = meeting.knownFrom === null || meeting.knownFrom.getTime() <= asOf.getTime();
  return known && (meeting.cancelledAt === null || meeting.cancelledAt.getTime() > asOf.getTime());
}

function decisionKnown(meeting: Meeting, asOf: Date): Decision | null {
  const { decision } = meeting;
  return decision !== null && decision.announcedAt.getTime() <= asOf.getTime() ? decision : null;
}

/** How many of the fixings, ascending, are dated `date` or before. */
function countThrough(fixings: readonly TargetFixing[], date: IsoDate): number {
  let low = 0;
  let high = fixings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const fixing = fixings[middle];
    if (fixing !== undefined && fixing.date <= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The newest target published with EFFR on or before the trade date. From a decision day until the decision takes effect
 * the source is not believed: FRED moved the target a day early on 2008-12-16, 2015-12-16 and 2016-12-14.
 */
function lastFixing(
  { tradeDate, fixings }: Question,
  held: readonly Meeting[],
): (TargetRange & { date: IsoDate }) | null {
  for (let i = countThrough(fixings, tradeDate) - 1; i >= 0; i--) {
    const fixing = fixings[i];
    if (fixing === undefined || fixing.targetLowerBp === null || fixing.targetUpperBp === null) continue;
    const { date, targetLowerBp: lowerBp, targetUpperBp: upperBp } = fixing;
    if (!held.some(({ meetingDate, effectiveDate }) => meetingDate <= date && date < effectiveDate)) {
      return { lowerBp, upperBp, date };
    }
  }
  return null;
}

/**
 * The target range in force on a trade date: the one published with EFFR where there is one, otherwise the last decision
 * already in effect. A decision day still has the old range, and a decision that took effect after the last fixing wins.
 *
 * @returns null when neither a fixing nor a decision is known for the day or before it
 * @example
 * // on 2025-10-29, the day of the decision: 400-425; on 2025-10-30: 375-400
 */
export function rangeInForce(question: Question): RangeInForce | null {
  const { tradeDate, asOf, meetings } = question;
  const held = meetings.filter((meeting) => isHeld(meeting, asOf));
  let last: { decision: Decision; date: IsoDate } | null = null;
  let undecided: Meeting | null = null;
  for (const meeting of held) {
    const date = meeting.effectiveDate;
    if (date > tradeDate) continue;
    const decision = decisionKnown(meeting, asOf);
    if (decision === null) {
      if (undecided === null || date > undecided.effectiveDate) undecided = meeting;
    } else if (
      last === null ||
      date > last.date ||
      (date === last.date && decision.announcedAt.getTime() > last.decision.announcedAt.getTime())
    ) {
      last = { decision, date };
    }
  }
  const fixing = lastFixing(question, held);
  const useFixing = fixing !== null && (last === null || fixing.date >= last.date);
  const date = useFixing ? fixing.date : last?.date;
  const range = useFixing ? fixing : last?.decision;
  if (date === undefined || range === undefined) return null;
  return {
    lowerBp: range.lowerBp,
    upperBp: range.upperBp,
    from: useFixing ? "fixing" : "decision",
    date,
    undecidedMeeting: undecided !== null && undecided.effectiveDate > date ? undecided.meetingDate : null,
  };
}
