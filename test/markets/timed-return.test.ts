import { describe, expect, it } from "vitest";
import { closesKnownAt } from "../../src/markets/close-history.ts";
import { returnBetween } from "../../src/markets/timed-return.ts";
import type { PanelSymbol } from "../../src/pricing/observations.ts";

const LATER = new Date("2026-01-01T00:00:00Z");

function ask(symbol: PanelSymbol, closes: Readonly<Record<string, number>>, from: string, to: string, clock = LATER) {
  const rows = Object.entries(closes).map(([date, close]) => ({ symbol, date, close }));
  const history = closesKnownAt(rows, clock).histories.get(symbol);
  if (history === undefined) throw new Error(`Cannot find ${symbol}`);
  return returnBetween({ symbol, history, clock }, from, to);
}

describe("returnBetween()", () => {
  it("pairs the closes of exactly those dates, each with its instant", () => {
    expect(ask("HSI", { "2025-10-17": 25_000, "2025-11-17": 26_125 }, "2025-10-17", "2025-11-17")).toEqual({
      value: expect.closeTo(0.045, 12),
      fromDate: "2025-10-17",
      toDate: "2025-11-17",
      fromAt: new Date("2025-10-17T08:00:00Z"),
      toAt: new Date("2025-11-17T08:00:00Z"),
      provisional: false,
      note: null,
    });
  });

  it("is null where the market was closed, although there are closes the day before and after", () => {
    const closes = { "2025-10-28": 26_346, "2025-10-30": 26_282, "2025-11-17": 26_384 };
    const chungYeung = ask("HSI", closes, "2025-10-29", "2025-11-17");
    expect(chungYeung).toMatchObject({
      value: null,
      fromAt: null,
      provisional: false,
      note: "HSI was closed on 2025-10-29",
    });
    expect(ask("HSI", closes, "2025-10-28", "2025-10-29").note).toBe("HSI was closed on 2025-10-29");
  });

  it("is null over no time", () => {
    expect(ask("BTC", { "2025-11-17": 92_000 }, "2025-11-17", "2025-11-17")).toMatchObject({
      value: null,
      provisional: false,
    });
  });

  // New York closes at 21:00 UTC, an hour after the settlement.
  it.each([
    { clock: "2025-11-17T20:00:00Z", provisional: true, case: "before the close" },
    { clock: "2025-11-17T22:00:00Z", provisional: true, case: "while the source lags" },
    { clock: "2025-11-21T20:59:59Z", provisional: true, case: "within four days" },
    { clock: "2025-11-21T21:00:00Z", provisional: false, case: "after them" },
  ])("waits for a missing close $case: provisional $provisional", ({ clock, provisional }) => {
    const answer = ask("SPX", { "2025-10-17": 6_664 }, "2025-10-17", "2025-11-17", new Date(clock));
    expect(answer).toMatchObject({ value: null, provisional });
    expect(answer.note).toContain("no close of SPX at hand for 2025-11-17 (2025-11-17T21:00:00.000Z)");
  });

  it("does not wait when the earlier close never came", () => {
    const clock = new Date("2025-11-17T20:00:00Z");
    expect(ask("SPX", {}, "2025-10-17", "2025-11-17", clock)).toMatchObject({ value: null, provisional: false });
  });
});

describe("closesKnownAt()", () => {
  it("leaves out closes whose instant lies ahead, to the second", () => {
    const rows = [{ symbol: "NDX", date: "2025-11-17", close: 24_800 }];
    const known = (at: string) => closesKnownAt(rows, new Date(at)).histories.get("NDX")?.size;
    expect(known("2025-11-17T20:59:59Z")).toBe(0);
    expect(known("2025-11-17T21:00:00Z")).toBe(1);
  });

  it("names the closes that take no part, and orders the rest", () => {
    const rows = [
      { symbol: "SPX", date: "2025-11-18", close: 6_617 },
      { symbol: "SPX", date: "2025-11-15", close: 6_734 }, // a Saturday, carried over
      { symbol: "SPX", date: "2025-11-17", close: 6_672 },
      { symbol: "DAX", date: "2025-11-17", close: 23_590 },
    ];
    const { histories, ignored } = closesKnownAt(rows, null);
    expect([...(histories.get("SPX")?.keys() ?? [])]).toEqual(["2025-11-17", "2025-11-18"]);
    expect(ignored).toEqual([
      { symbol: "SPX", date: "2025-11-15", reason: "no_session" },
      { symbol: "DAX", date: "2025-11-17", reason: "not_in_panel" },
    ]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a close of %d", (close) => {
    expect(() => closesKnownAt([{ symbol: "BTC", date: "2025-11-17", close }], null)).toThrow(
      `Cannot use the close of BTC on 2025-11-17: ${close}, must be a number above 0`,
    );
  });

  it("refuses two closes of one date", () => {
    const row = { symbol: "BTC", date: "2025-11-17", close: 92_000 };
    expect(() => closesKnownAt([row, row], null)).toThrow("2025-11-17 is listed twice");
  });
});
