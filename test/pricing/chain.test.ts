import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import { addMonths, daysInMonth, monthOf } from "../../src/calendar/calendar-date.ts";
import { readStrip } from "../../src/pricing/read-strip.ts";
import type { Strip } from "../../src/pricing/reading.ts";
import { prepareCalendar } from "../../src/pricing/schedule.ts";
import { solveStrip } from "../../src/pricing/solve-strip.ts";
import { bp, indexPoints } from "../../src/pricing/units.ts";
import { checkLaws } from "./chain-laws.ts";
import { meetingOf, pricesOf, stripOf } from "./market-history.ts";

const SEED = 20251117;
const FIRST_MONTH = "2024-01";
const MONTHS = 24;

/** At most three meeting months in a row, as the Fed's calendars have; within a run decisions from the 5th on. */
function plausible(days: readonly (number | null)[]): (number | null)[] {
  let run = 0;
  const kept = days.map((day) => {
    run = day === null || run === 3 ? 0 : run + 1;
    return run === 0 ? null : day;
  });
  // A decision on the 1st multiplies float noise by 31, and again in each month of a run.
  return kept.map((day, i) => (day === null || (!kept[i - 1] && !kept[i + 1]) ? day : Math.max(day, 5)));
}

/** A random calendar (a meeting in half of the months) and random prices, on and off the tick. */
const strips: fc.Arbitrary<Strip> = fc
  .record({
    days: fc.array(fc.option(fc.integer({ min: 1, max: 31 }), { freq: 2, nil: null }), {
      minLength: MONTHS,
      maxLength: MONTHS,
    }),
    ticks: fc.array(fc.integer({ min: -240, max: 240 }), { minLength: MONTHS, maxLength: MONTHS }),
    noise: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
    missing: fc.option(fc.integer({ min: 1, max: MONTHS - 1 }), { freq: 3, nil: null }),
    tradeDay: fc.integer({ min: 1, max: 31 }),
    lowerBp: fc.integer({ min: 0, max: 20 }).map((steps) => steps * 25),
  })
  .map(({ days: anyDays, ticks, noise, missing, tradeDay, lowerBp }) => {
    const days = plausible(anyDays);
    const dateOf = (month: string, day: number): IsoDate =>
      `${month}-${String(Math.min(day, daysInMonth(month))).padStart(2, "0")}`;
    const months = days.map((_, i) => addMonths(FIRST_MONTH, i));
    const meetingDates = months.flatMap((month, i) => {
      const day = days[i];
      return day === null || day === undefined ? [] : [dateOf(month, day)];
    });
    const listed = months.slice(1).filter((_, i) => i + 1 !== missing);
    return stripOf({
      tradeDate: dateOf(addMonths(FIRST_MONTH, 1), tradeDay),
      prices: pricesOf(
        Object.fromEntries(listed.map((month, i) => [month, 95 + (ticks[i] ?? 0) * 0.005 + (i % 2 === 0 ? noise : 0)])),
      ),
      finalPrices: new Map([[FIRST_MONTH, indexPoints(95.125)]]),
      fixings: new Map(
        Array.from({ length: 31 }, (_, i) => [dateOf(addMonths(FIRST_MONTH, 1), i + 1), bp(487)] as const),
      ),
      calendar: { meetings: meetingDates.map((meetingDate) => meetingOf({ meetingDate })), completeThrough: "2026-06" },
      target: { lowerBp, upperBp: lowerBp + 25 },
    });
  });

describe("the chain", () => {
  it("sums to 1, has the moves as its mean and reprices what it was solved from, on any calendar and prices", () => {
    let solved = 0;
    let unsolved = 0;
    fc.assert(
      fc.property(strips, (strip) => {
        const readings = readStrip(strip);
        checkLaws(strip, readings);
        for (const reading of readings) {
          if (reading.unsolved === null) solved++;
          else unsolved++;
        }
      }),
      { seed: SEED, numRuns: 600 },
    );
    expect(Math.min(solved, unsolved)).toBeGreaterThan(1000); // the generator reaches both
  });

  it("reads the same whatever else the strip lists", () => {
    fc.assert(
      fc.property(strips, (strip) => {
        const readings = readStrip(strip);
        const used = new Set(readings.flatMap(({ contracts }) => contracts.map(({ contractMonth }) => contractMonth)));
        const prices = new Map([...strip.prices].filter(([month]) => used.has(month)));
        const solved = readings.filter(({ unsolved }) => unsolved === null);
        expect(readStrip({ ...strip, prices }).slice(0, solved.length)).toEqual(solved);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it("moves no meeting when all prices move together, but for the range in force it starts from", () => {
    fc.assert(
      fc.property(strips, (strip) => {
        const prices = new Map([...strip.prices].map(([month, price]) => [month, indexPoints(price - 0.25)] as const));
        const finalPrices = new Map(
          [...strip.finalPrices].map(([m, price]) => [m, indexPoints(price - 0.25)] as const),
        );
        const fixings = new Map([...strip.fixings].map(([day, effr]) => [day, bp(effr + 25)] as const));
        const one = solveStrip(strip).moves;
        const other = solveStrip({ ...strip, prices, finalPrices, fixings }).moves;
        expect(other).toHaveLength(one.length);
        other.forEach((moves, k) => {
          expect(moves).toBeCloseTo(one[k] ?? Number.NaN, 8);
        });
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});

describe("prepareCalendar()", () => {
  const cancelled = meetingOf({ meetingDate: "2020-03-18", cancelledAt: new Date("2020-03-15T21:00:00Z") });
  const unscheduled = meetingOf({ meetingDate: "2020-03-15", scheduled: false, range: [0, 25] });
  const calendar = {
    meetings: [meetingOf({ meetingDate: "2020-04-29" }), cancelled, unscheduled],
    completeThrough: "2020-12",
  };
  const openOn = (tradeDate: IsoDate, asOf: string) =>
    prepareCalendar(calendar, tradeDate, new Date(asOf)).open.map(({ meetingDate }) => meetingDate);

  it("knows an unscheduled meeting from its announcement and a cancelled one until its cancellation", () => {
    expect(openOn("2020-03-13", "2020-03-13T19:00:00Z")).toEqual(["2020-03-18", "2020-04-29"]);
    expect(openOn("2020-03-13", "2020-03-15T20:59:59Z")).toContain("2020-03-18");
    expect(openOn("2020-03-16", "2020-03-16T19:00:00Z")).toEqual(["2020-04-29"]);
    expect(prepareCalendar(calendar, "2020-03-16", new Date("2020-03-16T19:00:00Z")).decidedDay).toBe(15);
  });

  it("keeps the past meeting's month a meeting month", () => {
    const { hasMeeting, months } = prepareCalendar(calendar, "2020-04-01", new Date("2020-04-01T19:00:00Z"));
    expect(months.slice(0, 2)).toEqual(["2020-03", "2020-04"]);
    expect(hasMeeting).toEqual([true, true, false]);
  });

  it("gives the lengths of months in leap years and common ones", () => {
    const meetings = [meetingOf({ meetingDate: "2024-12-18" })];
    const { months, monthDays } = prepareCalendar({ meetings, completeThrough: "2025-12" }, "2024-01-15", new Date(0));
    expect(monthDays).toEqual(months.map(daysInMonth));
    expect(months).toContain(monthOf("2024-02-01"));
  });

  it("has no open meeting after the calendar's last", () => {
    expect(
      readStrip(stripOf({ tradeDate: "2020-05-04", prices: new Map(), calendar, target: { lowerBp: 0, upperBp: 25 } })),
    ).toEqual([]);
  });
});
