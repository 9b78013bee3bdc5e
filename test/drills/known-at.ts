/**
 * `npm run drill:known-at [rounds]`: answers of the API given while imports, odds and repricings are written for real, by the
 * real clock and with every commit on disk, asked again afterwards with `known_at`. What is left over lies within the commit
 * itself, whose instant nobody can name to the millisecond; how long that is, is measured too.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Sql } from "postgres";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { createApp } from "../../src/api/app.ts";
import { addDays } from "../../src/calendar/calendar-date.ts";
import { episodeQuotes } from "../../src/sources/built-in/episode.ts";
import type { ImportKind } from "../../src/sources/files/import-file.ts";
import { watchChanges } from "../../src/store/changes.ts";
import { openDatabase } from "../../src/store/connect.ts";
import { openEmbedded } from "../../src/store/embedded.ts";
import { migrate } from "../../src/store/migrate.ts";

const DAYS = [...new Set(episodeQuotes().map(({ tradeDate }) => tradeDate))];
const PATHS = [
  "/v1/repricings",
  "/v1/alerts",
  "/v1/assets",
  ...DAYS.flatMap((day, i) => [
    `/v1/probabilities?as_of=${day}`,
    `/v1/shifts?meeting=2025-12-10&as_of=${day}&window=1w`,
    `/v1/meetings/2025-12-10/history?measure=expected_rate&to=${day}`,
    `/v1/assets/BTC/closes?from=2012-01-01&to=${addDays("2012-02-01", i)}`,
  ]),
];
const READERS = 4;
const CLOSES = 5_000;

const [rounds = 20] = process.argv.slice(2).map(Number);
const now = () => new Date();
const text = new TextEncoder();
const folder = await mkdtemp(join(tmpdir(), "cutwatch-drill-"));
await chmod(folder, 0o755);
const server = await openEmbedded({ dataDir: join(folder, "data"), port: 0 });
const url = server.url("owner");
const { sql, close } = await openDatabase({ url, applicationName: "cutwatch drill" });

interface Given {
  readonly path: string;
  /** before it was asked for and after it was given */
  readonly times: readonly [Date, Date];
  readonly answer: string;
}

/** From the last act of each transaction, its note, until its commit is known to be over, in ms. */
const commits: number[] = [];

function timed(client: Sql): Sql {
  const begin = async (work: (tx: unknown) => Promise<unknown>) => {
    let endedMs = 0;
    const result = await client.begin(async (tx) => {
      const given = await work(tx);
      endedMs = performance.now();
      return given;
    });
    commits.push(performance.now() - endedMs);
    return result;
  };
  return new Proxy(client, { get: (target, name) => (name === "begin" ? begin : Reflect.get(target, name)) });
}

function appOver(client: Sql, changes: Parameters<typeof createApp>[0]["changes"]) {
  const config = {
    ...{ baseUrl: "http://127.0.0.1:8080", withhold: false, host: "127.0.0.1", port: 0 },
    ...{ requireKey: false, webhookAllow: [] },
  };
  return createApp({
    sql: client,
    now,
    version: "drill",
    config,
    changes,
    isReady: async () => true,
    onError: console.error,
  });
}

const silent = { onChange: () => undefined, isLive: () => false };

async function take(client: Sql, kind: ImportKind, name: string, csv: string): Promise<void> {
  const file = { fileName: name, kind, bytes: text.encode(csv), options: {}, dryRun: false, again: false };
  await importFile(client, file, now);
}

function settlements(round: number): string {
  const rows = episodeQuotes().map(({ tradeDate, contractMonth, price }, i) => {
    const ticks = (i + round) % 5 === 0 ? round % 4 : 0;
    return `${tradeDate},${contractMonth},${(Number(price) + ticks * 0.005).toFixed(4)}`;
  });
  return ["trade_date,contract,settle", ...rows].join("\n");
}

function closes(round: number): string {
  const rows = Array.from({ length: CLOSES }, (_, i) => `${addDays("2012-01-01", i)},BTC,${1_000 + i + round / 100}`);
  return ["date,symbol,close", ...rows].join("\n");
}

