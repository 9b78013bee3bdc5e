import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import type { MeetingCalendar } from "../../src/calendar/meetings.ts";
import { measureProbability } from "../../src/pricing/measures.ts";
import { readStrip } from "../../src/pricing/read-strip.ts";
import type { MeetingReading, Strip } from "../../src/pricing/reading.ts";
import { bp } from "../../src/pricing/units.ts";
import type { MeetingFacts } from "./market-history.ts";
import { meetingOf, pricesOf, stripOf } from "./market-history.ts";

const PUBLISHED = 2e-6; // FedWatch's export has six digits; the sample's settlements are ticks
const EXACT_BP = 1e-9;

const FACTS: readonly MeetingFacts[] = [
  { meetingDate: "2025-07-30", range: [425, 450] },
  { meetingDate: "2025-09-17", range: [400, 425] },
  { meetingDate: "2025-10-29", range: [375, 400] },
  { meetingDate: "2025-12-10", range: [350, 375] },
  { meetingDate: "2026-01-28", range: [350, 375] },
  { meetingDate: "2026-03-18", range: [350, 375] },
  { meetingDate: "2026-04-29", range: [350, 375] },
];
const calendar: MeetingCalendar = { meetings: FACTS.map(meetingOf), completeThrough: "2026-12" };

// FedWatch's daily export and the settlements inferred from it, to the tick: 17 Nov 2025 whole, 17 Oct the months that count.
const NOVEMBER_17 = stripOf({
  tradeDate: "2025-11-17",
  prices: pricesOf({ "2025-11": 96.125, "2026-01": 96.24, "2026-02": 96.325 }),
  calendar,
  target: { lowerBp: 375, upperBp: 400 },
});
const OCTOBER_17 = stripOf({
  tradeDate: "2025-10-17",
  prices: pricesOf({ "2025-10": 95.9075, "2025-11": 96.145, "2026-01": 96.42, "2026-02": 96.54 }),
  calendar,
  target: { lowerBp: 400, upperBp: 425 },
});

function readingOf(strip: Strip, meetingDate: IsoDate, options: Parameters<typeof readStrip>[1] = {}): MeetingReading {
  const reading = readStrip(strip, options).find((candidate) => candidate.meetingDate === meetingDate);
  if (reading === undefined) throw new Error(`No reading of ${meetingDate}`);
  return reading;
}

function range(reading: MeetingReading, lowerBp: number): number | null {
  return measureProbability(reading, { measure: "range", lowerBp, upperBp: lowerBp + 25 });
}

function withPrices(strip: Strip, change: (prices: Map<string, number>) => void): Strip {
  const prices = new Map<string, number>(strip.prices);
  change(prices);
  return { ...strip, prices: pricesOf(Object.fromEntries(prices)) };
}

