/**
 * What an answer costs beside raw node:http with the same body, in one run: `npm run bench:http [seconds a round]`.
 *
 * Two server processes (the API over an embedded Postgres, and raw node:http), the same load from this one. Rounds alternate
 * and the median counts, for figures of one machine swing by 20 to 40 % and only ratios of one run say something.
 */
import { type ChildProcess, fork } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { createApp } from "../src/api/app.ts";
import { listen } from "../src/api/server.ts";
import { addDays } from "../src/calendar/calendar-date.ts";
import { openDatabase } from "../src/store/connect.ts";
import { openEmbedded } from "../src/store/embedded.ts";
import { migrate } from "../src/store/migrate.ts";
import type { SnapshotDraft } from "../src/store/snapshots.ts";
import { draftOf, seedEpisode, store } from "../test/api/episode.ts";

const ROUNDS = 3;
const CONNECTIONS = 20;
const RECORDED = new Date("2025-11-19T01:00:00Z");
const MEETINGS = 16;
const DAYS_BETWEEN = 45;

/** 17 Nov 2025 with as many meetings as a real snapshot has, each as long as the longest of the episode. */
function fullSnapshot(): SnapshotDraft {
  const draft = draftOf("2025-11-17");
  const longest = draft.readings.toSorted((a, b) => b.outcomes.length - a.outcomes.length)[0];
  if (longest === undefined) throw new Error("Cannot make a snapshot: the episode has no reading");
  const readings = Array.from({ length: MEETINGS }, (_, i) => ({
    ...longest,
    meetingDate: i === 0 ? "2025-12-10" : addDays("2025-12-10", i * DAYS_BETWEEN),
  }));
  return { ...draft, readings };
}

async function serveApi(url: string): Promise<string> {
  const { sql } = await openDatabase({ url, applicationName: "cutwatch bench", statementTimeoutMs: 2_000 });
  const address = { baseUrl: "http://127.0.0.1:8080", host: "127.0.0.1", port: 0 };
  const config = { ...address, withhold: false, requireKey: false, webhookAllow: [] };
  const changes = { onChange: () => undefined, isLive: () => true };
  const app = createApp({ sql, now: () => new Date(), version: "bench", config, changes, isReady: async () => true });
  return (await listen({ app, host: "127.0.0.1", port: 0 })).url;
}

async function serveRaw(bodyUrl: string): Promise<string> {
  const body = Buffer.from(await (await fetch(bodyUrl)).arrayBuffer());
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.byteLength });
    response.end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

function start(role: string, argument: string): Promise<{ url: string; child: ChildProcess }> {
  const child = fork(fileURLToPath(import.meta.url), [role, argument]);
  return new Promise((resolve, reject) => {
    child.once("message", (url) => resolve({ url: String(url), child }));
    child.once("exit", (code) => reject(new Error(`Cannot start the ${role} server: it ended with ${code}`)));
  });
}

async function requestsPerSecond(url: string, seconds: number, headers: Record<string, string>, distinct: Distinct) {
  let asked = RECORDED.getTime() + 1_000;
  const { pathname, search } = new URL(url);
  const path = `${pathname}${search}`;
  const result = await autocannon({
    url,
    duration: seconds,
    connections: CONNECTIONS,
    headers,
    ...(distinct !== null
      ? {
          requests: [
            {
              setupRequest: (request) => {
                request.path = `${path}&${distinct}=${new Date(asked++).toISOString()}`;
                return request;
              },
            },
          ],
        }
      : {}),
  });
  const failed = result.errors + result["4xx"] + result["5xx"];
  if (failed > 0) throw new Error(`Cannot measure ${url}: ${failed} answers failed`);
  return result.requests.average;
}

/** The parameter that is another one in every request; null: all requests are the same. */
type Distinct = "known_at" | "as_of" | null;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const MEETING = "meeting=2025-12-10";
const DAY = "as_of=2025-11-17";
// Another `known_at` each time makes each answer anew; another `as_of` also looks its reading up in the database.
const CASES = [
  { name: "cached, one meeting", query: `${DAY}&${MEETING}`, target: 0.7, unchanged: false, distinct: null },
  { name: "cached, whole snapshot", query: DAY, target: 0.7, unchanged: false, distinct: null },
  { name: "304, one meeting", query: `${DAY}&${MEETING}`, target: 0.9, unchanged: true, distinct: null },
  { name: "304, whole snapshot", query: DAY, target: 0.9, unchanged: true, distinct: null },
  {
    name: "uncached, other known_at, one",
    query: `${DAY}&${MEETING}`,
    target: 0.2,
    unchanged: false,
    distinct: "known_at",
  },
  { name: "uncached, other known_at, whole", query: DAY, target: 0.2, unchanged: false, distinct: "known_at" },
  { name: "uncached, other as_of, one", query: MEETING, target: 0.2, unchanged: false, distinct: "as_of" },
  { name: "uncached, other as_of, whole", query: "grid=settlement", target: 0.2, unchanged: false, distinct: "as_of" },
] as const;

async function measure(seconds: number): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "cutwatch-bench-"));
  await chmod(dataDir, 0o755);
  const server = await openEmbedded({ dataDir, port: 0 });
  const children: ChildProcess[] = [];
  try {
    const url = server.url("owner");
    const { sql, close } = await openDatabase({ url, applicationName: "cutwatch bench", statementTimeoutMs: 0 });
    await migrate({ sql, folder: resolve("drizzle") });
    await seedEpisode(sql);
    await store(sql, [fullSnapshot()], RECORDED);
    await close();
    const api = await start("api", url);
    children.push(api.child);
    for (const { name, query, target, unchanged, distinct } of CASES) {
      const path = `/v1/probabilities?${query}`;
      const raw = await start("raw", api.url + path);
      children.push(raw.child);
      const first = await fetch(api.url + path);
      const bytes = (await first.arrayBuffer()).byteLength;
      const headers: Record<string, string> = unchanged ? { "If-None-Match": first.headers.get("etag") ?? "" } : {};
      await requestsPerSecond(api.url + path, 1, headers, distinct);
      await requestsPerSecond(raw.url, 1, {}, distinct);
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await requestsPerSecond(api.url + path, seconds, headers, distinct));
        theirs.push(await requestsPerSecond(raw.url, seconds, {}, distinct));
      }
      raw.child.kill();
      const ratio = median(ours) / median(theirs);
      console.log(
        `${name.padEnd(32)} ${String(bytes).padStart(6)} bytes  ${median(ours).toFixed(0).padStart(6)}/s of raw ` +
          `${median(theirs).toFixed(0).padStart(6)}/s = ${ratio.toFixed(2)} (at least ${target}: ${ratio >= target ? "yes" : "NO"})`,
      );
    }
  } finally {
    for (const child of children) child.kill();
    await server.release();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const [role = "3", argument = ""] = process.argv.slice(2);
if (role === "api") process.send?.(await serveApi(argument));
else if (role === "raw") process.send?.(await serveRaw(argument));
else await measure(Number(role));
