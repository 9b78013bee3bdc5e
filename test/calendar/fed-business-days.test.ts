import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, weekday } from "../../src/calendar/calendar-date.ts";
import { isFedBusinessDay, nextFedBusinessDay, previousFedBusinessDay } from "../../src/calendar/fed-business-days.ts";

const FIXINGS = new URL("../../../shared/data/fed_funds_daily_2000_2026.csv", import.meta.url);
const dates = fc.integer({ min: 0, max: 36 * 365 }).map((days) => addDays("2000-01-01", days));

describe("isFedBusinessDay()", () => {
  // Federal Reserve Financial Services, holiday schedules.
  it.each(["2001-11-12", "2021-07-05", "2022-06-20", "2022-12-26", "2025-10-13", "2025-11-11", "2026-06-19"])(
    "is closed on %s",
    (date) => {
      expect(isFedBusinessDay(date)).toBe(false);
    },
  );

  it.each([
    "2001-09-12",
    "2004-06-11",
    "2007-01-02",
    "2012-10-30",
    "2020-07-03", // Independence Day on a Saturday
    "2021-06-18",
    "2021-12-24", // Christmas on a Saturday
    "2021-12-31",
    "2025-01-09",
    "2025-04-18", // Good Friday
  ])("is open on %s", (date) => {
    expect(isFedBusinessDay(date)).toBe(true);
  });
});

describe("nextFedBusinessDay() and previousFedBusinessDay()", () => {
  it("are business days strictly on either side, at most five days away", () => {
    fc.assert(
      fc.property(dates, (date) => {
        const next = nextFedBusinessDay(date);
        const previous = previousFedBusinessDay(date);
        expect(isFedBusinessDay(next) && isFedBusinessDay(previous)).toBe(true);
        expect(next > date && next <= addDays(date, 5)).toBe(true);
        expect(previous < date && previous >= addDays(date, -5)).toBe(true);
        if (isFedBusinessDay(date)) expect(previousFedBusinessDay(next)).toBe(date);
      }),
      { seed: 20251117, numRuns: 500 },
    );
  });
});

describe.skipIf(!existsSync(FIXINGS))("isFedBusinessDay() against EFFR 2000-2026 (skipped without ../shared)", () => {
  it("is false only where the fixing is carried over from the day before", () => {
    const rows = readFileSync(FIXINGS, "utf8").trim().split("\n").slice(1);
    let carried: string | undefined;
    let weekdayHolidays = 0;
    for (const row of rows) {
      const [date = "", effr] = row.split(",");
      if (carried !== undefined && !isFedBusinessDay(date)) {
        expect([date, effr]).toEqual([date, carried]);
        if (weekday(date) % 6 !== 0) weekdayHolidays++;
      }
      carried = effr;
    }
    expect(weekdayHolidays).toBeGreaterThan(200); // so that a calendar without holidays fails
  });
});
