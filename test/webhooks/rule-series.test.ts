import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { ruleHistory } from "../../src/webhooks/rule-history.ts";
import { isAbout, type MeasuredReading, pastReading } from "../../src/webhooks/rule-series.ts";
import { ruleSpans } from "../../src/webhooks/rule-spans.ts";
import type { Rule } from "../../src/webhooks/subscription.ts";
import { MEETINGS, ruleOn } from "./told.ts";

function daily(tradeDate: string, value: number | null, told: Partial<MeasuredReading> = {}): MeasuredReading {
  return {
    meeting: "2025-12-10",
    tradeDate,
    asOf: settlementInstant(tradeDate),
    recordedAt: settlementInstant(tradeDate),
    grid: "settlement",
    basis: "settlement",
    method: "cme",
    source: "s",
    isSample: false,
    target: { lowerBp: 400, upperBp: 425 },
    value,
    expectedRateBp: null,
    undecidedMeeting: null,
    unsolved: null,
    ...told,
  };
}

function trade(at: string, tradeDate: string, value: number): MeasuredReading {
  return daily(tradeDate, value, { asOf: new Date(at), grid: "intraday", basis: "last_trade" });
}

describe("pastReading()", () => {
  // 13 Nov 2025 is a Thursday.
  const week = ["2025-11-06", "2025-11-07", "2025-11-10", "2025-11-11", "2025-11-12", "2025-11-13"].map((date) =>
    daily(date, 0.5),
  );
  const newest = daily("2025-11-13", 0.5);

  it.each([
    { window: "1d", from: "2025-11-12" },
    { window: "1w", from: "2025-11-06" },
  ] as const)("goes back $window in trade dates, to $from", ({ window, from }) => {
    expect(pastReading(window, newest, week)?.tradeDate).toBe(from);
  });

  it("bridges one missing trade date and not two, an unsolved one like a missing one", () => {
    const without = (...dates: string[]) => week.filter(({ tradeDate }) => !dates.includes(tradeDate));
    expect(pastReading("1d", newest, without("2025-11-12"))?.tradeDate).toBe("2025-11-11");
    expect(pastReading("1d", newest, without("2025-11-12", "2025-11-11"))).toBeNull();
    const unsolved = week.map((reading) =>
      reading.tradeDate === "2025-11-12" ? { ...reading, value: null } : reading,
    );
    expect(pastReading("1d", newest, unsolved)?.tradeDate).toBe("2025-11-11");
    expect(pastReading("1m", newest, week)).toBeNull();
  });

  it("shows an hour by intraday readings alone, over a weekend too", () => {
    expect(pastReading("1h", newest, week)).toBeNull();
    const friday = trade("2025-11-14T21:55:00Z", "2025-11-14", 0.5);
    const close = { ...friday, asOf: new Date("2025-11-14T22:00:00Z"), grid: "settlement" } as const;
    const sunday = trade("2025-11-16T23:05:00Z", "2025-11-17", 0.6);
    expect(pastReading("1h", sunday, [friday, close, sunday])).toBe(friday);
    const stale = trade("2025-11-13T20:00:00Z", "2025-11-13", 0.5);
    expect(pastReading("1h", sunday, [stale, sunday])).toBeNull();
    const minutesAgo = trade("2025-11-16T23:00:00Z", "2025-11-17", 0.6);
    expect(pastReading("1h", sunday, [minutesAgo, sunday])).toBeNull();
  });

  it("compares a reading during the day with the settlement of the day before, not with the close after it", () => {
    const noon = trade("2025-11-13T17:00:00Z", "2025-11-13", 0.6);
    const close = daily("2025-11-12", 0.5, { basis: "last_trade", asOf: new Date("2025-11-12T22:00:00Z") });
    expect(pastReading("1d", noon, [close, noon])).toBe(close);
  });
});

describe("isAbout()", () => {
  it("ends with the decision, whether or not anybody has recorded it yet", () => {
    const rule = ruleOn({ crossesPct: 50 });
    const before = trade("2025-12-10T18:59:59Z", "2025-12-10", 0.9);
    const after = trade("2025-12-10T19:00:00Z", "2025-12-10", 1);
    expect([before, after].map((reading) => isAbout(rule, reading, MEETINGS))).toEqual([true, false]);
    expect(isAbout({ ...rule, meeting: "next" }, before, MEETINGS)).toBe(true);
    expect(isAbout({ ...rule, meeting: "next+1" }, before, MEETINGS)).toBe(false);
  });
});

describe("ruleSpans()", () => {
  const period = { from: "2025-10-27", to: "2025-10-31" };

  it("gives each meeting that next means, as far back as a window reaches and no farther than its decision", () => {
    expect(ruleSpans(ruleOn({ meeting: "next" }), MEETINGS, period)).toEqual([
      { meeting: "2025-10-29", from: "2025-09-17", to: "2025-10-29" },
      { meeting: "2025-12-10", from: "2025-09-19", to: "2025-10-31" },
    ]);
  });

  it("gives a date for all the period, and none when it is over", () => {
    expect(ruleSpans(ruleOn(), MEETINGS, period)).toEqual([
      { meeting: "2025-12-10", from: "2025-09-17", to: "2025-10-31" },
    ]);
    expect(ruleSpans(ruleOn({ meeting: "2025-07-30" }), MEETINGS, period)).toEqual([]);
  });
});

