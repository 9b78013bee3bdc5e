import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTargetRange, measureProbability, splitAgainst, splitOfMoves } from "../../src/pricing/measures.ts";
import { splitMove } from "../../src/pricing/split.ts";

const SEED = 20251117;
// FedWatch's export of 17 Oct 2025 for 10 Dec 2025; the range in force was 400-425.
const outcomes = [
  { lowerBp: 300, upperBp: 325, probability: 0.000754, low: null, high: null },
  { lowerBp: 325, upperBp: 350, probability: 0.062581, low: null, high: null },
  { lowerBp: 350, upperBp: 375, probability: 0.936665, low: null, high: null },
];
const reading = { outcomes, unsolved: null };

describe("measureProbability()", () => {
  it("tells exactly a range from at most and at least it", () => {
    const of = (measure: "range" | "at_most" | "at_least") =>
      measureProbability(reading, { measure, lowerBp: 325, upperBp: 350 });
    expect(of("range")).toBe(0.062581);
    expect(of("at_most")).toBeCloseTo(0.063335, 12);
    expect(of("at_least")).toBeCloseTo(0.999246, 12);
  });

  it("has at most and at least a range share that range and nothing else", () => {
    for (let lowerBp = 250; lowerBp <= 450; lowerBp += 25) {
      const of = (measure: "range" | "at_most" | "at_least") =>
        measureProbability(reading, { measure, lowerBp, upperBp: lowerBp + 25 }) ?? Number.NaN;
      expect(of("at_most") + of("at_least") - of("range")).toBeCloseTo(1, 12);
    }
  });

  it("is 0 outside the distribution and null where there is none", () => {
    expect(measureProbability(reading, { measure: "range", lowerBp: 400, upperBp: 425 })).toBe(0);
    const unsolved = { outcomes: [], unsolved: { reason: "missing_contract" as const, detail: "no price of ZQX25" } };
    expect(measureProbability(unsolved, { measure: "at_most", lowerBp: 400, upperBp: 425 })).toBeNull();
  });

  it("reads a single level as before 16 Dec 2008", () => {
    const level = { outcomes: [{ lowerBp: 100, upperBp: 100, probability: 1, low: null, high: null }], unsolved: null };
    expect(measureProbability(level, { measure: "range", lowerBp: 100, upperBp: 100 })).toBe(1);
    expect(measureProbability(level, { measure: "range", lowerBp: 100, upperBp: 125 })).toBe(0);
  });

  it.each([
    [360, 385],
    [350, 400],
    [375, 350],
    [350.5, 375.5],
  ])("refuses %d-%d", (lowerBp, upperBp) => {
    expect(() => measureProbability(reading, { measure: "range", lowerBp, upperBp })).toThrow(
      `Cannot measure the range ${lowerBp}-${upperBp}: must be one step of 25 bp on the 25 bp grid`,
    );
  });

  it("never passes 1 on a sum of printed roundings", () => {
    const printed = { outcomes: outcomes.map((o) => ({ ...o, probability: o.probability + 4e-7 })), unsolved: null };
    expect(measureProbability(printed, { measure: "at_most", lowerBp: 400, upperBp: 425 })).toBe(1);
  });
});

describe("isTargetRange()", () => {
  it("takes negative rates and single levels", () => {
    expect(isTargetRange({ lowerBp: -25, upperBp: 0 })).toBe(true);
    expect(isTargetRange({ lowerBp: 525, upperBp: 525 })).toBe(true);
    expect(isTargetRange({ lowerBp: Number.NaN, upperBp: Number.NaN })).toBe(false);
  });
});

describe("splitAgainst()", () => {
  it("measures ease, hold and hike against the range it is given", () => {
    expect(splitAgainst(outcomes, { lowerBp: 400, upperBp: 425 })).toEqual({ ease: 1, hold: 0, hike: 0 });
    const against = splitAgainst(outcomes, { lowerBp: 325, upperBp: 350 });
    expect(against).toEqual({ ease: 0.000754, hold: 0.062581, hike: 0.936665 });
  });
});

describe("splitOfMoves()", () => {
  it("adds up the two-point split by sign", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (moves) => {
        const split = splitOfMoves(moves);
        expect(split.ease + split.hold + split.hike).toBeCloseTo(1, 12);
        const outcomes = splitMove(moves * 25);
        const ease = outcomes.reduce((sum, o) => sum + (o.changeBp < 0 ? o.probability : 0), 0);
        const hike = outcomes.reduce((sum, o) => sum + (o.changeBp > 0 ? o.probability : 0), 0);
        expect(split.ease).toBeCloseTo(ease, 9);
        expect(split.hike).toBeCloseTo(hike, 9);
      }),
      { seed: SEED },
    );
  });
});
