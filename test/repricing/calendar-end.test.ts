import { describe, expect, it } from "vitest";
import { calendarEnd, endedByCalendar } from "../../src/repricing/calendar-end.ts";
import type { Leg } from "../../src/repricing/repricing.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";

const MEETING = { meeting: "2025-12-10", path: null };
const PATH = { meeting: "2025-12-10", path: 2025 };
const end = (target: typeof MEETING | typeof PATH, at: string, calendar = BUILT_IN_CALENDAR) =>
  calendarEnd(target, calendar, new Date(at));

describe("calendarEnd()", () => {
  it("ends a meeting with its statement, once a stream that lives has had the next day's settlement to say so", () => {
    const decided = { at: { tradeDate: "2025-12-10", asOf: "2025-12-10T19:00:00.000Z" }, reason: "decision" };
    expect(end(MEETING, "2025-12-10T19:00:00Z")).toBeNull();
    expect(end(MEETING, "2025-12-11T19:59:59.999Z")).toBeNull();
    expect(end(MEETING, "2025-12-11T20:00:00Z")).toEqual(decided);
    expect(end(MEETING, "2026-11-22T12:00:00Z")).toEqual(decided);
  });

  it("ends a path with its year, not with the decision in December", () => {
    expect(end(PATH, "2025-12-31T23:00:00Z")).toBeNull();
    expect(end(PATH, "2026-01-02T20:00:00Z")).toEqual({
      at: { tradeDate: "2025-12-31", asOf: "2025-12-31T20:00:00.000Z" },
      reason: "path_ended",
    });
  });

  it("ends a meeting that was called off when it was, as that of 18 March 2020 on Sunday the 15th", () => {
    const ended = end({ meeting: "2020-03-18", path: null }, "2020-03-17T20:00:00Z");
    expect(ended).toMatchObject({ at: { tradeDate: "2020-03-13" }, reason: "cancelled" });
    expect(ended?.at.asOf.slice(0, 10)).toBe("2020-03-15");
  });

  it("takes 14:00 New York of its day for a meeting whose outcome is not known, and of one that is on no calendar", () => {
    const undecided = BUILT_IN_CALENDAR.meetings.map((meeting) => ({ ...meeting, decision: null }));
    const instants = [undecided, []].map((meetings) => {
      return end(MEETING, "2026-01-01T00:00:00Z", { ...BUILT_IN_CALENDAR, meetings })?.at.asOf;
    });
    expect(instants).toEqual(["2025-12-10T19:00:00.000Z", "2025-12-10T19:00:00.000Z"]);
  });
});

describe("endedByCalendar()", () => {
  const leg = { target: MEETING, status: "open", endedAt: null, endReason: null } as unknown as Leg;

  it("closes an open leg whose meeting is over and leaves every other as it is", () => {
    const late = new Date("2026-11-22T12:00:00Z");
    expect(endedByCalendar(leg, BUILT_IN_CALENDAR, late)).toMatchObject({ status: "closed", endReason: "decision" });
    expect(endedByCalendar(leg, BUILT_IN_CALENDAR, new Date("2025-12-01T00:00:00Z"))).toBe(leg);
    const reversed = { ...leg, status: "closed", endReason: "reversed" } as Leg;
    expect(endedByCalendar(reversed, BUILT_IN_CALENDAR, late)).toBe(reversed);
  });
});
