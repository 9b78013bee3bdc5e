import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import { addDays, addMonths, daysInMonth, firstOfMonth } from "../../src/calendar/calendar-date.ts";
import { isFedBusinessDay } from "../../src/calendar/fed-business-days.ts";
import { meanFixingBp } from "../../src/pricing/average-rates.ts";
import type { Bp } from "../../src/pricing/units.ts";
import { bp } from "../../src/pricing/units.ts";
import { hasHistory, historyFixings } from "./market-history.ts";

const SEED = 20251117;
const FINAL_SETTLEMENT_BP = 0.01;

/** Fixings of the business days around a month, and the same with every other day filled from the day before it. */
const months = fc
  .record({
    month: fc.integer({ min: 0, max: 300 }),
    rates: fc.array(fc.integer({ min: 0, max: 550 }), { minLength: 42, maxLength: 42 }),
  })
  .map(({ month: offset, rates }) => {
    const month = addMonths("2002-01", offset);
    const fixings = new Map<IsoDate, Bp>();
    const filled = new Map<IsoDate, Bp>();
    let carried: Bp | null = null;
    rates.forEach((rate, i) => {
      const date = addDays(firstOfMonth(month), i - 8);
      if (isFedBusinessDay(date)) {
        carried = bp(rate);
        fixings.set(date, carried);
      }
      if (carried !== null) filled.set(date, carried);
    });
    return { month, fixings, filled };
  });

describe("meanFixingBp()", () => {
  it("carries weekends and holidays: the same from business days as from every day", () => {
    fc.assert(
      fc.property(months, fc.integer({ min: 1, max: 28 }), ({ month, fixings, filled }, through) => {
        const mean = meanFixingBp(fixings, month, through, 0);
        expect(mean).not.toBeNull();
        expect(mean).toBe(meanFixingBp(filled, month, through, 0));
      }),
      { seed: SEED },
    );
  });

  it("is unknown without the fixing of any one business day, except as many of the last as may be unpublished", () => {
    fc.assert(
      fc.property(months, ({ month, fixings }) => {
        const days = daysInMonth(month);
        const business = [...fixings.keys()].filter((date) => date.startsWith(month));
        for (const date of business) {
          const holed = new Map(fixings);
          holed.delete(date);
          expect(meanFixingBp(holed, month, days, 0), date).toBeNull();
          if (date !== business.at(-1)) expect(meanFixingBp(holed, month, days, 2), date).toBeNull();
          else expect(meanFixingBp(holed, month, days, 2), date).not.toBeNull();
        }
        const short = new Map(fixings);
        for (const date of business.slice(-3)) short.delete(date);
        expect(meanFixingBp(short, month, days, 2)).toBeNull();
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it.skipIf(!hasHistory("data/fed_funds_daily_2000_2026.csv"))(
    "is 100 minus the final settlement of ZQ for August 2025: 95.67 (skipped without the fixings)",
    () => {
      expect(Math.abs((meanFixingBp(historyFixings(), "2025-08", 31, 0) ?? 0) - 433)).toBeLessThan(FINAL_SETTLEMENT_BP);
    },
  );
});
