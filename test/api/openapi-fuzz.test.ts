import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../src/api/server.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedDocumented } from "./documented-sample.ts";
import { largeBodyFaults, verbFaults } from "./fixed-drills.ts";
import { DEEP } from "./hostile-values.ts";
import { exchangeBytes, httpSender, slowSockets } from "./http-sender.ts";
import { storedKey } from "./keys.ts";
import { callers, Fuzz, type Send } from "./openapi-fuzz.ts";
import type { OpenApi } from "./openapi-reader.ts";
import { hostileRequest, nearlyValidRequest, requestsOf, validRequest } from "./openapi-requests.ts";
import { ASKED } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

// Longer, over real connections and with other seeds: `npm run drill:fuzz`.
const SEED = 20251210;
const RUNS = 400;

let database: TestDatabase;
let served: Served;
let fuzz: Fuzz;

beforeAll(async () => {
  database = await testDatabase();
  await seedDocumented(database.sql);
  served = serveTest(database.sql, { now: ASKED, secretKey: new Uint8Array(32).fill(7) });
  fuzz = new Fuzz({
    document: await readJson<OpenApi>(served.app, "/openapi.json"),
    send,
    callers: await callers(database.sql),
    isAlone: true,
  });
});
afterAll(() => database.drop());

const send: Send = async ({ method, path, headers, body }) => {
  const response = await served.app.request(path, { method, headers, ...(body === null ? {} : { body }) });
  const { status, headers: answered } = response;
  if (!answered.get("content-type")?.startsWith("text/event-stream")) {
    return { status, headers: answered, body: Buffer.from(await response.arrayBuffer()) };
  }
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return { status, headers: answered, body: Buffer.from(first?.value ?? "") };
};

describe("requests made from the document", () => {
  const kinds = { valid: validRequest, "nearly valid": nearlyValidRequest, hostile: hostileRequest };

  it.each(Object.entries(kinds))("that are %s are answered as it says", async (_, kind) => {
    for (const planned of fc.sample(requestsOf(kind, fuzz.operations), { seed: SEED, numRuns: RUNS })) {
      const { sent, faults } = await fuzz.ask(planned);
      expect([sent, faults]).toEqual([sent, []]);
    }
    expect(served.errors).toEqual([]);
  });

  it("got what they asked for from every operation", () => {
    const silent = fuzz.operations.filter(({ operationId }) => fuzz.answered(operationId) === 0);
    expect(silent.map(({ operationId }) => operationId)).toEqual([]);
  });
});

describe("over a real connection", () => {
  let server: Listening;
  let http: ReturnType<typeof httpSender>;
  beforeAll(async () => {
    server = await listen({ app: served.app, host: "127.0.0.1", port: 0 });
    http = httpSender(server.url);
  });
  afterAll(async () => {
    http.close();
    await server.close(0);
  });

  it("verbs that a path does not have are 405 with those it has", async () => {
    const asked = { judge: fuzz.judge, operations: fuzz.operations, send: http.send };
    expect(await verbFaults(asked, ["TRACE"])).toEqual([]);
  });

  it("a body of 3 MB is refused", async () => {
    const { headers } = await storedKey(database.sql, "webhooks", "desk");
    const asked = { judge: fuzz.judge, operations: fuzz.operations, send: http.send };
    expect(await largeBodyFaults(asked, headers.Authorization)).toEqual([]);
  });

  it("a body that is nested without end is refused", async () => {
    const { headers: key } = await storedKey(database.sql, "webhooks", "desk");
    const headers = { ...key, "Content-Type": "application/json" };
    for (const { method, path } of fuzz.operations.filter(({ body }) => body !== null)) {
      for (const body of [`{"url":${DEEP}}`, DEEP]) {
        const { status } = await http.send({ method, path: path.replace("{id}", "1"), headers, body });
        expect([method, path, status]).toEqual([method, path, 400]);
      }
    }
    expect(served.errors).toEqual([]);
  });

  it("a question with a body of its own is answered all the same", async () => {
    const headers = { "Content-Type": "application/json", "Content-Length": "2" };
    const { status } = await http.send({ method: "GET", path: "/v1/assets", headers, body: "{}" });
    expect(status).toBe(200);
  });

  it("who begins a request and never ends it holds up nobody", async () => {
    const slow = await slowSockets(server.url, 200);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        http.send({ method: "GET", path: `/v1/meetings?limit=${i + 1}`, headers: {}, body: null }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(slow.open()).toBe(200);
    slow.end();
  });

  it.each([
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "G\u0000T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://other.example/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET // HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET /v1/assets HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n",
    "GET /v1/assets HTTP/1.1\r\nHost: %\r\nConnection: close\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n",
    "POST /v1/webhooks HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST /v1/webhooks HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /v1/webhooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST /v1/webhooks HTTP/1.1\r\nHost: a\r\nExpect: nothing\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  ])("%j is answered, and not by an error of ours", async (bytes) => {
    const answer = await exchangeBytes(server.url, bytes);
    const [, status = "none"] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
    expect(Number(status)).toBeGreaterThanOrEqual(200);
    expect(Number(status)).toBeLessThan(500);
    if (Number(status) >= 400) expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(served.errors).toEqual([]);
  });
});
