/** Questions about what the sample does not have: corrections, refusals, failures, scores and deliveries. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { scoreMeetings } from "../../jobs/score-meetings.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { episodeFixings, episodePublished, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { finishRun, startRun } from "../../src/store/job-runs.ts";
import { recordPublished } from "../../src/store/published.ts";
import { recordQuarantine } from "../../src/store/quarantine.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { recordCatalog, recordCheck } from "../../src/store/source-health.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { addDeliveries, addWebhooks } from "../store/webhook-rows.ts";
import { ask, NOW, publishedPct } from "./asking.ts";

const LATER = new Date("2026-11-23T12:00:00Z");
/** Days that the files imported here do not have. */
const ABSENT = ["2025-10-14", "2025-10-15"];
/** FedWatch's figure for 350-375 read during 17 Nov 2025; the settlement's is 42.36 %. */
const READ_LATER = 0.429;

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => new Date(NOW.getTime() - 60_000));
  await recordEpisode();
  await snapshotOdds({ sql: db.sql, now: () => NOW });
  await scoreMeetings({ sql: db.sql, now: () => NOW });
  await recordCorrection();
  await recordTrouble();
});
afterAll(() => db.drop());

const provenance = { source: "settlements-csv", payloadId: null, isSample: false, recordedAt: NOW };
const present = (row: { readonly tradeDate: string }) => !ABSENT.includes(row.tradeDate);

/** The figures of the built-in episode as if a person had imported them. */
async function recordEpisode(): Promise<void> {
  await ensureMonths(db.sql, ["futures_quotes", "published_probabilities"], "2025-09-01", "2025-12-31");
  await db.sql.begin(async (tx) => {
    await recordFixings(tx, episodeFixings(), { ...provenance, source: "effr-csv" });
    await recordQuotes(tx, episodeQuotes().filter(present), provenance);
    await recordPublished(tx, episodePublished().filter(present), { ...provenance, source: "published-csv" });
  });
}

/** A day later FedWatch's odds of 17 Nov are imported with another figure. */
async function recordCorrection(): Promise<void> {
  const changed = episodePublished()
    .filter((one) => one.tradeDate === "2025-11-17")
    .map((one) => ({
      ...one,
      outcomes: [
        { lowerBp: 350, upperBp: 375, probability: READ_LATER },
        { lowerBp: 375, upperBp: 400, probability: 1 - READ_LATER },
      ],
    }));
  await db.sql.begin((tx) =>
    recordPublished(tx, changed, { ...provenance, source: "published-csv", recordedAt: LATER }),
  );
  await snapshotOdds({ sql: db.sql, now: () => LATER });
}

/** Two rows refused, two runs that failed and one that did not, a source that is silent and one that is not asked. */
async function recordTrouble(): Promise<void> {
  await db.sql.begin((tx) =>
    recordQuarantine(
      tx,
      [
        {
          line: 7,
          reasonCode: "price_range",
          reason: "83.425 is not in 85 to 105",
          rowText: "2025-10-14,2025-12,83.425",
        },
        {
          line: 8,
          reasonCode: "price_range",
          reason: "9.966 is not in 85 to 105",
          rowText: "2025-10-15,2025-12,9.966",
        },
      ],
      { source: "settlements-csv", payloadId: null, recordedAt: NOW },
    ),
  );
  for (const [job, status, error] of [
    ["ingest-effr", "failed", "no route"],
    ["ingest-effr", "failed", "no answer"],
    ["ingest-closes", "unavailable", "HTTP 503"],
    ["snapshot-odds", "done", null],
  ] as const) {
    const { id } = await startRun(db.sql, { job, owner: "test", now: LATER });
    await finishRun(db.sql, id, { status, detail: null, error }, LATER);
  }
  const entry = { what: "a test", terms: "none", redistributable: true };
  await recordCatalog(db.sql, [
    { ...entry, source: "nyfed", enabled: true },
    { ...entry, source: "fred", enabled: false },
  ]);
  for (const source of ["nyfed", "fred"]) {
    const due = new Date("2025-11-26T15:00:00Z");
    await recordCheck(db.sql, { source, checkedAt: due, error: null, newestAsOf: due, expectedNextAt: due });
    await recordCheck(db.sql, { source, checkedAt: NOW, error: "refused", newestAsOf: null, expectedNextAt: null });
  }
}

describe("what_was_known.sql", () => {
  it("finds the one day that was corrected, and by how much", async () => {
    const rows = await ask(db.sql, "what_was_known.sql");
    expect(rows.map((row) => [row.trade_date, row.basis, row.lower_bp, row.readings])).toEqual([
      ["2025-11-17", "published", 350, 2],
      ["2025-11-17", "published", 375, 2],
    ]);
    const spreadPp = 100 * READ_LATER - publishedPct("2025-11-17", 350);
    for (const row of rows) expect(Number(row.spread_pp)).toBeCloseTo(spreadPp, 4);
    expect([rows[0]?.first_recorded_at, rows[0]?.last_recorded_at]).toEqual([NOW, LATER]);
  });
});

