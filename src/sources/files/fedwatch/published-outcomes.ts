/** What every reader of published distributions must agree on: the grid of ranges, the sum, the dates. */
import type { IsoDate } from "../../../calendar/calendar-date.ts";
import { isTradeDate } from "../../../calendar/trade-dates.ts";
import type { PublishedDistribution, PublishedOutcome } from "../../../pricing/observations.ts";

export const RANGE_WIDTH_BP = 25; // every target range since 16 Dec 2008
// The widest export starts at 0 and ends at 1,675 bp; below 0 the exchange would need names it has never used.
const LOWEST_BP = -500;
const HIGHEST_BP = 3_000;
// Six printed decimals miss 1 by 0.000002 at most; one-decimal percentages, nine to a meeting, by 0.002.
const SUM_TOLERANCE = 0.005;
// Far above rounding, so that a sum written down by hand as 0.995 passes the bound in binary too.
const BINARY_SLACK = 1e-9;

/** Why a distribution or one of its cells is refused. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** What is wrong with a range; null when it is one the Fed could set: 25 bp wide, on the 25 bp grid. */
export function rangeRefusal(lowerBp: number, upperBp: number): Refusal | null {
  const refuse = (code: string, accepted: string) => ({
    code,
    reason: `the range is ${lowerBp}-${upperBp}, accepted ${accepted}`,
  });
  if (lowerBp % RANGE_WIDTH_BP !== 0 || upperBp - lowerBp !== RANGE_WIDTH_BP) {
    return refuse("range_off_grid", "are 25 bp on multiples of 25, such as 350-375");
  }
  return lowerBp < LOWEST_BP || upperBp > HIGHEST_BP
    ? refuse("range_out_of_band", `lie within ${LOWEST_BP} and ${HIGHEST_BP} bp`)
    : null;
}

/**
 * What is wrong with a whole distribution; null when nothing is.
 *
 * @param meetingDates decision days of all meetings; empty when the calendar is not at hand. Meetings after the last of
 * them cannot be judged.
 */
export function distributionRefusal(
  { meetingDate, tradeDate, outcomes }: Pick<PublishedDistribution, "meetingDate" | "tradeDate" | "outcomes">,
  meetingDates: readonly IsoDate[],
): Refusal | null {
  const last = meetingDates.toSorted().at(-1) ?? "";
  if (meetingDate <= last && !meetingDates.includes(meetingDate)) {
    return { code: "unknown_meeting", reason: `${meetingDate} is not the decision day of a known meeting` };
  }
  if (tradeDate > meetingDate) {
    return { code: "after_meeting", reason: `dated ${tradeDate}, after the meeting of ${meetingDate}` };
  }
  const sum = outcomes.reduce((total, { probability }) => total + probability, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE + BINARY_SLACK) {
    const state = `the probabilities of ${meetingDate} on ${tradeDate} sum to ${sum.toFixed(6)}`;
    return { code: "sum_not_one", reason: `${state}, accepted is 1 within ${SUM_TOLERANCE}` };
  }
  return null;
}

/** The remark on a sound distribution of a day without settlement; null on a trade date. */
export function tradeDateRefusal(tradeDate: IsoDate): Refusal | null {
  if (isTradeDate(tradeDate)) return null;
  return { code: "not_a_trade_date", reason: `${tradeDate} is no trade date: a weekend or an exchange holiday` };
}

/**
 * Outcomes in ascending order without the zeros. A printed 0.000000 and an absent cell say the same of the odds, so that
 * an export, its plain copy and another reader's export of the same day are equal.
 */
export function listedOutcomes(outcomes: readonly PublishedOutcome[]): PublishedOutcome[] {
  return outcomes.filter(({ probability }) => probability > 0).sort((a, b) => a.lowerBp - b.lowerBp);
}
