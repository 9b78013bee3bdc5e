import { describe, expect, it } from "vitest";
import { atLeastDownByChance, breadthOf } from "../../src/markets/breadth.ts";
import { normals } from "./panel.ts";

/** The null by brute force: probability of exactly `down`, averaged over the common factor from -8 to 8 by trapezoids. */
function exactlyDownByIntegration(down: number, n: number): number {
  const STEPS = 16_000;
  const step = 16 / STEPS;
  let choose = 1;
  for (let i = 1; i <= down; i++) choose = (choose * (n - down + i)) / i;
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let sum = 0;
  let rise = 0; // P(own part < z); at correlation 0.5 the own part varies as much as the common one
  for (let i = 0; i <= STEPS; i++) {
    const z = -8 + i * step;
    if (i > 0) rise += ((density(z - step) + density(z)) * step) / 2;
    sum += density(z) * choose * (1 - rise) ** down * rise ** (n - down);
  }
  return sum * step;
}

describe("atLeastDownByChance()", () => {
  it.each([1, 2, 5, 8, 12])("is 1 / (n + 1) for all %i down, and 1 for none at least", (n) => {
    expect(atLeastDownByChance(n, n)).toBeCloseTo(1 / (n + 1), 12);
    expect(atLeastDownByChance(0, n)).toBe(1);
  });

  it.each([1, 3, 8])("equals the integral over the common factor for each count of %i", (n) => {
    for (let down = 0; down <= n; down++) {
      let want = 0;
      for (let k = down; k <= n; k++) want += exactlyDownByIntegration(k, n);
      expect(atLeastDownByChance(down, n)).toBeCloseTo(want, 6);
    }
  });

  it("equals the share in simulated panels that correlate 0.5", () => {
    const draw = normals(5);
    const DRAWS = 20_000;
    const counts = Array.from({ length: DRAWS }, () => {
      const common = draw();
      return Array.from({ length: 8 }, () => common + draw()).filter((value) => value < 0).length;
    });
    for (const down of [4, 6, 8]) {
      const share = counts.filter((count) => count >= down).length / DRAWS;
      expect(Math.abs(share - atLeastDownByChance(down, 8))).toBeLessThan(0.015); // four standard errors
    }
  });

  it("refuses a count outside the panel", () => {
    expect(() => atLeastDownByChance(9, 8)).toThrow("Cannot count 9 of 8 assets down");
    expect(() => atLeastDownByChance(1.5, 8)).toThrow("whole numbers");
  });
});

describe("breadthOf()", () => {
  const window = { from: "2025-10-17", to: "2025-11-17" };
  const returnOf = (value: number | null) => ({
    value,
    fromDate: window.from,
    toDate: window.to,
    fromAt: new Date("2025-10-17T20:00:00Z"),
    toAt: new Date("2025-11-17T21:00:00Z"),
    provisional: false,
    note: null,
  });

  it("counts falls among the assets that have a return; unchanged is no fall and missing is no asset", () => {
    const { breadth, breadthNull } = breadthOf([-0.1, -0.02, 0, 0.03, null].map(returnOf), window);
    expect(breadth).toMatchObject({ value: 0.5, n: 4, down: 2, ...window, note: "1 of 5 assets have no return" });
    expect(breadthNull).toMatchObject({ value: 0.6, n: 4, dataAt: new Date("2025-11-17T21:00:00Z") });
  });

  it("gives the band that chance alone fills: with eight assets any share, with 79 all but two at either end", () => {
    expect(breadthOf(Array(8).fill(returnOf(-1e-3)), window).breadthNull).toMatchObject({ low: 0, high: 1 });
    expect(breadthOf(Array(79).fill(returnOf(-1e-3)), window).breadthNull).toMatchObject({
      low: 2 / 79,
      high: 77 / 79,
    });
  });

  it("is null, not 0, when nothing has a return", () => {
    const { breadth, breadthNull } = breadthOf([returnOf(null)], window);
    expect(breadth).toMatchObject({ value: null, n: 0, down: 0 });
    expect(breadthNull).toMatchObject({ value: null, note: "no asset has a return over the window" });
  });
});
