/** The planner knows how large the tables are that an import of years fills. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catchUp } from "../../jobs/catch-up.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { refreshStatistics } from "../../src/store/statistics.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const now = () => new Date("2026-11-22T12:00:00Z");
/** What does not grow with the days: nobody joins it by its size. */
const SMALL = new Set([
  "meetings",
  "meeting_notices",
  "meeting_decisions",
  "effr_fixings",
  "market_events",
  "migrations",
]);

describe("refreshStatistics()", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    await loadBuiltInMeetings(db.sql, now);
    await loadSample(db.sql, now);
    await snapshotOdds({ sql: db.sql, now });
    await catchUp({ sql: db.sql, now, baseUrl: null });
  });
  afterAll(() => db.drop());

  it("looks at every table that days of history fill", async () => {
    await refreshStatistics(db.sql);
    const tables = await db.sql<{ name: string; known: boolean }[]>`
      select relname as name, reltuples >= 0 as known
      from pg_class
      where relnamespace = 'cutwatch'::regnamespace and relkind in ('r', 'p') and not relispartition
    `;
    const unknown: string[] = [];
    for (const { name, known } of tables) {
      if (known || SMALL.has(name)) continue;
      const [row] = await db.sql`select count(*)::integer as rows from cutwatch.${db.sql(name)}`;
      if (row?.rows > 20) unknown.push(`${name}: ${row?.rows} rows`);
    }
    expect(unknown).toEqual([]);
  });
});
