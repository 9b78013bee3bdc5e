import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../src/calendar/calendar-date.ts";
import type { Meeting } from "../../src/calendar/meetings.ts";
import { nextTradeDate, settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { TargetFixing } from "../../src/pricing/range-in-force.ts";
import { rangeInForce } from "../../src/pricing/range-in-force.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";

const FIXINGS = new URL("../../../shared/data/fed_funds_daily_2000_2026.csv", import.meta.url);
const SEED = 20251117;

function meeting(
  meetingDate: string,
  effectiveDate: string,
  range: [number, number] | null,
  announced: string,
): Meeting {
  const decision = range === null ? null : { lowerBp: range[0], upperBp: range[1], announcedAt: new Date(announced) };
  return { meetingDate, effectiveDate, scheduled: true, knownFrom: null, cancelledAt: null, decision };
}

function unscheduled(meetingDate: string, effectiveDate: string, range: [number, number], announced: string): Meeting {
  return {
    ...meeting(meetingDate, effectiveDate, range, announced),
    scheduled: false,
    knownFrom: new Date(announced),
  };
}

const fixing = (date: string, targetLowerBp: number | null, targetUpperBp: number | null): TargetFixing => ({
  date,
  targetLowerBp,
  targetUpperBp,
});

// federalreserve.gov, statements of these days.
const MEETINGS: readonly Meeting[] = [
  meeting("2008-10-29", "2008-10-30", [100, 100], "2008-10-29T18:15:00Z"),
  meeting("2008-12-16", "2008-12-17", [0, 25], "2008-12-16T19:15:00Z"),
  meeting("2015-10-28", "2015-10-29", [0, 25], "2015-10-28T18:00:00Z"),
  meeting("2015-12-16", "2015-12-17", [25, 50], "2015-12-16T19:00:00Z"),
  meeting("2020-01-29", "2020-01-30", [150, 175], "2020-01-29T19:00:00Z"),
  unscheduled("2020-03-03", "2020-03-04", [100, 125], "2020-03-03T15:00:00Z"),
  unscheduled("2020-03-15", "2020-03-16", [0, 25], "2020-03-15T21:00:00Z"),
  { ...meeting("2020-03-18", "2020-03-19", null, ""), cancelledAt: new Date("2020-03-15T21:00:00Z") },
  meeting("2025-09-17", "2025-09-18", [400, 425], "2025-09-17T18:00:00Z"),
  meeting("2025-10-29", "2025-10-30", [375, 400], "2025-10-29T18:00:00Z"),
  meeting("2025-12-10", "2025-12-11", null, ""),
];

const DAYS = [
  { tradeDate: "2008-12-15", lowerBp: 100, upperBp: 100 },
  { tradeDate: "2008-12-16", lowerBp: 100, upperBp: 100 }, // FRED: 0-25 already
  { tradeDate: "2008-12-17", lowerBp: 0, upperBp: 25 },
  { tradeDate: "2015-12-16", lowerBp: 0, upperBp: 25 }, // FRED: 25-50 already
  { tradeDate: "2015-12-17", lowerBp: 25, upperBp: 50 },
  { tradeDate: "2020-03-03", lowerBp: 150, upperBp: 175 },
  { tradeDate: "2020-03-04", lowerBp: 100, upperBp: 125 },
  { tradeDate: "2020-03-15", lowerBp: 100, upperBp: 125 },
  { tradeDate: "2020-03-16", lowerBp: 0, upperBp: 25 },
  { tradeDate: "2020-03-19", lowerBp: 0, upperBp: 25 },
  { tradeDate: "2025-10-28", lowerBp: 400, upperBp: 425 },
  { tradeDate: "2025-10-29", lowerBp: 400, upperBp: 425 },
  { tradeDate: "2025-10-30", lowerBp: 375, upperBp: 400 },
];

describe("rangeInForce()", () => {
  describe("from decisions alone", () => {
    it.each(DAYS)("is $lowerBp-$upperBp on $tradeDate", ({ tradeDate, lowerBp, upperBp }) => {
      const range = rangeInForce({ tradeDate, asOf: settlementInstant(tradeDate), meetings: MEETINGS, fixings: [] });
      expect(range).toMatchObject({ lowerBp, upperBp, from: "decision", undecidedMeeting: null });
    });
  });

  it("does not believe a source that moves the target on the decision day", () => {
    const fixings = [fixing("2015-12-15", 0, 25), fixing("2015-12-16", 25, 50), fixing("2015-12-17", 25, 50)];
    const on = (tradeDate: string) =>
      rangeInForce({ tradeDate, asOf: settlementInstant(tradeDate), meetings: MEETINGS, fixings });
    expect(on("2015-12-16")).toMatchObject({ lowerBp: 0, upperBp: 25, from: "fixing", date: "2015-12-15" });
    expect(on("2015-12-17")).toMatchObject({ lowerBp: 25, upperBp: 50, from: "fixing", date: "2015-12-17" });
  });

  it("takes a decision in effect over the fixing before it, and the fixing once there is one", () => {
    const fixings = [fixing("2025-10-28", 400, 425), fixing("2025-10-29", 400, 425)];
    const question = { tradeDate: "2025-10-30", asOf: settlementInstant("2025-10-30"), meetings: MEETINGS };
    expect(rangeInForce({ ...question, fixings })).toMatchObject({
      lowerBp: 375,
      from: "decision",
      date: "2025-10-30",
    });
    const later = [...fixings, fixing("2025-10-30", 375, 400)];
    expect(rangeInForce({ ...question, fixings: later })).toMatchObject({ lowerBp: 375, from: "fixing" });
  });

  it("does not know a decision before it is announced, an unscheduled one included", () => {
    const sunday = { tradeDate: "2020-03-16", meetings: MEETINGS, fixings: [] };
    const before = rangeInForce({ ...sunday, asOf: new Date("2020-03-15T20:59:59Z") });
    expect(before).toMatchObject({ lowerBp: 100, upperBp: 125 });
    expect(rangeInForce({ ...sunday, asOf: new Date("2020-03-15T21:00:00Z") })).toMatchObject({
      lowerBp: 0,
      upperBp: 25,
    });
  });

  it("names a meeting in effect whose outcome is not known, unless a fixing has settled it", () => {
    const question = { tradeDate: "2025-12-12", asOf: settlementInstant("2025-12-12"), meetings: MEETINGS };
    const stale = rangeInForce({ ...question, fixings: [fixing("2025-12-09", 375, 400)] });
    expect(stale).toMatchObject({ lowerBp: 375, undecidedMeeting: "2025-12-10" });
    const settled = rangeInForce({ ...question, fixings: [fixing("2025-12-11", 350, 375)] });
    expect(settled).toMatchObject({ lowerBp: 350, from: "fixing", undecidedMeeting: null });
  });

  it("passes over fixings without a target and later than the trade date", () => {
    const fixings = [fixing("2025-10-14", 400, 425), fixing("2025-10-15", null, null), fixing("2025-10-31", 375, 400)];
    const range = rangeInForce({
      tradeDate: "2025-10-16",
      asOf: settlementInstant("2025-10-16"),
      meetings: MEETINGS,
      fixings,
    });
    expect(range).toMatchObject({ lowerBp: 400, from: "fixing", date: "2025-10-14" });
  });

  it("is null when nothing is known for the day", () => {
    const asOf = settlementInstant("2008-10-29");
    expect(rangeInForce({ tradeDate: "2008-10-29", asOf, meetings: MEETINGS, fixings: [] })).toBeNull();
  });

  it("does not depend on the order of the meetings, and ignores what comes after the trade date", () => {
    const dates = fc.integer({ min: 0, max: 90 }).map((days) => addDays("2025-09-18", days));
    fc.assert(
      fc.property(dates, fc.shuffledSubarray([...MEETINGS], { minLength: MEETINGS.length }), (tradeDate, meetings) => {
        const asOf = settlementInstant(tradeDate);
        const fixings = [fixing("2025-09-19", 400, 425), fixing("2025-11-03", 375, 400)];
        const range = rangeInForce({ tradeDate, asOf, meetings, fixings });
        const past = {
          meetings: MEETINGS.filter((m) => m.effectiveDate <= tradeDate || m.meetingDate <= tradeDate),
          fixings: fixings.filter(({ date }) => date <= tradeDate),
        };
        expect(range).toEqual(rangeInForce({ tradeDate, asOf, ...past }));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe.skipIf(!existsSync(FIXINGS))(
  "rangeInForce() on the daily targets of 2000-2026 (skipped without ../shared)",
  () => {
    it("is the same from fixings and from decisions on every trade date", () => {
      const rows = readFileSync(FIXINGS, "utf8").trim().split("\n").slice(1);
      const toBp = (percent: string | undefined) => Math.round(Number(percent) * 100);
      const fixings = rows.map((row) => {
        const [date = "", , lower, upper] = row.split(",");
        return fixing(date, toBp(lower), toBp(upper));
      });
      let compared = 0;
      for (let tradeDate = "2000-02-03"; tradeDate <= "2026-08-20"; tradeDate = nextTradeDate(tradeDate)) {
        const question = { tradeDate, asOf: settlementInstant(tradeDate), meetings: BUILT_IN_MEETINGS };
        const published = rangeInForce({ ...question, fixings });
        const decided = rangeInForce({ ...question, fixings: [] });
        expect(published).toMatchObject({ from: "fixing", undecidedMeeting: null });
        expect([tradeDate, published?.lowerBp, published?.upperBp]).toEqual([
          tradeDate,
          decided?.lowerBp,
          decided?.upperBp,
        ]);
        compared++;
      }
      expect(compared).toBeGreaterThan(6_600);
    });
  },
);
