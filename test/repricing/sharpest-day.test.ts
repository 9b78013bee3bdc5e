import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Level } from "../../src/repricing/repricing.ts";
import { sharpestDay } from "../../src/repricing/sharpest-day.ts";
import { tradeDateAfter, tradeDatesBetween } from "../../src/repricing/trade-date-count.ts";

const START = "2025-09-18";

/** Rates of consecutive trade dates; null is a day without a reading. */
function levels(rates: readonly (number | null)[], from = START): Level[] {
  return rates.flatMap((rateBp, i) => {
    const tradeDate = tradeDateAfter(from, i);
    return rateBp === null ? [] : [{ tradeDate, asOf: `${tradeDate}T19:00:00Z`, rateBp }];
  });
}

const anyRates = fc.array(fc.option(fc.integer({ min: 300, max: 420 })), { maxLength: 30 });

describe("sharpestDay()", () => {
  it("is one trade date long, and as large as any move of one trade date in the leg's direction", () => {
    fc.assert(
      fc.property(anyRates, (rates) => {
        const oneDay = rates.flatMap((to, i) => {
          const from = rates[i - 1] ?? null;
          return from === null || to === null || to <= from ? [] : [to - from];
        });
        const found = sharpestDay(levels(rates), "hawkish");
        expect(found?.changeBp ?? null).toBe(oneDay.length === 0 ? null : Math.max(...oneDay));
        if (found !== null) expect(tradeDatesBetween(found.from.tradeDate, found.to.tradeDate)).toBe(1);
      }),
      { seed: 20251107, numRuns: 300 },
    );
  });

  it("mirrors with the rates and the direction", () => {
    fc.assert(
      fc.property(anyRates, (rates) => {
        const mirrored = rates.map((rate) => (rate === null ? null : -rate));
        const [up, down] = [sharpestDay(levels(rates), "hawkish"), sharpestDay(levels(mirrored), "dovish")];
        expect(down?.to.tradeDate).toBe(up?.to.tradeDate);
        expect(down?.changeBp).toBe(up === null ? undefined : -up.changeBp);
      }),
      { seed: 20251107, numRuns: 100 },
    );
  });

  it("takes no move across trade dates without a reading for a day's, however large", () => {
    expect(sharpestDay(levels([380, 382, null, null, 391.9, 392]), "hawkish")).toMatchObject({ changeBp: 2 });
    expect(sharpestDay(levels([380, null, 389.9]), "hawkish")).toBeNull();
  });

  it("counts from Friday to Monday, and over a holiday, as one day", () => {
    // 16 Jan 2026 is a Friday, and Monday the 19th Martin Luther King's day, on which the exchange settles nothing.
    const [before, after] = levels([360, 370], "2026-01-16");
    expect(after?.tradeDate).toBe("2026-01-20");
    expect(
      sharpestDay(
        [before, after].filter((level) => level !== undefined),
        "hawkish",
      ),
    ).toMatchObject({
      changeBp: 10,
    });
  });

  it("is the first of two that are equal, and null where nothing moved that way", () => {
    expect(sharpestDay(levels([360, 365, 370]), "hawkish")?.from.tradeDate).toBe(START);
    expect(sharpestDay(levels([360, 365, 370]), "dovish")).toBeNull();
    expect(sharpestDay([], "hawkish")).toBeNull();
  });
});
