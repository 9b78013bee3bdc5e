import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Metrics } from "../../src/api/metrics.ts";
import { RequestCounts } from "../../src/api/request-counts.ts";
import { listen } from "../../src/api/server.ts";
import { recordCheck } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedEpisode } from "./episode.ts";
import { serveTest } from "./served.ts";
import { storeFresh } from "./stream-episode.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
});
afterAll(() => database.drop());

const NOW = new Date("2025-11-18T12:00:00Z");

/** Values by name and labels, as they are written. */
function figures(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

function metricsOf(options: Partial<ConstructorParameters<typeof Metrics>[0]> = {}) {
  const errors: unknown[] = [];
  const metrics = new Metrics({
    sql: database.sql,
    now: () => NOW,
    version: "1.2.3",
    onError: (error) => errors.push(error),
    ...options,
  });
  return { metrics, errors, read: async () => figures((await metrics.text()).text) };
}

describe("RequestCounts", () => {
  it("counts each answer in its bucket and all above it, and adds up how long they took", () => {
    const counts = new RequestCounts();
    for (const ms of [0.5, 0.6, 3, 9_000]) counts.count('/a"b', "GET", 200, ms);
    counts.count("/", "PROPFIND", 405, 1);
    const seen = figures(counts.text());
    const series = 'route="/a\\"b",method="GET",status="200"';
    const bucket = (le: string) => seen.get(`cutwatch_http_request_duration_seconds_bucket{le="${le}",${series}}`);
    expect(["0.0005", "0.002", "0.01", "5", "+Inf"].map(bucket)).toEqual([1, 2, 3, 3, 4]);
    expect(seen.get(`cutwatch_http_request_duration_seconds_count{${series}}`)).toBe(4);
    expect(seen.get(`cutwatch_http_request_duration_seconds_sum{${series}}`)).toBeCloseTo(9.0041, 6);
    expect(counts.text()).toContain('method="other",status="405"');
  });
});

describe("Metrics", () => {
  it("counts answers by route, method and status, by the route's pattern", async () => {
    const { metrics, read } = metricsOf();
    const app = new Hono()
      .get("/v1/meetings/:meeting/history", () => new Response("h"))
      .get("/v1/late", async () => new Response(null, { status: 304 }));
    metrics.watch({ app, streamClients: () => 7, answers: () => ({ fromMemory: 5, made: 2 }) });
    const server = await listen({ app, host: "127.0.0.1", port: 0, observe: metrics.observe });
    try {
      for (const path of [
        "/v1/meetings/2025-12-10/history?x=1",
        "/v1/meetings/2026-01-28/history",
        "/v1/late",
        "/no",
      ]) {
        await (await fetch(server.url + path)).text();
      }
      await fetch(`${server.url}/v1/late`, { method: "HEAD" });
    } finally {
      await server.close(0);
    }
    const seen = await read();
    const count = (route: string, method: string, status: number) =>
      seen.get(`cutwatch_http_request_duration_seconds_count{route="${route}",method="${method}",status="${status}"}`);
    expect(count("/v1/meetings/:meeting/history", "GET", 200)).toBe(2);
    expect(count("/v1/late", "GET", 304)).toBe(1);
    expect(count("/v1/late", "HEAD", 304)).toBe(1);
    expect(count("none", "GET", 404)).toBe(1);
    expect(seen.get("cutwatch_stream_clients")).toBe(7);
    expect(seen.get('cutwatch_answers_total{from="memory"}')).toBe(5);
    expect(seen.get('cutwatch_info{version="1.2.3"}')).toBe(1);
    expect(seen.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
  });

  it("tells the age of readings, the state of sources and deliveries", async () => {
    await recordCheck(database.sql, {
      source: "test-open",
      checkedAt: new Date("2025-11-18T11:00:00Z"),
      error: null,
      newestAsOf: new Date("2025-11-17T21:00:00Z"),
      expectedNextAt: null,
    });
    const seen = await metricsOf().read();
    expect(seen.get("cutwatch_up_database")).toBe(1);
    // 17 Nov 2025, settled at 14:00 Chicago, to noon UTC the next day
    expect(seen.get('cutwatch_snapshot_age_seconds{grid="settlement"}')).toBe(16 * 3_600);
    expect(seen.get('cutwatch_source_status{source="test-open",status="ok"}')).toBe(1);
    expect(seen.get('cutwatch_source_status{source="test-open",status="failing"}')).toBe(0);
    expect(seen.get('cutwatch_source_status{source="test-off",status="off"}')).toBe(1);
    expect(seen.get('cutwatch_source_success_age_seconds{source="test-open"}')).toBe(3_600);
    expect(seen.get('cutwatch_source_figure_age_seconds{source="test-open"}')).toBe(15 * 3_600);
    expect(seen.get('cutwatch_deliveries{state="pending"}')).toBe(0);
    expect(seen.get("cutwatch_delivery_lag_seconds")).toBe(0);
  });

  it("reads the database every 15 s at most", async () => {
    let now = NOW;
    const { read } = metricsOf({ now: () => now });
    const age = async () => (await read()).get('cutwatch_snapshot_age_seconds{grid="intraday"}');
    expect(await age()).toBeUndefined();
    await storeFresh(database.sql, 1, { grid: "intraday", asOf: new Date("2025-11-18T11:59:00Z") });
    now = new Date(NOW.getTime() + 14_000);
    expect(await age()).toBeUndefined();
    now = new Date(NOW.getTime() + 15_000);
    expect(await age()).toBe(75);
  });

  it("answers when the database does not, and says so", async () => {
    let gone = true;
    const sql = new Proxy(database.sql, {
      apply: (target, that, given) => {
        if (gone) throw new Error("connection lost");
        return Reflect.apply(target, that, given);
      },
    });
    let now = NOW;
    const { read, errors } = metricsOf({ sql, now: () => now });
    const seen = await read();
    expect(seen.get("cutwatch_up_database")).toBe(0);
    expect([...seen.keys()].filter((name) => /deliver|source|snapshot/.test(name))).toEqual([]);
    expect(seen.get("process_resident_memory_bytes")).toBeGreaterThan(0);
    expect(errors).toHaveLength(1);
    gone = false;
    now = new Date(NOW.getTime() + 1_000);
    expect((await read()).get("cutwatch_up_database")).toBe(1);
  });
});

describe("GET /metrics", () => {
  it("is text for Prometheus, never kept", async () => {
    const response = await serveTest(database.sql).app.request("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await response.text()).startsWith("# HELP ")).toBe(true);
  });

  it("needs a key where reads do", async () => {
    const { app } = serveTest(database.sql, { requireKey: true });
    const statuses = await Promise.all(
      ["/metrics", "/v1/stream", "/v1/badge.svg"].map(async (path) => (await app.request(path)).status),
    );
    expect(statuses).toEqual([401, 401, 401]);
  });
});
