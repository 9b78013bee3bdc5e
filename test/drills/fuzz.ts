/**
 * `npm run drill:fuzz [seconds] [seed]`: a real server over the built-in sample is asked, for five minutes unless told
 * otherwise, what its own OpenAPI document allows, nearly allows and does not foresee, eight requests at a time; beside
 * them 200 connections that never end a request.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { serveApp } from "../../src/api/serve-app.ts";
import { openDatabase } from "../../src/store/connect.ts";
import { openEmbedded } from "../../src/store/embedded.ts";
import { migrate } from "../../src/store/migrate.ts";
import { seedDocumented } from "../api/documented-sample.ts";
import { largeBodyFaults, verbFaults } from "../api/fixed-drills.ts";
import { exchangeBytes, httpSender, slowSockets } from "../api/http-sender.ts";
import { callers, Fuzz } from "../api/openapi-fuzz.ts";
import type { OpenApi } from "../api/openapi-reader.ts";
import { hostileRequest, nearlyValidRequest, type Planned, requestsOf, validRequest } from "../api/openapi-requests.ts";

const AT_ONCE = 8;
const ROUND = 400;
const SLOW = 200;
const STATEMENT_TIMEOUT_MS = 2_000;
const MOST_SHOWN = 20;

const seconds = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const folder = await mkdtemp(join(tmpdir(), "cutwatch-fuzz-"));
await chmod(folder, 0o755);
const postgres = await openEmbedded({ dataDir: join(folder, "data"), port: 0, onEvent: (line) => console.log(line) });
const database = await openDatabase({
  url: postgres.url("owner"),
  applicationName: "cutwatch drill",
  max: 8,
  statementTimeoutMs: STATEMENT_TIMEOUT_MS,
});
const { sql } = database;
const errors: string[] = [];
const faults: string[] = [];
const counts = { requests: 0, slow408: 0 };

function note(fault: string): void {
  if (faults.length < MOST_SHOWN) console.log(fault.slice(0, 2_000));
  faults.push(fault);
}

try {
  await migrate({ sql, folder: resolve("drizzle") });
  await seedDocumented(sql);
  const server = await serveApp({
    sql,
    now: () => new Date(),
    version: "drill",
    config: {
      ...{ baseUrl: null, withhold: false, host: "127.0.0.1", port: 0, requireKey: false },
      ...{ webhookAllow: [], corsOrigins: [], rateLimit: null },
    },
    changes: { onChange: () => undefined, isLive: () => true },
    isReady: async () => (await sql`select 1 as one`).length === 1,
    secretKey: new Uint8Array(32).fill(7),
    onError: (error, path) =>
      errors.push(`${path}: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
  });
  const { send, close } = httpSender(server.url);
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  const keys = await callers(sql);
  const fuzz = new Fuzz({ document, send, callers: keys, isAlone: false });
  const { judge, operations } = fuzz;

  const half = "GET /v1/probabilities HTTP/1.1\r\nHost: a\r\nX-Slow: ";
  const cut = Array.from({ length: 20 }, () => exchangeBytes(server.url, half));
  const slow = await slowSockets(server.url, SLOW);
  for (const fault of await verbFaults({ send, judge, operations }, ["TRACE"])) note(fault);
  for (const fault of await largeBodyFaults({ send, judge, operations }, keys.owner ?? "")) note(fault);

  const endMs = performance.now() + seconds * 1_000;
  const kinds = [validRequest, nearlyValidRequest, hostileRequest];
  for (let round = 0; performance.now() < endMs; round++) {
    const queue: Planned[] = kinds.flatMap((kind, i) =>
      fc.sample(requestsOf(kind, operations), { seed: seed + 3 * round + i, numRuns: ROUND }),
    );
    const worker = async () => {
      for (let planned = queue.pop(); planned !== undefined && performance.now() < endMs; planned = queue.pop()) {
        const { intent } = planned;
        const { sent, faults: found } = await fuzz.ask(planned);
        counts.requests += 1;
        for (const fault of found) note(`${intent} ${JSON.stringify(sent)}: ${fault}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    // Webhooks of the round make room for those of the next: there may be 100 of a tenant.
    await sql`update cutwatch.webhooks set deleted_at = now(), enabled = false where deleted_at is null and id % 4 > 0`;
  }
  slow.end();
  counts.slow408 = (await Promise.all(cut)).filter((answer) => answer.startsWith("HTTP/1.1 408 ")).length;

  const statuses = new Map<string, number>();
  for (const told of fuzz.told.values()) {
    for (const [name, count] of told) statuses.set(name, (statuses.get(name) ?? 0) + count);
  }
  const silent = operations.filter(({ operationId }) => fuzz.answered(operationId) === 0);
  for (const fault of silent) note(`${fault.operationId}: no valid request was answered`);
  for (const [name, count] of [...statuses].toSorted()) console.log(`${name.padEnd(34)}${String(count).padStart(8)}`);
  const table: [string, number, string][] = [
    ["requests, each with its HEAD", counts.requests, `${operations.length} operations`],
    ["slow connections told 408, of 20", counts.slow408, counts.slow408 === 20 ? "" : "must be 20"],
    ["errors of our own", errors.length, "must be 0"],
    ["faults", faults.length, "must be 0"],
  ];
  for (const [what, figure, limit] of table) console.log(`${what.padEnd(34)}${String(figure).padStart(8)}  ${limit}`);
  console.log(`${seconds} s, seed ${seed}`);
  for (const error of errors.slice(0, MOST_SHOWN)) console.log(error);
  process.exitCode = faults.length + errors.length === 0 && counts.slow408 === 20 ? 0 : 1;
  close();
  await server.close(2_000);
} finally {
  await database.close(0);
  await postgres.release();
  await rm(folder, { recursive: true, force: true });
}
