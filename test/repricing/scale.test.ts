import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atHorizon, PARAMETERS } from "../../src/repricing/parameters.ts";
import { firstScaleBp, legThresholdBp, nextScaleBp, sigmaBp } from "../../src/repricing/scale.ts";

const bpMove = fc.double({ min: -200, max: 200, noNaN: true });

describe("sigmaBp()", () => {
  it("is the horizon's floor on the first day of a series", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (days) => {
        expect(sigmaBp(firstScaleBp(days, PARAMETERS), days, PARAMETERS)).toBeCloseTo(
          atHorizon(PARAMETERS.floors, days),
          12,
        );
      }),
      { seed: 1 },
    );
  });

  it("stays between the floor and twice the floor whatever came before", () => {
    fc.assert(
      fc.property(fc.array(bpMove, { maxLength: 60 }), fc.integer({ min: 0, max: 400 }), (moves, days) => {
        const scale = moves.reduce((sum, move) => nextScaleBp(sum, move, PARAMETERS), firstScaleBp(days, PARAMETERS));
        const floor = atHorizon(PARAMETERS.floors, days);
        expect(sigmaBp(scale, days, PARAMETERS)).toBeGreaterThanOrEqual(floor);
        expect(sigmaBp(scale, days, PARAMETERS)).toBeLessThanOrEqual(2 * floor);
      }),
      { seed: 2 },
    );
  });

  it.each([
    [7, 0.5],
    [8, 1],
    [21, 1],
    [45, 1.5],
    [90, 2.5],
    [150, 3.5],
    [151, 5],
  ])("has for %d days to the meeting the floor %d bp", (days, floor) => {
    expect(sigmaBp(0, days, PARAMETERS)).toBe(floor);
  });
});

describe("nextScaleBp()", () => {
  it("forgets half of what was in 20 observations", () => {
    let scale = 2;
    for (let i = 0; i < 20; i++) scale = nextScaleBp(scale, 0, PARAMETERS);
    expect(scale).toBeCloseTo(1, 12);
  });

  it("stays where it is when every move is its own size", () => {
    expect(nextScaleBp(2, -2, PARAMETERS)).toBeCloseTo(2, 12);
  });

  it("counts a move up to four times the scale, and that as 0.3 bp at least", () => {
    expect(nextScaleBp(2, 500, PARAMETERS)).toBe(nextScaleBp(2, 8, PARAMETERS));
    expect(nextScaleBp(0, 500, PARAMETERS)).toBe(nextScaleBp(0, 1.2, PARAMETERS));
  });
});

describe("legThresholdBp()", () => {
  it("is 5 bp, or one and a half sigmas where that is more", () => {
    expect(legThresholdBp(3, PARAMETERS)).toBe(5);
    expect(legThresholdBp(4, PARAMETERS)).toBe(6);
  });
});

describe("PARAMETERS", () => {
  it("is the same after a round through JSON, so that the stored table is the whole truth", () => {
    expect(JSON.parse(JSON.stringify(PARAMETERS))).toEqual(PARAMETERS);
  });

  it("refuses a horizon that a table does not cover", () => {
    expect(() => atHorizon([{ throughDays: 7, bp: 1 }], 8)).toThrow("no row for 8 days, the last must have null");
  });
});
