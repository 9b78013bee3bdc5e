import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { PARAMETERS } from "../../src/repricing/parameters.ts";
import { episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { openDatabase } from "../../src/store/connect.ts";
import { pastLegs } from "../../src/store/past-legs.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const QUOTES = episodeQuotes();
const DATES = [...new Set(QUOTES.map(({ tradeDate }) => tradeDate))];

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => NOW);
  await ensureMonths(db.sql, ["futures_quotes"], "2025-09-01", "2025-12-31");
});
afterAll(() => db.drop());

const overIn = (sql: Sql) =>
  sql.begin((tx) => pastLegs(sql, tx, { basis: "settlement", isSample: false }, PARAMETERS.version));

/** As a process that has just begun finds them. */
async function overAnew() {
  const { sql, close } = await openDatabase({ url: db.url, applicationName: "cutwatch test", max: 1 });
  try {
    return await overIn(sql);
  } finally {
    await close();
  }
}

it("are the same from memory as read anew, while legs end, are taken back and come again", async () => {
  const counts = new Set<number>();
  const weeks = [6, 2, 4, 0, 5, 1, 3].map((n) => DATES.filter((_, i) => Math.floor(i / 7) === n));
  for (const [i, dates] of [...weeks, ["2025-11-19"]].entries()) {
    const at = new Date(NOW.getTime() + 60_000 * i);
    const rows = QUOTES.filter(({ tradeDate }) => dates.includes(tradeDate)).map((quote) =>
      // Last, a correction that takes the extreme away.
      i < weeks.length ? quote : { ...quote, price: (Number(quote.price) + 0.05).toFixed(4) },
    );
    const provenance = { source: "settlements-csv", payloadId: null, isSample: false, recordedAt: at };
    await db.sql.begin((tx) => recordQuotes(tx, rows, provenance));
    await snapshotOdds({ sql: db.sql, now: () => at });
    await flagRepricings({ sql: db.sql, now: () => at, live: false });
    const remembered = await overIn(db.sql);
    expect(remembered).toEqual(await overAnew());
    counts.add(remembered.length);
  }
  expect(Math.max(...counts)).toBeGreaterThan(3);
  expect(counts.size).toBeGreaterThan(2);
});
