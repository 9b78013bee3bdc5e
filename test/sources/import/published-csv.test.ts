import { describe, expect, it } from "vitest";
import { parseText } from "./read-file.ts";

const HEADER = "as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability";
// CME's displayed probabilities for the settlement of 18 Sep 2026 (28 Oct), and its export for 17 Nov 2025.
const ROWS = [
  "2026-09-18,2026-10-28,375,400,0.424",
  "2026-09-18,2026-10-28,400,425,0.576",
  "2025-11-17,2025-12-10,350,375,0.423571",
  "2025-11-17,2025-12-10,375,400,0.576429",
];

function read(rows: readonly string[], meetingDates: readonly string[] = []) {
  return parseText("fedwatch", [HEADER, ...rows].join("\n"), { meetingDates }).distributions;
}

describe("published probabilities, one range a row", () => {
  it("makes one distribution of the rows of one date and meeting and records the decimals printed", () => {
    const distributions = read(ROWS);
    expect(distributions.rowsRead).toBe(4);
    expect(distributions.kept.map((d) => [d.tradeDate, d.meetingDate, d.decimals, d.grid])).toEqual([
      ["2026-09-18", "2026-10-28", 3, "settlement"],
      ["2025-11-17", "2025-12-10", 6, "settlement"],
    ]);
    expect(distributions.kept[1]?.asOf).toEqual(new Date("2025-11-17T20:00:00Z"));
    expect(distributions.kept[1]?.outcomes).toEqual([
      { lowerBp: 350, upperBp: 375, probability: 0.423571 },
      { lowerBp: 375, upperBp: 400, probability: 0.576429 },
    ]);
  });

  it("does not mind the order of the rows, zeros and repeats", () => {
    const [, , a = "", b = ""] = ROWS;
    const want = read([a, b]).kept;
    expect(read([b, a, "2025-11-17,2025-12-10,325,350,0.000000"]).kept).toEqual(want);
    const repeated = read([a, b, a]);
    expect([repeated.kept, repeated.duplicates]).toEqual([want, 1]);
  });

  it("reads small figures as spreadsheets print them", () => {
    const kept = read(["2025-11-17,2025-12-10,325,350,3.6e-05", "2025-11-17,2025-12-10,350,375,0.999964"]).kept;
    expect(kept[0]).toMatchObject({ decimals: 6, outcomes: [{ probability: 0.000036 }, { probability: 0.999964 }] });
  });

  it.each([
    ["off the grid", "2025-11-17,2025-12-10,360,385,0.1", "range_off_grid"],
    ["reversed", "2025-11-17,2025-12-10,375,350,0.1", "range_off_grid"],
    ["huge", "2025-11-17,2025-12-10,100000,100025,0.1", "range_out_of_band"],
    ["no range", "2025-11-17,2025-12-10,,,0.1", "bad_range"],
    ["a probability above 1", "2025-11-17,2025-12-10,400,425,1.1", "bad_probability"],
    ["inf", "2025-11-17,2025-12-10,400,425,inf", "bad_probability"],
    ["a blank", "2025-11-17,2025-12-10,400,425,", "bad_probability"],
    ["too much", "2025-11-17,2025-12-10,400,425,0.1", "sum_not_one"],
    ["a second figure", "2025-11-17,2025-12-10,350,375,0.5", "conflicting_rows"],
  ])("refuses the whole distribution for one row that is %s", (_, row, code) => {
    const distributions = read([...ROWS, row]);
    expect(distributions.kept.map(({ tradeDate }) => tradeDate)).toEqual(["2026-09-18"]);
    expect(distributions.rejected.map((r) => r.code)).toEqual([code]);
  });

  it("sets aside wrong dates, unknown meetings, days after the meeting and days without settlement", () => {
    const one = (asOf: string, meeting: string) => `${asOf},${meeting},350,375,1`;
    const distributions = read(
      [
        one("2025-02-30", "2025-12-10"),
        one("2025-11-17", "2025-12-17"),
        one("2025-12-11", "2025-12-10"),
        one("2025-11-16", "2025-12-10"),
      ],
      ["2025-12-10", "2026-01-28"],
    );
    expect(distributions.rejected.map((r) => r.code)).toEqual(["bad_date", "unknown_meeting", "after_meeting"]);
    expect(distributions.notTradeDates).toHaveLength(1);
  });

  it("takes a sum that misses 1 by rounding, and no more", () => {
    const sumOf = (last: string) =>
      read([`2025-11-17,2025-12-10,350,375,0.5`, `2025-11-17,2025-12-10,375,400,${last}`]);
    expect(sumOf("0.495").kept).toHaveLength(1);
    expect(sumOf("0.505").kept).toHaveLength(1);
    expect(sumOf("0.494").rejected).toHaveLength(1);
    expect(sumOf("0.506").rejected).toHaveLength(1);
  });
});
