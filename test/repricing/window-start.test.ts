import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../src/calendar/calendar-date.ts";
import { isTradeDate, settlementInstant } from "../../src/calendar/trade-dates.ts";
import { windowStart } from "../../src/repricing/window-start.ts";

const SEED = 20251117;

describe("windowStart()", () => {
  it.each([
    { window: "1m", asOf: "2025-11-17", want: "2025-10-17" },
    { window: "1d", asOf: "2025-11-17", want: "2025-11-14" },
    { window: "1w", asOf: "2025-11-17", want: "2025-11-10" },
    { window: "1m", asOf: "2025-03-31", want: "2025-02-28" }, // month ends clamp
    { window: "1d", asOf: "2026-04-06", want: "2026-04-03" }, // a Good Friday with an employment report
    { window: "1m", asOf: "2024-03-31", want: "2024-02-28" }, // a Sunday: of Thursday the 28th, Good Friday being closed
    { window: "1m", asOf: "2025-12-01", want: "2025-10-31" }, // 1 November is a Saturday
    { window: "1w", asOf: "2025-12-04", want: "2025-11-26" }, // Thanksgiving on the 27th
    { window: "1d", asOf: "2025-11-16", want: "2025-11-13" }, // a Sunday stands for Friday's settlement
    { window: "1m", asOf: "2026-01-15", want: "2025-12-15" },
  ] as const)("$window to $asOf begins at the settlement of $want", ({ window, asOf, want }) => {
    expect(windowStart(window, asOf)).toEqual({ tradeDate: want, instant: settlementInstant(want) });
  });

  it("counts an instant by the trade date it trades for", () => {
    // 17:30 in Chicago on Monday the 17th is Tuesday's session.
    expect(windowStart("1d", new Date("2025-11-17T23:30:00Z")).tradeDate).toBe("2025-11-17");
    expect(windowStart("1d", new Date("2025-11-17T15:00:00Z")).tradeDate).toBe("2025-11-14");
  });

  it("begins an hour earlier for 1h, of an instant or of a date's settlement", () => {
    const instant = new Date("2025-11-17T15:00:00Z");
    expect(windowStart("1h", instant)).toEqual({ tradeDate: null, instant: new Date("2025-11-17T14:00:00Z") });
    expect(windowStart("1h", "2025-11-17").instant).toEqual(new Date("2025-11-17T19:00:00Z"));
  });

  it("always begins on a trade date before the one it ends on, longer windows no later", () => {
    const dates = fc.integer({ min: 0, max: 20 * 365 }).map((days) => addDays("2010-01-01", days));
    fc.assert(
      fc.property(dates, (date) => {
        const starts = (["1d", "1w", "1m"] as const).map((window) => windowStart(window, date).tradeDate ?? "");
        for (const start of starts) expect(isTradeDate(start) && start < date).toBe(true);
        expect(starts.toSorted().reverse()).toEqual(starts);
      }),
      { seed: SEED },
    );
  });

  it("refuses an instant that is none", () => {
    expect(() => windowStart("1d", new Date(Number.NaN))).toThrow(RangeError);
  });
});