describe("ruleHistory()", () => {
  const rule = ruleOn({ crossesPct: 50 });
  const from = new Date("2025-11-01T00:00:00Z");
  const period = { begin: from, from, to: new Date("2025-11-30T00:00:00Z") };

  it("finds in each part of a period what it finds in the whole", () => {
    const values = [0.4, 0.6, 0.52, 0.49, 0.3, 0.55, 0.7, 0.48, 0.45, 0.2, 0.8, 0.1];
    const readings = values.map((value, i) => daily(`2025-11-${String(3 + i).padStart(2, "0")}`, value));
    const inWords = (part: Parameters<typeof ruleHistory>[3]) =>
      ruleHistory(rule, readings, MEETINGS, part).found.map(
        ({ match, reading }) => `${reading.tradeDate} ${match.direction}`,
      );
    const whole = inWords(period);
    expect(whole.length).toBeGreaterThan(3);
    for (const { asOf, tradeDate } of readings) {
      expect(inWords({ ...period, from: asOf })).toEqual(whole.filter((words) => words.slice(0, 10) >= tradeDate));
    }
  });

  it("runs on one basis throughout, real before sample, then the one with most readings", () => {
    const settled = [daily("2025-11-10", 0.4), daily("2025-11-11", 0.6), daily("2025-11-12", 0.4)];
    const published = settled.map((reading) => ({ ...reading, basis: "published", value: 0.45 }) as const);
    const sample = settled.map((reading) => ({ ...reading, isSample: true, value: 0.45 }));
    const inWords = (readings: readonly MeasuredReading[]) =>
      ruleHistory(rule, readings, MEETINGS, period).found.map(({ match }) => match.direction);
    expect(inWords([...settled, ...published, ...sample])).toEqual(["up", "down"]);
    expect(inWords([...settled.slice(0, 2), ...published])).toEqual([]);
    expect(inWords([...sample, ...settled])).toEqual(["up", "down"]);
  });

  it("does not look at what lies outside the period", () => {
    const readings = [
      daily("2025-10-30", 0.4),
      daily("2025-11-03", 0.6),
      daily("2025-11-04", 0.4),
      daily("2025-12-01", 0.6),
    ];
    expect(ruleHistory(rule, readings, MEETINGS, period).found.map(({ reading }) => reading.tradeDate)).toEqual([
      "2025-11-04",
    ]);
  });

  it("says why a rule could not be judged, which is not that it was quiet", () => {
    const reasonOf = (wanted: Rule, readings: readonly MeasuredReading[]) =>
      ruleHistory(wanted, readings, MEETINGS, period).notJudged;
    const quiet = [daily("2025-11-03", 0.4), daily("2025-11-04", 0.4)];
    expect(reasonOf(rule, quiet)).toBeNull();
    expect(reasonOf(ruleOn({ shiftPp: 5, window: "1d" }), quiet)).toBeNull();
    expect(reasonOf(ruleOn({ shiftPp: 5, window: "1h" }), quiet)).toContain("cannot be seen in daily readings");
    expect(reasonOf(ruleOn({ shiftPp: 5, window: "1m" }), quiet)).toContain("where its window of a month begins");
    const unsolved = [daily("2025-11-03", null)];
    for (const none of [[], unsolved]) expect(reasonOf(rule, none)).toContain("no reading of what it means");
  });

  it("names the days it was blind on, by their reason, and whether that was all of them", () => {
    const undecided = { undecidedMeeting: "2025-10-29" };
    const unsolved = { unsolved: "Cannot solve the meeting of 2025-12-10: no price of 2026-01" };
    const readings = [
      daily("2025-11-03", 0.6),
      daily("2025-11-04", null, undecided),
      daily("2025-11-05", null, undecided),
      daily("2025-11-06", null, unsolved),
      daily("2025-11-07", 0.4),
      daily("2025-11-10", null, undecided),
    ];
    const { found, gaps, notJudged } = ruleHistory(rule, readings, MEETINGS, period);
    expect(found.map(({ match }) => match.direction)).toEqual(["down"]);
    expect(notJudged).toBeNull();
    const day = (instant: Date) => instant.toISOString().slice(0, 10);
    const unknown = "the outcome of 2025-10-29 is not known";
    expect(gaps.map(({ from, to, days, reason }) => [day(from), day(to), days, reason])).toEqual([
      ["2025-11-04", "2025-11-05", 2, unknown],
      ["2025-11-06", "2025-11-06", 1, "cannot solve the meeting of 2025-12-10: no price of 2026-01"],
      ["2025-11-10", "2025-11-10", 1, unknown],
    ]);
    const never = ruleHistory(rule, readings.slice(1, 3), MEETINGS, period);
    expect(never).toMatchObject({ found: [], gaps: [{ days: 2 }], notJudged: unknown });
    // A day that the rule's own basis shows is no gap, though another basis has none.
    const other = daily("2025-11-07", null, { basis: "published", ...undecided });
    expect(
      ruleHistory(rule, [...readings.slice(0, 1), daily("2025-11-07", 0.4), other], MEETINGS, period).gaps,
    ).toEqual([]);
  });
});

