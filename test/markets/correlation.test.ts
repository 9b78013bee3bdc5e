import fc from "fast-check";
import { sampleCorrelation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { closesKnownAt } from "../../src/markets/close-history.ts";
import { correlationOf } from "../../src/markets/correlation.ts";
import { adjustForVariance } from "../../src/markets/forbes-rigobon.ts";
import { meanCorrelation } from "../../src/markets/mean-correlation.ts";
import { tradeDaysUpTo } from "../../src/markets/same-date-returns.ts";
import { PANEL } from "../../src/pricing/observations.ts";
import { closesFrom, normals } from "./panel.ts";

const SEED = 20251117;
const PANELS = 300;
const DAYS = 63;
const END = "2025-11-17";

/** Returns of `assets` that share one factor, so that any two correlate `rho`. */
function oneFactor(assets: number, days: number, rho: number, seed: number): number[][] {
  const draw = normals(seed);
  const common = Array.from({ length: days }, draw);
  return Array.from({ length: assets }, () =>
    common.map((f) => 0.01 * (Math.sqrt(rho) * f + Math.sqrt(1 - rho) * draw())),
  );
}

describe("meanCorrelation()", () => {
  it.each([
    { assets: 2, rho: 0.6 },
    { assets: 8, rho: 0.4 },
    { assets: 8, rho: 0 },
  ])(`covers $rho between $assets assets in 90 to 99 % of ${PANELS} panels`, ({ assets, rho }) => {
    let covered = 0;
    for (let seed = 1; seed <= PANELS; seed++) {
      const found = meanCorrelation(oneFactor(assets, DAYS, rho, seed));
      if (found === null || found.low === null || found.high === null) throw new Error(`Cannot judge panel ${seed}`);
      if (found.low <= rho && rho <= found.high) covered += 1;
    }
    expect(covered / PANELS).toBeGreaterThanOrEqual(0.9);
    expect(covered / PANELS).toBeLessThanOrEqual(0.99);
  });

  it("is the plain correlation for two series, in an interval about as wide as Fisher's 1 / sqrt(n - 3)", () => {
    const [one = [], other = []] = oneFactor(2, 2_000, 0.5, 11);
    const found = meanCorrelation([one, other]);
    expect(found).toMatchObject({ value: expect.closeTo(sampleCorrelation(one, other), 12), n: 2_000, pairs: 1 });
    const half = (Math.atanh(found?.high ?? 0) - Math.atanh(found?.low ?? 0)) / 2;
    expect(half * Math.sqrt(2_000 - 3)).toBeCloseTo(1.96, 0);
  });

  it("is the mean over pairs, each on its own common days", () => {
    const [a = [], b = [], c = []] = oneFactor(3, 60, 0.5, 4) as (number | null)[][];
    const gaps = c.map((value, day) => (day < 10 ? null : value));
    const on = (one: (number | null)[], other: (number | null)[], from: number) =>
      sampleCorrelation(one.slice(from).map(Number), other.slice(from).map(Number));
    expect(meanCorrelation([a, b, gaps])).toMatchObject({
      value: expect.closeTo((on(a, b, 0) + on(a, c, 10) + on(b, c, 10)) / 3, 12),
      n: 50,
      pairs: 3,
    });
  });

  it("matches an interval computed by leaving out days one by one", () => {
    const [a = [], b = []] = oneFactor(2, 40, 0.3, 8);
    const z = a.map((_, day) => Math.atanh(sampleCorrelation(a.toSpliced(day, 1), b.toSpliced(day, 1))));
    const mean = z.reduce((sum, each) => sum + each, 0) / 40;
    const error = Math.sqrt((39 / 40) * z.reduce((sum, each) => sum + (each - mean) ** 2, 0));
    const t39 = 2.02269; // Student's t, 39 degrees of freedom, 97.5 %
    expect(meanCorrelation([a, b])?.high).toBeCloseTo(Math.tanh(Math.atanh(sampleCorrelation(a, b)) + t39 * error), 5);
  });

  it("needs 30 common days on which both vary, and gives no interval where z is infinite", () => {
    const [a = [], b = []] = oneFactor(2, 29, 0.5, 1);
    expect(meanCorrelation([a, b])).toBeNull();
    expect(meanCorrelation([])).toBeNull();
    const [c = []] = oneFactor(1, 40, 0.5, 2);
    expect(meanCorrelation([c, c.map(() => 0)])).toBeNull();
    expect(meanCorrelation([c, c.map((value) => -2 * value)])).toMatchObject({ value: expect.closeTo(-1, 12), n: 40 });
  });
});

describe("adjustForVariance()", () => {
  it("gives back the calm correlation when only the source's variance rose", () => {
    // y = b x + e: the correlation is b sx / sqrt(b^2 sx^2 + se^2), which rises with sx^2 though b does not.
    const correlation = (b: number, variance: number) => (b * Math.sqrt(variance)) / Math.sqrt(b * b * variance + 1);
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.double({ min: -0.9, max: 20, noNaN: true }),
        (b, variance, delta) => {
          const turbulent = correlation(b, variance * (1 + delta));
          expect(adjustForVariance(turbulent, delta)).toBeCloseTo(correlation(b, variance), 10);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it.each([
    { rho: 0.6, delta: 1, want: 0.6 / Math.sqrt(1.64) },
    { rho: 0.6, delta: 0, want: 0.6 },
    { rho: 1, delta: 3, want: 1 },
    { rho: -0.5, delta: 2, want: -0.5 / Math.sqrt(2.5) },
  ])("takes $rho with delta $delta to $want", ({ rho, delta, want }) => {
    expect(adjustForVariance(rho, delta)).toBeCloseTo(want, 12);
  });

  it("refuses what is no correlation and no variance", () => {
    expect(() => adjustForVariance(1.1, 1)).toThrow("must be -1 to 1");
    expect(() => adjustForVariance(0.5, -1)).toThrow("must be above -1");
  });
});

describe("correlationOf()", () => {
  const days = tradeDaysUpTo(END, 252 + DAYS);
  const panel = (louder: number) =>
    oneFactor(PANEL.length, days.length, 0.4, 21).flatMap((returns, i) =>
      closesFrom(
        PANEL[i] ?? "BTC",
        days,
        returns.map((value, day) => (day < 252 ? value : value * louder)),
      ),
    );

  it("measures delta as the rise of variance over the 252 days before, and adjusts by it", () => {
    const { histories } = closesKnownAt(panel(2), null);
    const { correlation, correlationAdjusted } = correlationOf(histories, END);
    // Four times the variance, give or take the noise of 63 days against 252.
    expect(correlationAdjusted.delta).toBeGreaterThan(2);
    expect(correlationAdjusted.delta).toBeLessThan(4);
    expect(correlationAdjusted.value).toBe(adjustForVariance(correlation.value ?? 0, correlationAdjusted.delta ?? 0));
    expect(correlation.low).toBeLessThan(0.4);
    expect(correlation.high).toBeGreaterThan(0.4);
    expect(correlation).toMatchObject({ pairs: 28, from: days[252]?.date, to: END });
    expect(correlation.dataAt).toEqual(new Date("2025-11-18T00:00:00Z"));
  });

  it("does not change the raw figure when every return is twice as large", () => {
    const raw = (louder: number) => correlationOf(closesKnownAt(panel(louder), null).histories, END).correlation.value;
    expect(raw(2)).toBeCloseTo(raw(1) ?? Number.NaN, 10);
  });

  it("shows the raw figure alone when there are no calm days to compare with", () => {
    const recent = panel(1).filter(({ date }) => date >= (days[252]?.fromDate ?? ""));
    const { correlation, correlationAdjusted } = correlationOf(closesKnownAt(recent, null).histories, END);
    expect(correlation.value).not.toBeNull();
    expect(correlationAdjusted).toMatchObject({ value: null, delta: null });
    expect(correlationAdjusted.note).toContain("no asset has 60 returns");
  });

  it("says so when there is nothing to correlate", () => {
    const { correlation, correlationAdjusted } = correlationOf(closesKnownAt([], null).histories, END);
    expect(correlation).toMatchObject({ value: null, n: 0, from: null, to: null, dataAt: null });
    expect(correlationAdjusted.note).toContain("no two assets have 30 common returns");
  });
});
