import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds, snapshotPeriod } from "../../jobs/snapshot-odds.ts";
import { episodePublished } from "../../src/sources/built-in/episode.ts";
import {
  EPISODE_CLOSES_CSV,
  EPISODE_EFFR_CSV,
  EPISODE_PUBLISHED_CSV,
  EPISODE_SETTLEMENTS_CSV,
} from "../../src/sources/built-in/episode-tables.ts";
import { findSnapshot, readingsOf } from "../../src/store/readings.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const SHARED = fileURLToPath(new URL("../../../shared/episode/", import.meta.url));
// CME prints six digits; the sample's inferred settlements give each of them back.
const PRINTED = 0.000002;

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => NOW);
  await loadSample(db.sql, () => NOW);
  await snapshotOdds({ sql: db.sql, now: () => NOW });
});
afterAll(() => db.drop());

async function odds(tradeDate: string, basis: "settlement" | "published") {
  const query = { grid: null, basis, method: null, knownAt: null, meeting: "2025-12-10", sample: null };
  const snapshot = await findSnapshot(db.sql, { at: { tradeDate }, ...query });
  if (snapshot === null) throw new Error(`no ${basis} reading of ${tradeDate}`);
  const [reading] = await readingsOf(db.sql, snapshot, "2025-12-10");
  if (reading === undefined) throw new Error(`no meeting in the reading of ${tradeDate}`);
  return { snapshot, reading };
}

describe("the Dec-2025 episode", () => {
  it.each(episodePublished().map((day) => [day.tradeDate, day] as const))(
    "%s: every probability CME published, to the printed digit",
    async (tradeDate, published) => {
      const { snapshot, reading } = await odds(tradeDate, "settlement");
      expect(snapshot.tradeDate).toBe(tradeDate);
      const computed = new Map(reading.outcomes.map((outcome) => [outcome.lowerBp, outcome.probability]));
      for (const { lowerBp, probability } of published.outcomes) {
        expect(Math.abs((computed.get(lowerBp) ?? 0) - probability)).toBeLessThanOrEqual(PRINTED);
        computed.delete(lowerBp);
      }
      // What CME does not print is 0 to six digits.
      for (const rest of computed.values()) expect(rest).toBeLessThanOrEqual(PRINTED);
    },
  );

  it("is the range in force of each day: 400-425 through the decision day, 375-400 after", async () => {
    expect((await odds("2025-10-29", "settlement")).snapshot.target).toEqual({ lowerBp: 400, upperBp: 425 });
    expect((await odds("2025-10-30", "settlement")).snapshot.target).toEqual({ lowerBp: 375, upperBp: 400 });
  });

  it("keeps the figures of the decision day and marks that meeting announced", async () => {
    const { snapshot } = await odds("2025-10-29", "settlement");
    const [october] = await readingsOf(db.sql, snapshot, "2025-10-29");
    expect(october?.announced).toBe(true);
    expect(october?.outcomes.some((outcome) => outcome.lowerBp === 400)).toBe(true);
  });

  it("tells the headline from what was published as well, as a reading of its own", async () => {
    const { reading, snapshot } = await odds("2025-11-17", "published");
    expect(reading.outcomes.find((outcome) => outcome.lowerBp === 350)?.probability).toBe(0.423571);
    expect([snapshot.method, reading.startRateBp, reading.contracts]).toEqual(["published", null, []]);
  });

  it("is marked as sample and names the quotes it rests on", async () => {
    const { snapshot, reading } = await odds("2025-11-17", "settlement");
    expect(snapshot.isSample).toBe(true);
    expect(reading.contracts.map((use) => [use.contractMonth, use.price])).toEqual([
      ["2025-11", 96.13],
      ["2026-01", 96.245],
      ["2026-02", 96.33],
    ]);
    const [row] = await db.sql<{ quotes: number }[]>`
      select count(*)::integer as quotes
      from cutwatch.snapshots s
      join cutwatch.futures_quotes q on q.id = any(s.quote_ids) and q.trade_date = s.trade_date
      where s.id = ${snapshot.id} and q.is_sample
    `;
    // Of the sample's eight contract months September and October have expired.
    expect(row?.quotes).toBe(6);
  });

  it("changes nothing when computed again", async () => {
    const counts = () => db.sql`select count(*)::integer as n from cutwatch.snapshots`;
    const before = await counts();
    const again = await snapshotPeriod({ sql: db.sql, now: () => new Date("2026-11-23") }, "2025-09-01", "2025-12-31");
    expect(again).toEqual({ dates: 49, computed: 98, stored: 0 });
    expect(await counts()).toEqual(before);
  });

  it("is loaded into an empty database only", async () => {
    expect(await loadSample(db.sql, () => NOW)).toBe(false);
    expect(await loadBuiltInMeetings(db.sql, () => NOW)).toBe(0);
  });

  it("shows in review.odds exactly one row per date, meeting and range, summing to one", async () => {
    const [row] = await db.sql<{ rows: number; distinct_rows: number; worst: number; dates: number }[]>`
      select
        count(*)::integer as rows,
        count(distinct (trade_date, meeting, lower_bp))::integer as distinct_rows,
        count(distinct trade_date)::integer as dates,
        (select max(abs(total - 1)) from (
          select sum(probability) as total from review.odds group by trade_date, meeting
        ) sums) as worst
      from review.odds
    `;
    expect(row?.rows).toBe(row?.distinct_rows);
    expect(row?.dates).toBe(49);
    expect(row?.worst).toBeLessThanOrEqual(1e-12);
  });

  it("answers review.probability_at() as known then", async () => {
    const [row] = await db.sql<{ now: number; before: number | null; none: number }[]>`
      select
        review.probability_at('2025-12-10', 350, '2025-11-17T21:00Z') as now,
        review.probability_at('2025-12-10', 350, '2025-11-17T21:00Z', '2026-11-22T11:59Z') as before,
        review.probability_at('2025-12-10', 100, '2025-11-17T21:00Z') as none
    `;
    expect(row?.now).toBeCloseTo(0.423571, 5);
    expect(row?.before).toBeNull();
    expect(row?.none).toBe(0);
  });
});

describe.skipIf(!existsSync(SHARED))("the sample's tables (skipped where the shared episode is absent)", () => {
  it.each([
    ["zq_settlements.csv", EPISODE_SETTLEMENTS_CSV],
    ["published_probabilities.csv", EPISODE_PUBLISHED_CSV],
    ["effr.csv", EPISODE_EFFR_CSV],
    ["closes.csv", EPISODE_CLOSES_CSV],
  ])("%s is carried over to the last figure", (file, table) => {
    expect(table).toBe(readFileSync(`${SHARED}${file}`, "utf8"));
  });
});
