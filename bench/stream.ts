/**
 * How long after its commit a snapshot has reached the last of 200 clients of the stream: `npm run bench:stream [rounds]`.
 *
 * The server is another process over an embedded Postgres and hears of the commit as it does in use, by the database's
 * announcement. The clock starts just before the commit is sent and stops when the last client has the event.
 */
import { type ChildProcess, fork } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import { createApp } from "../src/api/app.ts";
import { listen } from "../src/api/server.ts";
import { addDays } from "../src/calendar/calendar-date.ts";
import { watchChanges } from "../src/store/changes.ts";
import { openDatabase } from "../src/store/connect.ts";
import { openEmbedded } from "../src/store/embedded.ts";
import { migrate } from "../src/store/migrate.ts";
import { recordSnapshots, type SnapshotDraft } from "../src/store/snapshots.ts";
import { draftOf, seedEpisode } from "../test/api/episode.ts";

const CLIENTS = 200;
const LIMIT_MS = 250;
const MEETINGS = 16;
const DAYS_BETWEEN = 45;
const STARTED = Date.now();

/** A snapshot with as many meetings as a real one has; another one for each number. */
function fullSnapshot(number: number): SnapshotDraft {
  const draft = draftOf("2025-11-17");
  const [reading] = draft.readings;
  if (reading === undefined) throw new Error("Cannot make a snapshot: the episode has no reading");
  const readings = Array.from({ length: MEETINGS }, (_, i) => ({
    ...reading,
    meetingDate: addDays("2025-12-10", i * DAYS_BETWEEN),
  }));
  return { ...draft, readings, effrBp: 388 + number / 1_000 };
}

async function serveApi(url: string): Promise<string> {
  const { sql } = await openDatabase({ url, applicationName: "cutwatch bench", statementTimeoutMs: 2_000 });
  const listeners: ((what: string) => void)[] = [];
  const watch = await watchChanges(sql, (what) => {
    for (const listener of listeners) listener(what);
  });
  const app = createApp({
    sql,
    now: () => new Date(),
    version: "bench",
    config: {
      baseUrl: "http://127.0.0.1:8080",
      withhold: false,
      host: "127.0.0.1",
      port: 0,
      requireKey: false,
      webhookAllow: [],
    },
    changes: { onChange: (listener) => listeners.push(listener), isLive: () => watch.isLive() },
    isReady: async () => true,
  });
  return (await listen({ app, host: "127.0.0.1", port: 0 })).url;
}

function start(url: string): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(fileURLToPath(import.meta.url), ["api", url], { execArgv: process.execArgv });
  return new Promise((resolve, reject) => {
    child.once("message", (address) => resolve({ url: String(address), child }));
    child.once("exit", (code) => reject(new Error(`Cannot start the server: it ended with ${code}`)));
  });
}

/** Clients that count the events they have seen; `reached` resolves when all have seen as many as were told. */
class Clients {
  readonly #seen: number[] = [];
  #told = 0;
  #missing = 0;
  #done: () => void = () => undefined;

  async connect(url: string): Promise<void> {
    const agent = new Agent({ maxSockets: CLIENTS });
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => this.#open(url, client, agent)));
  }

  /** When the next event has come to the last of them. */
  next(): Promise<number> {
    this.#told++;
    this.#missing = CLIENTS;
    return new Promise((resolve) => {
      this.#done = () => resolve(performance.now());
    });
  }

  #open(url: string, client: number, agent: Agent): Promise<void> {
    this.#seen[client] = 0;
    return new Promise((resolve, reject) => {
      get(`${url}/v1/stream?events=snapshot`, { agent }, (response: IncomingMessage) => {
        let begun = false;
        response.on("data", (chunk: Buffer) => {
          const text = chunk.toString("latin1");
          if (!begun && text.includes("id: ")) {
            begun = true;
            resolve();
          }
          if (text.includes("event: snapshot")) this.#count(client);
        });
      }).on("error", reject);
    });
  }

  #count(client: number): void {
    const seen = (this.#seen[client] ?? 0) + 1;
    this.#seen[client] = seen;
    if (seen !== this.#told) throw new Error(`Cannot measure: client ${client} saw ${seen} events of ${this.#told}`);
    this.#missing--;
    if (this.#missing === 0) this.#done();
  }
}

async function round(sql: Sql, clients: Clients, number: number): Promise<number> {
  const reached = clients.next();
  let committingMs = 0;
  await sql.begin(async (tx) => {
    await recordSnapshots(tx, [fullSnapshot(number)], new Date(STARTED + number));
    committingMs = performance.now();
  });
  return (await reached) - committingMs;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function measure(rounds: number): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "cutwatch-bench-"));
  await chmod(dataDir, 0o755);
  const server = await openEmbedded({ dataDir, port: 0 });
  let child: ChildProcess | null = null;
  try {
    const url = server.url("owner");
    const { sql, close } = await openDatabase({ url, applicationName: "cutwatch bench", statementTimeoutMs: 0 });
    await migrate({ sql, folder: resolve("drizzle") });
    await seedEpisode(sql);
    const api = await start(url);
    child = api.child;
    const clients = new Clients();
    await clients.connect(api.url);
    const taken: number[] = [];
    for (let i = 0; i < rounds; i++) taken.push(await round(sql, clients, i));
    const sorted = taken.toSorted((a, b) => a - b);
    const p99 = quantile(sorted, 0.99);
    console.log(
      `${CLIENTS} clients, ${rounds} snapshots, commit to last client: median ${quantile(sorted, 0.5).toFixed(1)} ms, ` +
        `p99 ${p99.toFixed(1)} ms (at most ${LIMIT_MS} ms: ${p99 <= LIMIT_MS ? "yes" : "NO"}), worst ${sorted.at(-1)?.toFixed(1)} ms`,
    );
    await close();
  } finally {
    child?.kill();
    await server.release();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const [role = "100", argument = ""] = process.argv.slice(2);
if (role === "api") process.send?.(await serveApi(argument));
else {
  await measure(Number(role));
  process.exit(0);
}
