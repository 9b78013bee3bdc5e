import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, addMonths, monthOf } from "../../../src/calendar/calendar-date.ts";
import { isTradeDate, settlementInstant } from "../../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../../src/pricing/observations.ts";
import { checkQuotes } from "../../../src/sources/quality/quality.ts";

const NOW = new Date("2026-10-01T00:00:00Z");
const nothingBefore = () => null;

function quoteOf(
  tradeDate: string,
  contractMonth: string,
  price: string | number,
  more: Partial<FuturesQuote> = {},
): FuturesQuote {
  return {
    contractMonth,
    tradeDate,
    asOf: settlementInstant(tradeDate),
    grid: "settlement",
    basis: "settlement",
    price: typeof price === "number" ? price.toFixed(4) : price,
    open: null,
    high: null,
    low: null,
    volume: 0,
    openInterest: 0,
    flags: [],
    ...more,
  };
}

/** Days of a curve of seven months; `shift` moves all of it by day, in bp. */
function curve(days: readonly string[], shift: (day: number) => number): FuturesQuote[] {
  return days.flatMap((date, day) =>
    Array.from({ length: 7 }, (_, at) => quoteOf(date, addMonths("2025-11", at), 96 + at * 0.05 + shift(day) / 100)),
  );
}

function tradeDates(from: string, count: number): string[] {
  const dates: string[] = [];
  for (let date = from; dates.length < count; date = addDays(date, 1)) if (isTradeDate(date)) dates.push(date);
  return dates;
}

