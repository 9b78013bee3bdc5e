import { assert, constantFrom, date as dates, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, daysBetween, type IsoDate, isIsoDate, weekday } from "../../src/calendar/calendar-date.ts";

const textOf = (date: Date): IsoDate => date.toISOString().slice(0, 10);
const anyDate = dates({ min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }).map(textOf);
const seeded = { seed: 20251210, numRuns: 5_000 };

describe("addDays()", () => {
  it("moves as the calendar of the language does, and back again", () => {
    const moves = integer({ min: -800, max: 800 });
    assert(
      property(anyDate, moves, (date, days) => {
        const there = addDays(date, days);
        expect(there).toBe(textOf(new Date(Date.parse(date) + days * 86_400_000)));
        expect(addDays(there, -days)).toBe(date);
        expect(daysBetween(date, there)).toBe(days);
        expect(isIsoDate(there)).toBe(true);
      }),
      seeded,
    );
  });

  it("passes every end of a month, one day at a time, for a century", () => {
    let date: IsoDate = "1999-12-31";
    for (let ms = Date.parse(date); date < "2104-03-02"; ms += 86_400_000) {
      expect(date).toBe(textOf(new Date(ms)));
      date = addDays(date, 1);
    }
  });

  it("refuses what is no date", () => {
    assert(
      property(constantFrom("", "2025", "2025-1-01", "20x5-01-31", "2025-01-3x", "soon"), (text) => {
        expect(() => addDays(text, 40)).toThrow(RangeError);
      }),
    );
  });
});

describe("weekday()", () => {
  it("is that of the language, before 1970 too", () => {
    assert(
      property(anyDate, (date) => {
        expect(weekday(date)).toBe(new Date(date).getUTCDay());
      }),
      seeded,
    );
    expect(weekday("2025-12-10")).toBe(3);
  });
});