describe("disagreement_between_bases.sql", () => {
  it("takes each basis as last corrected: 42.9 % for the cut is 25 x 0.429 below 387.5", async () => {
    const [first] = await ask(db.sql, "disagreement_between_bases.sql");
    expect([first?.trade_date, first?.published_bp]).toEqual(["2025-11-17", (387.5 - 25 * READ_LATER).toFixed(3)]);
    const settledBp = 387.5 - 0.25 * publishedPct("2025-11-17", 350);
    expect(Number(first?.difference_bp)).toBeCloseTo(settledBp - (387.5 - 25 * READ_LATER), 3);
  });
});

describe("odds_scores.sql", () => {
  // 30 days before 10 Dec 2025 is 10 Nov: FedWatch gave the cut 62.36 %, the hold the rest.
  it("scores December's odds of 10 Nov 2025 as the formulas say, too few to rank", async () => {
    const cut = publishedPct("2025-11-10", 350) / 100;
    const hold = publishedPct("2025-11-10", 375) / 100;
    const rows = await ask(db.sql, "odds_scores.sql");
    const row = rows.find((one) => one.basis === "published" && one.horizon_days === 30);
    expect(row).toMatchObject({ source_class: "published", meetings: 1, enough_to_rank: false });
    expect(Number(row?.brier)).toBeCloseTo((1 - cut) ** 2 + hold ** 2, 4);
    expect(Number(row?.log_score)).toBeCloseTo(-Math.log(cut), 4);
    expect(row?.brier_standard_error).toBeNull();
  });
});

describe("quarantined_rows.sql", () => {
  it("counts what was refused, by source and reason", async () => {
    expect(await ask(db.sql, "quarantined_rows.sql")).toEqual([
      {
        source: "settlements-csv",
        reason_code: "price_range",
        rows: 2,
        example_origin: null,
        first_line: 7,
        example_reason: "83.425 is not in 85 to 105",
        newest_at: NOW,
      },
    ]);
  });
});

describe("days_with_trouble.sql", () => {
  it("names the days without a reading, the refusals, the runs that failed and the source that is silent", async () => {
    const rows = await ask(db.sql, "days_with_trouble.sql");
    expect(rows.map((row) => [row.day, row.trouble, row.source, row.how_many, row.detail])).toEqual([
      ["2025-10-14", "no reading", null, 2, "to 2025-10-15"],
      ["2025-11-26", "silent since", "nyfed", null, "refused"],
      ["2026-11-22", "refused: price_range", "settlements-csv", 2, "83.425 is not in 85 to 105"],
      ["2026-11-23", "run failed", "ingest-effr", 2, "no route"],
      ["2026-11-23", "run unavailable", "ingest-closes", 1, "HTTP 503"],
    ]);
  });
});

describe("questions about deliveries", () => {
  const ids: { quick: number; slow: number } = { quick: 0, slow: 0 };

  beforeAll(async () => {
    const [quick = 0, slow = 0] = await addWebhooks(db.sql, 2);
    Object.assign(ids, { quick, slow });
    const sent = await addDeliveries(db.sql, [quick], 3, { name: "sent", recordedAt: NOW });
    const replayed = await addDeliveries(db.sql, [quick], 1, { name: "replayed", recordedAt: NOW, askedFor: true });
    const failed = await addDeliveries(db.sql, [slow], 2, { name: "failed" });
    await addDeliveries(db.sql, [slow], 1, { name: "waiting", dueAt: LATER });
    const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
    // The third took a second attempt; the replay was asked for an hour later.
    for (const [id, seconds, attempts] of [
      [sent[0], 1, 1],
      [sent[1], 2, 1],
      [sent[2], 6, 2],
      [replayed[0], 3600, 1],
    ] as const) {
      await end(id ?? 0, "delivered", at(seconds), attempts, 204, null);
    }
    for (const id of failed) await end(id, "failed", at(300_000), 11, 500, "answered 500");
  });

  async function end(id: number, state: string, at: Date, attempts: number, status: number, error: string | null) {
    await db.sql`
      update cutwatch.webhook_deliveries
      set state = ${state}, finished_at = ${at.toISOString()}::timestamptz, attempts = ${attempts},
        last_status = ${status}, last_error = ${error}
      where id = ${id}::bigint
    `;
  }

  it("speed_of_deliveries.sql leaves out what a person asked for", async () => {
    expect(await ask(db.sql, "speed_of_deliveries.sql")).toEqual([
      {
        webhook_id: ids.quick,
        delivered: 3,
        at_first_attempt: 2,
        median_s: "2.000",
        // Between the second and the third, 98 hundredths of the way: 2 + 0.98 x 4.
        p99_s: "5.920",
        newest_at: new Date(NOW.getTime() + 6000),
      },
    ]);
  });

  it("deliveries_waiting_or_failed.sql counts by webhook, state and last answer", async () => {
    const rows = await ask(db.sql, "deliveries_waiting_or_failed.sql");
    expect(rows.map((row) => [row.webhook_id, row.state, row.last_status, row.messages, row.attempts])).toEqual([
      [ids.slow, "failed", 500, 2, 22],
      [ids.slow, "pending", null, 1, 0],
    ]);
    expect(rows.map((row) => row.next_attempt_at)).toEqual([null, LATER]);
  });
});