describe("readStrip()", () => {
  it("gives what FedWatch published for 10 Dec 2025 on the settlements of 17 Oct and 17 Nov", () => {
    const october = readingOf(OCTOBER_17, "2025-12-10");
    expect(range(october, 350)).toBeCloseTo(0.936665, 6);
    expect(range(october, 325)).toBeCloseTo(0.062581, 6);
    expect(range(october, 300)).toBeCloseTo(0.000754, 6);
    const november = readingOf(NOVEMBER_17, "2025-12-10");
    expect(Math.abs((range(november, 350) ?? 0) - 0.423571)).toBeLessThan(PUBLISHED);
    expect(Math.abs((range(november, 375) ?? 0) - 0.576429)).toBeLessThan(PUBLISHED);
    expect((november.expectedRateBp ?? 0) - (october.expectedRateBp ?? 0)).toBeCloseTo(16.0, 1);
  });

  it("does not use the own contract of the first of two consecutive meeting months", () => {
    const { contracts, startRateBp, endRateBp } = readingOf(NOVEMBER_17, "2025-12-10");
    expect(contracts.map(({ contractMonth }) => contractMonth)).toEqual(["2025-11", "2026-01", "2026-02"]);
    expect(startRateBp).toBeCloseTo(387.5, 9);
    expect(endRateBp).toBeCloseTo((31 * 376 - 3 * 367.5) / 28, 9);
    const priced = withPrices(NOVEMBER_17, (prices) => prices.set("2025-12", 90));
    expect(readingOf(priced, "2025-12-10")).toEqual(readingOf(NOVEMBER_17, "2025-12-10"));
  });

  it("names what ease, hold and hike are measured against", () => {
    const reading = readingOf(OCTOBER_17, "2025-12-10");
    expect(reading.cumulative).toEqual({ ease: 1, hold: 0, hike: 0 });
    expect(reading.meetingMove?.ease).toBe(1); // 1.06 moves at the meeting itself: one ease for certain, the second not
    expect(readingOf(NOVEMBER_17, "2025-12-10").meetingMove?.ease).toBeCloseTo(0.423571, 5);
  });

  it("leaves an earlier month's missing contract to its own reason and places no later meeting", () => {
    const strip = withPrices(OCTOBER_17, (prices) => prices.delete("2025-11"));
    const [october, december, january] = readStrip(strip);
    expect(october?.unsolved).toEqual({
      reason: "missing_contract",
      detail: "Cannot solve the meeting of 2025-10-29: no price of ZQX25",
    });
    expect(december?.unsolved?.reason).toBe("missing_contract");
    expect(january?.unsolved).toEqual({
      reason: "missing_contract",
      detail:
        "Cannot place the meeting of 2026-01-28: the one of 2025-10-29 before it is unsolved " +
        "(Cannot solve the meeting of 2025-10-29: no price of ZQX25)",
    });
    for (const reading of [october, december, january]) {
      expect(reading).toMatchObject({
        expectedRateBp: null,
        moves: null,
        outcomes: [],
        cumulative: null,
        contracts: [],
      });
    }
  });

  it("goes on with the meetings before a missing contract", () => {
    const strip = withPrices(OCTOBER_17, (prices) => prices.delete("2026-01"));
    expect(
      readStrip(strip)
        .map(({ unsolved }) => unsolved?.reason ?? null)
        .slice(0, 2),
    ).toEqual([null, "missing_contract"]);
  });

  it("is unsolved without any contract that it says it rests on", () => {
    for (const strip of [OCTOBER_17, NOVEMBER_17]) {
      for (const { contractMonth } of readingOf(strip, "2026-01-28").contracts) {
        const reading = readingOf(
          withPrices(strip, (prices) => prices.delete(contractMonth)),
          "2026-01-28",
        );
        expect(reading.unsolved, contractMonth).not.toBeNull();
      }
    }
  });

  it("says that the last run of meeting months has no listed month after it", () => {
    const [december, january] = readStrip(withPrices(NOVEMBER_17, (prices) => prices.delete("2026-02")));
    expect(december?.unsolved).toEqual({
      reason: "no_free_month",
      detail: "Cannot solve the meeting of 2025-12-10: needs ZQG26, the last contract listed is ZQF26",
    });
    expect(january?.unsolved?.reason).toBe("no_free_month");
  });

  it("says so when there are no prices at all", () => {
    const [december] = readStrip({ ...NOVEMBER_17, prices: new Map() });
    expect(december?.unsolved?.detail).toBe("Cannot solve the meeting of 2025-12-10: no price of ZQX25, ZQF26, ZQG26");
  });

  it("uses no month beyond which the calendar is not known", () => {
    const horizon = (completeThrough: string) =>
      readStrip({ ...NOVEMBER_17, calendar: { ...calendar, completeThrough } })[0]?.unsolved ?? null;
    expect(horizon("2026-03")).toBeNull();
    expect(horizon("2026-02")).toEqual({
      reason: "calendar_horizon",
      detail:
        "Cannot solve the meeting of 2025-12-10: needs ZQG26 and the meetings of its month and the next, known through 2026-02",
    });
  });

  it("keeps the meeting of the trade date open, announced or not, and drops it the day after", () => {
    const onTheDay = (asOf: Date) => readStrip({ ...OCTOBER_17, tradeDate: "2025-10-29", asOf })[0];
    expect(onTheDay(new Date("2025-10-29T17:59:59Z"))).toMatchObject({ meetingDate: "2025-10-29", announced: false });
    expect(onTheDay(new Date("2025-10-29T19:00:00Z"))).toMatchObject({ meetingDate: "2025-10-29", announced: true });
    const dayAfter = readStrip({ ...OCTOBER_17, tradeDate: "2025-10-30", asOf: new Date("2025-10-30T19:00:00Z") });
    expect(dayAfter[0]).toMatchObject({ meetingDate: "2025-12-10", announced: false });
  });

  it("reads as many meetings as asked, each as in the full answer", () => {
    const full = readStrip(OCTOBER_17);
    expect(readStrip(OCTOBER_17, { limit: 2 })).toEqual(full.slice(0, 2));
    for (const limit of [0, 17, 1.5]) expect(() => readStrip(OCTOBER_17, { limit })).toThrow(RangeError);
  });

  it("opens a meeting month at the realised average of an expired month without a meeting", () => {
    // 3 Sep 2025: August is over, its EFFR was 4.33 on every day; the October strip is of no account.
    const september = stripOf({
      tradeDate: "2025-09-03",
      prices: pricesOf({ "2025-09": 95.7625, "2025-10": 95.91, "2025-11": 96.05 }),
      calendar,
      target: { lowerBp: 425, upperBp: 450 },
    });
    const fixings = new Map(
      Array.from({ length: 31 }, (_, i) => [`2025-08-${String(i + 1).padStart(2, "0")}`, bp(433)] as const),
    );
    const realised = readingOf({ ...september, fixings }, "2025-09-17");
    expect(realised).toMatchObject({ startRateBp: 433, unverified: false });
    expect(realised.contracts[0]).toEqual({ contractMonth: "2025-08", price: 95.67, tickSensitivityPp: null });

    const finalPrices = pricesOf({ "2025-08": 95.6725 });
    expect(readingOf({ ...september, finalPrices }, "2025-09-17").startRateBp).toBeCloseTo(432.75, 9);
    fixings.delete("2025-08-29"); // the last business day: the month is not complete
    expect(readingOf({ ...september, fixings, finalPrices }, "2025-09-17").startRateBp).toBeCloseTo(432.75, 9);

    // Nothing known of August: the own average has to do, and the reading says that no published figure bears it out.
    const own = readingOf({ ...september, fixings }, "2025-09-17");
    expect(own.unverified).toBe(true);
    expect(30 * 423.75).toBeCloseTo(17 * (own.startRateBp ?? 0) + 13 * (own.endRateBp ?? 0), 6);
  });

  it("solves what is left of a month in which a decision has already taken effect, and marks it", () => {
    // October 2008: 8 Oct unscheduled, -50 bp in effect on the 9th; 29 Oct still open. EFFR made up, 1.75 before.
    const october = stripOf({
      tradeDate: "2008-10-10",
      prices: pricesOf({ "2008-10": 98.65, "2008-11": 98.95, "2008-12": 99, "2009-01": 99.05, "2009-02": 99.1 }),
      calendar: {
        meetings: [
          meetingOf({ meetingDate: "2008-09-16", range: [200, 200] }),
          meetingOf({ meetingDate: "2008-10-08", range: [150, 150], scheduled: false }),
          ...["2008-10-29", "2008-12-16", "2009-01-28"].map((meetingDate) => meetingOf({ meetingDate })),
        ],
        completeThrough: "2009-12",
      },
      target: { lowerBp: 150, upperBp: 150 },
      fixings: new Map(
        ["09-30", "10-01", "10-02", "10-03", "10-06", "10-07", "10-08"].map((day) => [`2008-${day}`, bp(175)]),
      ),
    });
    const [reading, december] = readStrip(october);
    expect(reading).toMatchObject({ meetingDate: "2008-10-29", unverified: true, endRateBp: expect.closeTo(105, 9) });
    expect(december).toMatchObject({ meetingDate: "2008-12-16", unverified: true });
    expect(8 * 175 + 21 * (reading?.startRateBp ?? 0) + 2 * 105).toBeCloseTo(31 * 135, 6);
    expect(reading?.outcomes.every(({ lowerBp, upperBp }) => lowerBp === upperBp)).toBe(true);
    expect(readStrip({ ...october, fixings: new Map() })[0]?.unsolved).toEqual({
      reason: "missing_contract",
      detail: "Cannot solve the meeting of 2008-10-29: no complete EFFR fixings of 2008-10 through its day 8",
    });

    // On the 8th itself both meetings are open, and the days up to it carry the rate that the 29th's start follows.
    const [today, next] = readStrip({ ...october, tradeDate: "2008-10-08", target: { lowerBp: 200, upperBp: 200 } });
    expect(today).toMatchObject({ meetingDate: "2008-10-08", announced: true, startRateBp: 175, unverified: true });
    expect(next?.startRateBp).toBe(today?.endRateBp);
    expect(8 * 175 + 21 * (next?.startRateBp ?? 0) + 2 * (next?.endRateBp ?? 0)).toBeCloseTo(31 * 135, 6);
  });

  it("never divides by the days after a decision on the last day of its month", () => {
    const january = stripOf({
      tradeDate: "2024-01-12",
      prices: pricesOf({ "2024-01": 94.6725, "2024-02": 94.71, "2024-03": 94.8, "2024-04": 94.9 }),
      calendar: {
        meetings: ["2023-12-13", "2024-01-31", "2024-03-20"].map((meetingDate) => meetingOf({ meetingDate })),
        completeThrough: "2024-12",
      },
      target: { lowerBp: 525, upperBp: 550 },
    });
    const [first] = readStrip(january);
    expect(first?.startRateBp).toBeCloseTo(532.75, 9); // all 31 days are before the decision
    expect(first?.endRateBp).toBeCloseTo(529, 9);
    expect(readStrip(january, { method: "cme_article" })[0]?.startRateBp).toBeCloseTo(532.75, 9);
    // Anchored on November 2023, the article's rule takes the end from January's days after the decision: there are none.
    const late = {
      ...january,
      tradeDate: "2023-11-15",
      prices: pricesOf({ "2023-11": 94.67, "2023-12": 94.66, "2024-01": 94.67 }),
    };
    expect(readStrip(late, { method: "cme_article" })[1]?.unsolved).toEqual({
      reason: "late_month",
      detail: "Cannot solve the meeting of 2024-01-31: the decision on 2024-01-31 leaves no day of the month after it",
    });
  });

  it("takes prices above 100 and negative rates as they are", () => {
    const strip = withPrices(NOVEMBER_17, (prices) => {
      prices.set("2025-11", 100.01).set("2026-01", 100.05).set("2026-02", 100.1);
    });
    const reading = readingOf({ ...strip, target: { lowerBp: 0, upperBp: 25 } }, "2025-12-10");
    expect(reading.endRateBp).toBeLessThan(0);
    expect(reading.outcomes.map(({ lowerBp }) => lowerBp)).toEqual([-25, 0]);
    expect(Math.abs((reading.expectedRateBp ?? 0) - (12.5 + 25 * (reading.moves ?? 0)))).toBeLessThan(EXACT_BP);
  });

  it("gives no outcome to binary noise around a whole step", () => {
    const strip = withPrices(NOVEMBER_17, (prices) => {
      prices.set("2025-11", 96.13).set("2026-01", 95.88).set("2026-02", 95.88); // a whole step up, in decimal
    });
    expect(readingOf(strip, "2025-12-10").outcomes).toMatchObject([{ lowerBp: 400, probability: 1 }]);
  });
});

