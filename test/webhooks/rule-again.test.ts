/** Readings that are recorded anew, with other figures, after a rule has looked at them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { ruleDraft } from "../../src/webhooks/rule-body.ts";
import { type FoundMatch, followRule, type MeasuredReading } from "../../src/webhooks/rule-series.ts";
import type { RuleState } from "../../src/webhooks/rule-state.ts";
import type { Rule } from "../../src/webhooks/subscription.ts";
import { ruleOn } from "./told.ts";

const SEED = { seed: 20251113, numRuns: 300 };
const MINUTE_MS = 60_000;
const DATES = ["2025-11-10", "2025-11-11", "2025-11-12", "2025-11-13", "2025-11-14"];

/** A settlement recorded some minutes after its time. */
function daily(tradeDate: string, percent: number, minutes = 1, told: Partial<MeasuredReading> = {}): MeasuredReading {
  const asOf = told.asOf ?? settlementInstant(tradeDate);
  return {
    meeting: "2025-12-10",
    tradeDate,
    asOf,
    recordedAt: new Date(asOf.getTime() + minutes * MINUTE_MS),
    grid: "settlement",
    basis: "settlement",
    method: "cme",
    source: "databento",
    isSample: false,
    target: { lowerBp: 375, upperBp: 400 },
    value: percent / 100,
    expectedRateBp: null,
    undecidedMeeting: null,
    unsolved: null,
    ...told,
  };
}

/** A last trade during a session, or at its end. */
function trade(at: string, percent: number, minutes = 1, told: Partial<MeasuredReading> = {}): MeasuredReading {
  const lastTrade = { asOf: new Date(at), basis: "last_trade", grid: "intraday", ...told } as const;
  return daily(told.tradeDate ?? at.slice(0, 10), percent, minutes, lastTrade);
}

const isSame = (a: MeasuredReading, b: MeasuredReading) =>
  a.asOf.getTime() === b.asOf.getTime() && a.basis === b.basis && a.grid === b.grid;

/** Follows a rule as recordings come, each look with all that is known by then; what it remembers goes through JSON. */
function live(rule: Rule, recordings: readonly MeasuredReading[]): FoundMatch[] {
  let state: RuleState | null = null;
  let known: readonly MeasuredReading[] = [];
  const told: FoundMatch[] = [];
  for (const recorded of recordings) {
    known = [...known.filter((each) => !isSame(each, recorded)), recorded].toSorted(
      (a, b) => a.asOf.getTime() - b.asOf.getTime(),
    );
    // Twice: a rerun tells nothing.
    for (const _ of [1, 2]) {
      const followed: { state: RuleState | null; found: readonly FoundMatch[] } = followRule(
        rule,
        { state, arrives: false },
        known,
        () => true,
      );
      state = JSON.parse(JSON.stringify(followed.state));
      told.push(...followed.found);
    }
  }
  return told;
}

const inWords = (found: readonly FoundMatch[]) =>
  found.map(({ match: { direction, before, after, takesBack } }) => {
    const why = takesBack === undefined ? "" : ` ${takesBack.reason}`;
    return `${direction} ${before.value.toFixed(1)} ${after.value.toFixed(1)}${why}`;
  });

const LEVEL = ruleOn({ crossesPct: 55 });

