import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { copyRows } from "../../src/store/copy.ts";
import { dailyQuotes, recordQuotes } from "../../src/store/quotes.ts";
import { openRequests } from "../../src/store/snapshot-requests.ts";
import { ensureMonths, type Provenance } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await ensureMonths(db.sql, ["futures_quotes"], "2025-10-01", "2025-12-31");
});
afterAll(() => db.drop());

function quote(contractMonth: string, price: string, tradeDate = "2025-11-17"): FuturesQuote {
  return {
    contractMonth,
    tradeDate,
    asOf: settlementInstant(tradeDate),
    grid: "settlement",
    basis: "settlement",
    price,
    open: null,
    high: null,
    low: null,
    volume: 12,
    openInterest: null,
    flags: [],
  };
}

function from(source: string, minute: number): Provenance {
  return { source, payloadId: null, isSample: false, recordedAt: new Date(Date.UTC(2026, 0, 5, 12, minute)) };
}

const record = (quotes: readonly FuturesQuote[], provenance: Provenance) =>
  db.sql.begin((tx) => recordQuotes(tx, quotes, provenance));
const prices = async (date: string) =>
  (await dailyQuotes(db.sql, { from: date, to: date })).map((row) => [row.contractMonth, row.price, row.source]);

describe("recordQuotes()", () => {
  it("stores each quote once, however often it comes", async () => {
    const quotes = [quote("2025-11", "96.1250"), quote("2026-01", "96.2400")];
    expect(await record(quotes, from("a", 0))).toEqual({ stored: 2, unchanged: 0 });
    expect(await record(quotes, from("a", 1))).toEqual({ stored: 0, unchanged: 2 });
    expect(await record([...quotes].reverse(), from("a", 2))).toEqual({ stored: 0, unchanged: 2 });
  });

  it("keeps a correction beside what it corrects and reads the later one", async () => {
    expect(await record([quote("2025-11", "96.1275")], from("a", 3))).toEqual({ stored: 1, unchanged: 0 });
    expect(await prices("2025-11-17")).toEqual([
      ["2025-11", 96.1275, "a"],
      ["2026-01", 96.24, "a"],
    ]);
    const [count] = await db.sql<{ n: number }[]>`
      select count(*)::integer as n from cutwatch.futures_quotes where contract_month = '2025-11-01'
    `;
    expect(count?.n).toBe(2);
  });

  it("takes the first by name where sources agree and the newest figure where they do not", async () => {
    const date = "2025-12-01";
    await record([quote("2025-12", "96.30", date), quote("2026-01", "96.31", date)], from("m", 4));
    await record([quote("2025-12", "96.300", date)], from("b", 5));
    await record([quote("2026-01", "96.32", date)], from("z", 6));
    expect(await prices(date)).toEqual([
      ["2025-12", 96.3, "b"],
      ["2026-01", 96.32, "z"],
    ]);
    // m repeating its old print says nothing new: z's correction stands.
    await record([quote("2026-01", "96.31", date)], from("m", 7));
    expect((await prices(date))[1]).toEqual(["2026-01", 96.32, "z"]);
  });

  it("never mixes the sample with real quotes", async () => {
    const date = "2025-12-02";
    await record([quote("2025-12", "96.30", date)], from("a", 8));
    await record([quote("2025-12", "96.99", date)], { ...from("sample", 9), isSample: true });
    const rows = await dailyQuotes(db.sql, { from: date, to: date });
    expect(rows.map((row) => [row.price, row.isSample])).toEqual([
      [96.3, false],
      [96.99, true],
    ]);
  });

  it("asks for the readings of the dates it changed, and for none when nothing changed", async () => {
    const before = (await openRequests(db.sql)).length;
    await record([quote("2025-12", "96.30", "2025-12-03"), quote("2025-12", "96.31", "2025-12-05")], from("a", 10));
    const requests = (await openRequests(db.sql)).slice(before);
    expect(requests.map(({ grid, from: first, to }) => [grid, first, to])).toEqual([
      ["settlement", "2025-12-03", "2025-12-05"],
    ]);
    await record([quote("2025-12", "96.30", "2025-12-03")], from("a", 11));
    expect((await openRequests(db.sql)).length).toBe(before + 1);
  });

  it("writes all or nothing", async () => {
    const broken = [quote("2025-12", "96.30", "2025-12-08"), quote("2025-12", "no price", "2025-12-09")];
    await expect(record(broken, from("a", 12))).rejects.toThrow(/numeric: "no price"/);
    expect(await prices("2025-12-08")).toEqual([]);
  });

  // Few rows go by one statement, many by COPY.
  it.each([1, 1_500])(
    "leaves the transaction usable for its rollback when the rows themselves fail after %i",
    async (rows) => {
      function* failing() {
        for (let i = 0; i < rows; i++) yield ["2025-12-08", "x"];
        throw new Error("no more rows");
      }
      const attempt = db.sql.begin((tx) => copyRows(tx, "cutwatch.quarantine", ["reason", "reason_code"], failing()));
      await expect(attempt).rejects.toThrow("no more rows");
      expect(await db.sql`select 1 as one`).toEqual([{ one: 1 }]);
    },
  );

  it.each([1, 999, 1_000, 1_001])("writes the same %i rows whichever way they go", async (count) => {
    const written = Array.from({ length: count }, (_, i) => [
      i,
      `a\tb\\ "${i}"\n`,
      i % 2 === 0 ? null : 1 / 3,
      [`x,${i}`, "{}"],
    ]);
    const rows = await db.sql.begin(async (tx) => {
      await tx`create temporary table way (n integer, words text, part double precision, list text[]) on commit drop`;
      await copyRows(tx, "way", ["n", "words", "part", "list"], written);
      return tx<
        { n: number; words: string; part: number | null; list: string[] }[]
      >`select n, words, part, list from way order by n`;
    });
    expect(rows.map(({ n, words, part, list }) => [n, words, part, list])).toEqual(written);
  });

  it("refuses a number that is none", async () => {
    const attempt = db.sql.begin(async (tx) => {
      await tx`create temporary table way (part double precision) on commit drop`;
      await copyRows(tx, "way", ["part"], [[Number.NaN]]);
    });
    await expect(attempt).rejects.toThrow("Cannot write NaN: accepted are finite numbers");
  });

  it("survives writers of the same rows at once: each row is there once", async () => {
    const quotes = [quote("2025-12", "96.40", "2025-12-10"), quote("2026-01", "96.41", "2025-12-10")];
    const written = await Promise.all(Array.from({ length: 6 }, () => record(quotes, from("a", 13))));
    expect(written.reduce((sum, { stored }) => sum + stored, 0)).toBe(2);
    const [count] = await db.sql<{ n: number }[]>`
      select count(*)::integer as n from cutwatch.futures_quotes where trade_date = '2025-12-10'
    `;
    expect(count?.n).toBe(2);
  });
});

describe("ensure_months()", () => {
  it("makes the missing months once, from many connections at once", async () => {
    const calls = Array.from({ length: 8 }, () =>
      ensureMonths(db.sql, ["futures_quotes", "meeting_readings"], "2031-01-15", "2031-03-02"),
    );
    await Promise.all(calls);
    const rows = await db.sql<{ name: string }[]>`
      select relname as name from pg_class
      where relname like 'futures_quotes_2031%' and relkind = 'r' order by relname
    `;
    expect(rows.map((row) => row.name)).toEqual([
      "futures_quotes_2031_01",
      "futures_quotes_2031_02",
      "futures_quotes_2031_03",
    ]);
  });
});
