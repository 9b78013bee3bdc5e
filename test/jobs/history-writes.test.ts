import fc from "fast-check";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeBlocks } from "../../jobs/asset-blocks.ts";
import { decide } from "../../jobs/decide.ts";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { loadEvents } from "../../jobs/load-events.ts";
import { scoreMeetings } from "../../jobs/score-meetings.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { episodeCloses, episodeFixings, episodePublished, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import type { ImportKind } from "../../src/sources/files/import-file.ts";
import { alertsAfter } from "../../src/store/alert-feed.ts";
import { assetSummaries, closesOf, recordCloses } from "../../src/store/closes.ts";
import { comparableReadings } from "../../src/store/comparable-readings.ts";
import { seriesClasses } from "../../src/store/history.ts";
import { historyWrite, knownBy, writesAround } from "../../src/store/history-writes.ts";
import { meetingsKnown } from "../../src/store/meetings.ts";
import { newestReadings } from "../../src/store/newest-readings.ts";
import { blockKnown, eventsKnown } from "../../src/store/repricing-detail.ts";
import { alertsOf, repricingKnown } from "../../src/store/repricing-reads.ts";
import { scoresKnown } from "../../src/store/scores.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const START = Date.UTC(2026, 10, 22, 12);
const MEETING = "2025-12-10";
const INSTANTS = 1_000;
/** Asked again one after the other; the parts at once. */
const PART = 125;
const SEED = 20251210;

const databases: TestDatabase[] = [];
async function freshDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  databases.push(db);
  return db;
}
afterAll(async () => {
  for (const db of databases) await db.drop();
});

/** A clock that everybody looks at and that is a millisecond later at each look: no two things happen at one instant. */
class Clock {
  ms = START;
  readonly now = () => new Date(++this.ms);
}

function take(sql: Sql, now: () => Date, kind: ImportKind, fileName: string, rows: readonly string[]) {
  const bytes = new TextEncoder().encode(rows.join("\n"));
  return importFile(sql, { fileName, kind, bytes, options: {}, dryRun: false, again: false }, now);
}

const DAYS = [...new Set(episodeQuotes().map(({ tradeDate }) => tradeDate))];

/** The episode's settlements, some of them corrected by so many ticks. */
function settlements(ticks: number, isCorrected: (i: number) => boolean): string[] {
  return [
    "trade_date,contract,settle",
    ...episodeQuotes().map(({ tradeDate, contractMonth, price }, i) => {
      const settle = Number(price) + (isCorrected(i) ? ticks * 0.005 : 0);
      return `${tradeDate},${contractMonth},${settle.toFixed(4)}`;
    }),
  ];
}

function closes(raisedBy: number, from: number): string[] {
  const rows = episodeCloses().slice(from);
  return [
    "date,symbol,close",
    ...rows.map(({ date, symbol, close }) => `${date},${symbol},${Number(close) + raisedBy}`),
  ];
}

function fixings(raisedBy: number): string[] {
  const rows = episodeFixings().map(({ date, effrPct, targetLowerBp, targetUpperBp }) => {
    const target = [targetLowerBp, targetUpperBp].map((bound) => (bound === null ? "" : (bound / 100).toFixed(2)));
    return [date, (Number(effrPct) + raisedBy).toFixed(2), ...target].join(",");
  });
  return ["date,effr_pct,target_lower_pct,target_upper_pct", ...rows];
}

/** All that history is asked in one statement, so that what it gives is of one state of the database. */
type Ask = (sql: Sql, knownBy: Date | null, knownAt: Date | null) => Promise<unknown>;

const BY_DATE = { by: "trade_date", grid: "settlement", basis: null, method: null } as const;
const ALL_YEAR = { from: "2025-01-01", to: "2025-12-31" } as const;

