import { describe, expect, it } from "vitest";
import { readStrip } from "../../src/pricing/read-strip.ts";
import { tickSensitivity } from "../../src/pricing/tick-sensitivity.ts";
import { meetingOf, pricesOf, stripOf } from "./market-history.ts";

const calendar = {
  meetings: ["2025-09-17", "2025-10-29", "2025-12-10", "2026-01-28", "2026-03-18"].map((meetingDate) =>
    meetingOf({ meetingDate }),
  ),
  completeThrough: "2026-12",
};
const prices = {
  "2025-11": 96.125,
  "2025-12": 96.2,
  "2026-01": 96.24,
  "2026-02": 96.325,
  "2026-03": 96.35,
  "2026-04": 96.42,
};
const strip = stripOf({
  tradeDate: "2025-11-17",
  prices: pricesOf(prices),
  calendar,
  target: { lowerBp: 375, upperBp: 400 },
});
const december = { meetingDate: "2025-12-10", lowerBp: 350, upperBp: 375 };

const shifts = (question: Parameters<typeof tickSensitivity>[1]) =>
  tickSensitivity(strip, question)?.map(({ contractMonth, shiftPp }) => [contractMonth, Number(shiftPp.toFixed(2))]);

describe("tickSensitivity()", () => {
  it("is -2.00, +2.21, -0.21 pp per half basis point for 350-375 on 17 Nov 2025", () => {
    expect(shifts({ ...december, tickBp: 0.5 })).toEqual([
      ["2025-11", -2],
      ["2026-01", 2.21],
      ["2026-02", -0.21],
    ]);
  });

  it("takes each contract's own tick by default: a quarter of a basis point in the trade month", () => {
    expect(shifts(december)).toEqual([
      ["2025-11", -1],
      ["2026-01", 2.21],
      ["2026-02", -0.21],
    ]);
  });

  it("sums to 0 over the ranges of a distribution", () => {
    const [, , march] = readStrip(strip);
    const total = new Map<string, number>();
    expect(march?.meetingDate).toBe("2026-03-18");
    for (let lowerBp = 250; lowerBp <= 450; lowerBp += 25) {
      const range = { meetingDate: "2026-03-18", lowerBp, upperBp: lowerBp + 25 };
      for (const { contractMonth, shiftPp } of tickSensitivity(strip, range) ?? []) {
        total.set(contractMonth, (total.get(contractMonth) ?? 0) + shiftPp);
      }
    }
    expect(total.size).toBe(march?.contracts.length);
    for (const sum of total.values()) expect(Math.abs(sum)).toBeLessThan(1e-9);
  });

  it("is null for an unsolved meeting, refuses an unknown one and a range off the grid", () => {
    const short = { ...strip, prices: pricesOf({ "2025-11": 96.125 }) };
    expect(tickSensitivity(short, december)).toBeNull();
    expect(() => tickSensitivity(strip, { ...december, meetingDate: "2025-10-29" })).toThrow(
      "Cannot find the meeting of 2025-10-29: not among the next open ones on 2025-11-17",
    );
    expect(() => tickSensitivity(strip, { ...december, lowerBp: 355 })).toThrow(RangeError);
  });
});

describe("readStrip() with bands", () => {
  const banded = readStrip(strip, { bands: true });
  const plain = readStrip(strip);

  it("adds bands and sensitivities and changes nothing else", () => {
    const stripped = banded.map((reading) => ({
      ...reading,
      tickSensitivityPp: null,
      outcomes: reading.outcomes.map((outcome) => ({ ...outcome, low: null, high: null })),
      contracts: reading.contracts.map((contract) => ({ ...contract, tickSensitivityPp: null })),
    }));
    expect(stripped).toEqual(plain);
  });

  it("spans what each contract gives half a tick up and down, one at a time", () => {
    for (const [k, reading] of banded.entries()) {
      const variants = Object.entries(prices).flatMap(([month, price]) => {
        const half = month === "2025-11" ? 0.00125 : 0.0025;
        return [half, -half].map(
          (move) => readStrip({ ...strip, prices: pricesOf({ ...prices, [month]: price + move }) })[k],
        );
      });
      for (const outcome of reading.outcomes) {
        const same = variants.map(
          (variant) => variant?.outcomes.find(({ lowerBp }) => lowerBp === outcome.lowerBp)?.probability ?? 0,
        );
        expect(outcome.low).toBeCloseTo(Math.min(outcome.probability, ...same), 9);
        expect(outcome.high).toBeCloseTo(Math.max(outcome.probability, ...same), 9);
      }
    }
  });

  it("reports each contract's effect on the likeliest outcome and the largest of them", () => {
    const [reading] = banded;
    expect(reading?.contracts.map(({ tickSensitivityPp }) => Number(tickSensitivityPp?.toFixed(2)))).toEqual([
      1, -2.21, 0.21,
    ]);
    expect(reading?.tickSensitivityPp).toBeCloseTo(2.2143, 4);
  });

  it("says how far the expected rate moves for a tick of the contract solved from its own average", () => {
    const [december10, january28] = plain;
    expect(december10?.ownTickBp).toBeCloseTo((0.5 * 31) / 28, 9); // ZQF26 gives the rate before 28 January
    expect(january28?.ownTickBp).toBeNull(); // that rate is the end of one move and the start of the next
  });
});
