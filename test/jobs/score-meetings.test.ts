import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { scoreMeetings } from "../../jobs/score-meetings.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { scoreDistribution } from "../../src/pricing/scores.ts";
import { episodeFixings, episodePublished, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { recordPublished } from "../../src/store/published.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { scoresKnown } from "../../src/store/scores.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { readJson, serveTest } from "../api/served.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const MEETING = "2025-12-10";
/** Set on 10 Dec 2025. */
const DECIDED = { lowerBp: 350, upperBp: 375 };
const HISTORY = fileURLToPath(new URL("../../../shared/data/zq_settle_2015_2022.csv", import.meta.url));
const withoutHistory = existsSync(HISTORY) ? "" : " (skipped: ../shared/data/zq_settle_2015_2022.csv is not here)";

const open: TestDatabase[] = [];
afterAll(async () => {
  for (const db of open) await db.drop();
});

async function freshDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  open.push(db);
  await loadBuiltInMeetings(db.sql, () => NOW);
  return db;
}

const EVERYTHING = { basis: null, horizonDays: null, knownAt: null } as const;

describe("scoreMeetings()", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await freshDatabase();
    await ensureMonths(db.sql, ["futures_quotes", "published_probabilities"], "2025-09-01", "2025-12-31");
    const provenance = { source: "settlements-csv", payloadId: null, isSample: false, recordedAt: NOW };
    await db.sql.begin(async (tx) => {
      await recordFixings(tx, episodeFixings(), { ...provenance, source: "effr-csv" });
      await recordQuotes(tx, episodeQuotes(), provenance);
      await recordPublished(tx, episodePublished(), { ...provenance, source: "published-csv" });
    });
    await snapshotOdds({ sql: db.sql, now: () => NOW });
  });

  it("scores what FedWatch showed 30 days before: 10 Nov 2025", async () => {
    const result = await scoreMeetings({ sql: db.sql, now: () => NOW });
    expect(result.refused).toEqual([]);
    const shown = episodePublished().find(({ tradeDate }) => tradeDate === "2025-11-10");
    const want = scoreDistribution(shown?.outcomes ?? [], DECIDED);
    const published = await scoresKnown(db.sql, { ...EVERYTHING, basis: "published", horizonDays: 30 });
    expect(published).toMatchObject([{ meetingDate: MEETING, tradeDate: "2025-11-10", decided: DECIDED }]);
    expect(published[0]?.brier).toBeCloseTo(want.brier, 12);
    expect(published[0]?.log).toBeCloseTo(want.log, 12);
    // CME prints six digits: computed odds score the same within them.
    const computed = await scoresKnown(db.sql, { ...EVERYTHING, basis: "settlement", horizonDays: 30 });
    expect(computed.find((row) => row.meetingDate === MEETING)?.brier).toBeCloseTo(want.brier, 5);
  });

  it("changes nothing when it runs again, and keeps a corrected decision as a further row", async () => {
    const before = await scoresKnown(db.sql, EVERYTHING);
    expect((await scoreMeetings({ sql: db.sql, now: () => NOW })).stored).toBe(0);
    const later = new Date(NOW.getTime() + 60_000);
    await db.sql`
      insert into cutwatch.meeting_notices (meeting_date, kind, effective_date, known_from, lower_bp, upper_bp, recorded_at, source)
      values (${MEETING}, 'decided', '2025-12-11', '2025-12-10T19:00:00Z', 375, 400, ${later.toISOString()}::timestamptz, 'test')
    `;
    expect((await scoreMeetings({ sql: db.sql, now: () => later })).stored).toBeGreaterThan(0);
    expect(await scoresKnown(db.sql, { ...EVERYTHING, knownAt: new Date(later.getTime() - 1) })).toEqual(before);
    const after = await scoresKnown(db.sql, EVERYTHING);
    expect(after.find((row) => row.meetingDate === MEETING)?.decided).toEqual({ lowerBp: 375, upperBp: 400 });
  });

  it("is answered at /v1/scores as the view has it, with means that may not be ranked below 24 meetings", async () => {
    const { app } = serveTest(db.sql, { now: "2026-11-23T12:00:00Z" });
    const answer = await readJson<{ data: Record<string, unknown>[]; means: { brier: { mean: number } | null }[] }>(
      app,
      "/v1/scores?basis=settlement&horizon=30",
    );
    const rows = await db.sql`
      select meeting, trade_date, brier, rps, log_score from review.scores
      where basis = 'settlement' and horizon_days = 30 order by meeting
    `;
    expect(rows.length).toBeGreaterThan(0);
    expect(
      answer.data.map(({ meeting, trade_date, brier, rps, log_score }) => ({
        meeting,
        trade_date,
        brier,
        rps,
        log_score,
      })),
    ).toEqual([...rows]);
    const mean = rows.reduce((sum, row) => sum + row.brier, 0) / rows.length;
    expect(answer.means).toMatchObject([
      { basis: "settlement", source_class: "chain", horizon_days: 30, n: rows.length, rankable: false },
    ]);
    expect(answer.means[0]?.brier?.mean).toBeCloseTo(mean, 12);
    const earlier = await readJson<{ data: unknown[] }>(app, "/v1/scores?known_at=2026-11-21");
    expect(earlier.data).toEqual([]);
    expect((await app.request("/v1/scores?horizon=45")).status).toBe(400);
    expect(await (await app.request("/v1/scores?format=csv")).text()).toMatch(/^meeting,horizon_days,basis,/);
  });
});

describe("scoreMeetings() and the sample", () => {
  it("never scores it", async () => {
    const db = await freshDatabase();
    await loadSample(db.sql, () => NOW);
    await snapshotOdds({ sql: db.sql, now: () => NOW });
    expect(await scoreMeetings({ sql: db.sql, now: () => NOW })).toEqual({ meetings: 0, stored: 0, refused: [] });
  });
});

describe.skipIf(withoutHistory !== "")(`scoreMeetings() on history${withoutHistory}`, () => {
  it("scores the meetings of 2019 better the nearer they are, on settlements of that year", async () => {
    const db = await freshDatabase();
    const [header, ...lines] = readFileSync(HISTORY, "utf8").split("\n");
    const of2019 = lines.filter((line) => line.startsWith("2019-") || line.startsWith("2018-1"));
    const bytes = new TextEncoder().encode([header, ...of2019].join("\n"));
    const file = { fileName: "zq.csv", bytes, kind: "settlements", options: {}, dryRun: false, again: false } as const;
    await importFile(db.sql, file, () => NOW);
    await snapshotOdds({ sql: db.sql, now: () => NOW });
    const { meetings } = await scoreMeetings({ sql: db.sql, now: () => NOW });
    expect(meetings).toBeGreaterThanOrEqual(8);
    const rows = await db.sql<{ horizon_days: number; n: number; brier: number }[]>`
      select horizon_days, count(*)::integer as n, avg(brier) as brier from review.scores
      where meeting between '2019-01-01' and '2019-12-31' group by horizon_days order by horizon_days
    `;
    expect(rows.map((row) => [row.horizon_days, row.n])).toEqual([
      [1, 8],
      [7, 8],
      [30, 8],
      [60, 8],
      [90, 8],
    ]);
    expect(rows[0]?.brier ?? 1).toBeLessThan(0.1);
    expect(rows[4]?.brier ?? 0).toBeGreaterThan(rows[0]?.brier ?? 1);
  });
});
