import { describe, expect, it } from "vitest";
import { betasOnPath } from "../../src/markets/beta.ts";
import type { DailyClose } from "../../src/markets/close-history.ts";
import { closesKnownAt } from "../../src/markets/close-history.ts";
import { pathChanges } from "../../src/markets/path-changes.ts";
import { tradeDaysUpTo } from "../../src/markets/same-date-returns.ts";
import { isSession } from "../../src/markets/sessions.ts";
import type { PanelSymbol } from "../../src/pricing/observations.ts";
import { closesFrom, normals } from "./panel.ts";

const END = "2025-11-17";
const DAYS = tradeDaysUpTo(END, 252);
const PANELS = 300;
const TRUE_BETA = -0.0008; // fraction per bp: -0.8 % per +10 bp

/** Returns of a known beta; the noise is the wilder the more the path moves, which ordinary errors overlook. */
function synthetic(symbol: PanelSymbol, seed: number) {
  const draw = normals(seed);
  const path = DAYS.map(({ date }) => ({ date, changeBp: 4 * draw() }));
  const returns = path.map(({ changeBp }) => TRUE_BETA * changeBp + (0.004 + 0.001 * Math.abs(changeBp)) * draw());
  return { path, closes: closesFrom(symbol, DAYS, returns) };
}

function betaOf(
  symbol: PanelSymbol,
  closes: readonly DailyClose[],
  path: Parameters<typeof betasOnPath>[1],
  date = END,
) {
  const { histories } = closesKnownAt(closes, null);
  const found = betasOnPath(histories, path, date).find((beta) => beta.symbol === symbol);
  if (found === undefined) throw new Error(`Cannot find the beta of ${symbol}`);
  return found;
}

describe("betasOnPath()", () => {
  it(`covers a known beta with its 95 % interval in 90 to 99 % of ${PANELS} panels, and centres on it`, () => {
    let covered = 0;
    let sum = 0;
    for (let seed = 1; seed <= PANELS; seed++) {
      const { path, closes } = synthetic("BTC", seed);
      const { value, low, high } = betaOf("BTC", closes, path);
      if (value === null || low === null || high === null) throw new Error(`Cannot judge panel ${seed}: no beta`);
      sum += value;
      if (low <= TRUE_BETA * 10 && TRUE_BETA * 10 <= high) covered += 1;
    }
    expect(covered / PANELS).toBeGreaterThanOrEqual(0.9);
    expect(covered / PANELS).toBeLessThanOrEqual(0.99);
    expect(sum / PANELS).toBeCloseTo(TRUE_BETA * 10, 3);
  });

  it("returns a noiseless beta exactly, per +10 bp, with its n, window and data time", () => {
    const { path } = synthetic("BTC", 7);
    const returns = path.map(({ changeBp }) => 0.001 + TRUE_BETA * changeBp);
    expect(betaOf("BTC", closesFrom("BTC", DAYS, returns), path)).toMatchObject({
      value: expect.closeTo(-0.008, 10),
      low: expect.closeTo(-0.008, 8),
      r2: expect.closeTo(1, 8),
      n: 252,
      lags: 4,
      from: DAYS[0]?.date,
      to: END,
      dataAt: new Date("2025-11-18T00:00:00Z"),
      note: null,
    });
  });

  it("drops days on which the asset's market was closed at either end", () => {
    const { path, closes } = synthetic("HSI", 3);
    const open = DAYS.filter(({ fromDate, date }) => isSession("HSI", fromDate) && isSession("HSI", date)).length;
    expect(open).toBeLessThan(252);
    expect(betaOf("HSI", closes, path).n).toBe(open);
  });

  it("looks at nothing after its date, and at the last 252 changes only", () => {
    const { path, closes } = synthetic("BTC", 5);
    const date = DAYS[199]?.date ?? "";
    const then = betaOf(
      "BTC",
      closes.filter((close) => close.date <= date),
      path.filter((change) => change.date <= date),
      date,
    );
    expect(betaOf("BTC", closes, path, date)).toEqual(then);
    expect(then.n).toBe(200);
    const longer = tradeDaysUpTo(END, 300).slice(0, 48);
    const wild = longer.map((day) => ({ date: day.date, changeBp: 500 }));
    expect(betaOf("BTC", closes, [...wild, ...path])).toEqual(betaOf("BTC", closes, path));
  });

  it("does not mind the order of the path", () => {
    const { path, closes } = synthetic("BTC", 6);
    expect(betaOf("BTC", closes, path.toReversed())).toEqual(betaOf("BTC", closes, path));
  });

  it("needs 60 days with both a change of the path and a return", () => {
    const { path, closes } = synthetic("BTC", 8);
    const refusal = {
      value: null,
      low: null,
      r2: null,
      n: 59,
      note: "59 days with a return and a change of the path, at least 60 are needed",
    };
    expect(betaOf("BTC", closes, path.slice(-59))).toMatchObject(refusal);
    expect(betaOf("BTC", closes, path.slice(-60))).toMatchObject({ n: 60, note: null });
    expect(betaOf("BTC", closes.slice(-60), path)).toMatchObject(refusal); // 60 closes are 59 returns
    expect(betaOf("BTC", closes.slice(-61), path)).toMatchObject({ n: 60, note: null });
  });

  it("says so when the path never varied", () => {
    const { path, closes } = synthetic("BTC", 9);
    const flat = path.map(({ date }) => ({ date, changeBp: 0 }));
    expect(betaOf("BTC", closes, flat)).toMatchObject({
      value: null,
      note: "the path changed by the same amount every day",
    });
  });
});

describe("pathChanges()", () => {
  it("pairs each trade date with the one before, and none across a gap", () => {
    const readings = [
      { date: "2025-11-18", expectedRateBp: 375 },
      { date: "2025-11-14", expectedRateBp: 376.5 },
      { date: "2025-11-17", expectedRateBp: 377 },
      { date: "2025-11-20", expectedRateBp: 370 },
      { date: "2025-11-21", expectedRateBp: null },
      { date: "2025-11-24", expectedRateBp: 371 },
    ];
    expect(pathChanges(readings)).toEqual([
      { date: "2025-11-17", changeBp: 0.5 }, // from Friday
      { date: "2025-11-18", changeBp: -2 },
    ]);
  });
});
