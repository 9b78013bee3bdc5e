import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { DailyClose } from "../../src/markets/close-history.ts";
import type { MarketBlock } from "../../src/markets/market-block.ts";
import { marketBlock, marketBlocksTo } from "../../src/markets/market-block.ts";
import type { PathChange } from "../../src/markets/path-changes.ts";
import { tradeDaysUpTo } from "../../src/markets/same-date-returns.ts";
import { closeInstant } from "../../src/markets/sessions.ts";
import type { PanelSymbol } from "../../src/pricing/observations.ts";
import { PANEL } from "../../src/pricing/observations.ts";
import { episodeCloses } from "../../src/sources/built-in/episode.ts";
import { closesFrom, normals } from "./panel.ts";

const SEED = 20251117;
const HISTORY = new URL("../../../shared/data/assets_daily_2015_2025.csv", import.meta.url);

const EPISODE = episodeCloses().map(({ symbol, date, close }) => ({ symbol, date, close: Number(close) }));
const at = (date: string) => ({ date, asOf: settlementInstant(date) });

function assetOf(block: MarketBlock, symbol: PanelSymbol) {
  const found = block.assets.find((asset) => asset.symbol === symbol);
  if (found === undefined) throw new Error(`Cannot find ${symbol} in the block`);
  return found;
}

const percent = (value: number | null) => (value === null ? null : Number((100 * value).toFixed(1)));

/** Two years of a synthetic panel, and a path its assets answer to. */
function synthetic(): { closes: DailyClose[]; path: PathChange[] } {
  const days = tradeDaysUpTo("2025-11-28", 500);
  const draw = normals(17);
  const path = days.map(({ date }) => ({ date, changeBp: 4 * draw() }));
  const closes = PANEL.flatMap((symbol) => {
    const returns = path.map(({ changeBp }) => -0.0008 * changeBp + 0.01 * draw());
    return closesFrom(symbol, days, returns);
  });
  return { closes, path };
}

