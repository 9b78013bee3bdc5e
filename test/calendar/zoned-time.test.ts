import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../src/calendar/calendar-date.ts";
import {
  CHICAGO,
  dateInZone,
  HONG_KONG,
  NEW_YORK,
  SHANGHAI,
  timeInZone,
  UTC,
  zonedInstant,
} from "../../src/calendar/zoned-time.ts";

const ZONES = [CHICAGO, NEW_YORK, HONG_KONG, SHANGHAI, UTC];
const SEED = 20251117;

const zones = fc.constantFrom(...ZONES);
const dates = fc.integer({ min: 0, max: 36 * 365 }).map((days) => addDays("2000-01-01", days));
const times = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });

function instantOf(date: string, hour: number, minute: number, zone: string): string {
  return zonedInstant(date, hour, minute, zone).toISOString();
}

describe("zonedInstant()", () => {
  it("is read back as the same date and time, but for the hour that spring skips", () => {
    fc.assert(
      fc.property(dates, times, zones, (date, { hour, minute }, zone) => {
        const instant = zonedInstant(date, hour, minute, zone);
        expect(dateInZone(instant, zone)).toBe(date);
        const read = timeInZone(instant, zone);
        // American clocks skip 02:00 to 02:59 and nothing else.
        if (hour === 2 && read.hour === 3) expect(zone === CHICAGO || zone === NEW_YORK).toBe(true);
        else expect(read).toEqual({ hour, minute });
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it("agrees with the platform's own clock on every date from 2015 to 2030", () => {
    const clocks = [CHICAGO, NEW_YORK, HONG_KONG, SHANGHAI].map((zone) => ({
      zone,
      format: new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }),
    }));
    for (let date = "2015-01-01"; date <= "2030-12-31"; date = addDays(date, 1)) {
      for (const { zone, format } of clocks) {
        expect(format.format(zonedInstant(date, 14, 0, zone))).toBe(`${date} 14:00`);
      }
    }
  });

  it("never runs backwards: later wall times of a day are never earlier instants", () => {
    fc.assert(
      fc.property(dates, times, times, zones, (date, a, b, zone) => {
        const [first, second] = a.hour * 60 + a.minute <= b.hour * 60 + b.minute ? [a, b] : [b, a];
        // The repeated hour is read as its first pass, the skipped one as an hour later: order holds outside the latter.
        fc.pre(first.hour !== 2);
        const early = zonedInstant(date, first.hour, first.minute, zone);
        expect(early.getTime()).toBeLessThanOrEqual(zonedInstant(date, second.hour, second.minute, zone).getTime());
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it.each([
    { date: "2025-11-17", hour: 14, minute: 0, zone: CHICAGO, want: "2025-11-17T20:00:00.000Z" },
    { date: "2025-10-17", hour: 14, minute: 0, zone: CHICAGO, want: "2025-10-17T19:00:00.000Z" },
    { date: "2025-10-29", hour: 14, minute: 0, zone: NEW_YORK, want: "2025-10-29T18:00:00.000Z" },
    { date: "2020-03-15", hour: 17, minute: 0, zone: NEW_YORK, want: "2020-03-15T21:00:00.000Z" },
    { date: "2006-04-02", hour: 14, minute: 0, zone: CHICAGO, want: "2006-04-02T19:00:00.000Z" }, // first Sunday of April
    { date: "2007-03-12", hour: 14, minute: 0, zone: CHICAGO, want: "2007-03-12T19:00:00.000Z" }, // rules of 2007
    { date: "2025-11-17", hour: 16, minute: 0, zone: HONG_KONG, want: "2025-11-17T08:00:00.000Z" },
    { date: "2025-11-17", hour: 15, minute: 0, zone: SHANGHAI, want: "2025-11-17T07:00:00.000Z" },
    { date: "2024-02-29", hour: 0, minute: 0, zone: UTC, want: "2024-02-29T00:00:00.000Z" },
  ])("places $hour h $minute of $date in $zone at $want", ({ date, hour, minute, zone, want }) => {
    expect(instantOf(date, hour, minute, zone)).toBe(want);
  });

  it("reads a time that spring skips with the offset before the change", () => {
    expect(instantOf("2025-03-09", 2, 30, CHICAGO)).toBe("2025-03-09T08:30:00.000Z"); // 03:30 daylight time
    expect(instantOf("2025-03-09", 1, 59, CHICAGO)).toBe("2025-03-09T07:59:00.000Z");
    expect(instantOf("2025-03-09", 3, 0, CHICAGO)).toBe("2025-03-09T08:00:00.000Z");
  });

  it("takes the earlier of a time that autumn shows twice", () => {
    expect(instantOf("2025-11-02", 1, 30, CHICAGO)).toBe("2025-11-02T06:30:00.000Z");
    expect(instantOf("2025-11-02", 2, 0, CHICAGO)).toBe("2025-11-02T08:00:00.000Z");
  });

  it("refuses what is no date, time or zone, and names it", () => {
    expect(() => zonedInstant("2026-02-29", 14, 0, CHICAGO)).toThrow(/2026-02-29/);
    expect(() => zonedInstant("2026-02-27", 24, 0, CHICAGO)).toThrow(/24:0/);
    expect(() => zonedInstant("2026-02-27", 14, 0.5, CHICAGO)).toThrow(/14:0.5/);
    expect(() => zonedInstant("2026-02-27", 14, 0, "America/Gotham")).toThrow(/America\/Gotham/);
    expect(() => dateInZone(new Date(Number.NaN), CHICAGO)).toThrow(/not a valid date/);
  });
});

describe("dateInZone()", () => {
  it("changes at the zone's midnight, to the millisecond", () => {
    fc.assert(
      fc.property(dates, zones, (date, zone) => {
        const midnight = zonedInstant(date, 0, 0, zone).getTime();
        expect(dateInZone(new Date(midnight), zone)).toBe(date);
        expect(dateInZone(new Date(midnight - 1), zone)).toBe(addDays(date, -1));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it.each([
    { instant: "2025-11-18T03:00:00Z", zone: CHICAGO, want: "2025-11-17" },
    { instant: "2025-11-17T16:30:00Z", zone: HONG_KONG, want: "2025-11-18" },
  ])("shows $want for $instant in $zone", ({ instant, zone, want }) => {
    expect(dateInZone(new Date(instant), zone)).toBe(want);
  });
});
