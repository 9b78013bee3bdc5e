import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/calendar/calendar-date.ts";
import { addDays, weekday } from "../../src/calendar/calendar-date.ts";
import { closeInstant, isSession, nextSession, previousSession, SESSIONS_END } from "../../src/markets/sessions.ts";
import type { PanelSymbol } from "../../src/pricing/observations.ts";
import { PANEL } from "../../src/pricing/observations.ts";

const CLOSES = new URL("../../../shared/data/assets_daily_2015_2025.csv", import.meta.url);
const SEED = 20251117;

const dates = fc.integer({ min: 0, max: 12 * 365 }).map((days) => addDays("2015-01-01", days));
const symbols = fc.constantFrom(...PANEL);

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

// Where the history of the gold future differs from the exchange's days.
const GOLD_WITHOUT_CLOSE = ["2016-10-10", "2016-11-11", "2018-01-29", "2018-12-05"]; // traded, missing from the history
const GOLD_ON_HOLIDAYS = ["2025-07-04"]; // a bar of the shortened holiday session, which has no settlement

describe("isSession()", () => {
  it("is every day for crypto and never a weekend for the rest", () => {
    fc.assert(
      fc.property(dates, symbols, (date, symbol) => {
        if (symbol === "BTC" || symbol === "ETH") expect(isSession(symbol, date)).toBe(true);
        else if (weekday(date) % 6 === 0) expect(isSession(symbol, date)).toBe(false);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  // Exchange notices: NYSE of 30 Dec 2024 (mourning), HKEX 2026 holidays, SSE of 22 Dec 2025.
  it.each([
    { symbol: "SPX", date: "2025-01-09", open: false },
    { symbol: "GOLD", date: "2025-01-09", open: true },
    { symbol: "SPX", date: "2025-10-13", open: true },
    { symbol: "NVDA", date: "2026-07-03", open: false },
    { symbol: "NDX", date: "2027-12-24", open: false },
    { symbol: "HSI", date: "2025-10-29", open: false }, // Chung Yeung, the day of a Fed decision
    { symbol: "HSI", date: "2026-04-07", open: false },
    { symbol: "HSI", date: "2026-04-08", open: true },
    { symbol: "SSE", date: "2026-02-23", open: false },
    { symbol: "SSE", date: "2026-02-24", open: true },
    { symbol: "SSE", date: "2024-02-09", open: false },
  ] as const)("is $open for $symbol on $date", ({ symbol, date, open }) => {
    expect(isSession(symbol, date)).toBe(open);
  });
});

describe("closeInstant()", () => {
  it("is null exactly on days without a session, and ascends from session to session", () => {
    fc.assert(
      fc.property(dates, symbols, (date, symbol) => {
        const close = closeInstant(symbol, date);
        expect(close !== null).toBe(isSession(symbol, date));
        const next = closeInstant(symbol, nextSession(symbol, date));
        if (close !== null && next !== null) expect(next.getTime()).toBeGreaterThan(close.getTime());
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it.each([
    { symbol: "SPX", date: "2025-11-17", want: "2025-11-17T21:00:00.000Z" },
    { symbol: "SPX", date: "2025-11-28", want: "2025-11-28T18:00:00.000Z" }, // after Thanksgiving
    { symbol: "NDX", date: "2024-07-03", want: "2024-07-03T17:00:00.000Z" },
    { symbol: "NVDA", date: "2025-12-24", want: "2025-12-24T18:00:00.000Z" },
    { symbol: "GOLD", date: "2025-11-17", want: "2025-11-17T22:00:00.000Z" },
    { symbol: "HSI", date: "2025-11-17", want: "2025-11-17T08:00:00.000Z" },
    { symbol: "HSI", date: "2025-12-24", want: "2025-12-24T04:00:00.000Z" },
    { symbol: "HSI", date: "2025-01-28", want: "2025-01-28T04:00:00.000Z" }, // Lunar New Year's eve
    { symbol: "SSE", date: "2025-11-17", want: "2025-11-17T07:00:00.000Z" },
    { symbol: "BTC", date: "2025-11-16", want: "2025-11-17T00:00:00.000Z" },
  ] as const)("is $want for $symbol on $date", ({ symbol, date, want }) => {
    expect(closeInstant(symbol, date)?.toISOString()).toBe(want);
  });
});

describe("nextSession() and previousSession()", () => {
  it("are each other's inverse on sessions, with no session between", () => {
    fc.assert(
      fc.property(dates, symbols, (date, symbol) => {
        const next = nextSession(symbol, date);
        expect(next > date && isSession(symbol, next)).toBe(true);
        for (let day = addDays(date, 1); day < next; day = addDays(day, 1)) expect(isSession(symbol, day)).toBe(false);
        if (isSession(symbol, date)) expect(previousSession(symbol, next)).toBe(date);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe("SESSIONS_END", () => {
  it("names the end of each calendar, and none for crypto", () => {
    expect(SESSIONS_END).toEqual({
      BTC: null,
      ETH: null,
      NDX: "2035-12-31",
      SPX: "2035-12-31",
      NVDA: "2035-12-31",
      GOLD: "2035-12-31",
      HSI: "2026-12-31",
      SSE: "2026-12-31",
    });
  });
});

describe.skipIf(!existsSync(CLOSES))("isSession() against closes 2015-2025 (skipped without ../shared)", () => {
  const closed = new Map<PanelSymbol, Set<IsoDate>>(PANEL.map((symbol) => [symbol, new Set()]));
  for (const row of existsSync(CLOSES) ? readFileSync(CLOSES, "utf8").trim().split("\n").slice(1) : []) {
    const [date = "", name = "", , , , close] = row.split(",");
    const symbol = SYMBOL_OF[name];
    if (symbol !== undefined && close !== undefined && close !== "") closed.get(symbol)?.add(date);
  }

  it.each(PANEL)("is exactly the days on which %s has a close", (symbol) => {
    const have = [...(closed.get(symbol) ?? [])].sort();
    const want: IsoDate[] = [];
    for (let date = have[0] ?? ""; date <= "2025-12-31"; date = addDays(date, 1)) {
      if (isSession(symbol, date) && !(symbol === "GOLD" && GOLD_WITHOUT_CLOSE.includes(date))) want.push(date);
    }
    expect(have.length).toBeGreaterThan(1_400);
    expect(have.filter((date) => !(symbol === "GOLD" && GOLD_ON_HOLIDAYS.includes(date)))).toEqual(want);
  });
});
