import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { KnownInstants } from "../../src/api/known-instants.ts";
import { episodeCloses, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import type { ImportKind } from "../../src/sources/files/import-file.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { readJson, serveTest } from "./served.ts";

const START = Date.UTC(2026, 10, 22, 12);
const LATER = "2026-11-23T12:00:00Z";

let db: TestDatabase;
let ms = START;
/** A second later at each look. */
const now = () => {
  ms += 1_000;
  return new Date(ms);
};

function take(kind: ImportKind, rows: readonly string[]) {
  const bytes = new TextEncoder().encode(rows.join("\n"));
  return importFile(db.sql, { fileName: "f.csv", kind, bytes, options: {}, dryRun: false, again: false }, now);
}

/** The episode's settlements; corrected ones have no rise after 14 November. */
function settlements(isCorrected: boolean): string[] {
  const price = (date: string, month: string) =>
    episodeQuotes().find(({ tradeDate, contractMonth }) => tradeDate === date && contractMonth === month)?.price;
  const rows = episodeQuotes().map(({ tradeDate, contractMonth, price: own }) => {
    const settle = isCorrected && tradeDate > "2025-11-14" ? price("2025-11-14", contractMonth) : own;
    return `${tradeDate},${contractMonth},${settle ?? own}`;
  });
  return ["trade_date,contract,settle", ...rows];
}

function closes(raisedBy: number): string[] {
  return [
    "date,symbol,close",
    ...episodeCloses().map(({ date, symbol, close }) => `${date},${symbol},${Number(close) + raisedBy}`),
  ];
}

const PATHS = [
  "/v1/probabilities?as_of=2025-11-17",
  "/v1/probabilities?as_of=2025-11-20&meeting=2025-12-10",
  "/v1/shifts?meeting=2025-12-10&as_of=2025-11-20&window=1w",
  "/v1/meetings/2025-12-10/history?measure=at_most&range=350-375",
  "/v1/repricings",
  "/v1/alerts",
  "/v1/assets",
  "/v1/assets/BTC/closes",
  "/v1/markets?from=2025-11-14&to=2025-11-20",
  "/v1/decisions?from=2025-09-01&to=2025-12-31",
];

/** What a server that remembers nothing answers. */
async function answers(at: Date, knownAt: Date | null): Promise<Map<string, string>> {
  const { app } = serveTest(db.sql, { now: at.toISOString() });
  const pinned = knownAt === null ? "" : `&known_at=${knownAt.toISOString()}`;
  const texts = await Promise.all(
    PATHS.map(async (path) => {
      const response = await app.request(`${path}${path.includes("?") ? "" : "?"}${pinned}`);
      return [path, `${response.status} ${await response.text()}`] as const;
    }),
  );
  return new Map(texts);
}

async function someoneWaits(sql: Sql): Promise<void> {
  for (;;) {
    const rows = await sql`
      select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())
    `;
    if (rows.length > 0) return;
  }
}

/**
 * Holds a write where it wants to go on in a table, until the answers of that moment have been given.
 *
 * @returns the instant of the answers, which are given while the write is under way, and the answers
 */
async function during(table: string, write: () => Promise<unknown>): Promise<[Date, Map<string, string>]> {
  let writing: Promise<unknown> = Promise.resolve();
  const given = await db.sql.begin(async (tx) => {
    // Others may read it, and write it only later.
    await tx.unsafe(`lock table cutwatch.${table} in share mode`);
    writing = write();
    await someoneWaits(db.sql);
    const at = now();
    return [at, await answers(at, null)] as [Date, Map<string, string>];
  });
  await writing;
  return given;
}

beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, now);
  await take("settlements", settlements(false));
  await take("closes", closes(0));
  await snapshotOdds({ sql: db.sql, now });
  await flagRepricings({ sql: db.sql, now, live: false });
});
afterAll(() => db.drop());

