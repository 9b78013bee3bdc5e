import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Meeting } from "../../src/calendar/meetings.ts";
import type { Outcome } from "../../src/pricing/reading.ts";
import type { Shift, ShiftSide } from "../../src/repricing/shift.ts";
import { shiftBetween } from "../../src/repricing/shift.ts";

const SEED = 20251117;

function meeting(meetingDate: string, announcedAt: string | null, lowerBp = 375): Meeting {
  const decision = announcedAt === null ? null : { lowerBp, upperBp: lowerBp + 25, announcedAt: new Date(announcedAt) };
  return { meetingDate, effectiveDate: meetingDate, scheduled: true, knownFrom: null, cancelledAt: null, decision };
}
const OCTOBER = meeting("2025-10-29", "2025-10-29T18:00:00Z");
const DECEMBER = meeting("2025-12-10", null);

function outcomesOf(probabilities: Readonly<Record<number, number>>): Outcome[] {
  return Object.entries(probabilities).map(([lower, probability]) => ({
    lowerBp: Number(lower),
    upperBp: Number(lower) + 25,
    probability,
    low: null,
    high: null,
  }));
}

function side(tradeDate: string, targetLowerBp: number, probabilities: Readonly<Record<number, number>>): ShiftSide {
  const outcomes = outcomesOf(probabilities);
  const expectedRateBp = outcomes.reduce((sum, { lowerBp, probability }) => sum + probability * (lowerBp + 12.5), 0);
  return {
    tradeDate,
    asOf: new Date(`${tradeDate}T20:00:00Z`),
    target: { lowerBp: targetLowerBp, upperBp: targetLowerBp + 25 },
    reading: { expectedRateBp, outcomes, unsolved: null },
  };
}

// FedWatch's export for 10 Dec 2025.
const OCTOBER_17 = side("2025-10-17", 400, { 300: 0.000754, 325: 0.062581, 350: 0.936665 });
const NOVEMBER_17 = side("2025-11-17", 375, { 350: 0.423571, 375: 0.576429 });

function figuresOf({ outcomes }: Shift): (number | null)[][] {
  return outcomes.map(({ lowerBp, then: before, now, shiftPp }) => [lowerBp, before, now, shiftPp]);
}

describe("shiftBetween()", () => {
  it("gives the month to 17 Nov 2025: 93.7 % to 42.4 % for 350-375, 16.0 bp, across a decision", () => {
    const shift = shiftBetween(OCTOBER_17, NOVEMBER_17, [OCTOBER, DECEMBER]);
    expect(shift.crossesDecision).toBe(true);
    expect(shift.expectedRateShiftBp).toBeCloseTo(16.0, 1);
    expect(shift.outcomes.map(({ lowerBp }) => lowerBp)).toEqual([300, 325, 350, 375]);
    expect(figuresOf(shift)[2]).toEqual([350, 0.936665, 0.423571, expect.closeTo(-51.3094, 4)]);
    expect(figuresOf(shift)[3]?.slice(0, 3)).toEqual([375, 0, 0.576429]);
  });

  it("changes sign when the sides are swapped, and sums to no shift at all", () => {
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.integer({ min: 10, max: 18 }),
        fc.integer({ min: 10, max: 18 }),
        (p, q, one, other) => {
          const from = side("2025-10-17", 400, { [one * 25]: p, [one * 25 + 25]: 1 - p });
          const to = side("2025-10-20", 400, { [other * 25]: q, [other * 25 + 25]: 1 - q });
          const forth = shiftBetween(from, to, []);
          const back = shiftBetween(to, from, []);
          expect(back.expectedRateShiftBp).toBeCloseTo(-(forth.expectedRateShiftBp ?? Number.NaN), 9);
          expect(back.outcomes.map(({ shiftPp }) => shiftPp)).toEqual(
            forth.outcomes.map(({ shiftPp }) => 0 - (shiftPp ?? 1)),
          );
          expect(forth.outcomes.reduce((sum, { shiftPp }) => sum + (shiftPp ?? 1), 0)).toBeCloseTo(0, 9);
        },
      ),
      { seed: SEED },
    );
  });

  it("has no shift, not a shift of 0, where a side is unsolved or missing", () => {
    const unsolved = {
      ...OCTOBER_17,
      reading: {
        expectedRateBp: null,
        outcomes: [],
        unsolved: { reason: "missing_contract" as const, detail: "no ZQX25" },
      },
    };
    for (const from of [unsolved, { ...OCTOBER_17, reading: null }]) {
      const shift = shiftBetween(from, NOVEMBER_17, [OCTOBER]);
      expect(shift.expectedRateShiftBp).toBeNull();
      expect(figuresOf(shift)).toEqual([
        [350, null, 0.423571, null],
        [375, null, 0.576429, null],
      ]);
      expect(shift.crossesDecision).toBe(true);
    }
  });

  describe("crossesDecision", () => {
    const certain = { 400: 1 };
    const crosses = (from: ShiftSide, to: ShiftSide, meetings: readonly Meeting[]) =>
      shiftBetween(from, to, meetings).crossesDecision;

    it("is false between two days with no decision, true over a change and over a hold", () => {
      const from = side("2025-10-17", 400, certain);
      expect(crosses(from, side("2025-10-20", 400, certain), [OCTOBER])).toBe(false);
      expect(crosses(from, side("2025-10-30", 375, certain), [])).toBe(true);
      const hold = meeting("2025-10-29", "2025-10-29T18:00:00Z", 400);
      expect(crosses(from, side("2025-10-30", 400, certain), [hold])).toBe(true);
      expect(crosses(side("2025-10-30", 400, certain), from, [hold])).toBe(true);
    });

    it("counts the settlement an hour after the statement as after it", () => {
      const decisionDay = side("2025-10-29", 400, certain);
      const hold = meeting("2025-10-29", "2025-10-29T18:00:00Z", 400);
      expect(crosses(side("2025-10-28", 400, certain), decisionDay, [hold])).toBe(true);
      expect(crosses(decisionDay, side("2025-10-30", 400, certain), [hold])).toBe(false);
    });

    it("counts a past meeting whose outcome nobody recorded, but not a cancelled one", () => {
      const unrecorded = meeting("2025-10-29", null);
      const from = side("2025-10-28", 400, certain);
      const to = side("2025-10-30", 400, certain);
      expect(crosses(from, to, [unrecorded])).toBe(true);
      expect(crosses(from, to, [{ ...unrecorded, cancelledAt: new Date("2025-10-20T00:00:00Z") }])).toBe(false);
    });
  });
});
