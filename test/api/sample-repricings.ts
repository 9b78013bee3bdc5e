/** The built-in sample with its odds and repricings in a database, as a first start leaves it. */
import type { Sql } from "postgres";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { sharedDatabase, type TestDatabase } from "../setup/database.ts";

/** When the sample was loaded. */
export const LOADED = new Date("2026-11-20T12:00:00.000Z");
/** When all of it was stored: while the clock stands still, each write is stamped a millisecond after the one before. */
export const STORED = new Date("2026-11-20T12:00:01.000Z");
/** When its last days were corrected. */
export const CORRECTED = new Date("2026-11-21T12:00:00.000Z");
/** When questions are asked. */
export const ASKED = "2026-11-22T12:00:00Z";

async function compute(sql: Sql, now: Date): Promise<void> {
  await snapshotOdds({ sql, now: () => now });
  await flagRepricings({ sql, now: () => now, live: false });
}

/** Loads the sample and flags its repricings. */
export async function seedRepricings(sql: Sql): Promise<void> {
  await loadBuiltInMeetings(sql, () => LOADED);
  await loadSample(sql, () => LOADED);
  await compute(sql, LOADED);
}

/** A database of a test's own with the sample and its repricings. */
export function sampleDatabase(): Promise<TestDatabase> {
  return sharedDatabase("sample", seedRepricings);
}

/** A correction after which nothing happened from 21 Nov 2025 on: each later day has the prices of the 20th. */
export async function flattenLastDays(sql: Sql): Promise<void> {
  const quotes = episodeQuotes();
  const twentieth = new Map(
    quotes.filter(({ tradeDate }) => tradeDate === "2025-11-20").map((quote) => [quote.contractMonth, quote.price]),
  );
  const corrected = quotes.flatMap((quote) => {
    const price = twentieth.get(quote.contractMonth);
    return quote.tradeDate > "2025-11-20" && price !== undefined ? [{ ...quote, price }] : [];
  });
  await sql.begin((tx) =>
    recordQuotes(tx, corrected, { source: "sample", payloadId: null, isSample: true, recordedAt: CORRECTED }),
  );
  await compute(sql, CORRECTED);
}