function questions(ids: readonly number[]): readonly Ask[] {
  return [
    (sql, known) => meetingsKnown(sql, known),
    (sql, known) => assetSummaries(sql, known),
    (sql, known) => closesOf(sql, { symbol: "BTC", ...ALL_YEAR, knownAt: known, after: null, limit: 1_000 }),
    (sql, known) => closesOf(sql, { symbol: "ETH", ...ALL_YEAR, knownAt: known, after: null, limit: 1_000 }),
    (sql, known) => alertsAfter(sql, { after: 0, basis: "settlement", knownAt: known, limit: 1_000 }),
    (sql, known) => scoresKnown(sql, { basis: null, horizonDays: null, knownAt: known }),
    (sql, known) => seriesClasses(sql, { meeting: MEETING, grid: "settlement", ...ALL_YEAR, knownAt: known }),
    (sql, known) => alertsOf(sql, ids, known),
    (sql, known) =>
      eventsKnown(sql, {
        from: new Date("2025-10-01T00:00:00Z"),
        to: new Date("2026-03-01T00:00:00Z"),
        knownAt: known,
      }),
    ...ids.flatMap((id): Ask[] => [
      (sql, known) => repricingKnown(sql, id, known),
      async (sql, known) => (await blockKnown(sql, id, known))?.recordedAt,
    ]),
    ...DAYS.flatMap((day): Ask[] => [
      async (sql, known) => (await newestReadings(sql, BY_DATE, [{ at: day, knownAt: known }]))[0]?.ids,
      (sql, known) => comparableReadings(sql, { meeting: MEETING, at: { tradeDate: day }, grid: null, knownAt: known }),
      // By itself SQL is asked with the instant, and finds what could be seen.
      (sql, _, at) =>
        sql`select review.probability_at(${MEETING}, 350, ${`${day}T23:00:00Z`}::timestamptz,
          ${at?.toISOString() ?? "infinity"}::text::timestamptz)`,
    ]),
  ];
}

/** A client that remembers when its transactions were being committed: from their last act until they were over. */
function watched(sql: Sql, clock: Clock, commits: { from: number; to: number }[]): Sql {
  const begin = async (work: (tx: unknown) => Promise<unknown>) => {
    let from = 0;
    try {
      return await sql.begin(async (tx) => {
        const given = await work(tx);
        from = clock.ms;
        return given;
      });
    } finally {
      if (from > 0) commits.push({ from: from - 3, to: clock.ms });
    }
  };
  return new Proxy(sql, { get: (target, name) => (name === "begin" ? begin : Reflect.get(target, name)) });
}

describe("known_at", () => {
  it("repeats what was answered while imports, odds, repricings and corrections were written", {
    timeout: 120_000,
  }, async () => {
    const db = await freshDatabase();
    const clock = new Clock();
    const { now } = clock;
    const commits: { from: number; to: number }[] = [];
    const sql = watched(db.sql, clock, commits);
    const compute = async () => {
      await snapshotOdds({ sql, now });
      await flagRepricings({ sql, now, live: false });
    };
    await loadBuiltInMeetings(sql, now);
    await take(
      sql,
      now,
      "settlements",
      "first.csv",
      settlements(0, () => false),
    );
    await compute();
    const ids = (
      await db.sql<{ id: number }[]>`select id::float8 as id from cutwatch.repricings order by id limit 8`
    ).map(({ id }) => id);
    const asks = questions(ids);
    const plan = fc.sample(fc.tuple(fc.nat(asks.length - 1), fc.integer({ min: 2, max: 9 }), fc.nat(400)), {
      seed: SEED,
      numRuns: 3 * INSTANTS,
    });
    const part = (i: number) => plan[i % plan.length] ?? [0, 2, 0];

    const answers: { ask: Ask; from: Date; to: number; answer: string }[] = [];
    const isClean = ({ from, to }: (typeof answers)[number]) =>
      commits.every((commit) => commit.to < from.getTime() || commit.from > to);
    let asked = 0;
    let enough = false;
    const reading = Array.from({ length: 3 }, async () => {
      while (!enough) {
        const ask = asks[part(asked++)[0]];
        if (ask === undefined) throw new RangeError("no such question");
        const from = now();
        const answer = JSON.stringify(await ask(db.sql, null, null));
        answers.push({ ask, from, to: clock.ms, answer });
        // A commit that is not over yet may still take some away.
        if (answers.length % 100 === 0) enough = answers.filter(isClean).length > INSTANTS + 50;
      }
    });
    /** Until so many more answers have been given: a write that is held open by those who read. */
    const answered = async (count: number) => {
      for (const until = answers.length + count; !enough && answers.length < until; ) await db.sql`select 1`;
    };
    const writing = [
      async (i: number) => {
        const [, every, offset] = part(i);
        await take(
          sql,
          now,
          "settlements",
          `s${i}.csv`,
          settlements(1 + (i % 3), (row) => (row + offset) % every === 0),
        );
        await compute();
      },
      async (i: number) => {
        const [, raisedBy, from] = part(i + 500);
        await take(sql, now, "closes", `c${i}.csv`, closes(raisedBy + i, from));
        await completeBlocks(sql, now, "2025-01-01");
      },
      async (i: number) => {
        await take(sql, now, "effr", `e${i}.csv`, fixings((i % 5) / 100));
        const upperBp = i % 2 === 0 ? 375 : 400;
        await decide(sql, { meetingDate: MEETING, lowerBp: upperBp - 25, upperBp, unscheduled: false }, now);
        await scoreMeetings({ sql, now });
        await loadEvents(sql, now);
      },
      async (i: number) => {
        const held = historyWrite(sql, now, async (tx, recordedAt) => {
          const rows = [{ symbol: "ETH", date: "2025-11-17", close: String(3_000 + i) }] as const;
          await recordCloses(tx, rows, { source: "held", payloadId: null, isSample: false, recordedAt });
          await answered(25);
          if (i % 3 === 2) throw new RangeError("came to nothing");
        });
        await held.catch((error: Error) => expect(error.message).toBe("came to nothing"));
      },
    ].map(async (write) => {
      for (let i = 0; !enough; i++) await write(i);
    });
    await Promise.all([...reading, ...writing]);

    const clean = answers.filter(isClean).slice(0, INSTANTS);
    expect(clean).toHaveLength(INSTANTS);
    const wrong: string[] = [];
    let during = 0;
    let onlyByNotes = 0;
    const again = async (i: number): Promise<void> => {
      for (const { ask, from, answer } of clean.slice(i * PART, (i + 1) * PART)) {
        const known = knownBy(from, (await writesAround(db.sql, from)).before);
        if (JSON.stringify(await ask(db.sql, known, from)) !== answer) wrong.push(from.toISOString());
        if (known >= from) continue;
        during++;
        if (JSON.stringify(await ask(db.sql, from, from)) !== answer) onlyByNotes++;
      }
    };
    await Promise.all(Array.from({ length: INSTANTS / PART }, (_, i) => again(i)));
    expect(wrong).toEqual([]);
    // Most were given during a write, and a stamp alone would have told some of them otherwise.
    expect(during).toBeGreaterThan(INSTANTS / 4);
    expect(onlyByNotes).toBeGreaterThan(0);
  });
});

