import { describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/pricing/trade-dates.ts";
import { ruleHistory } from "../../src/webhooks/rule-history.ts";
import { isAbout, type MeasuredReading, pastReading } from "../../src/webhooks/rule-series.ts";
import { ruleSpans } from "../../src/webhooks/rule-spans.ts";
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
  const period = { from: new Date("2025-11-01T00:00:00Z"), to: new Date("2025-11-30T00:00:00Z") };

  it("runs on one basis throughout, the one with most readings, real before sample", () => {
    const settled = [daily("2025-11-10", 0.4), daily("2025-11-11", 0.6), daily("2025-11-12", 0.4)];
    const published = settled.map((reading) => ({ ...reading, basis: "published", value: 0.45 }) as const);
    const sample = settled.map((reading) => ({ ...reading, isSample: true, value: 0.45 }));
    const inWords = (readings: readonly MeasuredReading[]) =>
      ruleHistory(rule, readings, MEETINGS, period).map(({ match }) => match.direction);
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
    expect(ruleHistory(rule, readings, MEETINGS, period).map(({ reading }) => reading.tradeDate)).toEqual([
      "2025-11-04",
    ]);
  });
});
