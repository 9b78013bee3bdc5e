import { describe, expect, it } from "vitest";
import { messageOf, parseFixture, parseText } from "./read-file.ts";

function parsePage(rows: object[], time: string | undefined = "2026-07-20T05:23:35Z") {
  const meetings = [{ meeting_date: "2026-07-29", rate_probabilities: rows }];
  return parseText("fedwatch", JSON.stringify({ scrape_time: time, meetings })).distributions;
}

describe("a saved FedWatch page", () => {
  it("reads the column now as an intraday reading of the moment it was saved", () => {
    const { source, distributions } = parseFixture("fedwatch", "fedwatch-page.json");
    expect(source).toBe("fedwatch-export");
    expect(distributions.rowsRead).toBe(2);
    expect(distributions.kept[0]).toEqual({
      meetingDate: "2026-07-29",
      tradeDate: "2026-07-20",
      asOf: new Date("2026-07-20T05:23:35.760Z"),
      grid: "intraday",
      decimals: 3,
      outcomes: [
        { lowerBp: 350, upperBp: 375, probability: 0.856 },
        { lowerBp: 375, upperBp: 400, probability: 0.144 },
      ],
    });
    expect(distributions.kept[1]?.outcomes.map(({ probability }) => probability)).toEqual([
      0.159, 0.382, 0.319, 0.119, 0.02, 0.001,
    ]);
  });

  it("reads a page saved before its table had loaded as no rows, with the reason", () => {
    const { distributions } = parseFixture("fedwatch", "fedwatch-page-empty.json");
    expect([distributions.rowsRead, distributions.kept]).toEqual([0, []]);
    expect(distributions.notes).toEqual(["2027-09-15: the page was saved before its table of ranges had loaded"]);
  });

  it("puts Sunday evening on Monday's trade date", () => {
    const rows = [{ range: "350-375", now: 100 }];
    expect(parsePage(rows, "2026-07-19T23:30:00Z").kept[0]?.tradeDate).toBe("2026-07-20");
  });

  it.each([
    [[{ range: "350-37585", now: 100 }], "range_off_grid"],
    [[{ range: "no change", now: 100 }], "bad_range"],
    [[{ range: "350-375", now: 120 }], "bad_probability"],
    [[{ range: "350-375", now: -1 }], "bad_probability"],
    [[{ range: "350-375", now: 85.6 }], "sum_not_one"],
    [
      [
        { range: "350-375", now: 50 },
        { range: "350-375 (Current)", now: 50 },
      ],
      "conflicting_rows",
    ],
  ])("sets %j aside as %s", (rows, code) => {
    const distributions = parsePage(rows);
    expect([distributions.kept.length, distributions.rejected.map((r) => r.code)]).toEqual([0, [code]]);
  });

  it("refuses odds without a time", () => {
    const page = { meetings: [{ meeting_date: "2026-07-29", rate_probabilities: [{ range: "350-375", now: 100 }] }] };
    expect(messageOf(() => parseText("fedwatch", JSON.stringify(page)))).toMatch(/no scrape_time/);
  });
});
