import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import { addDays, addMonths, monthOf, weekday } from "../../src/calendar/calendar-date.ts";
import {
  isTradeDate,
  lastTradeDateOfMonth,
  nextTradeDate,
  previousTradeDate,
  sessionEndInstant,
  sessionTradeDate,
  settlementInstant,
  TRADE_CALENDAR_END,
  tradeDateAt,
  tradeDateOnOrBefore,
} from "../../src/calendar/trade-dates.ts";

const HISTORY = new URL("../../../shared/data/", import.meta.url);
const SETTLEMENTS = new URL("zq_settle_2015_2022.csv", HISTORY);
const FEDWATCH = new URL("fedwatch_published_meetings_2025.csv", HISTORY);
const SEED = 20251117;

const dates = fc.integer({ min: 0, max: 36 * 365 }).map((days) => addDays("2000-01-01", days));
const instants = fc.integer({ min: Date.UTC(2000, 0, 3), max: Date.UTC(2035, 11, 20) }).map((ms) => new Date(ms));

function firstColumn(file: URL): Set<IsoDate> {
  const rows = readFileSync(file, "utf8").split("\n").slice(1);
  return new Set(rows.map((row) => row.slice(0, 10)).filter((date) => date !== ""));
}

function tradeDatesBetween(from: IsoDate, to: IsoDate): IsoDate[] {
  const list: IsoDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) if (isTradeDate(date)) list.push(date);
  return list;
}

describe("isTradeDate()", () => {
  it("never is a Saturday or a Sunday, and leaves 248 to 253 days a year", () => {
    for (let year = 2000; year <= Number(TRADE_CALENDAR_END.slice(0, 4)); year++) {
      const list = tradeDatesBetween(`${year}-01-01`, `${year}-12-31`);
      expect(list.every((date) => weekday(date) >= 1 && weekday(date) <= 5)).toBe(true);
      expect(list.length).toBeGreaterThanOrEqual(248);
      expect(list.length).toBeLessThanOrEqual(253);
    }
  });

  it("never closes for more than four days on end", () => {
    for (let date = "2000-01-03"; date < TRADE_CALENDAR_END; date = nextTradeDate(date)) {
      expect(nextTradeDate(date) <= addDays(date, 5)).toBe(true);
    }
  });

  // CME Group holiday calendars of these years, and the weekdays missing from the exchange's settlements.
  it.each([
    "2001-09-12", // no trading on 12 September
    "2004-06-11", // mourning for President Reagan
    "2004-12-24", // Christmas on a Saturday
    "2015-07-03",
    "2016-12-26",
    "2017-01-02",
    "2021-04-02", // a Good Friday with an employment report
    "2021-12-24",
    "2022-06-20",
    "2022-12-26",
    "2023-06-19",
    "2024-03-29",
    "2025-04-18",
    "2025-11-27",
    "2027-06-18", // Juneteenth on a Saturday
  ])("is closed on %s", (date) => {
    expect(isTradeDate(date)).toBe(false);
  });

  it.each([
    "2001-09-11", // halted at 9:15, settled
    "2007-01-02", // mourning for President Ford: a short day
    "2012-10-29",
    "2012-10-30",
    "2015-04-03", // a Good Friday with an employment report, settled; so are the next three, 2034 by the rule
    "2023-04-07",
    "2026-04-03",
    "2034-04-07",
    "2018-12-05",
    "2021-06-18", // Juneteenth became law the day before
    "2021-12-31",
    "2025-01-09",
    "2025-10-13", // Columbus Day: banks closed, futures settled
    "2025-11-11",
    "2025-11-28",
  ])("is open on %s", (date) => {
    expect(isTradeDate(date)).toBe(true);
  });
});

describe.skipIf(!existsSync(SETTLEMENTS))(
  "isTradeDate() against settlements 2015-2022 (skipped without ../shared)",
  () => {
    it("is exactly the days that have a settlement", () => {
      expect(tradeDatesBetween("2015-01-02", "2022-12-30")).toEqual([...firstColumn(SETTLEMENTS)].sort());
    });
  },
);

