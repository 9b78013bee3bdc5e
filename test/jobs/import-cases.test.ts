import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import { describe, expect, it } from "vitest";
import { type ImportedFile, importAll } from "../../jobs/import-all.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { testDatabase } from "../setup/database.ts";

const CASES = fileURLToPath(new URL("../../../shared/data/import_cases", import.meta.url));
const now = () => new Date("2026-11-30T12:00:00Z");

type Map = Readonly<Record<string, string>>;

async function imported<T>(
  file: string,
  map: Map,
  look: (sql: Sql, files: readonly ImportedFile[]) => Promise<T>,
): Promise<T> {
  const db = await testDatabase();
  try {
    await loadBuiltInMeetings(db.sql, now);
    const bytes = readFileSync(join(CASES, file));
    const options = Object.keys(map).length === 0 ? {} : { map };
    const files = await importAll(
      db.sql,
      { fileName: file, bytes, kind: null, options, dryRun: false, again: false },
      now,
    );
    return await look(db.sql, files);
  } finally {
    await db.drop();
  }
}

const quotes = (file: string, map: Map = {}) =>
  imported(file, map, async (sql, files) => ({
    refusals: files.flatMap(({ refusal }) => refusal?.message ?? []),
    quarantined: files.flatMap(({ summary }) => summary?.quarantined.map(({ code }) => code) ?? []),
    rows: (
      await sql<{ row: string }[]>`
        select trade_date::text || ' ' || to_char(contract_month, 'YYYY-MM') || ' ' || price::float8 || ' ' || basis as row
        from cutwatch.futures_quotes order by trade_date, contract_month
      `
    ).map(({ row }) => row),
  }));

const closes = (file: string, map: Map = {}) =>
  imported(file, map, async (sql, files) => ({
    refusals: files.flatMap(({ refusal }) => refusal?.message ?? []),
    rows: (
      await sql<{ row: string }[]>`
        select symbol || ' ' || close_date::text || ' ' || close::float8 as row from cutwatch.asset_closes order by 1
      `
    ).map(({ row }) => row),
  }));

const refusal = (file: string, map: Map = {}) =>
  imported(file, map, async (sql, files) => {
    const [left] = await sql<{ n: number }[]>`
      select (select count(*) from cutwatch.futures_quotes)::integer + (select count(*) from cutwatch.asset_closes)::integer
        + (select count(*) from cutwatch.quarantine)::integer as n
    `;
    return { left: left?.n, words: files.map(({ refusal: words }) => words?.message).join("; ") };
  });

const HAS_CASES = existsSync(CASES);
if (!HAS_CASES)
  console.log("test/jobs/import-cases: skipped, the files as people have them are not part of the project");

