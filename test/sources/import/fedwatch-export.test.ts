import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDateColumn } from "../../../src/sources/files/fedwatch/fedwatch-dates.ts";
import { inferMeeting } from "../../../src/sources/files/fedwatch/infer-meeting.ts";
import { messageOf, parseFixture, parseText } from "./read-file.ts";

const MEETINGS_2025 = ["2025-09-17", "2025-10-29", "2025-12-10", "2026-01-28"];
const LOWERS = Array.from({ length: 64 }, (_, index) => index * 25);
const HEADER = `Date,${LOWERS.map((lower) => `(${lower}-${lower + 25})`).join(",")}`;

/** A row as FedWatch prints it: zeros five ranges a meeting around the range in force, blanks beyond. */
function historyRow(date: string, inForceLower: number, meetingsAhead: number, odds: Record<number, string>): string {
  const reach = 125 * meetingsAhead;
  const cells = LOWERS.map((lower) => odds[lower] ?? (Math.abs(lower - inForceLower) <= reach ? "0.000000" : ""));
  return [date, ...cells].join(",");
}

// What FedWatch published for the meeting of 10 Dec 2025.
const OCT_17 = { 300: "0.000754", 325: "0.062581", 350: "0.936665" };
const OCT_30 = { 350: "0.727857", 375: "0.272143" };
const NOV_17 = { 350: "0.423571", 375: "0.576429" };
const SINGLE = [
  HEADER,
  historyRow("10/17/2025", 400, 2, OCT_17),
  historyRow("10/30/2025", 375, 1, OCT_30),
  historyRow("11/17/2025", 375, 1, NOV_17),
].join("\n");

