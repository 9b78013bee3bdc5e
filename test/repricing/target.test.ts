import { describe, expect, it } from "vitest";
import { PARAMETERS } from "../../src/repricing/parameters.ts";
import { targetKey, targetsOn } from "../../src/repricing/target.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";

const keysOn = (tradeDate: string, asOf = `${tradeDate}T20:00:00Z`) =>
  targetsOn(BUILT_IN_CALENDAR, tradeDate, new Date(asOf), PARAMETERS).map(targetKey);

describe("targetsOn()", () => {
  it("gives the next three scheduled meetings and the path to the year's end", () => {
    expect(keysOn("2025-02-03")).toEqual(["2025-03-19", "2025-05-07", "path-2025"]);
    expect(keysOn("2025-03-20")).toEqual(["2025-05-07", "2025-06-18", "path-2025"]);
    expect(keysOn("2025-04-01")).toEqual(["2025-05-07", "2025-06-18", "2025-07-30", "path-2025"]);
  });

  it("lets a meeting in 120 days ahead, and the path end when December is that near", () => {
    expect(keysOn("2025-08-11")).toEqual(["2025-09-17", "2025-10-29", "path-2025"]);
    expect(keysOn("2025-08-12")).toEqual(["2025-09-17", "2025-10-29", "2025-12-10"]);
  });

  it("leaves a meeting out on its own day, and begins the next year's path after December's", () => {
    expect(keysOn("2025-10-29")).toEqual(["2025-12-10", "2026-01-28"]);
    expect(keysOn("2025-12-10")).toEqual(["2026-01-28", "2026-03-18"]);
    expect(keysOn("2025-12-11")).toEqual(["2026-01-28", "2026-03-18", "path-2026"]);
  });

  it("keeps a meeting that was called off later until the cancellation, and no unscheduled one", () => {
    expect(keysOn("2020-03-13")).toEqual(["2020-03-18", "2020-04-29", "2020-06-10", "path-2020"]);
    expect(keysOn("2020-03-16")).toEqual(["2020-04-29", "2020-06-10", "path-2020"]);
    expect(keysOn("2020-03-03")).not.toContain("2020-03-03");
  });

  it("gives what there is where the calendar ends", () => {
    expect(keysOn("2027-12-13")).toEqual(["2028-01-26"]);
    expect(keysOn("2028-02-01")).toEqual([]);
  });
});