describe("known_at", () => {
  it("repeats, byte for byte, what was answered while a write was under way", async () => {
    const told: [Date, Map<string, string>][] = [];
    // The last thing that each writes: its other rows are there already, and nobody sees them.
    told.push(await during("imports", () => take("closes", closes(1))));
    told.push(await during("imports", () => take("settlements", settlements(true))));
    told.push(await during("meeting_probabilities", () => snapshotOdds({ sql: db.sql, now })));
    told.push(await during("detector_days", () => flagRepricings({ sql: db.sql, now, live: false })));
    const end = now();
    told.push([end, await answers(end, null)]);
    for (const [at, answered] of told) expect(await answers(new Date(LATER), at)).toEqual(answered);
    // Each write changed some of them, and its stamp is before the answers that did not hold it.
    for (const [i, [at, answered]] of told.entries()) {
      if (i === 1 || i === told.length - 1) continue;
      expect([i, told[i + 1]?.[1]]).not.toEqual([i, answered]);
      const [write] = await db.sql<{ stamped: Date; done: Date }[]>`
        select recorded_at as stamped, done_at as done from cutwatch.history_writes
        where recorded_at < ${at.toISOString()}::timestamptz order by recorded_at desc limit 1
      `;
      expect(write?.done.getTime()).toBeGreaterThan(at.getTime());
    }
  });

  it("gives the same figures at the address an answer is quoted with, by the stamp of what it shows", async () => {
    const { app } = serveTest(db.sql, { now: LATER });
    for (const path of PATHS.slice(0, 3)) {
      const { citation } = await readJson<{ citation: string }>(app, path);
      const quoted = new URL(/https:\S+/.exec(citation)?.[0] ?? "");
      const pinned = await readJson<{ citation: string }>(app, `${quoted.pathname}${quoted.search}`);
      expect(pinned.citation).toBe(citation);
    }
  });

  it("says the instant that was asked, not the one that counts", async () => {
    const { app } = serveTest(db.sql, { now: LATER });
    const [write] = await db.sql<{ stamped: Date; done: Date }[]>`
      select min(recorded_at) as stamped, min(done_at) as done from cutwatch.history_writes
    `;
    const inside = new Date((write?.stamped.getTime() ?? 0) + 1);
    expect(inside < (write?.done ?? inside)).toBe(true);
    const response = await app.request(`/v1/repricings/1?known_at=${inside.toISOString()}`);
    const { detail } = (await response.json()) as { detail: string };
    expect([response.status, detail]).toEqual([
      404,
      `Cannot find the repricing 1: none that was known at ${inside.toISOString()} has that id`,
    ]);
    expect(await readJson(app, `/v1/meetings?known_at=${inside.toISOString()}`)).toEqual({
      data: [],
      next_cursor: null,
    });
  });
});

describe("an answer during which something is recorded", () => {
  it.each([
    ["once when nothing is", 0, 1],
    ["again when something is", 1, 2],
    ["three times at most, when something always is", 9, 3],
  ])("is read %s, so that all of it is of one state", async (_, changes, reads) => {
    let asked = 0;
    const counting = new Proxy(db.sql, {
      apply: (target, self, given) => {
        asked++;
        if (asked <= changes) served.announce("closes");
        return Reflect.apply(target, self, given);
      },
    });
    const served = serveTest(counting, { now: LATER });
    // One statement.
    const answer = await readJson(served.app, "/v1/scores");
    expect([asked, answer]).toEqual([reads, { data: [], means: [], next_cursor: null }]);
  });
});

describe("KnownInstants", () => {
  const keep = { nowMs: 0, untilMs: 10 };
  let asked = 0;
  let counting: Sql;
  beforeAll(async () => {
    await db.sql`truncate cutwatch.history_writes`;
    await db.sql`
      insert into cutwatch.history_writes values
        ('2026-01-01T00:00:00.010Z', '2026-01-01T00:00:00.020Z'), ('2026-01-01T00:00:00.030Z', '2026-01-01T00:00:00.040Z')
    `;
    counting = new Proxy(db.sql, {
      apply: (target, self, given) => {
        asked++;
        return Reflect.apply(target, self, given);
      },
    });
  });
  const instant = (at: number) => new Date(Date.UTC(2026, 0, 1) + at);

  it("asks the database once for all instants between two writes, and again for the newest when something came", async () => {
    const instants = new KnownInstants(counting);
    const known = async (at: number, nowMs = 0) => {
      asked = 0;
      const by = await instants.knownBy(instant(at), { ...keep, nowMs });
      return [by.getTime() - instant(0).getTime(), asked];
    };
    expect(await known(25)).toEqual([25, 1]);
    for (const at of [11, 15, 19]) expect(await known(at)).toEqual([9, 0]);
    for (const at of [20, 29, 30]) expect(await known(at)).toEqual([at, 0]);
    expect(await known(10)).toEqual([10, 1]);
    expect(await known(-5)).toEqual([-5, 0]);
    expect(await known(35)).toEqual([29, 1]);
    expect(await known(1_000)).toEqual([1_000, 0]);
    // Without announcements what follows the last write is not trusted for long; between two writes nothing comes any more.
    expect(await known(1_000, 11)).toEqual([1_000, 1]);
    expect(await known(15, 11)).toEqual([9, 0]);
    instants.clear();
    expect(await known(15)).toEqual([9, 1]);
  });

  it("does not keep what it found while something was recorded", async () => {
    const instants = new KnownInstants(counting);
    const finding = instants.knownBy(instant(1_000), keep);
    instants.clear();
    await finding;
    asked = 0;
    await instants.knownBy(instant(1_000), keep);
    expect(asked).toBe(1);
  });
});