describe("FedWatch history of one meeting", () => {
  it("reads each row as the distribution of that day's settlement, without its zeros", () => {
    const { source, distributions } = parseText("fedwatch", SINGLE, { meetingDate: "2025-12-10" });
    expect(source).toBe("fedwatch-export");
    expect([distributions.rowsRead, distributions.rejected]).toEqual([3, []]);
    expect(distributions.kept[0]).toEqual({
      meetingDate: "2025-12-10",
      tradeDate: "2025-10-17",
      asOf: new Date("2025-10-17T19:00:00Z"),
      grid: "settlement",
      decimals: 6,
      outcomes: [
        { lowerBp: 300, upperBp: 325, probability: 0.000754 },
        { lowerBp: 325, upperBp: 350, probability: 0.062581 },
        { lowerBp: 350, upperBp: 375, probability: 0.936665 },
      ],
    });
  });

  it("reads the same from all date styles", () => {
    const want = parseText("fedwatch", SINGLE, { meetingDate: "2025-12-10" }).distributions.kept;
    const styles = [
      (y: string, m: string, d: string) => `${y}/${Number(m)}/${Number(d)}`,
      (y: string, m: string, d: string) => `${d}.${m}.${y}`,
      (y: string, m: string, d: string) => `${d}/${m}/${y}`,
      (y: string, m: string, d: string) => `${y}-${m}-${d}`,
    ];
    for (const style of styles) {
      const text = SINGLE.replace(/(\d{2})\/(\d{2})\/(\d{4})/g, (_, m: string, d: string, y: string) => style(y, m, d));
      expect(parseText("fedwatch", text, { meetingDate: "2025-12-10" }).distributions.kept).toEqual(want);
    }
  });

  it("takes the meeting from the file's name, or infers it from the width of the rows", () => {
    const meetingOf = (fileName: string, meetingDates: readonly string[]) => {
      const { distributions } = parseText("fedwatch", SINGLE, { meetingDates }, fileName);
      return [...new Set(distributions.kept.map(({ meetingDate }) => meetingDate))];
    };
    expect(meetingOf("FedMeetingHistory_20251210.csv", [])).toEqual(["2025-12-10"]);
    expect(meetingOf("history.csv", MEETINGS_2025)).toEqual(["2025-12-10"]);
    // The day of the download is no meeting.
    expect(meetingOf("FedMeetingHistory_20251118.csv", MEETINGS_2025)).toEqual(["2025-12-10"]);
  });

  it("refuses a history whose meeting nothing names, and says both ways to name it", () => {
    expect(messageOf(() => parseText("fedwatch", SINGLE))).toBe(
      "Cannot import file.csv: the file does not say which meeting it is of: name it by --meeting 2025-12-10 or in the file's name, as in FedMeetingHistory_20251210.csv",
    );
  });

  it("reads a file of only Date as a meeting not yet listed", () => {
    const { distributions } = parseText("fedwatch", "Date\n");
    expect([distributions.rowsRead, distributions.kept, distributions.notes.length]).toEqual([0, [], 1]);
  });

  it.each([
    ["a sum below 1", { 350: "0.423571" }, "sum_not_one"],
    ["only zeros", {}, "sum_not_one"],
    ["a probability above 1", { 350: "1.200000" }, "bad_probability"],
    ["a negative one", { 350: "1.0", 375: "-0.1" }, "bad_probability"],
    ["no number", { 350: "NaN" }, "bad_probability"],
    ["percent", { 350: "42.3571", 375: "57.6429" }, "bad_probability"],
  ])("sets a row with %s aside", (_, odds, code) => {
    const text = [HEADER, historyRow("11/14/2025", 375, 1, odds), historyRow("11/17/2025", 375, 1, NOV_17)].join("\n");
    const { distributions } = parseText("fedwatch", text, { meetingDate: "2025-12-10" });
    expect(distributions.rejected.map((r) => [r.line, r.code])).toEqual([[2, code]]);
    expect(distributions.kept).toHaveLength(1);
  });

  it("sets aside wrong dates, days after the meeting and meetings that the calendar does not have", () => {
    const text = [HEADER, historyRow("2025/13/40", 375, 1, NOV_17), historyRow("2025/12/11", 375, 1, NOV_17)].join(
      "\n",
    );
    const codes = (meetingDate: string) =>
      parseText("fedwatch", text, { meetingDate, meetingDates: MEETINGS_2025 }).distributions.rejected.map(
        (r) => r.code,
      );
    expect(codes("2025-12-10")).toEqual(["bad_date", "after_meeting"]);
    expect(codes("2025-12-17")).toEqual(["bad_date", "unknown_meeting"]);
  });

  it("keeps one of two equal rows and none of two that differ", () => {
    const twice = (odds: Record<number, string>) =>
      parseText("fedwatch", [SINGLE, historyRow("11/17/2025", 375, 1, odds)].join("\n"), { meetingDate: "2025-12-10" })
        .distributions;
    expect([twice(NOV_17).kept.length, twice(NOV_17).duplicates]).toEqual([3, 1]);
    expect(twice(OCT_30).kept).toHaveLength(2);
    expect(twice(OCT_30).rejected.map(({ code }) => code)).toEqual(["conflicting_rows", "conflicting_rows"]);
  });

  it.each([
    ["a range off the grid", "Date,(350-375),(380-405)\n", /column 3: the range is 380-405/],
    ["a wide range", "Date,(350-375),(375-425)\n", /column 3: the range is 375-425/],
    ["a huge range", "Date,(350-375),(99950-99975)\n", /column 3: the range is 99950-99975/],
    ["another heading", "Date,(350-375),Ease\n", /column 3: the heading is Ease/],
    ["ranges that fall", "Date,(350-375),(325-350)\n2025/11/17,0.5,0.5\n", /column 3: the ranges begin again/],
    ["a row of another width", "Date,(350-375),(375-400)\n2025/11/17,1\n", /line 2: 2 columns where the header has 3/],
    [
      "two styles of dates",
      "Date,(350-375)\n2025/11/17,1\n11/18/2025,1\n",
      /line 3: the date 11\/18\/2025 is of another style/,
    ],
    ["two orders of dates", "Date,(350-375)\n11/18/2025,1\n18/11/2025,1\n", /the date 18\/11\/2025 has its day first/],
    ["dates to be read both ways", "Date,(350-375)\n11/3/2025,1\n", /may have its day or its month first/],
  ])("refuses a file with %s as a whole", (_, text, message) => {
    expect(messageOf(() => parseText("fedwatch", text, { meetingDate: "2025-12-10" }))).toMatch(message);
  });
});

