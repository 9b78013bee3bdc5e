import { describe, expect, it } from "vitest";
import { messageOf, parseFixture, parseText } from "./read-file.ts";

describe("closes CSV", () => {
  it("reads the panel by its own names and Yahoo's, and leaves further columns alone", () => {
    const rows = [
      "date,symbol,open,high,low,close,volume,source",
      "2025-11-17,^NDX,,,,24799.92,,x",
      "2025-11-17,^GSPC,,,,6672.41,,x",
      "2025-11-17,GC=F,,,,4068.30,,x",
      "2025-11-17,^HSI,,,,26384.28,,x",
      "2025-11-17,000001.SS,,,,3972.03,,x",
      "2025-11-17,BTC-USD,,,,92093.88,,x",
      "2025-11-17,eth,,,,3024.54,,x",
      "2025-11-17,NVDA,,,,186.36,,x",
    ];
    const { source, closes } = parseText("closes", rows.join("\n"));
    expect(source).toBe("closes-csv");
    expect(closes.kept.map(({ symbol }) => symbol)).toEqual(["NDX", "SPX", "GOLD", "HSI", "SSE", "BTC", "ETH", "NVDA"]);
    expect(closes.kept[2]).toEqual({ symbol: "GOLD", date: "2025-11-17", close: "4068.30" });
  });

  it("counts a blank close as a closed market", () => {
    const { closes } = parseText("closes", "date,symbol,close\n2016-08-02,HSI,\n2016-08-03,HSI,21739.1191\n");
    expect([closes.rowsRead, closes.kept.length, closes.blank, closes.rejected.length]).toEqual([2, 1, 1, 0]);
  });

  it.each([
    ["2025-11-17,GLD,370.0", "unknown_symbol", /accepted are BTC ETH NDX SPX NVDA GOLD HSI SSE and Yahoo's BTC-USD/],
    ["2025-11-17,BTCUSDT,92000", "unknown_symbol", /symbol is BTCUSDT/],
    ["2025-11-31,BTC,92000", "bad_date", /date is 2025-11-31/],
    ["2025-11-17,BTC,0", "bad_price", /close is 0/],
    ["2025-11-17,BTC,-5", "bad_price", /close is -5/],
    ["2025-11-17,BTC,nan", "bad_price", /close is nan/],
    ["2025-11-17,BTC,1e5", "bad_price", /close is 1e5/],
  ])("sets %s aside as %s", (row, code, reason) => {
    const { closes } = parseText("closes", `date,symbol,close\n${row}\n`);
    expect(closes.kept).toEqual([]);
    expect(closes.rejected.map((r) => [r.line, r.code])).toEqual([[2, code]]);
    expect(closes.rejected[0]?.reason).toMatch(reason);
  });

  it("keeps one of two equal rows, by any names, and none of two that differ", () => {
    const { closes } = parseText(
      "closes",
      "date,symbol,close\n2025-11-17,BTC,92093.88\n2025-11-17,BTC-USD,92093.880\n",
    );
    expect([closes.kept.length, closes.duplicates]).toEqual([1, 1]);
    const { closes: differing } = parseText("closes", "date,symbol,close\n2025-11-17,BTC,92093.88\n2025-11-17,BTC,1\n");
    expect(differing.kept).toEqual([]);
    expect(differing.rejected.map((r) => r.reason)).toEqual(
      Array(2).fill("BTC of 2025-11-17 stands in the file with different figures: 92093.88 and 1"),
    );
  });
});

describe("closes of one asset", () => {
  const TEXT = "date,open,close,volume\n1987-01-01,,,\n1987-01-02,2540.1001,2540.1001,0\n";

  it("takes the asset from the option or the file's name", () => {
    for (const { closes } of [
      parseText("closes", TEXT, { symbol: "^HSI" }),
      parseText("closes", TEXT, {}, "dir/hsi-daily.csv"),
      parseText("closes", TEXT, {}, "^HSI.csv"),
    ]) {
      expect(closes.kept).toEqual([{ symbol: "HSI", date: "1987-01-02", close: "2540.1001" }]);
      expect(closes.blank).toBe(1);
    }
  });

  it("refuses a file that does not say, says it twice, or an option that is no asset of the panel", () => {
    const untold = /does not say which contract or asset it is of: add --map contract=ZQX26 or --map symbol=BTC/;
    expect(messageOf(() => parseText("closes", TEXT, {}, "index.csv"))).toMatch(untold);
    expect(messageOf(() => parseText("closes", TEXT, {}, "btc-or-eth.csv"))).toMatch(untold);
    expect(messageOf(() => parseText("closes", TEXT, { symbol: "GLD" }))).toMatch(
      /the symbol given is GLD, accepted are BTC/,
    );
  });
});

describe("Yahoo's download", () => {
  it("reads the closes below three header rows", () => {
    const { source, closes } = parseFixture("closes", "yahoo-download.csv");
    expect(source).toBe("yahoo-csv");
    expect(closes.kept).toEqual([
      { symbol: "BTC", date: "2021-06-24", close: "34662.4375" },
      { symbol: "BTC", date: "2021-06-25", close: "31637.779296875" },
    ]);
  });

  it("reads several assets side by side and the date with its midnight", () => {
    const text =
      "Price,Close,Close,Volume\nTicker,BTC-USD,^NDX,^NDX\nDate,,,\n2025-11-15 00:00:00+00:00,95000.5,,\n2025-11-17,92093.88,24799.92,1\n";
    const { closes } = parseText("closes", text);
    expect([closes.rowsRead, closes.blank]).toEqual([4, 1]);
    expect(closes.kept.map((c) => `${c.date} ${c.symbol}`)).toEqual([
      "2025-11-15 BTC",
      "2025-11-17 BTC",
      "2025-11-17 NDX",
    ]);
  });

  it.each([
    [
      "without its third header row",
      "Price,Close\nTicker,BTC-USD\n2021-06-24,1\n",
      /line 3: the third header row, Date, is missing/,
    ],
    ["without closes", "Price,Open\nTicker,BTC-USD\nDate,\n", /no column is named Close/],
    ["cut within a row", "Price,Close,High\nTicker,BTC-USD,BTC-USD\nDate,,\n2021-06-24,1\n", /line 4: 2 columns/],
  ])("refuses one %s", (_, text, message) => {
    expect(messageOf(() => parseText("closes", text))).toMatch(message);
  });
});