describe("history", () => {
  let db: TestDatabase;
  const clock = new Clock();
  const { now } = clock;
  beforeAll(async () => {
    db = await freshDatabase();
    await walk();
  });

  /** All that writes history without asking a source. */
  async function walk(): Promise<void> {
    const { sql } = db;
    await loadBuiltInMeetings(sql, now);
    await loadSample(sql, now);
    await loadEvents(sql, now);
    await take(
      sql,
      now,
      "settlements",
      "settlements.csv",
      settlements(0, () => false),
    );
    await take(sql, now, "closes", "closes.csv", closes(1, 0));
    await take(sql, now, "effr", "effr.csv", fixings(0));
    const published = episodePublished().flatMap(({ tradeDate, meetingDate, outcomes }) =>
      outcomes.map((each) => [tradeDate, meetingDate, each.lowerBp, each.upperBp, each.probability].join(",")),
    );
    const header = "as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability";
    await take(sql, now, "fedwatch", "published.csv", [header, ...published]);
    await decide(sql, { meetingDate: MEETING, lowerBp: 350, upperBp: 375, unscheduled: false }, now);
    await snapshotOdds({ sql, now });
    await flagRepricings({ sql, now, live: false });
    await completeBlocks(sql, now, "2025-01-01");
    await scoreMeetings({ sql, now });
  }

  it("is stored under noted stamps only", async () => {
    // Refused rows, imports and what is told to endpoints are no history; these stamps of theirs are copies or of their own.
    const others = [
      "quarantine",
      "imports",
      "secret_keys",
      "webhook_deliveries",
      "webhook_rule_states",
      "history_writes",
    ];
    const tables = await db.sql<{ table: string }[]>`
      select c.relname::text as table
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
      where c.relnamespace = 'cutwatch'::regnamespace and a.attname = 'recorded_at' and c.relname <> all(${others}::text[])
    `;
    expect(tables.length).toBeGreaterThanOrEqual(12);
    const filled: string[] = [];
    for (const { table } of tables) {
      const rows = await db.sql.unsafe<{ unnoted: number; count: number }[]>(`
        select count(*)::integer as count,
          count(*) filter (where recorded_at not in (select recorded_at from cutwatch.history_writes))::integer as unnoted
        from cutwatch."${table}"
      `);
      expect([table, rows[0]?.unnoted]).toEqual([table, 0]);
      if ((rows[0]?.count ?? 0) > 0) filled.push(table);
    }
    expect(filled.length).toBeGreaterThanOrEqual(12);
  });

  it("is not written by a rerun, which notes nothing either", async () => {
    const before = await db.sql`select recorded_at, done_at from cutwatch.history_writes order by recorded_at`;
    expect(before.length).toBeGreaterThan(10);
    await walk();
    expect(await db.sql`select recorded_at, done_at from cutwatch.history_writes order by recorded_at`).toEqual(before);
  });
});