describe.skipIf(!HAS_CASES)("files as people have them", () => {
  it("reads plain settlements in ten dresses alike", async () => {
    const { rows: ok } = await quotes("own_ok.csv");
    expect(ok).toHaveLength(35);
    expect(ok.slice(0, 2)).toEqual(["2026-09-14 2026-09 96.2525 settlement", "2026-09-14 2026-10 96.105 settlement"]);
    const dresses = [
      "own_ok.csv.gz",
      "own_us_dates.csv",
      "own_datetime.csv",
      "own_one_digit.csv",
      "own_slash_names.csv",
    ];
    for (const file of [
      ...dresses,
      "own_bbg_names.csv",
      "own_tab.csv",
      "own_semicolon_comma.csv",
      "own_excel_de_dates.csv",
    ]) {
      expect([file, await quotes(file)]).toEqual([file, { refusals: [], quarantined: [], rows: ok }]);
    }
  }, 60_000);

  it("refuses rates for prices, and another product, as a whole", async () => {
    expect(await refusal("own_rates_not_prices.csv")).toEqual({
      left: 0,
      words: expect.stringContaining("it holds rates (3.7475), accepted are prices (96.2525)"),
    });
    expect(await refusal("cme_sofr.json")).toEqual({ left: 0, words: expect.stringMatching(/SOFR.*Federal Funds/i) });
  });

  it("reads the exchange's and a terminal's settlements", async () => {
    const ftp = await quotes("cme_ftp_settle.csv");
    expect(ftp).toMatchObject({ refusals: [], quarantined: [] });
    expect(ftp.rows[0]).toBe("2026-09-18 2026-09 96.2525 settlement");
    const bdh = await quotes("bloomberg_bdh.csv");
    expect(bdh).toMatchObject({ refusals: [], quarantined: [] });
    expect(bdh.rows).toHaveLength(25);
    expect(bdh.rows[0]).toBe("2026-09-14 2026-09 96.2525 settlement");
  });

  it("reads vendors' last trades, the contract from the column or the file's name", async () => {
    for (const file of ["barchart_zqx26.csv", "CBOT_DL_ZQX2026, 1D.csv"]) {
      const { rows, refusals } = await quotes(file);
      expect([file, refusals, rows.length, rows[0]]).toEqual([file, [], 5, "2026-09-14 2026-11 95.975 last_trade"]);
    }
    expect((await quotes("yahoo_ZQX26.CBT.csv")).rows).toHaveLength(4);
    expect((await quotes("stooq_zqz26.csv")).rows[0]).toBe("2026-09-14 2026-12 95.835 last_trade");
    expect((await quotes("barchart_board.csv")).rows[0]).toBe("2026-09-18 2026-09 96.2525 last_trade");
    expect((await refusal("investing_zq.csv")).words).toMatch(/which contract or asset it is of.*--map contract=ZQX26/);
    expect((await quotes("investing_zq.csv", { contract: "ZQX26" })).rows).toHaveLength(5);
  });

  it("keeps the good rows of odd values, and says of an empty day that it is", async () => {
    const odd = await quotes("cme_nan.json");
    expect(odd.refusals).toEqual([]);
    expect(odd.rows.length).toBeGreaterThan(3);
    expect(odd.quarantined.length).toBeGreaterThan(0);
    const notes = await imported("cme_empty.json", {}, async (_, files) => files.map(({ summary }) => summary?.notes));
    expect(notes).toEqual([["the page says empty: the exchange had no settlements for that day"]]);
  });

  it("reads a FedWatch export whatever was made of it", async () => {
    const read = (file: string) =>
      imported(file, {}, async (sql, files) => ({
        refusals: files.flatMap(({ refusal: words }) => words?.message ?? []),
        rows: await sql`
          select trade_date::text as day, meeting_date::text as meeting, probability::float8 as p
          from cutwatch.published_probabilities where lower_bp = 350 order by 1
        `,
      }));
    const ok = await read("FedMeeting_20251210_ok.csv");
    expect(ok.rows.map(({ p }) => p)).toEqual([0.5, 0.52, 0.54, 0.56, 0.58]);
    const dresses = [
      "date_lower",
      "percent",
      "percent_number",
      "range_bare",
      "range_pct",
      "semicolon_comma",
      "tab",
      "us_2digit_year",
      "utf16",
      "index",
    ];
    for (const dress of dresses) {
      expect([dress, await read(`FedMeeting_20251210_${dress}.csv`)]).toEqual([dress, ok]);
    }
    expect(await read("FedWatch_20251210.xlsx")).toEqual(ok);
  }, 60_000);

  it("reads fixings and ranges of FRED and the New York Fed", async () => {
    const read = (file: string) =>
      imported(file, {}, async (sql, files) => ({
        refusals: files.flatMap(({ refusal: words }) => words?.message ?? []),
        rows: await sql`
          select fixing_date::text as day, effr_pct::float8 as effr, target_lower_bp as lower, target_upper_bp as upper
          from cutwatch.effr_fixings order by 1
        `,
      }));
    const effr = await read("fred_EFFR.csv");
    expect(effr.refusals).toEqual([]);
    expect(effr.rows).toHaveLength(8);
    expect((await read("fred_EFFR_DATE_dot.csv")).rows).toHaveLength(7);
    const multi = await read("fred_graph_dff_multi.csv");
    expect(multi.rows.find(({ day }) => day === "2026-09-17")).toEqual({
      day: "2026-09-17",
      effr: 3.63,
      lower: 375,
      upper: 400,
    });
    const range = await read("fred_DFEDTARU.csv");
    expect(range.refusals).toEqual([]);
    expect(range.rows.find(({ day }) => day === "2026-09-17")).toEqual({
      day: "2026-09-17",
      effr: null,
      lower: 375,
      upper: 400,
    });
    const json = await read("nyfed_effr.json");
    expect(json.refusals).toEqual([]);
    expect(json.rows[0]).toEqual({ day: "2026-09-10", effr: 3.63, lower: 350, upper: 375 });
    const csv = await read("nyfed_effr_export.csv");
    expect(csv.refusals).toEqual([]);
    expect(csv.rows.at(-1)).toEqual({ day: "2026-09-21", effr: 3.63, lower: 350, upper: 375 });
  });

  it("reads closes under their own dates", async () => {
    for (const [file, first] of [
      ["stooq_ndx.csv", "NDX 2026-09-14 24010.55"],
      ["yf_history_NDX.csv", "NDX 2026-09-14 24010.55"],
      ["binance_BTCUSDT_1d.csv", "BTC 2026-09-14 61500"],
      ["coingecko_btc.csv", "BTC 2026-09-14 61500.123"],
      ["CRYPTO_BTCUSD, 1D.csv", "BTC 2026-09-14 61500"],
    ] as const) {
      const { rows, refusals } = await closes(file);
      expect([file, refusals, rows.length, rows[0]]).toEqual([file, [], 5, first]);
    }
  });

  it("never takes a fund or a share for Bitcoin or gold, nor guesses the asset of Yahoo's table", async () => {
    for (const file of ["yf_BTC_etf.csv", "stocks_GOLD.csv"]) {
      const { left, words } = await refusal(file);
      expect([file, left]).toEqual([file, 0]);
      expect(words).toMatch(/BTC|GOLD/);
    }
    expect((await refusal("yahoo_page_copy_BTC.csv")).words).toMatch(/--map symbol=BTC/);
    const { rows } = await closes("yahoo_page_copy_BTC.csv", { symbol: "BTC" });
    expect(rows[0]).toBe("BTC 2026-09-14 61500.2");
  });
});