describe("FedWatch history of all meetings", () => {
  it("reads the meetings side by side; blank cells are a meeting not listed, run-together headings meetings without columns", () => {
    const { distributions } = parseFixture("fedwatch", "fedwatch-all-meetings.csv");
    expect(distributions.kept.map((d) => [d.tradeDate, d.meetingDate, d.outcomes.length])).toEqual([
      ["2025-10-17", "2025-10-29", 3],
      ["2025-10-17", "2025-12-10", 3],
      ["2025-10-30", "2025-12-10", 2],
    ]);
    expect(distributions.rowsRead).toBe(3);
    expect(distributions.notes).toEqual(["not yet listed: 2027-06-09, 2027-07-28"]);
  });

  it("gives the columns after run-together headings to the last of them", () => {
    const text =
      ",History for 29 Oct 2025 Fed meetingHistory for 10 Dec 2025 Fed meeting,\nDate,(350-375),(375-400)\n2025/11/17,0.423571,0.576429\n";
    const { distributions } = parseText("fedwatch", text);
    expect(distributions.kept.map(({ meetingDate }) => meetingDate)).toEqual(["2025-12-10"]);
    expect(distributions.notes).toEqual(["not yet listed: 2025-10-29"]);
  });

  it.each([
    [
      "a heading of another form",
      ",History for 29 Oct 2025 Fed meeting x\nDate,(350-375)\n",
      /the heading is History for 29 Oct/,
    ],
    [
      "a heading of no date",
      ",History for 31 Feb 2025 Fed meeting\nDate,(350-375)\n",
      /the heading is History for 31 Feb/,
    ],
    ["no row of ranges", ",History for 29 Oct 2025 Fed meeting\n", /the row of ranges below the headings is missing/],
    [
      "columns before the first heading",
      ",,History for 29 Oct 2025 Fed meeting\nDate,(0-25),(25-50)\n",
      /no heading that names/,
    ],
  ])("refuses %s", (_, text, message) => {
    expect(messageOf(() => parseText("fedwatch", text))).toMatch(message);
  });
});

describe("readDateColumn()", () => {
  const read = (...texts: string[]) =>
    readDateColumn(
      texts.map((text, index) => ({ line: index + 2, text })),
      "f.csv",
    );

  it("tells day from month by any number above 12", () => {
    expect(read("11/3/2025", "11/26/2025")).toEqual(["2025-11-03", "2025-11-26"]);
    expect(read("3/11/2025", "26/11/2025")).toEqual(["2025-11-03", "2025-11-26"]);
    expect(read("11/26/2025", "13/40/2025")).toEqual(["2025-11-26", null]);
  });

  it("tells them by the days on which nothing settles, where no number is above 12", () => {
    // 8 November 2025 is a Saturday, 11 August a Monday.
    expect(read("11/8/2025")).toEqual(["2025-08-11"]);
  });

  it("gives null for a cell that holds no date", () => {
    expect(read("2025-02-30", "2025-11-17", "")).toEqual([null, "2025-11-17", null]);
  });

  it("never reads a column in two ways", () => {
    const day = fc.date({
      min: new Date("2000-01-01T00:00:00Z"),
      max: new Date("2035-12-31T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 8 }), (days) => {
        const isos = days.map((d) => d.toISOString().slice(0, 10));
        const weekday = (d: Date) => d.getUTCDay() !== 0 && d.getUTCDay() !== 6;
        fc.pre(days.every(weekday));
        const monthFirst = isos.map((iso) => `${Number(iso.slice(5, 7))}/${Number(iso.slice(8))}/${iso.slice(0, 4)}`);
        const swapped = isos.map((iso) => `${iso.slice(0, 4)}-${iso.slice(8)}-${iso.slice(5, 7)}`);
        let got: unknown;
        try {
          got = read(...monthFirst);
        } catch {
          // Refused: then no number may have decided it.
          expect(isos.every((iso) => Number(iso.slice(8)) <= 12)).toBe(true);
          return;
        }
        // Holidays among the days can only leave the other reading when every day is at most 12.
        if (isos.some((iso) => Number(iso.slice(8)) > 12)) expect(got).toEqual(isos);
        else expect([isos, swapped]).toContainEqual(got);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("inferMeeting()", () => {
  const row = (tradeDate: string, firstLowerBp: number, ranges: number) => ({ tradeDate, firstLowerBp, ranges });

  it("counts meetings by ten ranges each, the day's own meeting among them", () => {
    expect(inferMeeting([row("2025-10-29", 150, 21)], MEETINGS_2025)).toBe("2025-12-10");
    expect(inferMeeting([row("2025-10-30", 250, 11)], MEETINGS_2025)).toBe("2025-12-10");
    expect(inferMeeting([row("2025-08-19", 50, 31)], MEETINGS_2025)).toBe("2025-12-10");
  });

  it("says nothing of rows cut off at 0, of other widths, of disagreeing rows and beyond the calendar", () => {
    expect(inferMeeting([row("2024-11-08", 0, 64)], MEETINGS_2025)).toBeNull();
    expect(inferMeeting([row("2025-10-30", 250, 12)], MEETINGS_2025)).toBeNull();
    expect(inferMeeting([row("2025-10-30", 250, 11), row("2025-10-29", 250, 11)], MEETINGS_2025)).toBeNull();
    expect(inferMeeting([row("2026-01-20", 250, 21)], MEETINGS_2025)).toBeNull();
  });
});