describe("followRule() of a level whose reading is corrected", () => {
  const [mon = "", tue = "", wed = "", thu = ""] = DATES;

  // 13 Nov 2025 first came as the day before, 62.9 %, and was put right to 50.1 % within the hour.
  it("tells what only the correction shows, from the figure before it", () => {
    const recordings = [daily(tue, 64), daily(wed, 62.9), daily(thu, 62.9), daily(thu, 50.1, 60)];
    const told = live(LEVEL, [...recordings, daily("2025-11-14", 44.4)]);
    expect(inWords(told)).toEqual(["down 62.9 50.1"]);
    expect(told[0]?.reading.recordedAt).toEqual(recordings[3]?.recordedAt);
  });

  it("takes back what was told of a wrong figure, once, and tells the real one later", () => {
    const recordings = [daily(tue, 42), daily(wed, 50), daily(thu, 62.9), daily(thu, 50.1, 60), daily(thu, 50.2, 90)];
    const told = live(LEVEL, [...recordings, daily("2025-11-14", 70)]);
    expect(inWords(told)).toEqual(["up 50.0 62.9", "down 50.0 50.1 corrected", "up 50.2 70.0"]);
    expect(told[1]?.match.takesBack?.told).toMatchObject({ direction: "up", value: 62.9 });
  });

  it("does not tell again what the corrected figure bears out, nor what was recorded anew as it was", () => {
    expect(inWords(live(LEVEL, [daily(wed, 50), daily(thu, 62.9), daily(thu, 58, 60)]))).toEqual(["up 50.0 62.9"]);
    expect(inWords(live(LEVEL, [daily(wed, 50), daily(thu, 62.9), daily(thu, 62.9, 60)]))).toEqual(["up 50.0 62.9"]);
    expect(inWords(live(LEVEL, [daily(wed, 50), daily(thu, 51), daily(thu, 49, 60)]))).toEqual([]);
  });

  it("gives each message a name of its own, however often a figure is corrected, and the same in a rerun", () => {
    const recordings = [50, 62.9, 50.1, 63, 50].map((percent, i) => daily(i === 0 ? wed : thu, percent, 1 + 10 * i));
    const ids = () =>
      live(LEVEL, recordings).map((found) => {
        const how = { webhookId: 7, baseUrl: null, recordedAt: found.reading.recordedAt };
        return ruleDraft(found, how).messageId;
      });
    expect(ids()).toHaveLength(4);
    expect(new Set(ids()).size).toBe(4);
    expect(ids()).toEqual(ids());
  });

  it("corrects what a better basis took back, and what it bore out", () => {
    const noon = [trade("2025-11-13T15:00:00Z", 42), trade("2025-11-13T15:30:00Z", 63)];
    const before = [daily(tue, 42), daily(wed, 50), ...noon];
    expect(inWords(live(LEVEL, [...before, daily(thu, 30), daily(thu, 61, 60)]))).toEqual([
      "up 42.0 63.0",
      "down 50.0 30.0 basis",
      "up 50.0 61.0 corrected",
    ]);
    expect(inWords(live(LEVEL, [...before, daily(thu, 61), daily(thu, 30, 60)]))).toEqual([
      "up 42.0 63.0",
      "down 50.0 30.0 basis",
    ]);
  });

  it("judges the day's close again with the trades that came after it", () => {
    const close = (percent: number, minutes: number) =>
      trade("2025-11-12T22:00:00Z", percent, minutes, { grid: "settlement", tradeDate: wed });
    const evening = [trade("2025-11-13T14:00:00Z", 54, 1), trade("2025-11-13T14:15:00Z", 54.2, 1)];
    const day = [
      trade("2025-11-11T22:00:00Z", 42, 1, { grid: "settlement", tradeDate: tue }),
      close(63, 1),
      ...evening,
    ];
    // 54 % is within the hysteresis below 55: the wrong close alone had crossed.
    expect(inWords(live(LEVEL, [...day, close(50, 17 * 60)]))).toEqual(["up 42.0 63.0", "down 42.0 54.2 corrected"]);
    expect(inWords(live(LEVEL, [...day, close(58, 17 * 60)]))).toEqual(["up 42.0 63.0"]);
  });

  it("never names a figure that was corrected, also where that is too late to be judged again", () => {
    const [old, corrected] = [daily(wed, 62.9), daily(wed, 57, 3 * 24 * 60)];
    const isNews = (reading: MeasuredReading) => reading !== corrected;
    const first = followRule(LEVEL, { state: null, arrives: false }, [daily(tue, 64), old], () => true);
    const later = [daily(tue, 64), corrected, daily(thu, 50)];
    expect(inWords(followRule(LEVEL, { state: first.state, arrives: false }, later, isNews).found)).toEqual([
      "down 57.0 50.0",
    ]);
  });

  it("ends where it would have been, had the figures been right from the first", () => {
    const walk = fc.array(
      fc.record({ percent: fc.integer({ min: 0, max: 100 }), wrong: fc.option(fc.integer({ min: 0, max: 100 })) }),
      { minLength: 2, maxLength: DATES.length },
    );
    fc.assert(
      fc.property(walk, (days) => {
        const right = days.map(({ percent }, i) => daily(DATES[i] ?? mon, percent, 30));
        // The first only shows where things stand, whatever it was then.
        const recordings = days.flatMap(({ wrong }, i) => {
          const last = right[i] ?? daily(mon, 0);
          return wrong === null || i === 0 ? [last] : [daily(DATES[i] ?? mon, wrong, 1), last];
        });
        const rule = ruleOn({ crossesPct: 55, coolDownS: 0 });
        const [told, wanted] = [live(rule, recordings), live(rule, right)];
        const standing = (found: readonly FoundMatch[]) => found.at(-1)?.match.direction ?? null;
        const base = 100 * (right[0]?.value ?? 0) > 55 ? "up" : "down";
        expect(standing(told) ?? base).toBe(standing(wanted) ?? base);
        for (const [i, { match }] of told.entries()) expect(match.direction).not.toBe(told[i - 1]?.match.direction);
      }),
      SEED,
    );
  });
});

