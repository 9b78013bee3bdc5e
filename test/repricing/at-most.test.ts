import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MeetingReading } from "../../src/pricing/reading.ts";
import { largestAtMostShift } from "../../src/repricing/at-most.ts";

type Reading = Pick<MeetingReading, "outcomes" | "unsolved">;

function readingOf(probabilities: Readonly<Record<number, number>>): Reading {
  const outcomes = Object.entries(probabilities).map(([lower, probability]) => ({
    lowerBp: Number(lower),
    upperBp: Number(lower) + 25,
    probability,
    low: null,
    high: null,
  }));
  return { outcomes, unsolved: null };
}

// FedWatch's export for 10 Dec 2025.
const OCTOBER_17 = readingOf({ 300: 0.000754, 325: 0.062581, 350: 0.936665 });
const NOVEMBER_17 = readingOf({ 350: 0.423571, 375: 0.576429 });

describe("largestAtMostShift()", () => {
  it("is 57.6 points for at most 350-375 from 17 October to 17 November 2025, where the range itself lost 51.3", () => {
    const shift = largestAtMostShift(OCTOBER_17, NOVEMBER_17);
    expect(shift).toEqual({
      upperBp: 375,
      probabilityStart: expect.closeTo(1, 9),
      probabilityExtreme: 0.423571,
      shiftPp: expect.closeTo(-57.6429, 4),
    });
  });

  it("changes sign when the sides are swapped, and falls when the whole distribution rises", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 3 }), (parts, steps) => {
        const sum = parts.reduce((total, part) => total + part, 0);
        const at = (lowest: number) =>
          readingOf(Object.fromEntries(parts.map((part, i) => [lowest + 25 * i, part / sum])));
        const up = largestAtMostShift(at(300), at(300 + 25 * steps));
        const down = largestAtMostShift(at(300 + 25 * steps), at(300));
        expect(up?.shiftPp).toBeLessThan(0);
        expect(down?.shiftPp).toBeCloseTo(-(up?.shiftPp ?? 0), 12);
        expect(down?.upperBp).toBe(up?.upperBp);
      }),
      { seed: 20251117 },
    );
  });

  it("is null when a side is unsolved", () => {
    const unsolved: Reading = { outcomes: [], unsolved: { reason: "missing_contract", detail: "no price of ZQF26" } };
    expect(largestAtMostShift(OCTOBER_17, unsolved)).toBeNull();
    expect(largestAtMostShift(unsolved, OCTOBER_17)).toBeNull();
  });
});
