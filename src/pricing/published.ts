/** Distributions that somebody else computed, as readings of their own: no prices, so no chain. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { MeetingCalendar } from "../calendar/meetings.ts";
import { expectedRateBp, isTargetRange, splitAgainst } from "./measures.ts";
import type { PublishedDistribution, PublishedOutcome } from "./observations.ts";
import type { MeetingReading, TargetRange } from "./reading.ts";

// Rounding alone: one printed decimal of a per cent is off by 0.0005 at most, so ten outcomes by 0.005.
const SUM_TOLERANCE = 0.005;

/** One instant's published distributions, and what was in force then. */
export interface PublishedInput {
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly target: TargetRange;
  readonly calendar: MeetingCalendar;
  readonly distributions: readonly Pick<PublishedDistribution, "meetingDate" | "outcomes">[];
}

/**
 * Reads published distributions as they are, without renormalising: their mean is the expected rate, chain fields are null.
 *
 * @returns one reading a meeting, ascending by date
 * @throws RangeError naming the meeting and the range, for a probability outside 0 to 1, a range off the 25 bp grid or
 *   listed twice, a sum off 1 by more than 0.005, a meeting listed twice or before the trade date
 */
export function readPublished({
  tradeDate,
  asOf,
  target,
  calendar,
  distributions,
}: PublishedInput): readonly MeetingReading[] {
  const announced = new Set<IsoDate>();
  for (const { meetingDate, decision } of calendar.meetings) {
    if (decision !== null && decision.announcedAt <= asOf) announced.add(meetingDate);
  }
  const ascending = distributions.toSorted((a, b) => (a.meetingDate < b.meetingDate ? -1 : 1));
  return ascending.map(({ meetingDate, outcomes }, i) => {
    const refuse = (state: string) =>
      new RangeError(`Cannot read the odds published on ${tradeDate} for ${meetingDate}: ${state}`);
    if (meetingDate < tradeDate) throw refuse("the meeting is past");
    if (ascending[i - 1]?.meetingDate === meetingDate) throw refuse("listed twice");
    const fault = faultIn(outcomes);
    if (fault !== null) throw refuse(fault);
    const kept = outcomes
      .filter(({ probability }) => probability > 0)
      .map(({ lowerBp, upperBp, probability }) => ({ lowerBp, upperBp, probability, low: null, high: null }))
      .sort((a, b) => a.lowerBp - b.lowerBp);
    return {
      meetingDate,
      announced: announced.has(meetingDate),
      expectedRateBp: expectedRateBp(kept),
      moves: null,
      startRateBp: null,
      endRateBp: null,
      outcomes: kept,
      cumulative: splitAgainst(kept, target),
      meetingMove: null,
      tickSensitivityPp: null,
      ownTickBp: null,
      contracts: [],
      unsolved: null,
      unverified: false,
    };
  });
}

/** What is wrong with a distribution; null: nothing. */
function faultIn(outcomes: readonly PublishedOutcome[]): string | null {
  const seen = new Set<number>();
  let sum = 0;
  for (const { lowerBp, upperBp, probability } of outcomes) {
    const name = `range ${lowerBp}-${upperBp}`;
    if (!isTargetRange({ lowerBp, upperBp })) return `${name} is not one step of 25 bp on the 25 bp grid`;
    if (seen.has(lowerBp)) return `${name} is listed twice`;
    if (!(probability >= 0 && probability <= 1)) return `${name} has probability ${probability}, must be 0 to 1`;
    seen.add(lowerBp);
    sum += probability;
  }
  if (Math.abs(sum - 1) > SUM_TOLERANCE) return `probabilities add up to ${sum}, must be 1 within ${SUM_TOLERANCE}`;
  return null;
}
