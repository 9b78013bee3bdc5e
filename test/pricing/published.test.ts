import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import type { PublishedOutcome } from "../../src/pricing/observations.ts";
import { readPublished } from "../../src/pricing/published.ts";
import { hasHistory, meetingOf, rowsOf } from "./market-history.ts";

const calendar = {
  meetings: [meetingOf({ meetingDate: "2025-10-29", range: [375, 400] }), meetingOf({ meetingDate: "2025-12-10" })],
  completeThrough: "2026-12",
};
const outcome = (lowerBp: number, probability: number): PublishedOutcome => ({
  lowerBp,
  upperBp: lowerBp + 25,
  probability,
});
// FedWatch's export of 17 Oct 2025.
const DECEMBER = [outcome(350, 0.936665), outcome(300, 0.000754), outcome(325, 0.062581), outcome(375, 0)];

function read(outcomes: readonly PublishedOutcome[], meetingDate: IsoDate = "2025-12-10") {
  return readPublished({
    tradeDate: "2025-10-17",
    asOf: new Date("2025-10-17T19:00:00Z"),
    target: { lowerBp: 400, upperBp: 425 },
    calendar,
    distributions: [{ meetingDate, outcomes }],
  });
}

describe("readPublished()", () => {
  it("keeps what was printed, ascending and without zeros, and has no chain", () => {
    const [reading] = read(DECEMBER);
    expect(reading?.outcomes.map(({ lowerBp, probability }) => [lowerBp, probability])).toEqual([
      [300, 0.000754],
      [325, 0.062581],
      [350, 0.936665],
    ]);
    expect(reading).toMatchObject({
      moves: null,
      startRateBp: null,
      endRateBp: null,
      meetingMove: null,
      contracts: [],
    });
    expect(reading?.cumulative).toEqual({ ease: 1, hold: 0, hike: 0 });
  });

  it("has the mean as its expected rate", () => {
    const [reading] = read(DECEMBER);
    expect(reading?.expectedRateBp).toBeCloseTo(0.000754 * 312.5 + 0.062581 * 337.5 + 0.936665 * 362.5, 9);
  });

  it("keeps a sum of roundings as it is", () => {
    const [reading] = read([outcome(350, 0.937), outcome(325, 0.062)]);
    expect(reading?.outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(0.999, 12);
  });

  it("marks a meeting whose statement was already out", () => {
    const on = (asOf: string) =>
      readPublished({
        tradeDate: "2025-10-29",
        asOf: new Date(asOf),
        target: { lowerBp: 400, upperBp: 425 },
        calendar,
        distributions: [
          { meetingDate: "2025-12-10", outcomes: DECEMBER },
          { meetingDate: "2025-10-29", outcomes: [outcome(375, 0.97), outcome(400, 0.03)] },
        ],
      }).map(({ meetingDate, announced }) => [meetingDate, announced]);
    expect(on("2025-10-29T17:00:00Z")).toEqual([
      ["2025-10-29", false],
      ["2025-12-10", false],
    ]);
    expect(on("2025-10-29T19:00:00Z")).toEqual([
      ["2025-10-29", true],
      ["2025-12-10", false],
    ]);
  });

  it.each([
    [[outcome(350, 0.9), outcome(325, 0.09)], "probabilities add up to 0.99, must be 1 within 0.005"],
    [[], "probabilities add up to 0, must be 1 within 0.005"],
    [[outcome(355, 1)], "range 355-380 is not one step of 25 bp on the 25 bp grid"],
    [[{ lowerBp: 350, upperBp: 400, probability: 1 }], "range 350-400 is not one step of 25 bp on the 25 bp grid"],
    [[outcome(350, 0.5), outcome(350, 0.5)], "range 350-375 is listed twice"],
    [[outcome(350, 1.5), outcome(325, -0.5)], "range 350-375 has probability 1.5, must be 0 to 1"],
    [[outcome(350, Number.NaN)], "range 350-375 has probability NaN, must be 0 to 1"],
  ])("refuses a faulty distribution (%#)", (outcomes, state) => {
    expect(() => read(outcomes)).toThrow(
      new RangeError(`Cannot read the odds published on 2025-10-17 for 2025-12-10: ${state}`),
    );
  });

  it("refuses a meeting that is past or listed twice", () => {
    expect(() => read(DECEMBER, "2025-09-17")).toThrow(/for 2025-09-17: the meeting is past$/);
    const twice = { meetingDate: "2025-12-10", outcomes: DECEMBER };
    const input = { tradeDate: "2025-10-17", asOf: new Date(0), target: { lowerBp: 400, upperBp: 425 }, calendar };
    expect(() => readPublished({ ...input, distributions: [twice, twice] })).toThrow(/listed twice$/);
  });

  it.skipIf(!hasHistory("data/fedwatch_published_meetings_2025.csv"))(
    "takes every distribution of FedWatch's export of 2025 (skipped where it is absent)",
    () => {
      const byDate = new Map<IsoDate, Map<IsoDate, PublishedOutcome[]>>();
      for (const [tradeDate = "", meeting = "", lower, , probability] of rowsOf(
        "data/fedwatch_published_meetings_2025.csv",
      )) {
        const meetings = byDate.get(tradeDate) ?? new Map<IsoDate, PublishedOutcome[]>();
        byDate.set(tradeDate, meetings);
        const outcomes = meetings.get(meeting) ?? [];
        meetings.set(meeting, outcomes);
        outcomes.push(outcome(Number(lower), Number(probability)));
      }
      let readings = 0;
      for (const [tradeDate, meetings] of byDate) {
        const distributions = [...meetings].map(([meetingDate, outcomes]) => ({ meetingDate, outcomes }));
        const asOf = new Date(`${tradeDate}T20:00:00Z`);
        readings += readPublished({
          tradeDate,
          asOf,
          target: { lowerBp: 425, upperBp: 450 },
          calendar,
          distributions,
        }).length;
      }
      expect(readings).toBeGreaterThan(1300);
    },
  );
});
