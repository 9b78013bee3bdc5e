import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neweyWestLags, regressNeweyWest } from "../../src/markets/newey-west.ts";

const SEED = 20251117;
const EXACT = 12; // digits after the point

// Worked by hand. Mean of x 1.5, of y 2.75; Sxx 5, Sxy 5.5; residuals -0.1, 0.8, -1.3, 0.6.
const X = [0, 1, 2, 3];
const Y = [1, 3, 2, 5];

const samples = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
    minLength: 5,
    maxLength: 40,
  })
  .filter((pairs) => new Set(pairs.map(([x]) => x)).size > 1)
  .map((pairs) => ({ x: pairs.map(([x]) => x), y: pairs.map(([, y]) => y) }));

describe("regressNeweyWest()", () => {
  it("is least squares whatever the lags, by the textbook's sums", () => {
    fc.assert(
      fc.property(samples, fc.nat(4), ({ x, y }, lags) => {
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const [mx, my] = [mean(x), mean(y)];
        const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
        const sxy = x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0);
        const { slope, intercept } = regressNeweyWest(x, y, lags);
        expect(slope).toBeCloseTo(sxy / sxx, 8);
        expect(intercept).toBeCloseTo(my - (sxy / sxx) * mx, 8);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("equals the classical errors with no lags when every residual is as large as the next", () => {
    // x and the residuals +-1 are orthogonal, so White's sum is that of equal variances: s^2 n / (n - 2) apart by definition.
    const x = [-1, -1, 1, 1, -1, -1, 1, 1];
    const y = x.map((value, i) => 3 + 2 * value + (i % 2 === 0 ? 1 : -1));
    const { slope, slopeError, interceptError } = regressNeweyWest(x, y, 0);
    const classical = Math.sqrt(8 / (8 - 2) / 8); // sqrt(SSR / (n - 2) / Sxx)
    expect(slope).toBeCloseTo(2, EXACT);
    expect(slopeError).toBeCloseTo(classical * Math.sqrt((8 - 2) / 8), EXACT);
    expect(interceptError).toBeCloseTo(slopeError, EXACT);
  });

  it.each([
    { lags: 0, slopeVariance: 1.415 / 25, interceptVariance: 0.1386 }, // White
    { lags: 1, slopeVariance: (1.415 - 0.385) / 25, interceptVariance: 0.1386 - 0.0484 }, // half the products one apart, twice
  ])("gives the errors worked by hand with $lags lags", ({ lags, slopeVariance, interceptVariance }) => {
    const answer = regressNeweyWest(X, Y, lags);
    expect(answer.slope).toBeCloseTo(1.1, EXACT);
    expect(answer.intercept).toBeCloseTo(1.1, EXACT);
    expect(answer.slopeError).toBeCloseTo(Math.sqrt(slopeVariance), EXACT);
    expect(answer.interceptError).toBeCloseTo(Math.sqrt(interceptVariance), EXACT);
    expect(answer.r2).toBeCloseTo(1 - 2.7 / 8.75, EXACT);
  });

  it("scales with y and against x, and errors stay real and at least 0", () => {
    fc.assert(
      fc.property(samples, ({ x, y }) => {
        const lags = neweyWestLags(x.length);
        const plain = regressNeweyWest(x, y, lags);
        const scaled = regressNeweyWest(
          x.map((value) => value * 4),
          y.map((value) => value * 2),
          lags,
        );
        expect(plain.slopeError).toBeGreaterThanOrEqual(0);
        expect(scaled.slope).toBeCloseTo(plain.slope / 2, 8);
        expect(scaled.slopeError).toBeCloseTo(plain.slopeError / 2, 6);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("fits a line exactly with no error, and says nothing of R2 when y does not vary", () => {
    const line = regressNeweyWest([1, 2, 4, 8], [5, 7, 11, 19], 1);
    expect(line).toMatchObject({ r2: expect.closeTo(1, EXACT), slopeError: expect.closeTo(0, 10) });
    expect(regressNeweyWest([1, 2, 4], [5, 5, 5], 0).r2).toBeNull();
  });

  it.each([
    { x: [1, 2, 3], y: [1, 2], lags: 0, words: "3 values of x and 2 of y" },
    { x: [1, 2], y: [1, 2], lags: 0, words: "2 observations" },
    { x: [7, 7, 7], y: [1, 2, 3], lags: 0, words: "x is 7 throughout" },
    { x: [1, 2, 3], y: [1, 2, 3], lags: 3, words: "3 lags for 3 observations" },
  ])("refuses: $words", ({ x, y, lags, words }) => {
    expect(() => regressNeweyWest(x, y, lags)).toThrow(words);
  });
});

describe("neweyWestLags()", () => {
  it.each([
    [30, 3],
    [60, 3],
    [100, 4],
    [252, 4],
    [273, 5],
  ])("for %i observations is %i", (n, lags) => {
    expect(neweyWestLags(n)).toBe(lags);
  });
});
