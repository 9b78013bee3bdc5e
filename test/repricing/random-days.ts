/** Made-up histories of expected rates, one a seed: quiet stretches, drifts and shocks, over the real calendar. */
import { addDays } from "../../src/calendar/calendar-date.ts";
import { nextTradeDate, settlementInstant, tradeDateOnOrBefore } from "../../src/calendar/trade-dates.ts";
import type { DayReadings } from "../../src/repricing/detector.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";

// Rates stand on sixteenths of a basis point, so that mirrored and shifted ones are exact.
const GRID = 16;
const MEETINGS = 9;

/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
export function randomStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many trade dates of readings from a date between 2015 and 2024 that the seed picks. */
export function randomDays(seed: number, count: number): DayReadings[] {
  const random = randomStream(seed);
  let tradeDate = tradeDateOnOrBefore(addDays("2015-02-01", Math.floor(random() * 3300)));
  const rates = new Map<string, number>();
  let volatility = 1;
  const days: DayReadings[] = [];
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (random() < 0.05) volatility = 0.5 + 9 * random() ** 2;
    const common = volatility * (random() + random() + random() - 1.5);
    while ((BUILT_IN_MEETINGS[next]?.meetingDate ?? tradeDate) < tradeDate) next++;
    const open = BUILT_IN_MEETINGS.slice(next, next + MEETINGS);
    const readings = open.map(({ meetingDate }, k) => {
      const move = common * (0.5 + 0.3 * k) + 0.5 * volatility * (random() - 0.5);
      const rate = (rates.get(meetingDate) ?? 400) + Math.round(GRID * move) / GRID;
      rates.set(meetingDate, rate);
      return {
        meetingDate,
        expectedRateBp: random() < 0.03 ? null : rate,
        ownTickBp: random() < 0.5 ? null : 0.25 + random() / 2,
      };
    });
    days.push({ tradeDate, asOf: settlementInstant(tradeDate), readings, unusable: random() < 0.02 ? "stale" : null });
    tradeDate = nextTradeDate(tradeDate);
  }
  return days;
}

/** The same days with every expected rate replaced. */
export function withRates(days: readonly DayReadings[], replace: (rateBp: number) => number): DayReadings[] {
  return days.map((day) => ({
    ...day,
    readings: day.readings.map((reading) => ({
      ...reading,
      expectedRateBp: reading.expectedRateBp === null ? null : replace(reading.expectedRateBp),
    })),
  }));
}

/** A copy in an order that the seed picks. */
export function shuffled<Row>(rows: readonly Row[], seed: number): Row[] {
  const random = randomStream(seed);
  return rows
    .map((row) => ({ row, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}