describe("checkQuotes()", () => {
  it("keeps a quiet curve as it is, object for object and in order", () => {
    const quotes = curve(tradeDates("2025-09-02", 20), (day) => (day % 3) - 1);
    const check = checkQuotes(quotes, nothingBefore, NOW);
    expect(check.rejected).toEqual([]);
    expect(check.kept.every((quote, index) => quote === quotes[index])).toBe(true);
    expect(check.kept).toHaveLength(quotes.length);
  });

  it.each([
    ["84.9975", "price_out_of_band"],
    ["105.0025", "price_out_of_band"],
    ["83.4250", "price_out_of_band"],
    ["0", "price_out_of_band"],
  ])("sets a price of %s aside", (price, code) => {
    const check = checkQuotes([quoteOf("2000-09-12", "2002-02", price)], nothingBefore, NOW);
    expect(check.rejected.map((r) => [r.index, r.code])).toEqual([[0, code]]);
    expect(check.kept).toEqual([]);
  });

  it("keeps prices of 85 and 105, and above 100 without a flag", () => {
    const quotes = ["85", "105", "100.0050"].map((price, at) => quoteOf("2020-05-12", addMonths("2020-05", at), price));
    expect(checkQuotes(quotes, nothingBefore, NOW)).toMatchObject({ rejected: [], flagged: 0, kept: quotes });
  });

  describe("jumps", () => {
    const DAYS = tradeDates("2025-09-02", 25);

    it("sets one contract's jump aside, by size and sign, and nothing else", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 30, max: 800 }),
          fc.constantFrom(1, -1),
          fc.integer({ min: 1, max: 23 }),
          fc.integer({ min: 0, max: 6 }),
          (sizeBp, sign, day, at) => {
            const quotes = curve(DAYS, (d) => (d % 2 === 0 ? 0 : 1));
            const index = day * 7 + at;
            const bad = quotes[index];
            if (bad === undefined) throw new Error("no such quote");
            quotes[index] = { ...bad, price: (Number(bad.price) + (sign * sizeBp) / 100).toFixed(4) };
            const check = checkQuotes(quotes, nothingBefore, NOW);
            expect(check.rejected.map((r) => [r.index, r.code])).toEqual([[index, "unshared_jump"]]);
          },
        ),
        { seed: 11, numRuns: 200 },
      );
    });

    it("lets a move of the whole curve pass, however large", () => {
      fc.assert(
        fc.property(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 24 }), (sizeBp, day) => {
          const check = checkQuotes(
            curve(DAYS, (d) => (d < day ? 0 : sizeBp)),
            nothingBefore,
            NOW,
          );
          expect(check.rejected).toEqual([]);
        }),
        { seed: 12, numRuns: 100 },
      );
    });

    it("lets the crisis of March 2023 pass", () => {
      // Last trades of 9, 10, 13 and 14 March 2023.
      const prices = {
        "2023-03": [95.32, 95.3375, 95.3925, 95.36],
        "2023-04": [95.045, 95.1, 95.26, 95.22],
        "2023-05": [94.75, 94.86, 95.2, 95.055],
        "2023-06": [94.63, 94.775, 95.315, 95.065],
        "2023-07": [94.55, 94.72, 95.55, 95.155],
        "2023-08": [94.52, 94.745, 95.84, 95.345],
      };
      const days = ["2023-03-09", "2023-03-10", "2023-03-13", "2023-03-14"];
      const quotes = days.flatMap((date, day) =>
        Object.entries(prices).map(([month, row]) => quoteOf(date, month, row[day] ?? 0)),
      );
      expect(checkQuotes(quotes, nothingBefore, NOW)).toMatchObject({ rejected: [], flagged: 0 });
    });

    it("judges by what was known before the file, and by nothing of the same date or later", () => {
      const quotes = ["2025-11", "2025-12", "2026-01"].map((month) =>
        quoteOf("2025-11-18", month, month === "2025-12" ? 97 : 96.1),
      );
      const knownOn = (tradeDate: string) => () => ({ tradeDate, price: "96.1000" });
      expect(checkQuotes(quotes, knownOn("2025-11-17"), NOW).rejected.map((r) => r.index)).toEqual([1]);
      expect(checkQuotes(quotes, knownOn("2025-11-18"), NOW).rejected).toEqual([]);
      expect(checkQuotes(quotes, knownOn("2025-11-19"), NOW).rejected).toEqual([]);
    });

    it("doubles the distance where no neighbour was quoted on both dates", () => {
      const alone = (price: number) =>
        checkQuotes([quoteOf("2025-11-17", "2025-12", 96), quoteOf("2025-11-18", "2025-12", price)], nothingBefore, NOW)
          .rejected;
      expect(alone(96.5)).toEqual([]);
      expect(alone(96.505).map((r) => r.reason)).toEqual([
        "96.5050 is +50.5 bp from 96 on 2025-11-17, accepted is 50.0 bp unless the neighbours move too: none is quoted on both dates",
      ]);
    });

    it("loosens with the root of the days since the last price and forgets a price after a month", () => {
      const refusedOn = (tradeDate: string, moveBp: number) =>
        checkQuotes(
          [quoteOf("2025-09-02", "2025-12", 96), quoteOf(tradeDate, "2025-12", 96 + moveBp / 100)],
          nothingBefore,
          NOW,
        ).rejected.length;
      expect([refusedOn("2025-09-18", 99), refusedOn("2025-09-18", 101)]).toEqual([0, 1]); // 16 days: twice 50 bp
      expect(refusedOn("2025-10-06", 300)).toBe(0);
    });

    it("takes a level as true that comes a third time in a row", () => {
      const quotes = curve(DAYS, () => 0).map((quote) =>
        quote.contractMonth === "2026-01" && quote.tradeDate >= (DAYS[10] ?? "")
          ? { ...quote, price: "97.0000" }
          : quote,
      );
      const check = checkQuotes(quotes, nothingBefore, NOW);
      expect(check.rejected.map((r) => r.quote.tradeDate)).toEqual(DAYS.slice(10, 12));
    });

    it("knows nothing of the days after: cutting them off changes no verdict", () => {
      const quotes = curve(DAYS, (d) => d).map((quote, index) =>
        index % 29 === 5 ? { ...quote, price: (Number(quote.price) + 0.6).toFixed(4) } : quote,
      );
      const verdicts = (count: number) =>
        checkQuotes(quotes.slice(0, count * 7), nothingBefore, NOW).rejected.map((r) => r.index);
      const all = verdicts(DAYS.length);
      expect(all.length).toBeGreaterThan(3);
      for (let count = 1; count < DAYS.length; count += 1) {
        expect(verdicts(count)).toEqual(all.filter((index) => index < count * 7));
      }
    });

    it("comes to the same verdicts whatever the order of the quotes", () => {
      const quotes = curve(DAYS, (d) => d % 4).map((quote, index) =>
        index === 40 ? { ...quote, price: "97.9000" } : quote,
      );
      const names = (given: readonly FuturesQuote[]) =>
        checkQuotes(given, nothingBefore, NOW).rejected.map((r) => `${r.quote.tradeDate} ${r.quote.contractMonth}`);
      expect(names(quotes)).toHaveLength(1);
      fc.assert(
        fc.property(fc.shuffledSubarray(quotes, { minLength: quotes.length }), (shuffled) => {
          expect(names(shuffled)).toEqual(names(quotes));
        }),
        { seed: 13, numRuns: 30 },
      );
    });

    it("keeps bases apart", () => {
      const last = (date: string, price: number) => quoteOf(date, "2025-12", price, { basis: "last_trade" });
      const quotes = [
        quoteOf("2025-11-17", "2025-12", 96),
        last("2025-11-17", 97),
        quoteOf("2025-11-18", "2025-12", 96),
        last("2025-11-18", 97),
      ];
      expect(checkQuotes(quotes, nothingBefore, NOW).rejected).toEqual([]);
    });
  });

  describe("rows that contradict each other", () => {
    it("keeps one of two that agree", () => {
      const twice = [quoteOf("2025-11-17", "2025-12", "96.19"), quoteOf("2025-11-17", "2025-12", "96.1900")];
      expect(checkQuotes(twice, nothingBefore, NOW)).toMatchObject({ kept: [twice[0]], duplicates: 1, rejected: [] });
    });

    it("keeps none of two that differ and names both prices", () => {
      const quotes = [
        quoteOf("2025-11-17", "2025-12", "96.19"),
        quoteOf("2025-11-17", "2026-01", "96.245"),
        quoteOf("2025-11-17", "2025-12", "96.20"),
      ];
      const check = checkQuotes(quotes, nothingBefore, NOW);
      expect(check.kept).toEqual([quotes[1]]);
      expect(check.rejected.map((r) => [r.index, r.code, r.reason])).toEqual([
        [0, "conflicting_rows", "2025-12 on 2025-11-17 has the prices 96.19 and 96.20: nothing tells which is right"],
        [2, "conflicting_rows", "2025-12 on 2025-11-17 has the prices 96.19 and 96.20: nothing tells which is right"],
      ]);
    });
  });

  it.each([
    ["2022-07-01", "2022-06", []],
    ["2022-07-08", "2022-06", ["expired_contract"]],
    ["2025-11-17", "2030-12", []],
    ["2025-11-17", "2031-01", ["beyond_listing"]],
    ["2026-10-02", "2026-12", []],
    ["2026-10-05", "2026-12", ["future_date"]],
  ])("judges on %s the contract of %s", (tradeDate, contractMonth, codes) => {
    const now = new Date("2026-10-02T12:00:00Z");
    expect(
      checkQuotes([quoteOf(tradeDate, contractMonth, 96)], nothingBefore, now).rejected.map((r) => r.code),
    ).toEqual(codes);
  });

  it("flags a price off its tick and keeps it as it is", () => {
    // The final settlement of June 2015, the exact average of the month's rates.
    const check = checkQuotes([quoteOf("2015-06-30", "2015-06", "99.8710")], nothingBefore, NOW);
    expect(check.kept[0]).toMatchObject({ price: "99.8710", flags: ["off_tick"] });
    expect(check.remarks).toEqual([
      { contractMonth: "2015-06", tradeDate: "2015-06-30", flag: "off_tick", printed: "99.8710" },
    ]);
  });

  it("does not flag a mid, nor a multiple of 0.0025 in any month", () => {
    const quotes = [
      quoteOf("2025-11-17", "2025-12", "96.3713", { basis: "mid" }),
      ...[0, 1, 2, 3].map((ticks) =>
        quoteOf("2025-11-17", addMonths(monthOf("2025-11-17"), ticks), 96 + ticks * 0.0025),
      ),
    ];
    expect(checkQuotes(quotes, nothingBefore, NOW).flagged).toBe(0);
  });

  it("flags a bad open and low, takes them out and keeps the settlement", () => {
    // 19 September 2011: 9.9660 was printed for 99.660.
    const bad = quoteOf("2011-09-19", "2013-12", "99.6550", { open: "9.9660", high: "99.6550", low: "9.9660" });
    const check = checkQuotes([bad], nothingBefore, NOW);
    expect(check.rejected).toEqual([]);
    expect(check.kept).toEqual([{ ...bad, open: null, low: null, flags: ["bad_open", "bad_low"] }]);
    expect(check.remarks.map(({ flag, printed }) => [flag, printed])).toEqual([
      ["bad_open", "9.9660"],
      ["bad_low", "9.9660"],
    ]);
    expect(bad.open).toBe("9.9660");
  });

  it("takes a low three points off as bad, and a settlement outside the day's range as legal", () => {
    const rangeOf = (low: string, high: string) =>
      checkQuotes([quoteOf("2025-11-17", "2025-12", "96.1900", { low, high })], nothingBefore, NOW).kept[0]?.flags;
    expect(rangeOf("93.1850", "96.2000")).toEqual(["bad_low"]);
    expect(rangeOf("96.1000", "96.1500")).toEqual([]);
    expect(rangeOf("93.2000", "99.1950")).toEqual(["bad_high"]);
  });

  it("keeps the flags that a quote came with", () => {
    const quote = quoteOf("2025-11-17", "2025-12", "96.1901", { flags: ["inferred"] });
    expect(checkQuotes([quote], nothingBefore, NOW).kept[0]?.flags).toEqual(["inferred", "off_tick"]);
  });
});
