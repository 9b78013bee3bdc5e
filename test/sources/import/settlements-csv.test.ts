import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf, parseText } from "./read-file.ts";

const HEADER = "trade_date,contract,symbol,open,high,low,settle,volume,open_interest";
// From the settlement history: the first row of 2015, and the nearest month of that day.
const ROWS = [
  "2015-01-02,2015-01,ZQF15,99.8850,99.8850,99.8850,99.8850,545,54975",
  "2015-01-02,2015-02,ZQG15,99.8800,99.8800,99.8750,99.8750,1594,64944",
];

function quotesOf(text: string) {
  return parseText("settlements", text).quotes;
}

describe("settlements CSV", () => {
  it("reads prices as printed, dated 14:00 Chicago of the trade date", () => {
    const parsed = parseText("settlements", [HEADER, ...ROWS].join("\n"));
    expect(parsed.source).toBe("settlements-csv");
    expect(parsed.preliminary).toBe(false);
    expect(parsed.quotes.rowsRead).toBe(2);
    expect(parsed.quotes.lines).toEqual([2, 3]);
    expect(parsed.quotes.kept[1]).toEqual({
      contractMonth: "2015-02",
      tradeDate: "2015-01-02",
      asOf: new Date("2015-01-02T20:00:00Z"),
      grid: "settlement",
      basis: "settlement",
      price: "99.8750",
      open: "99.8800",
      high: "99.8800",
      low: "99.8750",
      volume: 1594,
      openInterest: 64944,
      flags: [],
    });
  });

  it("reads the same quotes whatever the order of the columns, the line ends and the mark at the start", () => {
    const names = HEADER.split(",");
    const want = quotesOf([HEADER, ...ROWS].join("\n")).kept;
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: names.length }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.constantFrom("", "\uFEFF"),
        fc.constantFrom("", '"'),
        (order, newline, mark, quote) => {
          const lines = [HEADER, ...ROWS].map((line) => {
            const cells = line.split(",");
            return order.map((name) => `${quote}${cells[names.indexOf(name)]}${quote}`).join(",");
          });
          expect(quotesOf(`${mark}${lines.join(newline)}${newline}`).kept).toEqual(want);
        },
      ),
      { seed: 20251117, numRuns: 100 },
    );
  });

  it("takes a contract as ZQZ25 as well as 2025-12, and needs no more than three columns", () => {
    const [named, month] = ["ZQZ25", "2025-12"].map(
      (c) => quotesOf(`contract,settle,trade_date\n${c},96.19,2025-11-17`).kept,
    );
    expect(named).toEqual(month);
    expect(named?.[0]).toMatchObject({
      contractMonth: "2025-12",
      price: "96.19",
      open: null,
      volume: null,
      openInterest: null,
    });
  });

  it("reads close without settle as last trades, dated 16:00 Chicago", () => {
    const { source, quotes } = parseText("settlements", "trade_date,contract,close\n2025-07-17,2025-12,96.19\n");
    expect(source).toBe("last-trades-csv");
    expect(quotes.kept[0]).toMatchObject({
      basis: "last_trade",
      grid: "settlement",
      asOf: new Date("2025-07-17T21:00:00Z"),
    });
  });

  it("sets rows of Sundays and holidays aside, apart from the bad ones", () => {
    const { quotes } = parseText(
      "settlements",
      "trade_date,contract,close\n2025-11-16,2025-12,96.19\n2025-12-25,2025-12,96.3\n2025-11-17,2025-12,96.19\n",
    );
    expect(quotes.kept).toHaveLength(1);
    expect(quotes.rejected).toEqual([]);
    expect(quotes.notTradeDates.map(({ line, code }) => [line, code])).toEqual([
      [2, "not_a_trade_date"],
      [3, "not_a_trade_date"],
    ]);
  });

  it("counts a row without a price as blank", () => {
    const quotes = quotesOf("trade_date,contract,settle\n2025-11-17,2025-12,\n2025-11-17,2026-01,96.245\n");
    expect([quotes.rowsRead, quotes.kept.length, quotes.blank]).toEqual([2, 1, 1]);
  });

  it.each([
    ["2025-02-30,2025-12,96.19", "bad_date"],
    ["17/11/2025,2025-12,96.19", "bad_date"],
    [",2025-12,96.19", "bad_date"],
    ["2025-11-17,2025-13,96.19", "bad_contract"],
    ["2025-11-17,ZQZ5,96.19", "bad_contract"],
    ["2025-11-17,SR3Z25,96.19", "bad_contract"],
    ["2025-11-17,2025-12,NaN", "bad_price"],
    ["2025-11-17,2025-12,inf", "bad_price"],
    ["2025-11-17,2025-12,-96.19", "bad_price"],
    ["2025-11-17,2025-12,9.6e1", "bad_price"],
    ["2025-11-17,2025-12,96.33249664306640625", "bad_price"],
    ["2025-11-17,2025-12,0x60", "bad_price"],
  ])("sets %s aside as %s and keeps the rest", (row, code) => {
    const quotes = quotesOf(`trade_date,contract,settle\n2025-11-17,2026-01,96.245\n${row}\n`);
    expect(quotes.kept).toHaveLength(1);
    expect(quotes.rejected.map((r) => [r.line, r.code, r.row])).toEqual([[3, code, row]]);
    expect(quotes.rejected[0]?.reason).toMatch(/accepted/);
  });

  it("sets a row aside whose volume is no count or whose symbol is of another month", () => {
    const quotes = quotesOf(
      [HEADER, "2015-01-02,2015-01,ZQG15,,,,99.8850,545,1", "2015-01-02,2015-01,ZQF15,,,,99.8850,-5,1"].join("\n"),
    );
    expect(quotes.rejected.map(({ code }) => code)).toEqual(["contract_mismatch", "bad_count"]);
  });

  it("refuses a file with a row of another width as a whole, naming the line", () => {
    const message = messageOf(() =>
      quotesOf("trade_date,contract,settle\n2025-11-17,2025-12,96.19\n2025-11-17,2026-0"),
    );
    expect(message).toBe("Cannot import file.csv, line 3: 2 columns where the header has 3");
  });

  it("refuses a header that names a column twice", () => {
    expect(messageOf(() => quotesOf("trade_date,contract,settle,settle\n"))).toMatch(/the column settle stands twice/);
  });

  it("counts every row once", () => {
    const cell = fc.constantFrom("2025-11-17", "2025-11-16", "2025-12", "2026-01", "96.19", "", "x", "-1");
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 }), (rows) => {
        const filled = rows.filter((row) => row.some((text) => text !== ""));
        const q = quotesOf(["trade_date,contract,settle", ...filled.map((row) => row.join(","))].join("\n"));
        const sum = q.kept.length + q.rejected.length + q.notTradeDates.length + q.blank + q.duplicates;
        expect([q.rowsRead, sum]).toEqual([filled.length, filled.length]);
        expect(q.lines).toHaveLength(q.kept.length);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
