import { array, assert, constantFrom, integer, property, record, uniqueArray } from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../src/calendar/calendar-date.ts";
import { allCloses, appendCloses, type DailyClose } from "../../src/markets/close-history.ts";
import { PANEL } from "../../src/pricing/observations.ts";

const someCloses = uniqueArray(
  record({
    symbol: constantFrom(...PANEL, "EURUSD"),
    date: integer({ min: 0, max: 60 }).map((days) => addDays("2025-10-20", days)),
    close: integer({ min: 1, max: 1_000_000 }),
  }),
  { selector: ({ symbol, date }) => `${symbol} ${date}`, minLength: 1, maxLength: 200 },
);
const seeded = { seed: 20251029, numRuns: 500 };

/** The closes of a day, of some days at once, one after the other. */
function inBatches(closes: readonly DailyClose[], sizes: readonly number[]): DailyClose[][] {
  const left = closes.toSorted((one, other) => (one.date < other.date ? -1 : 1));
  const batches = sizes.map((size) => left.splice(0, size));
  return [...batches, left].filter((batch) => batch.length > 0);
}

describe("appendCloses()", () => {
  it("gives what sorting all of them gives, whenever each came", () => {
    assert(
      property(someCloses, array(integer({ min: 1, max: 40 }), { maxLength: 8 }), (closes, sizes) => {
        const [first = [], ...later] = inBatches(closes, sizes);
        const all = allCloses(first);
        for (const batch of later) expect(appendCloses(all, batch)).toBe(true);
        const whole = allCloses([first, ...later].flat());
        expect({ ...all, histories: undefined, ignored: undefined, recent: undefined }).toEqual({
          ...{ ...whole, histories: undefined, ignored: undefined, recent: undefined },
        });
        expect([...all.histories].map(([symbol, history]) => [symbol, [...history]])).toEqual(
          [...whole.histories].map(([symbol, history]) => [symbol, [...history]]),
        );
        expect(new Set(all.ignored)).toEqual(new Set(whole.ignored));
        expect(new Set(all.recent)).toEqual(new Set(whole.recent));
      }),
      seeded,
    );
  });

  it("adds nothing where one is not later than its asset's last: a correction, or a day that was missing", () => {
    const close = (symbol: string, date: string) => ({ symbol, date, close: 100 });
    const stored = [close("BTC", "2025-11-17"), close("SPX", "2025-11-17"), close("SPX", "2025-11-14")];
    for (const late of [close("SPX", "2025-11-17"), close("SPX", "2025-11-13")]) {
      const all = allCloses(stored);
      expect(appendCloses(all, [close("BTC", "2025-11-18"), late])).toBe(false);
      expect(all).toEqual(allCloses(stored));
    }
  });

  it("refuses a close that is not above 0, with nothing added", () => {
    const all = allCloses([{ symbol: "BTC", date: "2025-11-17", close: 92_000 }]);
    expect(() => appendCloses(all, [{ symbol: "BTC", date: "2025-11-18", close: 0 }])).toThrow(RangeError);
    expect(all.newest).toBe("2025-11-17");
  });
});
