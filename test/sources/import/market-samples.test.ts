/** Files as their sources have them, and years of history, where they are at hand beside the project. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { BUILT_IN_MEETINGS } from "../../../src/sources/built-in/fomc-meetings.ts";
import type { ImportKind, ImportOptions } from "../../../src/sources/files/import-file.ts";
import { checkQuotes } from "../../../src/sources/quality/quality.ts";
import { messageOf, type Parsed, parseBytes } from "./read-file.ts";

const DATA = new URL("../../../../shared/data/", import.meta.url);
const NOW = new Date("2026-10-01T00:00:00Z");
const MEETING_DATES = BUILT_IN_MEETINGS.map(({ meetingDate }) => meetingDate);
const absent = !existsSync(DATA);
if (absent) console.info("market-samples: skipped, the market history ../shared/data is absent");

function parseSample<K extends ImportKind>(kind: K, name: string, options: ImportOptions = {}): Parsed<K> {
  const bytes = readFileSync(new URL(name, DATA));
  return parseBytes(kind, bytes, { meetingDates: MEETING_DATES, ...options }, basename(name));
}

describe.skipIf(absent)("recorded files (need ../shared/data)", () => {
  it("reads the exchange's settlements of 18 Sep 2026 as the plain CSV of the same day has them", () => {
    const figures = (name: string) =>
      parseSample("settlements", name).quotes.kept.map((q) => [q.contractMonth, q.price, q.volume, q.openInterest]);
    const json = figures("raw_samples/cme_settlements_2026-09-18.json");
    expect(json).toHaveLength(60);
    expect(json).toEqual(figures("zq_settle_2026-09-18.csv"));
  });

  it("reads ten meetings from a saved page, and none from one saved too early", () => {
    const { distributions } = parseSample("fedwatch", "raw_samples/cmegroupcn_scrape_2026-07-20.json");
    expect([distributions.kept.length, distributions.rejected]).toEqual([10, []]);
    const early = parseSample("fedwatch", "raw_samples/cmegroupcn_scrape_2026-07-12_empty.json").distributions;
    expect([early.rowsRead, early.notes.length]).toEqual([0, 1]);
  });

  it("infers the meeting of both single histories", () => {
    for (const name of ["fedwatch_single_mdy.csv", "fedwatch_single_ymd_slash.csv"]) {
      const { distributions } = parseSample("fedwatch", `raw_samples/${name}`);
      expect(distributions.kept.map(({ meetingDate }) => meetingDate)).toEqual(Array(6).fill("2025-12-10"));
      expect(distributions.rejected).toEqual([]);
      expect(messageOf(() => parseSample("fedwatch", `raw_samples/${name}`, { meetingDates: [] }))).toMatch(
        /--meeting/,
      );
    }
  });

  it("reads the histories of all meetings, listed or not", () => {
    const iso = parseSample("fedwatch", "raw_samples/fedwatch_all_meetings_two_header_rows.csv").distributions;
    expect([iso.rowsRead, iso.kept.length, iso.rejected]).toEqual([20, 20, []]);
    const dots = parseSample("fedwatch", "raw_samples/fedwatch_all_meetings_dmy_dots.csv").distributions;
    expect(dots.kept.map((d) => `${d.tradeDate} ${d.meetingDate}`)).toEqual([
      "2025-04-14 2026-04-29",
      "2025-04-15 2026-04-29",
    ]);
    expect(parseSample("fedwatch", "raw_samples/fedwatch_not_yet_listed_meeting.csv").distributions.rowsRead).toBe(0);
  });

  it("reads every distribution of 2025, each equal to the histories' own", () => {
    const { distributions } = parseSample("fedwatch", "fedwatch_published_meetings_2025.csv");
    expect([distributions.rowsRead, distributions.kept.length, distributions.rejected]).toEqual([7718, 1353, []]);
    expect(distributions.notTradeDates).toEqual([]);
    const known = new Map(distributions.kept.map((d) => [`${d.tradeDate} ${d.meetingDate}`, d]));
    const histories = [
      "fedwatch_all_meetings_two_header_rows.csv",
      "fedwatch_single_mdy.csv",
      "fedwatch_single_ymd_slash.csv",
    ];
    const copies = histories.flatMap((name) => parseSample("fedwatch", `raw_samples/${name}`).distributions.kept);
    const shared = copies.filter((d) => known.has(`${d.tradeDate} ${d.meetingDate}`));
    expect(shared.length).toBeGreaterThan(15);
    for (const copy of shared) expect(copy).toEqual(known.get(`${copy.tradeDate} ${copy.meetingDate}`));
  });

  it("reads closes: Yahoo's three header rows, blank holidays, unknown symbols", () => {
    expect(parseSample("closes", "raw_samples/yahoo_three_header_rows.csv").closes.kept).toHaveLength(5);
    const index = parseSample("closes", "raw_samples/index_blank_holiday_rows.csv", { symbol: "HSI" }).closes;
    expect([index.rowsRead, index.kept.length, index.blank, index.rejected]).toEqual([29, 25, 4, []]);
    expect(messageOf(() => parseSample("closes", "raw_samples/index_blank_holiday_rows.csv"))).toMatch(
      /--map symbol=BTC/,
    );
    const panel = parseSample("closes", "assets_daily_2015_2025.csv").closes;
    expect([panel.rowsRead, panel.kept.length]).toEqual([18778, 17270]);
    expect(new Set(panel.rejected.map(({ code }) => code))).toEqual(new Set(["unknown_symbol"])); // GLD
  });

  it("reads 26 years of fixings", () => {
    const { fixings } = parseSample("effr", "fed_funds_daily_2000_2026.csv");
    expect([fixings.rowsRead, fixings.kept.length, fixings.rejected]).toEqual([9729, 9729, []]);
  });

  it("tells known bad prints from what only looks odd", () => {
    const { quotes } = parseSample("settlements", "raw_samples/zq_known_bad_prints.csv");
    const check = checkQuotes(quotes.kept, () => null, NOW);
    expect(check.rejected.map((r) => [r.code, r.quote.price])).toEqual([["price_out_of_band", "83.4250"]]);
    const flagsOf = (date: string, month: string) =>
      check.kept.find((q) => q.tradeDate === date && q.contractMonth === month)?.flags;
    expect(flagsOf("2000-09-12", "2002-03")).toEqual([]);
    expect(flagsOf("2003-11-24", "2004-10")).toEqual([]);
    expect(flagsOf("2004-01-07", "2004-10")).toEqual(["off_tick"]);
    expect(flagsOf("2011-09-19", "2013-12")).toEqual(["bad_open", "bad_low"]);
  });

  it("keeps all 80,653 settlements of 2015 to 2022, ten of them flagged off their tick", () => {
    const { quotes } = parseSample("settlements", "zq_settle_2015_2022.csv");
    const check = checkQuotes(quotes.kept, () => null, NOW);
    expect([quotes.rowsRead, check.kept.length, check.rejected]).toEqual([80653, 80653, []]);
    expect(check.remarks.map(({ flag }) => flag)).toEqual(Array(10).fill("off_tick"));
  });

  it("keeps all last trades of eleven years, the shocks of 2020 and 2023 among them, apart from days without settlement", () => {
    const { quotes } = parseSample("settlements", "zq_daily_utc_2015_2025.csv");
    const check = checkQuotes(quotes.kept, () => null, NOW);
    expect([quotes.rowsRead, quotes.rejected.length, quotes.kept.length + quotes.notTradeDates.length]).toEqual([
      41867, 0, 41867,
    ]);
    expect(check.rejected).toEqual([]);
    expect(check.remarks.map((r) => [r.tradeDate, r.contractMonth, r.flag, r.printed])).toEqual([
      ["2024-07-25", "2024-12", "bad_low", "72.3750"],
    ]);
  });
});
