/** The known answer: how the market changed its mind about 10 Dec 2025, leg by leg. */
import { describe, expect, it } from "vitest";
import { largestAtMostShift } from "../../src/repricing/at-most.ts";
import { detect } from "../../src/repricing/detector.ts";
import type { Alert, Leg } from "../../src/repricing/repricing.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";
import { episodeDays, publishedDays } from "./episode-days.ts";

const DECEMBER = "2025-12-10";
const DAYS = episodeDays();

const ofDecember = <Row extends Alert | Leg>(rows: readonly Row[]): readonly Row[] =>
  rows.filter(({ target }) => target.meeting === DECEMBER && target.path === null);
const inWords = ({ tradeDate, direction, kind }: Alert) => `${tradeDate} ${direction} ${kind}`;

const ALERTS = [
  "2025-09-25 hawkish notice",
  "2025-09-30 dovish notice",
  "2025-10-16 dovish sharp",
  "2025-10-23 hawkish notice",
  "2025-10-29 hawkish sharp",
  "2025-11-13 hawkish severe",
  "2025-11-19 hawkish extension",
  "2025-11-21 dovish sharp",
];

describe("detect() on the Dec-2025 episode", () => {
  const { legs, alerts } = detect(DAYS, BUILT_IN_CALENDAR);

  it("raises the known alerts on the known days and no other, so nothing on 10 and 30 October", () => {
    expect(ofDecember(alerts).map(inWords)).toEqual(ALERTS);
  });

  it("finds the known legs", () => {
    const found = ofDecember(legs).map((leg) => [
      leg.direction,
      Number(leg.startRateBp.toFixed(1)),
      leg.startedAt.tradeDate,
      Number(leg.extremeRateBp.toFixed(1)),
      leg.extremeAt.tradeDate,
      leg.severity,
      leg.endReason,
    ]);
    expect(found).toEqual([
      ["hawkish", 367.2, "2025-09-18", 373.4, "2025-09-25", "notice", "reversed"],
      ["dovish", 373.4, "2025-09-25", 359.5, "2025-10-16", "sharp", "reversed"],
      ["hawkish", 359.5, "2025-10-16", 380.0, "2025-11-19", "severe", "reversed"],
      ["dovish", 380.0, "2025-11-19", 366.2, "2025-11-25", "sharp", null],
    ]);
  });

  it("names the leg that each one reverses on its first alert", () => {
    const [first, second, third, fourth] = ofDecember(legs);
    const reversed = ofDecember(alerts).flatMap(({ tradeDate, reverses }) =>
      reverses === null ? [] : [[tradeDate, reverses]],
    );
    expect(reversed).toEqual([
      ["2025-09-30", first?.key],
      ["2025-10-23", second?.key],
      ["2025-11-21", third?.key],
    ]);
    expect(fourth?.reverses).toBe(third?.key);
  });

  it("raises the same on the odds that FedWatch published", () => {
    const published = detect(publishedDays(), BUILT_IN_CALENDAR);
    expect(ofDecember(published.alerts).map(inWords)).toEqual(ALERTS);
  });

  it("stays silent on 30 October, when any cut from here fell 24 pp and the expected rate moved 2.3 bp", () => {
    const [before, after] = ["2025-10-29", "2025-10-30"].map((date) =>
      DAYS.find(({ tradeDate }) => tradeDate === date)?.readings.find(({ meetingDate }) => meetingDate === DECEMBER),
    );
    const ease = (reading: typeof before) => 100 * (reading?.cumulative?.ease ?? Number.NaN);
    expect(ease(after) - ease(before)).toBeCloseTo(-24, 0);
    expect((after?.expectedRateBp ?? 0) - (before?.expectedRateBp ?? 0)).toBeCloseTo(-2.3, 1);
    expect(alerts.filter(({ tradeDate }) => tradeDate === "2025-10-30")).toEqual([]);
  });

  it("puts the great leg in percentage points: at most 350-375 fell from certain to 30 %", () => {
    const [start, extreme] = ["2025-10-16", "2025-11-19"].map((date) =>
      DAYS.find(({ tradeDate }) => tradeDate === date)?.readings.find(({ meetingDate }) => meetingDate === DECEMBER),
    );
    if (start === undefined || extreme === undefined) throw new Error("No readings of the leg");
    const shift = largestAtMostShift(start, extreme);
    expect(shift?.upperBp).toBe(375);
    expect(shift?.probabilityStart).toBeCloseTo(1, 6);
    // FedWatch on 19 Nov 2025: 0.300714 for 350-375.
    expect(shift?.probabilityExtreme).toBeCloseTo(0.300714, 5);
  });
});
