/** The built-in sample as the detector reads it: settlements to readings, as the snapshots are made. */
import type { Month } from "../../src/calendar/calendar-date.ts";
import { addMonths, monthOf } from "../../src/calendar/calendar-date.ts";
import { rangeInForce } from "../../src/pricing/range-in-force.ts";
import { readStrip } from "../../src/pricing/read-strip.ts";
import type { MeetingReading } from "../../src/pricing/reading.ts";
import type { IndexPoints } from "../../src/pricing/units.ts";
import { indexPoints } from "../../src/pricing/units.ts";
import type { DayReadings } from "../../src/repricing/detector.ts";
import { episodePublished, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";

export interface EpisodeDay extends DayReadings {
  readonly readings: readonly MeetingReading[];
}

/** All trade dates of the sample, basis settlement. */
export function episodeDays(): EpisodeDay[] {
  const byDate = new Map<string, Map<Month, IndexPoints>>();
  for (const { tradeDate, contractMonth, price } of episodeQuotes()) {
    const prices = byDate.get(tradeDate) ?? new Map<Month, IndexPoints>();
    byDate.set(tradeDate, prices.set(contractMonth, indexPoints(Number(price))));
  }
  const last = new Map<Month, IndexPoints>();
  return [...byDate].map(([tradeDate, prices]) => {
    for (const [month, price] of prices) last.set(month, price);
    const asOf = new Date(`${tradeDate}T20:00:00Z`);
    const { meetings } = BUILT_IN_CALENDAR;
    const target = rangeInForce({ tradeDate, asOf, meetings, fixings: [] });
    if (target === null) throw new Error(`No range on ${tradeDate}`);
    const expired = addMonths(monthOf(tradeDate), -1);
    const finalPrice = last.get(expired);
    const readings = readStrip(
      {
        asOf,
        tradeDate,
        prices,
        finalPrices: finalPrice === undefined ? new Map() : new Map([[expired, finalPrice]]),
        fixings: new Map(),
        calendar: BUILT_IN_CALENDAR,
        target,
      },
      { limit: 4 },
    );
    return { tradeDate, asOf, readings, unusable: null };
  });
}

/** Expected rates of 10 Dec 2025 as FedWatch published the odds, on the same dates. */
export function publishedDays(): DayReadings[] {
  return episodePublished().map(({ tradeDate, meetingDate, asOf, outcomes }) => {
    const expectedRateBp = outcomes.reduce((sum, { lowerBp, probability }) => sum + (lowerBp + 12.5) * probability, 0);
    return { tradeDate, asOf, readings: [{ meetingDate, expectedRateBp, ownTickBp: null }], unusable: null };
  });
}
