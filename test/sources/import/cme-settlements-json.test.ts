import { describe, expect, it } from "vitest";
import { messageOf, parseFixture, parseText } from "./read-file.ts";

const ROW = { month: "OCT 26", settle: "96.1050", open: "-", high: "-", low: "-", volume: "1", openInterest: "2" };

function parsePage(page: object, tradeDate?: string, fileName = "settlements.json") {
  return parseText("settlements", JSON.stringify(page), { tradeDate }, fileName);
}

describe("the exchange's settlements JSON", () => {
  it("reads figures without commas and marks, leaves the total out and counts a month without a settlement as blank", () => {
    const parsed = parseFixture("settlements", "cme-settlements.json");
    expect(parsed.source).toBe("cme-settlements-file");
    expect(parsed.preliminary).toBe(false);
    expect([parsed.quotes.rowsRead, parsed.quotes.blank, parsed.quotes.rejected.length]).toEqual([4, 1, 0]);
    expect(parsed.quotes.kept.map((q) => [q.contractMonth, q.price, q.high, q.low, q.volume, q.openInterest])).toEqual([
      ["2026-09", "96.2525", "96.2550", "96.2500", 61551, 322852],
      ["2026-10", "96.1050", "96.1050", "96.1000", 14501, 1727149],
      ["2031-07", "94.5750", null, null, 0, 0],
    ]);
    expect(parsed.quotes.kept[0]).toMatchObject({ tradeDate: "2026-09-18", asOf: new Date("2026-09-18T19:00:00Z") });
  });

  it("takes the trade date from the option or the file's name where the body has none", () => {
    const page = { settlements: [ROW] };
    const dates = [
      parsePage(page, "2026-09-17"),
      parsePage(page, undefined, "dir-2020-01-02/settlements_2026-09-17.json"),
      parsePage(page, undefined, "settlements_20260917.json"),
    ].map(({ quotes }) => quotes.kept[0]?.tradeDate);
    expect(dates).toEqual(["2026-09-17", "2026-09-17", "2026-09-17"]);
  });

  it("refuses a page without a trade date, with a wrong one, and one that contradicts the option", () => {
    expect(messageOf(() => parsePage({ settlements: [ROW] }))).toBe(
      "Cannot import settlements.json: the page names no trade date: give it by option or in the file's name, as in settlements_2026-09-18.json",
    );
    expect(messageOf(() => parsePage({ settlements: [ROW], tradeDate: "02/30/2026" }))).toMatch(
      /tradeDate is 02\/30\/2026/,
    );
    expect(messageOf(() => parsePage({ settlements: [ROW], tradeDate: "09/18/2026" }, "2026-09-17"))).toMatch(
      /is of 2026-09-18, not of 2026-09-17/,
    );
  });

  it("marks a preliminary report", () => {
    const parsed = parsePage({ settlements: [ROW], tradeDate: "09/18/2026", reportType: "Preliminary" });
    expect([parsed.preliminary, parsed.quotes.kept.length]).toEqual([true, 1]);
  });

  it("reads an empty page as no rows and says why", () => {
    const { quotes } = parsePage({ empty: true, settlements: [] });
    expect([quotes.rowsRead, quotes.kept.length, quotes.notes.length]).toEqual([0, 0, 1]);
  });

  it("sets bad entries aside by their place in the list", () => {
    const { quotes } = parsePage({
      tradeDate: "09/18/2026",
      settlements: [
        ROW,
        { ...ROW, month: "SEPT 26" },
        { ...ROW, settle: "95.30x" },
        { ...ROW, settle: 95.3 },
        { ...ROW, volume: "1.5" },
      ],
    });
    expect(quotes.rejected.map(({ line, code }) => [line, code])).toEqual([
      [2, "bad_contract"],
      [3, "bad_price"],
      [4, "bad_row"],
      [5, "bad_count"],
    ]);
    expect(quotes.kept).toHaveLength(1);
  });

  it("refuses JSON that is cut off, and JSON of another shape", () => {
    const text = JSON.stringify({ settlements: [ROW], tradeDate: "09/18/2026" });
    expect(messageOf(() => parseText("settlements", text.slice(0, -20)))).toMatch(/cut off or damaged/);
    expect(messageOf(() => parseText("settlements", '{"settlements":"none"}'))).toMatch(/not a settlements page/);
    expect(messageOf(() => parseText("settlements", '{"refRates":[]}'))).toMatch(/it holds effr, not settlements/);
  });
});