describe("followRule() of a shift whose reading is corrected", () => {
  const tenInADay = ruleOn({ shiftPp: 10, window: "1d" });
  const days = (...percents: readonly number[]) => percents.map((percent, i) => daily(DATES[i] ?? "", percent));

  it("takes back a shift that was none, and tells one that only the correction shows", () => {
    const three = days(50, 51, 52);
    const wrong = live(tenInADay, [...three, daily("2025-11-13", 65), daily("2025-11-13", 55, 60)]);
    expect(inWords(wrong)).toEqual(["up 52.0 65.0", "down 52.0 55.0 corrected"]);
    expect(wrong[1]?.match.takesBack?.told).toMatchObject({ direction: "up", value: 13 });
    const late = live(tenInADay, [...three, daily("2025-11-13", 55), daily("2025-11-13", 65, 60)]);
    expect(inWords(late)).toEqual(["up 52.0 65.0"]);
  });

  it("takes back a shift, and tells one, where only the reading at the window's beginning was corrected", () => {
    const [mon, tue, wed, thu] = DATES as [string, string, string, string];
    const before = [daily(mon, 50), daily(tue, 51)];
    // An hour after the next day's settlement, whose window it begins.
    const corrected = (percent: number) => daily(wed, percent, 25 * 60);
    const wrong = live(tenInADay, [...before, daily(wed, 52), daily(thu, 65), corrected(60)]);
    expect(inWords(wrong)).toEqual(["up 52.0 65.0", "down 60.0 65.0 corrected"]);
    expect(wrong[1]?.match.takesBack?.told).toMatchObject({ direction: "up", value: 13 });
    const late = live(tenInADay, [...before, daily(wed, 57), daily(thu, 65), corrected(53)]);
    expect(inWords(late)).toEqual(["up 53.0 65.0"]);
    expect(late[0]?.correctedAt).toEqual(corrected(53).recordedAt);
    const same = live(tenInADay, [...before, daily(wed, 52), daily(thu, 65), corrected(53)]);
    expect(inWords(same)).toEqual(["up 52.0 65.0"]);
  });

  it("leaves what is history, and what a window does not begin at", () => {
    const [mon, tue, wed, thu] = DATES as [string, string, string, string];
    const before = [daily(mon, 50), daily(tue, 51), daily(wed, 52), daily(thu, 65)];
    for (const correction of [daily(wed, 60, 49 * 60), daily(tue, 60, 49 * 60 - 30)]) {
      expect(inWords(live(tenInADay, [...before, correction]))).toEqual(["up 52.0 65.0"]);
    }
  });

  it("ends where it would have been, had the window's first figure been right from the first", () => {
    const small = fc.integer({ min: -7, max: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 90 }), small, small, fc.nat(100), (first, wrong, right, last) => {
        const [mon = "", tue = "", wed = "", thu = ""] = DATES;
        const begin = [daily(mon, first), daily(tue, first), daily(wed, first + wrong), daily(thu, last)];
        const told = live(tenInADay, [...begin, daily(wed, first + right, 25 * 60)]);
        const move = last - (first + right);
        const wanted = Math.abs(move) < 10 ? null : move > 0 ? "up" : "down";
        const stands = told.at(-1)?.match ?? null;
        // What was taken back and is no shift the other way is none.
        const isNone = stands === null || (stands.takesBack !== undefined && Math.abs(move) < 10);
        expect(isNone ? null : stands.direction).toBe(wanted);
        if (stands?.takesBack !== undefined) expect(stands.after.value - stands.before.value).toBeCloseTo(move, 9);
      }),
      SEED,
    );
  });
});