/** Trade dates around the decision of 29 Oct 2025, after which 10 Dec is next and 28 Jan the one after. */
const AROUND = ["2025-10-24", "2025-10-27", "2025-10-28", "2025-10-29", "2025-10-30", "2025-10-31"];
const RELATIVE = [
  { selector: "next", meeting: "2025-12-10", left: "2025-10-29", dates: AROUND },
  { selector: "next+1", meeting: "2026-01-28", left: "2025-12-10", dates: AROUND },
  // 2 Jan 2026 is the first trade date of the year.
  {
    selector: "year_end",
    meeting: "2026-03-18",
    left: "2025-12-10",
    dates: ["2025-12-29", "2025-12-30", "2025-12-31", "2026-01-02", "2026-01-05", "2026-01-06"],
  },
] as const;

describe.each(RELATIVE)(
  "ruleHistory() of $selector when it moves to $meeting",
  ({ selector, meeting, left, dates }) => {
    const from = settlementInstant("2025-10-01");
    const period = { begin: from, from, to: settlementInstant("2026-02-01") };
    const readings = (values: readonly (number | null)[], of: string = meeting) =>
      dates.flatMap((date, i) => {
        const value = values[i];
        return value === undefined ? [] : [daily(date, value, { meeting: of })];
      });
    const history = (rule: Rule, seen: readonly MeasuredReading[]) =>
      ruleHistory(rule, seen, MEETINGS, period).found.map(
        ({ meeting: about, match, reading }) => `${about} ${match.direction} ${reading.tradeDate}`,
      );
    const moves = dates[3];
    // What it left behind stands at 90 %: not a figure of the meeting that is now meant.
    const before = readings([0.9, 0.9, 0.9], left);
    const shift = (days: "1d" | "1w") => ruleOn({ meeting: selector, shiftPp: 10, window: days });

    it("sees a level crossed by the day of the move, against the meeting's own reading before", () => {
      const rule = ruleOn({ meeting: selector, crossesPct: 50 });
      expect(history(rule, [...before, ...readings([0.4, 0.4, 0.4, 0.6, 0.6])])).toEqual([`${meeting} up ${moves}`]);
      expect(history(rule, [...before, ...readings([0.4, 0.4, 0.6, 0.6, 0.6])])).toEqual([]);
      expect(history(rule, [...before, ...readings([0.6, 0.6, 0.6, 0.6, 0.4])])).toEqual([
        `${meeting} down ${dates[4]}`,
      ]);
    });

    it("sees a shift of the day of the move, and tells it once", () => {
      expect(history(shift("1d"), [...before, ...readings([0.4, 0.4, 0.4, 0.6, 0.6, 0.6])])).toEqual([
        `${meeting} up ${moves}`,
      ]);
      expect(history(shift("1d"), [...before, ...readings([0.4, 0.4, 0.6, 0.6, 0.6])])).toEqual([]);
      // As large the day before: that was another meeting's day, and who follows this selector was not told.
      expect(history(shift("1d"), [...before, ...readings([0.4, 0.4, 0.6, 0.8, 0.8])])).toEqual([
        `${meeting} up ${moves}`,
      ]);
    });

    it("gives what the date gives where nothing stood before", () => {
      const seen = [...before, ...readings([0.4, 0.42, 0.41, 0.6, 0.3, 0.62])];
      for (const rule of [ruleOn({ meeting, crossesPct: 50 }), ruleOn({ meeting, shiftPp: 10, window: "1d" })]) {
        const byDate = history(rule, seen);
        expect(byDate.length).toBeGreaterThan(1);
        expect(history({ ...rule, meeting: selector }, seen)).toEqual(byDate);
      }
    });

    it("bridges one missing trade date, and does not call news what was crossed before two", () => {
      const rule = ruleOn({ meeting: selector, crossesPct: 50 });
      expect(history(rule, [...before, ...readings([0.4, 0.4, null, 0.6])])).toEqual([`${meeting} up ${moves}`]);
      expect(history(rule, [...before, ...readings([0.4, null, null, 0.6])])).toEqual([]);
    });

    it("never sees the future: a match stays whatever comes after", () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 6, maxLength: 6 }),
          fc.nat(5),
          (some, cut) => {
            const seen = readings(some.map((value) => value / 20));
            for (const rule of [ruleOn({ meeting: selector, crossesPct: 50 }), shift("1d"), shift("1w")]) {
              const all = history(rule, [...before, ...seen]);
              const known = history(rule, [...before, ...seen.slice(0, cut)]);
              expect(all.slice(0, known.length)).toEqual(known);
              expect(all.filter((words) => words.slice(-10) < (seen[cut]?.tradeDate ?? ""))).toEqual(known);
            }
          },
        ),
        { seed: 20251029, numRuns: 100 },
      );
    });
  },
);
