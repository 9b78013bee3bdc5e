import { describe, expect, it } from "vitest";
import { readStatement } from "../../../src/sources/upstreams/fomc-statement.ts";
import { fixture } from "./loopback.ts";

function page(...sentences: readonly string[]): string {
  return `<html><body><div id="article"><p>${sentences.join("</p><p>")}</p></div></body></html>`;
}

describe("readStatement()", () => {
  it.each([
    { date: "2025-10-29", lowerBp: 375, upperBp: 400 },
    { date: "2025-07-30", lowerBp: 425, upperBp: 450 },
  ])("reads the statement of $date, scripts and dissents notwithstanding", ({ date, ...range }) => {
    expect(readStatement(fixture(`statement-${date}.html`), date)).toEqual(range);
  });

  // The Committee's own words of those days.
  it.each([
    [
      "2025-12-10",
      350,
      375,
      "the Committee decided to lower the target range for the federal funds rate by 1/4 percentage point to 3‑1/2 to 3‑3/4 percent.",
    ],
    [
      "2024-09-18",
      475,
      500,
      "the Committee decided to lower the target range for the federal funds rate by 1/2 percentage point to 4-3/4 to 5 percent.",
    ],
    [
      "2022-06-15",
      150,
      175,
      "the Committee decided to raise the target range for the federal funds rate to 1‑1/2 to 1-3/4 percent and anticipates that ongoing increases in the target range will be appropriate.",
    ],
    [
      "2020-03-15",
      0,
      25,
      "In light of these developments, the Committee decided to lower the target range for the federal funds rate to 0 to 1/4 percent. The Committee expects to maintain this target range until it is confident.",
    ],
    [
      "2020-03-03",
      100,
      125,
      "In light of these risks, the Federal Open Market Committee decided today to lower the target range for the federal funds rate by 1/2 percentage point, to 1 to 1‑1/4 percent.",
    ],
    [
      "2020-06-10",
      0,
      25,
      "In light of these developments, the Committee decided to maintain the target range for the federal funds rate at 0 to 1/4 percent.",
    ],
    [
      "2021-01-27",
      0,
      25,
      "The Committee decided to keep the target range for the federal funds rate at 0 to 1/4 percent and expects it will be appropriate to maintain this target range.",
    ],
    [
      "2015-12-16",
      25,
      50,
      "the Committee decided to raise the target range for the federal funds rate to 1/4 to 1/2 percent.",
    ],
    [
      "2008-12-16",
      0,
      25,
      "The Federal Open Market Committee decided today to establish a target range for the federal funds rate of 0 to 1/4 percent.",
    ],
    [
      "2026-07-29",
      350,
      375,
      "The Committee decided to maintain the target range for the federal funds rate at 3-1/2 to 3-3/4 percent, in support of the Federal Reserve's dual mandate.",
    ],
  ])("reads the decision of %s", (date, lowerBp, upperBp, sentence) => {
    expect(readStatement(page(sentence), date)).toEqual({ lowerBp, upperBp });
  });

  it.each([
    "3-3/4 to 4",
    "3\u20113/4 to 4",
    "3\u20133/4 to 4",
    "3\u00be to 4",
    "3 \u00be to 4",
    "3-\u00be to 4",
    "3.75 to 4.00",
    "3 3/4 to 4",
    "3-3\u20444 to 4",
    "3&#8209;3/4 to&nbsp;4",
    "3&frac34; to 4",
    "3\u2010\u20603/4 to 4",
    "3-3/4 percent to 4",
  ])("reads %s percent", (figures) => {
    const sentence = `The Committee decided to maintain the target range for the federal funds rate at ${figures} percent.`;
    expect(readStatement(page(sentence), "it")).toEqual({ lowerBp: 375, upperBp: 400 });
  });

  it("does not take a dissenter's wish for the decision", () => {
    const decided = "The Committee decided to lower the target range for the federal funds rate to 0 to 1/4 percent.";
    const wish =
      "Voting against this action was Loretta J. Mester, who preferred to reduce the target range for the federal funds rate to 1/2 to 3/4 percent at this meeting.";
    expect(readStatement(page(decided, wish), "it")).toEqual({ lowerBp: 0, upperBp: 25 });
    const both = wish.replace("preferred", "voted otherwise and preferred");
    expect(readStatement(page(decided, both), "it")).toEqual({ lowerBp: 0, upperBp: 25 });
    expect(() => readStatement(page(wish, "The Committee met."), "it")).toThrow(/of no readable range$/);
  });

  it("gives null for a statement that decides no rate", () => {
    expect(
      readStatement(
        page("The Federal Open Market Committee is taking further actions to support the flow of credit."),
        "it",
      ),
    ).toBeNull();
  });

  it.each([
    [
      page("The Committee decided to adjust the target range for the federal funds rate."),
      /speaks of the federal funds rate but of no readable range$/,
    ],
    [
      page("The Committee decided to maintain the target range for the federal funds rate at its current level."),
      /no readable range$/,
    ],
    [
      page("The Committee decided to lower the target range for the federal funds rate to 3-2/3 to 4 percent."),
      /no range on the 25 bp grid in "/,
    ],
    [
      page("The Committee decided to lower the target range for the federal funds rate to 4 to 3-3/4 percent."),
      /no range on the 25 bp grid/,
    ],
    [
      page("The Committee decided to lower the target range for the federal funds rate to 3-1/0 to 4 percent."),
      /no range on the 25 bp grid/,
    ],
    [
      page("The Committee decided to raise the target range for the federal funds rate to 375 to 400 percent."),
      /no range on the 25 bp grid/,
    ],
    [
      page(
        "The Committee decided to keep the target range for the federal funds rate at 3 to 3-1/4 percent.",
        "The Committee decided to keep the target range for the federal funds rate at 4 to 4-1/4 percent.",
      ),
      /names several ranges, 300-325 and 400-425$/,
    ],
    ["", /does not speak of the Committee$/],
    ["<p>Please enable JavaScript to continue</p>", /does not speak of the Committee$/],
  ])("refuses to guess", (html, says) => {
    expect(() => readStatement(html, "the statement of 2025-10-29")).toThrow(says);
    expect(() => readStatement(html, "the statement of 2025-10-29")).toThrow(
      /^Cannot read the statement of 2025-10-29: /,
    );
  });
});
