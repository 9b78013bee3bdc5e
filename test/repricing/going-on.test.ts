import { describe, expect, it } from "vitest";
import { isGoingOn } from "../../src/repricing/going-on.ts";

describe("isGoingOn()", () => {
  it("is so until the day of the decision, whether or not a reading after it ended the leg", () => {
    const on = (date: string) => isGoingOn({ meeting: "2026-03-18", path: null }, date);
    expect([on("2026-03-17"), on("2026-03-18"), on("2026-03-19")]).toEqual([true, true, false]);
  });

  it("is so of a path until its year is over, although its December decision is behind", () => {
    const on = (date: string) => isGoingOn({ meeting: "2026-12-09", path: 2026 }, date);
    expect([on("2026-12-10"), on("2026-12-31"), on("2027-01-04")]).toEqual([true, true, false]);
  });
});
