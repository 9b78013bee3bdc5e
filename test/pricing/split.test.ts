import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snapMoves, splitMove } from "../../src/pricing/split.ts";
import { hasHistory, readHistory } from "./market-history.ts";

const SEED = 20251117;
const MEAN_BP = 1e-9;
const PRINTED = 5e-7; // the published example has six digits
const changes = fc.oneof(
  fc.double({ min: -1000, max: 1000, noNaN: true }),
  fc.integer({ min: -4000, max: 4000 }).map((n) => n / 4),
);

describe("splitMove()", () => {
  it("has the change as its mean", () => {
    fc.assert(
      fc.property(changes, (changeBp) => {
        const mean = splitMove(changeBp).reduce((sum, outcome) => sum + outcome.changeBp * outcome.probability, 0);
        expect(Math.abs(mean - changeBp)).toBeLessThanOrEqual(MEAN_BP);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("gives one or two neighbouring multiples of 25 bp, none of them impossible, summing to 1", () => {
    fc.assert(
      fc.property(changes, (changeBp) => {
        const outcomes = splitMove(changeBp);
        expect(outcomes.length).toBeLessThanOrEqual(2);
        expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBe(1);
        for (const outcome of outcomes) {
          expect(outcome.changeBp % 25 === 0 && !Object.is(outcome.changeBp, -0)).toBe(true);
          expect(outcome.probability).toBeGreaterThan(0);
        }
        const [first, second] = outcomes;
        if (first !== undefined && second !== undefined) expect(second.changeBp - first.changeBp).toBe(25);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("mirrors a change of the other sign", () => {
    fc.assert(
      fc.property(changes, (changeBp) => {
        const mirrored = splitMove(-changeBp).map((o) => ({ changeBp: 0 - o.changeBp, probability: o.probability }));
        expect(splitMove(changeBp)).toEqual(mirrored.reverse());
      }),
      { seed: SEED },
    );
  });

  // The first from CME's article of 2023 (54.6429 bp there are of a hike); 10 and -10 as in its explanation of the mantissa.
  it.each([
    { changeBp: -54.6429, want: { "-75": 0.185716, "-50": 0.814284 } },
    { changeBp: 10, want: { "0": 0.6, "25": 0.4 } },
    { changeBp: -10, want: { "-25": 0.4, "0": 0.6 } },
    { changeBp: 50, want: { "50": 1 } },
    { changeBp: 0, want: { "0": 1 } },
    { changeBp: -25, want: { "-25": 1 } },
  ])("splits $changeBp bp between neighbouring moves", ({ changeBp, want }) => {
    expectSplit(changeBp, want);
  });

  it.skipIf(!hasHistory("vectors/split.json"))("equals the shared vector (skipped where it is absent)", () => {
    const { cases } = JSON.parse(readHistory("vectors/split.json")) as { cases: [number, Record<string, number>][] };
    expect(cases.length).toBeGreaterThan(0);
    for (const [changeBp, want] of cases) expectSplit(changeBp, want);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %s", (changeBp) => {
    expect(() => splitMove(changeBp)).toThrow(RangeError);
  });
});

describe("snapMoves()", () => {
  it("removes binary noise around a whole step", () => {
    expect(snapMoves(0.9999999999999)).toBe(1);
    expect(snapMoves(-2.0000000000001)).toBe(-2);
    expect(Object.is(snapMoves(-1e-15), 0)).toBe(true);
    expect(splitMove(0.1 * 3 * 25 - 0.3 * 25)).toEqual([{ changeBp: 0, probability: 1 }]);
  });

  it("leaves the smallest moves that ticks can make", () => {
    const smallest = 0.25 / 25 / 31 ** 3; // a quarter of a basis point, averaged over three months
    expect(snapMoves(1 - smallest)).toBe(1 - smallest);
    expect(splitMove(smallest * 25)).toHaveLength(2);
  });
});

function expectSplit(changeBp: number, want: Record<string, number | undefined>): void {
  const outcomes = splitMove(changeBp);
  expect(outcomes.map((outcome) => outcome.changeBp)).toEqual(
    Object.keys(want)
      .map(Number)
      .sort((a, b) => a - b),
  );
  for (const outcome of outcomes) {
    expect(Math.abs(outcome.probability - (want[outcome.changeBp] ?? 0))).toBeLessThanOrEqual(PRINTED);
  }
}
