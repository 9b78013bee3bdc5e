import { describe, expect, it } from "vitest";
import { closesKnownAt } from "../../src/markets/close-history.ts";
import { leaderOf, leadThreshold } from "../../src/markets/leader.ts";
import type { PanelSymbol } from "../../src/pricing/observations.ts";

const RETURNS = new Map<PanelSymbol, number | null>([
  ["BTC", -0.1],
  ["SPX", 0.02],
  ["HSI", null],
]);

function ask(rows: readonly (readonly [PanelSymbol, string, number])[], returns = RETURNS) {
  const { histories } = closesKnownAt(
    rows.map(([symbol, date, close]) => ({ symbol, date, close })),
    null,
  );
  return leaderOf({ histories, returns, from: "2025-11-03", to: "2025-11-07" });
}

describe("leadThreshold()", () => {
  it("is 0.66 for 22 days and 24 pair-lags", () => {
    // Student's t at 0.05 / 24 two-sided with 17 degrees of freedom is 3.626963 (SciPy), so r = 0.660487.
    expect(leadThreshold(22)).toBeCloseTo(0.660487, 5);
  });

  it("falls with more days and rises with more tests", () => {
    expect(leadThreshold(252)).toBeLessThan(leadThreshold(22) ?? 0);
    expect(leadThreshold(22, 112)).toBeGreaterThan(leadThreshold(22) ?? 1);
  });

  it("is null where no pairs are left", () => {
    expect(leadThreshold(5)).toBeNull();
    expect(leadThreshold(6)).toBeGreaterThan(0.99);
  });
});

describe("leaderOf()", () => {
  it("never names a leader, and sets the earliest peak and the largest fall beside that", () => {
    const leader = ask([
      ["BTC", "2025-10-31", 999], // before the window
      ["BTC", "2025-11-03", 100],
      ["BTC", "2025-11-04", 120],
      ["BTC", "2025-11-07", 90],
      ["SPX", "2025-11-03", 100],
      ["SPX", "2025-11-06", 105],
      ["SPX", "2025-11-07", 102],
      ["GOLD", "2025-11-03", 100],
      ["GOLD", "2025-11-07", 101], // still at its highest
    ]);
    expect(leader).toMatchObject({
      answer: "no statistical leader",
      days: 5,
      thresholdR: null,
      earliestPeak: { date: "2025-11-04", symbols: ["BTC"] },
      largestFall: { symbol: "BTC", return: -0.1 },
    });
    expect(leader.peaks).toEqual([
      { symbol: "BTC", date: "2025-11-04", fallSince: expect.closeTo(-0.25, 12) },
      { symbol: "SPX", date: "2025-11-06", fallSince: expect.closeTo(102 / 105 - 1, 12) },
    ]);
  });

  it("names all assets that peaked on the first date", () => {
    const rows = (["NDX", "SPX"] as const).flatMap((symbol) => [
      [symbol, "2025-11-03", 100] as const,
      [symbol, "2025-11-04", 99] as const,
    ]);
    expect(ask(rows).earliestPeak).toEqual({ date: "2025-11-03", symbols: ["NDX", "SPX"] });
  });

  it("has neither peak nor fall when all rose", () => {
    const leader = ask([["SPX", "2025-11-03", 100]], new Map([["SPX", 0.01]]));
    expect(leader).toMatchObject({ earliestPeak: null, largestFall: null, peaks: [] });
  });
});