describe.skipIf(!existsSync(FEDWATCH))("isTradeDate() against FedWatch's export (skipped without ../shared)", () => {
  it("is exactly the days of 21 Aug 2024 to 31 Oct 2025 that FedWatch published", () => {
    const published = [...firstColumn(FEDWATCH)].filter((date) => date <= "2025-10-31").sort();
    expect(tradeDatesBetween("2024-08-21", "2025-10-31")).toEqual(published);
  });
});

describe("nextTradeDate() and previousTradeDate()", () => {
  it("are each other's inverse on trade dates and strictly on either side of any date", () => {
    fc.assert(
      fc.property(dates, (date) => {
        expect(nextTradeDate(date) > date && isTradeDate(nextTradeDate(date))).toBe(true);
        expect(previousTradeDate(date) < date && isTradeDate(previousTradeDate(date))).toBe(true);
        expect(previousTradeDate(nextTradeDate(date))).toBe(tradeDateOnOrBefore(date));
        expect(tradeDateOnOrBefore(date) === date).toBe(isTradeDate(date));
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});

describe("lastTradeDateOfMonth()", () => {
  it("is in the month, with no trade date after it", () => {
    for (let month = "2000-01"; month <= "2035-12"; month = addMonths(month, 1)) {
      const last = lastTradeDateOfMonth(month);
      expect(monthOf(last)).toBe(month);
      expect(monthOf(nextTradeDate(last))).toBe(addMonths(month, 1));
    }
  });

  it.each([
    { month: "2021-05", want: "2021-05-28" },
    { month: "2024-03", want: "2024-03-28" },
    { month: "2021-12", want: "2021-12-31" },
  ])("is $want for $month", ({ month, want }) => {
    expect(lastTradeDateOfMonth(month)).toBe(want);
  });
});

describe("settlementInstant() and sessionEndInstant()", () => {
  it("are 14:00 and 16:00 Chicago in summer and winter time", () => {
    expect(settlementInstant("2025-10-17").toISOString()).toBe("2025-10-17T19:00:00.000Z");
    expect(settlementInstant("2025-11-17").toISOString()).toBe("2025-11-17T20:00:00.000Z");
    expect(sessionEndInstant("2025-11-17").toISOString()).toBe("2025-11-17T22:00:00.000Z");
  });
});

describe("tradeDateAt()", () => {
  it("is the last trade date already settled", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const date = tradeDateAt(instant);
        expect(isTradeDate(date)).toBe(true);
        expect(settlementInstant(date).getTime()).toBeLessThanOrEqual(instant.getTime());
        expect(settlementInstant(nextTradeDate(date)).getTime()).toBeGreaterThan(instant.getTime());
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it("counts the instant of a settlement as settled", () => {
    expect(tradeDateAt(new Date("2025-11-17T20:00:00.000Z"))).toBe("2025-11-17");
    expect(tradeDateAt(new Date("2025-11-17T19:59:59.999Z"))).toBe("2025-11-14");
  });
});

describe("sessionTradeDate()", () => {
  it("is the first trade date whose session has not ended, or the one that ended within the hour", () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const date = sessionTradeDate(instant);
        expect(isTradeDate(date)).toBe(true);
        const hour = 3_600_000;
        expect(sessionEndInstant(date).getTime() + hour).toBeGreaterThan(instant.getTime());
        expect(sessionEndInstant(previousTradeDate(date)).getTime() + hour).toBeLessThanOrEqual(instant.getTime());
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it.each([
    { instant: "2025-11-17T20:30:00Z", want: "2025-11-17" }, // 14:30 Chicago
    { instant: "2025-11-17T22:30:00Z", want: "2025-11-17" }, // 16:30, the pause
    { instant: "2025-11-17T23:00:00Z", want: "2025-11-18" }, // 17:00
    { instant: "2025-11-16T23:30:00Z", want: "2025-11-17" }, // Sunday evening
    { instant: "2025-01-20T15:00:00Z", want: "2025-01-21" }, // the morning of a holiday
    { instant: "2025-11-15T15:00:00Z", want: "2025-11-17" }, // Saturday
  ])("is $want at $instant", ({ instant, want }) => {
    expect(sessionTradeDate(new Date(instant))).toBe(want);
  });
});