describe("readStrip() by cme_article", () => {
  // CME Group, Understanding the CME Group FedWatch Tool Methodology (2023), on the settlements of 12 Sep 2022.
  const article = stripOf({
    tradeDate: "2022-09-12",
    prices: pricesOf({ "2022-09": 97.4475, "2022-10": 96.94, "2022-11": 96.43 }),
    calendar: {
      meetings: ["2022-07-27", "2022-09-21", "2022-11-02"].map((meetingDate) => meetingOf({ meetingDate })),
      completeThrough: "2022-12",
    },
    target: { lowerBp: 225, upperBp: 250 },
  });

  it("gives the worked example of CME's article", () => {
    const [september, november] = readStrip(article, { method: "cme_article" });
    expect(september?.startRateBp).toBeCloseTo(233.5, 6);
    expect(september?.endRateBp).toBeCloseTo(306, 6);
    expect(september?.outcomes.map(({ lowerBp, probability }) => [lowerBp, Number(probability.toFixed(6))])).toEqual([
      [275, 0.1],
      [300, 0.9],
    ]);
    expect(november?.endRateBp).toBeCloseTo(360.6429, 4);
    expect(november?.outcomes.map(({ lowerBp, probability }) => [lowerBp, Number(probability.toFixed(6))])).toEqual([
      [325, 0.081429],
      [350, 0.751429],
      [375, 0.167143],
    ]);
    expect(november?.contracts.map(({ contractMonth }) => contractMonth)).toEqual(["2022-09", "2022-10", "2022-11"]);
    expect([september?.unverified, november?.unverified]).toEqual([false, false]);
  });
});

describe("readStrip() by aggregated", () => {
  // CME Group, aggregated enhancement explained (2024): June and July each shift their whole month's average, as decisions
  // on the last days of May and June would.
  const example = stripOf({
    tradeDate: "2024-05-01",
    prices: pricesOf({ "2024-05": 94.875, "2024-06": 94.75, "2024-07": 94.625 }),
    finalPrices: pricesOf({ "2024-04": 94.875 }),
    calendar: {
      meetings: ["2024-05-31", "2024-06-30"].map((meetingDate) => meetingOf({ meetingDate })),
      completeThrough: "2024-12",
    },
    target: { lowerBp: 500, upperBp: 525 },
  });

  it("makes one whole step of two halves, where convolving leaves three outcomes", () => {
    expect(readStrip(example, { method: "aggregated" })[1]?.outcomes).toMatchObject([{ lowerBp: 525, probability: 1 }]);
    expect(
      readStrip(example)[1]?.outcomes.map(({ lowerBp, probability }) => [lowerBp, Number(probability.toFixed(12))]),
    ).toEqual([
      [500, 0.25],
      [525, 0.5],
      [550, 0.25],
    ]);
  });
});
