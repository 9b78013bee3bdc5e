import { describe, expect, it } from "vitest";
import { NEW_YORK, timeInZone } from "../../src/calendar/zoned-time.ts";
import { eventsOfMeetings } from "../../src/sources/built-in/built-in-events.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const EVENTS = eventsOfMeetings(BUILT_IN_MEETINGS, NOW);
const find = (key: string) => EVENTS.find(({ eventKey }) => eventKey === key);
const conferences = (year: string) =>
  EVENTS.filter(({ eventKey }) => eventKey.startsWith(`fomc-press-conference/${year}`)).length;

describe("eventsOfMeetings()", () => {
  it("gives each meeting of the list one decision, and no event twice", () => {
    const decisions = EVENTS.filter(({ eventKey }) => eventKey.startsWith("fomc-decision/"));
    expect(decisions).toHaveLength(BUILT_IN_MEETINGS.length);
    expect(new Set(EVENTS.map(({ eventKey }) => eventKey)).size).toBe(EVENTS.length);
  });

  it("counts the press conferences of each year as the Board held them", () => {
    // Three in 2011 (from April), five in 2012, four a year with the projections to 2018, then at every meeting; in 2020
    // seven scheduled meetings were held, the eighth was called off, and two were held after unscheduled decisions.
    const held = ["2010", "2011", "2012", "2013", "2018", "2019", "2025"].map(conferences);
    expect(held).toEqual([0, 3, 5, 4, 4, 8, 8]);
    const of2020 = EVENTS.filter(({ eventKey }) => eventKey.startsWith("fomc-press-conference/2020"));
    expect(of2020.filter(({ status }) => status === "released")).toHaveLength(9);
    expect(of2020.filter(({ status }) => status === "cancelled").map(({ eventKey }) => eventKey)).toEqual([
      "fomc-press-conference/2020-03-18",
    ]);
  });

  it.each([
    ["fomc-decision/2025-10-29", "2025-10-29T18:00:00.000Z"],
    ["fomc-press-conference/2025-10-29", "2025-10-29T18:30:00.000Z"],
    ["fomc-press-conference/2012-09-13", "2012-09-13T18:15:00.000Z"],
    ["fomc-decision/2020-03-15", "2020-03-15T21:00:00.000Z"],
    // Released as the Board's pages of these minutes say; the rule alone gives 19 November 2025 and 5 July 2018.
    ["fomc-minutes/2025-10-29", "2025-11-19T19:00:00.000Z"],
    ["fomc-minutes/2018-06-13", "2018-07-05T18:00:00.000Z"],
    ["fomc-minutes/2024-11-07", "2024-11-26T19:00:00.000Z"],
    ["fomc-minutes/2019-12-11", "2020-01-03T19:00:00.000Z"],
  ])("%s was at %s", (key, instant) => {
    expect(find(key)?.scheduledAt.toISOString()).toBe(instant);
  });

  it("places minutes at 14:00 New York, 19 to 23 days after the decision, and none of meetings before December 2004", () => {
    const minutes = EVENTS.filter(({ eventKey }) => eventKey.startsWith("fomc-minutes/"));
    expect(minutes.length).toBeGreaterThan(180);
    for (const { eventKey, scheduledAt } of minutes) {
      expect(timeInZone(scheduledAt, NEW_YORK)).toEqual({ hour: 14, minute: 0 });
      const days = (scheduledAt.getTime() - Date.parse(eventKey.slice(-10))) / 86_400_000;
      if (!eventKey.endsWith("2020-03-15")) expect(days > 18 && days < 24).toBe(true);
    }
    expect(minutes[0]?.eventKey).toBe("fomc-minutes/2004-12-14");
  });

  it("calls what is past released, what is to come scheduled, and says since when it was known", () => {
    for (const { scheduledAt, status, knownAt } of EVENTS) {
      if (status === "cancelled") continue;
      expect(status).toBe(scheduledAt <= NOW ? "released" : "scheduled");
      expect(knownAt !== null && knownAt <= scheduledAt).toBe(true);
    }
    expect(find("fomc-decision/2020-03-18")).toMatchObject({ status: "cancelled" });
  });
});
