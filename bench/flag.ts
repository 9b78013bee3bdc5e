/** From a new snapshot to stored legs, alerts and what assets did: day by day, and over a whole history at once. */
import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";
import { completeBlocks } from "../jobs/asset-blocks.ts";
import { flagRepricings } from "../jobs/flag-repricings.ts";
import { importFile } from "../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../jobs/load-built-in.ts";
import { snapshotPeriod } from "../jobs/snapshot-odds.ts";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import { nextTradeDate, previousTradeDate, settlementInstant } from "../src/calendar/trade-dates.ts";
import type { ImportKind } from "../src/sources/files/import-file.ts";
import { historyFile, median, report, timeMs, withDatabase } from "./measure.ts";

const LIMIT_MS = 40;
const HISTORY_LIMIT_S = 10;
/** Seven years of history stand before the days that come one by one, 2022's many alerts among them. */
const HISTORY = { from: "2015-01-01", to: "2021-12-31" } as const;
const LAST_DAY: IsoDate = "2022-12-30";
const MINUTE_MS = 60_000;

/** The figure that 95 of 100 do not pass. */
function p95(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length * 0.95) - 1] ?? Number.NaN;
}

const settlements = historyFile("zq_settle_2015_2022.csv");
const closes = historyFile("assets_daily_2015_2025.csv");

/** The rows of a file dated after `after` and up to `to`, under its header. */
function rowsDated(text: string, after: IsoDate, to: IsoDate): Uint8Array {
  const [header = "", ...rows] = text.trimEnd().split("\n");
  const dated = rows.filter((row) => row.slice(0, 10) > after && row.slice(0, 10) <= to);
  return new TextEncoder().encode([header, ...dated].join("\n"));
}

async function take(sql: Sql, fileName: string, kind: ImportKind, bytes: Uint8Array): Promise<void> {
  await importFile(sql, { fileName, bytes, kind, options: {}, dryRun: false, again: false }, () => new Date());
}

await withDatabase(async (sql) => {
  const today = () => new Date();
  await loadBuiltInMeetings(sql, today);
  await take(sql, "settlements.csv", "settlements", await readFile(settlements));
  const closesText = await readFile(closes, "utf8");
  await take(sql, "closes.csv", "closes", rowsDated(closesText, "", HISTORY.to));
  const { stored } = await snapshotPeriod({ sql, now: today }, HISTORY.from, HISTORY.to);
  const wholeMs = await timeMs(async () => {
    const found = await flagRepricings({ sql, now: today, live: false });
    console.log(`${found.days} days of ${stored} at once: ${found.legs} legs, ${found.alerts} alerts`);
  });

  const quiet: number[] = [];
  const alerting: number[] = [];
  for (let date = nextTradeDate(HISTORY.to); date <= LAST_DAY; date = nextTradeDate(date)) {
    const now = () => new Date(settlementInstant(date).getTime() + MINUTE_MS);
    // The closes of the day before have come since, as they do when it runs.
    const before = previousTradeDate(date);
    await take(sql, `${date}.csv`, "closes", rowsDated(closesText, previousTradeDate(before), before));
    await completeBlocks(sql, now);
    await snapshotPeriod({ sql, now }, date, date);
    let alerts = 0;
    const ms = await timeMs(async () => {
      alerts = (await flagRepricings({ sql, now, live: true })).alerts;
    });
    (alerts === 0 ? quiet : alerting).push(ms);
  }
  const unchangedMs = await timeMs(() => flagRepricings({ sql, now: today, live: true }));

  const all = [...quiet, ...alerting];
  const limit = { what: "limit", figure: LIMIT_MS };
  console.log(`${all.length} days one by one, ${alerting.length} of them with alerts`);
  report("one snapshot to stored legs, alerts and assets, median", median(all), "ms", limit);
  report("the same, 95th percentile", p95(all), "ms", limit);
  report("days with alerts only, median", median(alerting), "ms", limit);
  report("days with alerts only, 95th percentile", p95(alerting), "ms", limit);
  report("nothing new", unchangedMs, "ms", limit);
  report("2015 to 2021 at once", wholeMs / 1000, "s", { what: "limit", figure: HISTORY_LIMIT_S });
});
