/** One strip of 13 months to the distributions of its meetings, without and with bands. */

import { settlementInstant } from "../src/calendar/trade-dates.ts";
import { readStrip } from "../src/pricing/read-strip.ts";
import type { Strip } from "../src/pricing/reading.ts";
import { solveStrip } from "../src/pricing/solve-strip.ts";
import { indexPoints } from "../src/pricing/units.ts";
import { BUILT_IN_CALENDAR } from "../src/sources/built-in/fomc-meetings.ts";
import { median, report } from "./measure.ts";

// CME's settlements of 18 Sep 2026, ZQU26 to ZQU27.
const PRICES = [96.2525, 96.105, 95.975, 95.835, 95.77, 95.68, 95.6, 95.51, 95.45, 95.39, 95.345, 95.295, 95.27];
const LIMIT_US = 10;
const LIMIT_WITH_BANDS_US = 100;
const ROUNDS = 400;
const CALLS = 50;

const tradeDate = "2026-09-18";
const strip: Strip = {
  asOf: settlementInstant(tradeDate),
  tradeDate,
  prices: new Map(
    PRICES.map((price, i) => [
      `${2026 + Math.floor((8 + i) / 12)}-${String(((8 + i) % 12) + 1).padStart(2, "0")}`,
      indexPoints(price),
    ]),
  ),
  finalPrices: new Map([["2026-08", indexPoints(96.37)]]),
  fixings: new Map(),
  calendar: BUILT_IN_CALENDAR,
  target: { lowerBp: 375, upperBp: 400 },
};

function medianUs(work: () => unknown): number {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let call = 0; call < CALLS; call++) work();
    figures.push(((performance.now() - start) * 1000) / CALLS);
  }
  // The first rounds are the compiler's.
  return median(figures.slice(ROUNDS / 4));
}

const solved = readStrip(strip).filter((reading) => reading.unsolved === null);
console.log(`${PRICES.length} months, ${solved.length} meetings solved, medians of ${ROUNDS} rounds of ${CALLS} calls`);
const limit = (figure: number) => ({ what: "limit", figure });
report(
  "strip to distributions",
  medianUs(() => solveStrip(strip)),
  "us",
  limit(LIMIT_US),
);
report(
  "strip to readings, with measures and reasons",
  medianUs(() => readStrip(strip)),
  "us",
  limit(LIMIT_US),
);
report(
  "strip to readings with bands",
  medianUs(() => readStrip(strip, { bands: true })),
  "us",
  limit(LIMIT_WITH_BANDS_US),
);