/** Every number anywhere inside. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value instanceof Date) return [value.getTime()];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe("marketBlock() on the episode", () => {
  // Known answers: same-date closes of the built-in sample.
  it.each([
    {
      to: "2025-11-17",
      want: { BTC: -13.5, ETH: -21.1, NDX: -0.1, SPX: 0.1, NVDA: 1.8, GOLD: -2.9, HSI: 4.5, SSE: 3.4 },
    },
    { to: "2025-11-21", want: { BTC: -20.1, ETH: -27.8, NDX: -2.3 } },
  ])("gives the published returns from 17 Oct to $to", ({ to, want }) => {
    const block = marketBlock({ from: at("2025-10-17"), to: at(to), closes: EPISODE });
    const got = block.assets.map(({ symbol, return: value }) => [symbol, percent(value)]);
    expect(Object.fromEntries(got)).toMatchObject(want);
    expect(block.provisional).toBe(false);
  });

  it("names no leader, and sets the earliest peak beside it", () => {
    const { leader, breadth, breadthNull } = marketBlock({
      from: at("2025-10-17"),
      to: at("2025-11-17"),
      closes: EPISODE,
    }).markets;
    expect(leader).toMatchObject({
      answer: "no statistical leader",
      days: 22,
      earliestPeak: { date: "2025-10-20", symbols: ["GOLD"] },
      largestFall: { symbol: "ETH" },
    });
    expect(leader.reason).toContain("22 days put the bar for one at |r| 0.66");
    expect(leader.peaks.find(({ symbol }) => symbol === "BTC")?.date).toBe("2025-10-26");
    expect(breadth).toMatchObject({ n: 8, down: 4, value: 0.5 });
    expect(breadthNull.value).toBeCloseTo(5 / 9, 12);
  });

  it("shows no beta and no rank from 49 days", () => {
    const block = marketBlock({ from: at("2025-10-17"), to: at("2025-11-17"), closes: EPISODE });
    expect(block.markets.beta.map(({ value }) => value)).toEqual(PANEL.map(() => null));
    expect(block.assets.map(({ percentile }) => percentile)).toEqual(PANEL.map(() => null));
  });

  it("leaves a market closed at either end without a return, and gives its next session", () => {
    const block = marketBlock({ from: at("2025-10-17"), to: at("2025-10-29"), closes: EPISODE });
    const hongKong = assetOf(block, "HSI"); // Chung Yeung, on the day of the Fed's decision
    expect(hongKong).toMatchObject({
      return: null,
      return1d: null,
      toAt: null,
      drawdown: null,
      provisional: false,
      note: "HSI was closed on 2025-10-29",
      next: { fromDate: "2025-10-28", toDate: "2025-10-30", value: expect.any(Number) },
    });
    expect(block.markets.breadth.n).toBe(7);
  });

  it("adds the next session for markets that had closed before the evaluation, and for no other", () => {
    const { assets } = marketBlock({ from: at("2025-10-17"), to: at("2025-11-17"), closes: EPISODE });
    expect(assets.filter(({ next }) => next !== null).map(({ symbol }) => symbol)).toEqual(["HSI", "SSE"]);
    expect(assets.find(({ symbol }) => symbol === "SSE")?.next).toMatchObject({
      fromDate: "2025-11-17",
      toDate: "2025-11-18",
      toAt: new Date("2025-11-18T07:00:00Z"),
    });
  });

  it("is provisional at the settlement and complete once the last close exists", () => {
    const ask = (knownAt: Date) =>
      marketBlock({ from: at("2025-10-17"), to: at("2025-11-17"), closes: EPISODE, knownAt });
    const settled = ask(settlementInstant("2025-11-17"));
    expect(settled.provisional).toBe(true);
    expect(
      settled.assets.map(({ symbol, provisional, return: value }) => [symbol, provisional, value === null]),
    ).toEqual([
      ["BTC", true, true],
      ["ETH", true, true],
      ["NDX", true, true],
      ["SPX", true, true],
      ["NVDA", true, true],
      ["GOLD", true, true],
      ["HSI", false, false],
      ["SSE", false, false],
    ]);
    const stocks = ask(new Date("2025-11-17T21:00:00Z"));
    expect(assetOf(stocks, "SPX")).toMatchObject({ provisional: false, return: expect.any(Number) });
    expect(assetOf(stocks, "BTC").provisional).toBe(true);
    const whole = ask(new Date("2025-11-18T00:00:00Z"));
    expect(whole.provisional).toBe(false);
    expect(whole.assets.some((asset) => asset.return === null)).toBe(false);
  });
});

describe("marketBlock()", () => {
  const { closes, path } = synthetic();
  const from = at("2025-09-10");

  it("changes nothing for closes and settlements that came after `knownAt`", () => {
    const DAY_MS = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 24 }), (hours) => {
        const knownAt = new Date(from.asOf.getTime() + 5 * DAY_MS + hours * 3_600_000);
        const to = at(tradeDaysUpTo(knownAt.toISOString().slice(0, 10), 2)[0]?.date ?? "");
        const existed = closes.filter(({ symbol, date }) => {
          const instant = closeInstant(symbol as PanelSymbol, date);
          return instant !== null && instant <= knownAt;
        });
        const settled = path.filter(({ date }) => settlementInstant(date) <= knownAt);
        const then = marketBlock({ from, to, closes: existed, path: settled, knownAt });
        expect(marketBlock({ from, to, closes, path, knownAt })).toEqual(then);
      }),
      { seed: SEED, numRuns: 25 },
    );
  });

  it("looks past the evaluation only for the next session and the days after the event", () => {
    const to = at("2025-10-15");
    const past = (rows: readonly DailyClose[]) => {
      const block = marketBlock({ from, to, closes: rows, path });
      return {
        ...block,
        assets: block.assets.map(({ next, events, ...rest }) => ({
          ...rest,
          events: events.filter(({ last }) => last <= 0),
        })),
      };
    };
    expect(past(closes)).toEqual(past(closes.filter(({ date }) => date <= to.date)));
  });

  it("does not mind the order of the closes", () => {
    const ask = (rows: readonly DailyClose[]) => marketBlock({ from, to: at("2025-10-15"), closes: rows, path });
    expect(ask(closes.toReversed())).toEqual(ask(closes));
  });

  it("gives every asset a beta whose interval is about the one put in, with n, window, method and data time", () => {
    const { beta, correlation, correlationAdjusted } = marketBlock({
      from,
      to: at("2025-10-15"),
      closes,
      path,
    }).markets;
    expect(beta.map(({ symbol }) => symbol)).toEqual([...PANEL]);
    for (const { value, low, high, n, to, method, dataAt } of beta) {
      expect(Math.abs((value ?? 9) + 0.008)).toBeLessThan(0.008);
      expect(low).toBeLessThan(value ?? -9);
      expect(high).toBeGreaterThan(value ?? 9);
      expect(n).toBeGreaterThan(200);
      expect(to === null ? null : to <= "2025-10-15").toBe(true);
      expect(method).toContain("association");
      expect(dataAt?.getTime()).toBeLessThan(settlementInstant("2025-10-16").getTime());
    }
    expect(correlation.value).not.toBeNull();
    expect(correlationAdjusted.delta).not.toBeNull();
  });

  it("answers with nulls and reasons when there are no closes at all", () => {
    const block = marketBlock({ from, to: at("2025-10-15"), closes: [] });
    expect(block.assets).toHaveLength(PANEL.length);
    for (const asset of block.assets) {
      expect(asset).toMatchObject({ return: null, return21d: null, drawdown: null, percentile: null });
      expect(asset.note).toContain("no close of");
    }
    expect(block.markets.breadth.value).toBeNull();
  });

  it("is the same for legs that end alike, one by one or together", () => {
    const starts = ["2025-10-10", "2025-10-16", "2025-11-13", "2025-11-18"].map(at);
    const question = { to: at("2025-11-19"), closes: EPISODE, knownAt: new Date("2025-11-21T00:00:00Z") };
    const blockFrom = marketBlocksTo({ ...question, earliest: "2025-10-10" });
    for (const from of starts) expect(blockFrom(from)).toEqual(marketBlock({ from, ...question }));
    expect(() => blockFrom(at("2025-10-09"))).toThrow("the earliest start named was 2025-10-10");
    expect(() => blockFrom(at("2025-11-20"))).toThrow("the start is later than the end");
  });

  it.each([
    { words: "the start is later than the end", input: { from: at("2025-10-16"), to: at("2025-10-15") } },
    {
      words: "the path's change on 2025-10-11: not a trade date",
      input: { path: [{ date: "2025-10-11", changeBp: 1 }] },
    },
    {
      words: "2025-10-10: listed twice",
      input: { path: [1, 2].map((changeBp) => ({ date: "2025-10-10", changeBp })) },
    },
    { words: "2025-10-10: NaN bp", input: { path: [{ date: "2025-10-10", changeBp: Number.NaN }] } },
  ])("refuses: $words", ({ words, input }) => {
    expect(() => marketBlock({ from, to: at("2025-10-15"), closes, ...input })).toThrow(words);
  });
});

const SYMBOL_OF: Readonly<Record<string, PanelSymbol>> = {
  "BTC-USD": "BTC",
  "ETH-USD": "ETH",
  "^NDX": "NDX",
  "^GSPC": "SPX",
  NVDA: "NVDA",
  "GC=F": "GOLD",
  "^HSI": "HSI",
  "000001.SS": "SSE",
};

describe.skipIf(!existsSync(HISTORY))("marketBlock() on closes 2015-2025 (skipped without ../shared)", () => {
  const rows = existsSync(HISTORY) ? readFileSync(HISTORY, "utf8").trim().split("\n").slice(1) : [];
  const closes = rows.flatMap((row) => {
    const [date = "", name = "", , , , close = ""] = row.split(",");
    const symbol = SYMBOL_OF[name];
    return symbol === undefined || close === "" ? [] : [{ symbol, date, close: Number(close) }];
  });

  it.each(["2016-06-24", "2018-12-05", "2020-03-16", "2022-06-13", "2024-08-05", "2025-04-09", "2025-11-17"])(
    "holds no NaN, nothing infinite and no rank outside 0 to 1 on %s",
    (date) => {
      const from = tradeDaysUpTo(date, 15)[0]?.date ?? "";
      const block = marketBlock({ from: at(from), to: at(date), closes });
      expect(numbersIn(block).filter((value) => !Number.isFinite(value))).toEqual([]);
      for (const { value, low, high } of block.assets.flatMap(({ percentiles }) => Object.values(percentiles))) {
        if (value === null) continue;
        expect(low !== null && high !== null && 0 <= low && low <= value && value <= high && high <= 1).toBe(true);
      }
      // A gold bar of 4 July 2025, a day without settlement.
      expect(block.ignored).toEqual([{ symbol: "GOLD", date: "2025-07-04", reason: "no_session" }]);
    },
  );

  it("ranks the worst stretch of March 2020 at the very bottom of its five years, and in step across assets", () => {
    const block = marketBlock({ from: at("2020-02-19"), to: at("2020-03-16"), closes });
    expect(percent(assetOf(block, "SPX").return)).toBe(-29.5); // 3386.15 to 2386.13, S&P
    expect(assetOf(block, "SPX")).toMatchObject({ percentile: 0 });
    expect(block.markets.correlationAdjusted.delta).toBeGreaterThan(1); // variance more than doubled
    expect(block.markets.correlationAdjusted.value).toBeLessThan(block.markets.correlation.value ?? 0);
  });
});