/** Those answers that no instant repeats from when they were asked for until they were given. */
async function different(given: readonly Given[], ends: readonly Date[]): Promise<Given[]> {
  const app = appOver(sql, silent);
  const ask = async (path: string, at: Date) => {
    const known = `known_at=${at.toISOString()}`;
    return (await app.request(`${path}${path.includes("?") ? "&" : "?"}${known}`)).text();
  };
  const found: Given[] = [];
  for (const one of given) {
    const [from, to] = one.times;
    let repeated = false;
    for (const at of [from, ...ends.filter((end) => end > from && end < to), to]) {
      repeated ||= (await ask(one.path, at)) === one.answer;
    }
    if (!repeated) found.push(one);
  }
  return found;
}

/** When an answer was asked for and given, in ms after the nearest end of a write. */
function nearest({ path, times }: Given, ends: readonly Date[]): string {
  const [from, to] = times.map((at) => at.getTime());
  const since = ends.map((end) => (from ?? 0) - end.getTime());
  const nearestMs = since.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0] ?? Number.NaN;
  return `  from ${nearestMs} to ${nearestMs + (to ?? 0) - (from ?? 0)} ms after a write's end: ${path}`;
}

function percentile(figures: readonly number[], share: number): string {
  const sorted = figures.toSorted((a, b) => a - b);
  return (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(1);
}

try {
  await migrate({ sql, folder: resolve("drizzle") });
  await loadBuiltInMeetings(sql, now);
  await loadSample(sql, now);
  await snapshotOdds({ sql, now });
  await flagRepricings({ sql, now, live: false });

  const listeners: ((what: string) => void)[] = [];
  const watch = await watchChanges(sql, (what) => {
    for (const listener of listeners) listener(what);
  });
  const app = appOver(sql, { onChange: (listener) => listeners.push(listener), isLive: () => watch.isLive() });
  const given: Given[] = [];
  let writing = true;
  const readers = Array.from({ length: READERS }, async (_, reader) => {
    for (let i = reader; writing; i++) {
      const path = PATHS[i % PATHS.length] ?? "";
      const before = now();
      const response = await app.request(path);
      const answer = await response.text();
      given.push({ path, times: [before, now()], answer });
      // What is in memory is answered at once: writers must get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const writers = timed(sql);
  for (let round = 1; round <= rounds; round++) {
    await Promise.all([
      take(writers, "settlements", `settlements-${round}.csv`, settlements(round)),
      take(writers, "closes", `closes-${round}.csv`, closes(round)),
    ]);
    await snapshotOdds({ sql: writers, now });
    await flagRepricings({ sql: writers, now, live: false });
  }
  writing = false;
  await Promise.all(readers);
  await watch.close();

  // An answer out of memory is one that was made already.
  const distinct = given.filter(({ path, answer, times: [at] }, i) => {
    const before = given.slice(Math.max(0, i - 40), i).findLast((other) => other.path === path);
    return before === undefined || before.answer !== answer || at.getTime() - before.times[0].getTime() > 20;
  });
  const [spans] = await sql<{ writes: number; total: number; longest: number }[]>`
    select count(*)::integer as writes, sum(extract(epoch from done_at - recorded_at))::float8 * 1000 as total,
      max(extract(epoch from done_at - recorded_at))::float8 * 1000 as longest
    from cutwatch.history_writes
  `;
  const ends = (await sql<{ done: Date }[]>`select done_at as done from cutwatch.history_writes`).map(
    ({ done }) => done,
  );
  const left = await different(distinct, ends);
  console.log(`${given.length} answers, ${distinct.length} asked again, beside ${spans?.writes} writes`);
  console.log(`writes were under way for ${spans?.total.toFixed(0)} ms in all, the longest for ${spans?.longest} ms`);
  console.log(`not repeated by known_at: ${left.length}`);
  for (const one of left) console.log(nearest(one, ends));
  await sql`delete from cutwatch.history_writes`;
  console.log(
    `not repeated without the notes of when each write was over: ${(await different(distinct, ends)).length}`,
  );
  console.log(
    `from a write's note to its commit: median ${percentile(commits, 0.5)} ms, 95 of 100 within ${percentile(commits, 0.95)} ms`,
  );
} finally {
  await close();
  await server.release();
  await rm(folder, { recursive: true, force: true });
}
