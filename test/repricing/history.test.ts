/** Ten years of market history: days on which the market changed its mind, and days on which it only looked so. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type HistoryDay, readPrices, readPublications } from "../../bench/history-readings.ts";
import { detect } from "../../src/repricing/detector.ts";
import { type ClusteredAlert, isAtLeast } from "../../src/repricing/repricing.ts";
import { BUILT_IN_CALENDAR } from "../../src/sources/built-in/fomc-meetings.ts";

const DATA = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const LAST_TRADES = `${DATA}zq_daily_utc_2015_2025.csv`;
const PUBLISHED = `${DATA}fedwatch_published_meetings_2025.csv`;
const FIXINGS = `${DATA}fed_funds_daily_2000_2026.csv`;

function isAbsent(...paths: string[]): boolean {
  const absent = paths.filter((path) => !existsSync(path));
  if (absent.length > 0) console.info(`Skipping tests of the detector: not there: ${absent.join(", ")}`);
  return absent.length > 0;
}

// the README; of two dates either will do.
const MUST_FIRE = [
  ["2022-06-13", "2022-06-14"],
  ["2022-07-13"],
  ["2022-09-13"],
  ["2022-10-13"],
  ["2022-11-10"],
  ["2023-03-07"],
  ["2023-03-10", "2023-03-13"],
  ["2025-04-03", "2025-04-04"],
  ["2025-04-09"],
  ["2025-05-02"],
  ["2025-05-12"],
  ["2025-07-03"],
  ["2025-07-30"],
  ["2025-08-01"],
  ["2025-09-05"],
  ["2025-10-29"],
  ["2025-11-19"],
  ["2025-11-21"],
] as const;
const MUST_STAY_SILENT = ["2025-10-30", "2025-10-10", "2025-08-12", "2025-10-24", "2022-08-26"];

// Clusters with an alert of `sharp` or worse, as an independent implementation counted them. One or two a year hang on
// what the rules leave open: whether a notice joins two clusters, whether noise may confirm.
const SHARP_CLUSTERS = { "2022": 42, "2023": 32, "2024": 32, "2025": 30 };
const CLUSTERS_OPEN = 2;

const sharp = (alerts: readonly ClusteredAlert[]) => alerts.filter(({ severity }) => isAtLeast(severity, "sharp"));

describe.skipIf(isAbsent(LAST_TRADES, FIXINGS))(
  "detect() on the last trades of 2015 to 2025 (skipped without them)",
  () => {
    let days: readonly HistoryDay[];
    let alerts: readonly ClusteredAlert[];
    let dates: ReadonlySet<string>;
    beforeAll(() => {
      days = readPrices(LAST_TRADES, FIXINGS);
      alerts = detect(days, BUILT_IN_CALENDAR).alerts;
      dates = new Set(sharp(alerts).map(({ tradeDate }) => tradeDate));
    });

    it.each(MUST_FIRE.map((either) => [either]))("fires on the day itself: %s", (either) => {
      expect(either.some((date) => dates.has(date))).toBe(true);
    });

    it.each(MUST_STAY_SILENT)("stays below sharp on %s", (date) => {
      expect(days.some(({ tradeDate }) => tradeDate === date)).toBe(true);
      expect(dates.has(date)).toBe(false);
    });

    it.each(Object.entries(SHARP_CLUSTERS))("finds in %s about %d clusters that are sharp", (year, expected) => {
      const found = new Set(
        sharp(alerts).flatMap(({ tradeDate, cluster }) => (tradeDate.startsWith(year) ? [cluster] : [])),
      );
      expect(Math.abs(found.size - expected)).toBeLessThanOrEqual(CLUSTERS_OPEN);
    });

    it("says the same up to any day when the history ends there", () => {
      for (let end = 150; end < days.length; end += 211) {
        const past = days.slice(0, end);
        const last = past.at(-1)?.tradeDate ?? "";
        expect(detect(past, BUILT_IN_CALENDAR).alerts).toEqual(alerts.filter(({ tradeDate }) => tradeDate <= last));
      }
    });
  },
);

describe.skipIf(isAbsent(PUBLISHED, FIXINGS))("detect() on FedWatch's export of 2025 (skipped without it)", () => {
  it("fires on the days on which it has the meetings that moved, and not on the silent ones", () => {
    const { alerts } = detect(readPublications(PUBLISHED, FIXINGS), BUILT_IN_CALENDAR);
    const dates = new Set(sharp(alerts).map(({ tradeDate }) => tradeDate));
    const covered = MUST_FIRE.filter(([first]) => first >= "2025" && first <= "2025-10-31");
    expect(covered.filter((either) => !either.some((date) => dates.has(date)))).toEqual([]);
    expect(MUST_STAY_SILENT.filter((date) => dates.has(date))).toEqual([]);
  });
});
