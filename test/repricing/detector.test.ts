/** How series begin and end on the calendar, and how alerts of several of them belong together. */
import { describe, expect, it } from "vitest";
import { nextTradeDate, settlementInstant } from "../../src/calendar/trade-dates.ts";
import { type DayReadings, detect } from "../../src/repricing/detector.ts";
import { targetKey } from "../../src/repricing/target.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";

/** Consecutive trade dates; each row gives some meetings' expected rates. */
function daysFrom(start: string, rows: readonly Readonly<Record<string, number>>[]): DayReadings[] {
  let tradeDate = start;
  return rows.map((row) => {
    const day = {
      tradeDate,
      asOf: settlementInstant(tradeDate),
      readings: Object.entries(row).map(([meetingDate, rate]) => ({
        meetingDate,
        expectedRateBp: rate,
        ownTickBp: null,
      })),
      unusable: null,
    };
    tradeDate = nextTradeDate(tradeDate);
    return day;
  });
}

const NEAR = "2025-10-29";
const FAR = "2025-12-10";

describe("detect()", () => {
  it("ends the path when its meeting comes near, and begins the meeting's own series afresh", () => {
    const rates = [381, 380, 392, 392, 398, 410];
    const { legs, alerts } = detect(
      daysFrom(
        "2025-08-07",
        rates.map((rate) => ({ [FAR]: rate })),
      ),
      BUILT_IN_CALENDAR,
    );
    expect(alerts.map(({ tradeDate, key }) => [tradeDate, key])).toEqual([
      ["2025-08-11", "path-2025/2025-08-08/hawkish/sharp/0"],
      ["2025-08-13", "2025-12-10/2025-08-12/hawkish/notice/0"],
      ["2025-08-14", "2025-12-10/2025-08-12/hawkish/severe/0"],
    ]);
    expect(legs[0]).toMatchObject({
      endReason: "path_ended",
      endedAt: { tradeDate: "2025-08-12" },
      extremeRateBp: 392,
    });
  });

  it("closes the leg of a meeting that is called off", () => {
    // 18 March 2020, called off on Sunday the 15th
    const days = daysFrom("2020-03-12", [{ "2020-03-18": 60 }, { "2020-03-18": 40 }, {}]);
    const { legs } = detect(days, BUILT_IN_CALENDAR);
    expect(legs.map(({ endReason, endedAt }) => [endReason, endedAt?.tradeDate])).toEqual([
      ["cancelled", "2020-03-16"],
    ]);
  });

  it("raises nothing from a decision for its own meeting, and counts what it does to the others", () => {
    const days = daysFrom("2025-10-28", [
      { [NEAR]: 388, [FAR]: 365 },
      { [NEAR]: 412, [FAR]: 373 },
    ]);
    const { alerts } = detect(days, BUILT_IN_CALENDAR);
    expect(alerts.map(({ target, kind }) => [targetKey(target), kind])).toEqual([[FAR, "sharp"]]);
  });

  it("puts alerts of one direction within three trade dates into one cluster, named by the first", () => {
    const flat = { [NEAR]: 380, [FAR]: 360 };
    const up = { [NEAR]: 386, [FAR]: 360 };
    const both = { [NEAR]: 386, [FAR]: 366 };
    const joined = detect(daysFrom("2025-09-18", [flat, up, up, up, both]), BUILT_IN_CALENDAR).alerts;
    expect(joined.map(({ tradeDate }) => tradeDate)).toEqual(["2025-09-19", "2025-09-24"]);
    expect(joined.map(({ cluster }) => cluster)).toEqual([joined[0]?.key, joined[0]?.key]);
    const apart = detect(daysFrom("2025-09-18", [flat, up, up, up, up, both]), BUILT_IN_CALENDAR).alerts;
    expect(apart.map(({ cluster }) => cluster)).toEqual(apart.map(({ key }) => key));
  });

  it("keeps opposite directions in clusters of their own, on one day too", () => {
    const days = daysFrom("2025-09-18", [
      { [NEAR]: 380, [FAR]: 360 },
      { [NEAR]: 386, [FAR]: 352 },
    ]);
    const { alerts } = detect(days, BUILT_IN_CALENDAR);
    expect(alerts.map(({ key, cluster }) => key === cluster)).toEqual([true, true]);
    expect(new Set(alerts.map(({ cluster }) => cluster)).size).toBe(2);
  });
});
