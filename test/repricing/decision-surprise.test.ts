import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Month } from "../../src/calendar/calendar-date.ts";
import { indexPoints } from "../../src/pricing/units.ts";
import { decisionSurprise } from "../../src/repricing/decision-surprise.ts";

const pricesOf = (prices: Readonly<Record<Month, number>>) =>
  new Map(Object.entries(prices).map(([month, price]) => [month, indexPoints(price)]));

describe("decisionSurprise()", () => {
  // CME's settlements of the day before and of the day; a price above 0 bp: tighter than expected.
  it.each([
    ["2022-06-15", "2022-06", 98.81, 98.7925, 2, 3.5, "75 bp, which had leaked two days before"],
    ["2022-09-21", "2022-09", 97.4325, 97.445, 30 / 9, -4.167, "75 bp, where some had expected 100"],
    ["2018-12-19", "2018-12", 97.735, 97.7225, 31 / 12, 3.229, "a hike after weeks of doubt"],
    ["2015-09-17", "2015-09", 99.835, 99.86, 30 / 13, -5.769, "no lift-off yet"],
    ["2019-07-31", "2019-08", 97.8925, 97.8475, 1, 4.5, "25 bp, where some had expected 50: the month's last day"],
    ["2022-07-27", "2022-08", 97.635, 97.665, 1, -3, "75 bp, four days before the month's end"],
    ["2020-03-03", "2020-03", 98.715, 98.985, 31 / 28, -29.893, "50 bp between meetings"],
    ["2019-05-01", "2019-05", 97.5825, 97.6025, 31 / 30, -2.067, "on the first: ZQK19 on both days"],
  ])("%s: %s from %d to %d, times %d, is %d bp (%s)", (decisionDate, month, before, after, scale, surpriseBp) => {
    const surprise = decisionSurprise({
      decisionDate,
      before: pricesOf({ [month]: before }),
      after: pricesOf({ [month]: after }),
    });
    expect(surprise).toEqual({
      surpriseBp: expect.closeTo(surpriseBp, 3),
      contractMonth: month,
      scale: expect.closeTo(scale, 12),
    });
  });

  it("gives back the surprise that was put into the month's average, whatever the day", () => {
    const day = fc.integer({ min: 1, max: 23 });
    fc.assert(
      fc.property(day, fc.integer({ min: -75, max: 75 }), (decided, surpriseBp) => {
        const date = `2025-10-${String(decided).padStart(2, "0")}`;
        const averageBp = 410 + (surpriseBp * (31 - decided)) / 31;
        const found = decisionSurprise({
          decisionDate: date,
          before: pricesOf({ "2025-10": 100 - 4.1 }),
          after: pricesOf({ "2025-10": 100 - averageBp / 100 }),
        });
        expect(found?.surpriseBp).toBeCloseTo(surpriseBp, 8);
      }),
      { seed: 20251117 },
    );
  });

  it("goes over to the next month's contract with seven days left", () => {
    const prices = {
      before: pricesOf({ "2025-10": 96, "2025-11": 96 }),
      after: pricesOf({ "2025-10": 96, "2025-11": 96 }),
    };
    expect(decisionSurprise({ decisionDate: "2025-10-23", ...prices })?.contractMonth).toBe("2025-10");
    expect(decisionSurprise({ decisionDate: "2025-10-24", ...prices })).toMatchObject({
      contractMonth: "2025-11",
      scale: 1,
    });
  });

  it("is null when the contract has no price on one side", () => {
    const [some, none] = [pricesOf({ "2022-06": 98.8 }), pricesOf({ "2022-07": 98.3 })];
    expect(decisionSurprise({ decisionDate: "2022-06-15", before: some, after: none })).toBeNull();
    expect(decisionSurprise({ decisionDate: "2022-06-15", before: none, after: some })).toBeNull();
  });
});
