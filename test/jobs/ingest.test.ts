import type { ServerResponse } from "node:http";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobContext } from "../../jobs/job-context.ts";
import type { JobName } from "../../jobs/jobs.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { runByHand } from "../../jobs/run-job.ts";
import { readConfig } from "../../src/config.ts";
import { LOCAL_SOURCES, UPSTREAMS } from "../../src/sources/catalog.ts";
import { pausesInMemory } from "../../src/sources/http/host-gate.ts";
import { createSourceHttp } from "../../src/sources/http/http.ts";
import { meetingsKnown } from "../../src/store/meetings.ts";
import { findSnapshot } from "../../src/store/readings.ts";
import { recordCatalog, sourceHealth } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { type Loopback, loopback, type Seen } from "../sources/network/loopback.ts";
import { playYahoo } from "../sources/network/yahoo-server.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => new Date("2026-09-01T00:00:00Z"));
  const entries = [...UPSTREAMS, ...LOCAL_SOURCES].map(({ id, what, terms, redistributable }) => ({
    source: id,
    what,
    terms,
    redistributable,
    enabled: true,
  }));
  await recordCatalog(db.sql, entries);
});
afterAll(() => db.drop());

type Route = (seen: Seen, response: ServerResponse) => void;

function send(response: ServerResponse, body: unknown, type = "application/json", status = 200): void {
  response.writeHead(status, { "content-type": type });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** One server that plays every upstream, told apart by path. */
async function upstreams(routes: Readonly<Record<string, Route>>): Promise<Loopback> {
  return loopback((response, seen) => {
    const route = Object.entries(routes).find(([prefix]) => seen.path.startsWith(prefix))?.[1];
    if (route === undefined) send(response, "not here", "text/plain", 404);
    else route(seen, response);
  });
}

function contextAt(instant: string, server: Loopback, env: Record<string, string> = {}): JobContext {
  let ms = Date.parse(instant);
  const now = () => new Date(ms);
  const sleep = async (waitMs: number) => {
    ms += waitMs;
  };
  const urls = Object.fromEntries(UPSTREAMS.map(({ baseUrlEnv }) => [baseUrlEnv ?? "", server.baseUrl]));
  return {
    sql: db.sql,
    http: createSourceHttp({
      fetch,
      sleep,
      now,
      random: () => 0.5,
      version: "test",
      contact: null,
      pauses: pausesInMemory(),
    }),
    config: readConfig({ ...urls, ...env }),
    now,
    log: pino({ level: "silent" }),
  };
}

const run = (context: JobContext, name: JobName) => runByHand(context, name, "test", null);
const health = async (source: string) => (await sourceHealth(db.sql)).find((entry) => entry.source === source);

function fixing(date: string, rate: number, lower: number) {
  return {
    effectiveDate: date,
    type: "EFFR",
    percentRate: rate,
    targetRateFrom: lower,
    targetRateTo: lower + 0.25,
    volumeInBillions: 100,
    revisionIndicator: "",
  };
}

describe("ingest-effr", () => {
  const answers = { refRates: [fixing("2026-09-18", 3.88, 3.75), fixing("2026-09-17", 3.88, 3.75)] };

  it("stores fixings with their bytes, once however often it runs, and says when the next is due", async () => {
    const server = await upstreams({ "/api/rates": (_, response) => send(response, answers) });
    const context = contextAt("2026-09-21T14:00:00Z", server);
    expect(await run(context, "ingest-effr")).toMatchObject({ status: "done" });
    expect((await run(context, "ingest-effr")).detail).toMatch(/^nyfed: 0 fixings stored, 2 unchanged/);
    const [row] = await db.sql<{ fixings: number; payloads: number }[]>`
      select (select count(*)::integer from cutwatch.effr_fixings where source = 'nyfed') as fixings,
        (select count(*)::integer from cutwatch.source_payloads where source = 'nyfed') as payloads
    `;
    expect(row).toEqual({ fixings: 2, payloads: 1 });
    // Friday's fixing came on Monday at 09:00 New York, Monday's comes on Tuesday; two hours' grace.
    expect((await health("nyfed"))?.expectedNextAt?.toISOString()).toBe("2026-09-22T15:00:00.000Z");
  });

  it("keeps a revision beside what it revises", async () => {
    const revised = { refRates: [{ ...fixing("2026-09-18", 3.89, 3.75), revisionIndicator: "R" }] };
    const server = await upstreams({ "/api/rates": (_, response) => send(response, revised) });
    await run(contextAt("2026-09-21T19:00:00Z", server), "ingest-effr");
    const rows = await db.sql`select effr_pct, revised from review.fixings where fixing_date = '2026-09-18'`;
    expect(rows).toEqual([{ effr_pct: "3.8900", revised: true }]);
  });

  it.each([
    ["a page instead of JSON", (response: ServerResponse) => send(response, "<html>busy</html>", "text/html")],
    ["a renamed field", (response: ServerResponse) => send(response, { refRates: [{ effectiveDate: "2026-09-22" }] })],
    ["half an answer", (response: ServerResponse) => send(response, '{"refRates":[{"effective')],
    ["a refusal", (response: ServerResponse) => send(response, "no", "text/plain", 403)],
  ])("writes nothing for %s, notes it and ends as unavailable", async (_, reply) => {
    const count = () => db.sql`select count(*)::integer as n from cutwatch.effr_fixings`;
    const before = await count();
    const server = await upstreams({ "/api/rates": (_seen, response) => reply(response) });
    const outcome = await run(contextAt("2026-09-23T14:00:00Z", server), "ingest-effr");
    expect(outcome.status).toBe("unavailable");
    expect(await count()).toEqual(before);
    expect((await health("nyfed"))?.lastError).toContain("Cannot");
  });

  it("asks FRED when the New York Fed fails and a key is set, and shows the key nowhere", async () => {
    const observations = (seen: Seen) => ({
      count: 1,
      observations: [{ date: "2026-09-22", value: seen.query.get("series_id") === "EFFR" ? "3.88" : "4.00" }].map(
        (row) => (seen.query.get("series_id") === "DFEDTARL" ? { ...row, value: "3.75" } : row),
      ),
    });
    const server = await upstreams({
      "/api/rates": (_, response) => send(response, "down", "text/plain", 403),
      "/fred/": (seen, response) => send(response, observations(seen)),
    });
    const context = contextAt("2026-09-23T14:00:00Z", server, { FRED_API_KEY: "secret-key-of-ours" });
    const outcome = await run(context, "ingest-effr");
    expect(outcome).toMatchObject({ status: "done", detail: expect.stringContaining("fred: 1 fixings stored") });
    const rows = await db.sql`select url from cutwatch.source_payloads where source = 'fred'`;
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain("secret-key-of-ours");
  });
});

describe("ingest-closes", () => {
  const day = Date.UTC(2026, 8, 20) / 1000;
  const candle = [day, 110_000, 118_000, 112_000, 115_500.5, 1234];

  it("takes crypto from Kraken when Coinbase fails, and keeps it although Yahoo fails too", async () => {
    const kraken = (seen: Seen) => ({
      error: [],
      result: {
        [seen.query.get("pair") === "XBTUSD" ? "XXBTZUSD" : "XETHZUSD"]: [
          [day, "1", "3", "1", "2.5", "2", "10", 5],
          [day + 86_400, "1", "3", "1", "2.7", "2", "10", 5],
        ],
        last: day,
      },
    });
    const server = await upstreams({
      "/products": (_, response) => send(response, { message: "NotFound" }, "application/json", 404),
      "/0/public/OHLC": (seen, response) => send(response, kraken(seen)),
    });
    const outcome = await run(contextAt("2026-09-21T00:10:00Z", server), "ingest-closes");
    expect(outcome.status).toBe("unavailable");
    expect(outcome.detail).toContain("kraken: 2 closes stored");
    const rows =
      await db.sql`select symbol, close::float8 as close from review.closes where close_date = '2026-09-20' order by 1`;
    expect(rows).toEqual([
      { symbol: "BTC", close: 2.5 },
      { symbol: "ETH", close: 2.5 },
    ]);
  });

  it("takes it from Coinbase when that answers", async () => {
    const server = await upstreams({ "/products": (_, response) => send(response, [candle]) });
    await run(contextAt("2026-09-21T00:20:00Z", server), "ingest-closes");
    const rows = await db.sql`
      select source, close::float8 as close from review.closes where symbol = 'BTC' and close_date = '2026-09-20'
    `;
    expect(rows).toEqual([{ source: "coinbase", close: 115_500.5 }]);
  });
});

describe("ingest-futures", () => {
  // Settlements of 18 Sep 2026 as CME printed them, from the current month to February.
  const prices: Readonly<Record<string, number>> = {
    ZQU26: 96.2525,
    ZQV26: 96.105,
    ZQX26: 95.975,
    ZQZ26: 95.835,
    ZQF27: 95.77,
    ZQG27: 95.68,
  };
  const named = (of: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(of).map(([contract, price]) => [`${contract}.CBT`, price]));
  const yahoo = (at: string, of = prices) =>
    playYahoo({ prices: named(of), at: () => new Date(at), since: "2026-09-18" });
  const forget = () => db.sql`delete from cutwatch.source_series`;

  it("turns live quotes into an intraday reading at once", async () => {
    const server = await upstreams({ "/v8/finance": yahoo("2026-09-18T15:30:00Z") });
    const outcome = await run(contextAt("2026-09-18T15:31:00Z", server), "ingest-futures");
    expect(outcome).toMatchObject({ status: "done" });
    const query = { basis: null, method: null, knownAt: null, meeting: null, sample: null } as const;
    const at = { instant: new Date("2026-09-18T15:31:00Z") };
    const snapshot = await findSnapshot(db.sql, { at, grid: null, ...query });
    expect(snapshot).toMatchObject({ grid: "intraday", basis: "last_trade", source: "yahoo" });
    expect(snapshot?.asOf.toISOString()).toBe("2026-09-18T15:30:00.000Z");
    const [odds] = await db.sql<{ hold: number }[]>`
      select r.hold from cutwatch.meeting_readings r
      where r.snapshot_id = ${snapshot?.id ?? 0} and r.meeting_date = '2026-10-28'
    `;
    // CME displayed 42.4 % for 375-400 on these prices.
    expect((odds?.hold ?? 0) * 100).toBeCloseTo(42.4, 0);
  });

  it("goes on to the next source when the first fails, and says so", async () => {
    const server = await upstreams({
      "/v8/finance": yahoo("2026-09-18T16:30:00Z"),
      "/v0/": (_, response) => send(response, { detail: "no licence" }, "application/json", 403),
    });
    const env = { CUTWATCH_FUTURES: "databento,yahoo", DATABENTO_KEY: "db-0123456789012345678901234567" };
    const outcome = await run(contextAt("2026-09-18T16:31:00Z", server, env), "ingest-futures");
    expect(outcome).toMatchObject({ status: "done", detail: expect.stringContaining("after databento failed") });
    expect((await health("databento"))?.lastError).toContain("403");
  });

  it("is unavailable when no source answers, and touches no reading", async () => {
    await forget();
    const count = () => db.sql`select count(*)::integer as n from cutwatch.snapshots`;
    const before = await count();
    const server = await upstreams({});
    expect((await run(contextAt("2026-09-18T17:31:00Z", server), "ingest-futures")).status).toBe("unavailable");
    expect(await count()).toEqual(before);
  });

  it("puts a poisoned quote aside and leaves its meeting unsolved, the others not", async () => {
    const server = await upstreams({ "/v8/finance": yahoo("2026-09-21T15:30:00Z", { ...prices, ZQX26: 59.975 }) });
    await forget();
    const outcome = await run(contextAt("2026-09-21T15:31:00Z", server), "ingest-futures");
    expect(outcome.detail).toContain("put in quarantine");
    const rows = await db.sql`select distinct reason_code from review.quarantine where source = 'yahoo'`;
    expect(rows).toEqual([{ reason_code: "price_out_of_band" }]);
  });
});

describe("ingest-decisions", () => {
  it("learns a decision from the Fed's statement and computes the odds after it anew", async () => {
    const feed = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><item>
      <title>Federal Reserve issues FOMC statement</title>
      <link>https://www.federalreserve.gov/newsevents/pressreleases/monetary20261028a.htm</link>
      <pubDate>Wed, 28 Oct 2026 18:00:00 GMT</pubDate><category>Monetary Policy</category>
      </item></channel></rss>`;
    const statement = `<html><body><div id="article"><p>In support of its goals, the Committee decided to raise the target range
      for the federal funds rate by 1/4 percentage point to 4 to 4&#8209;1/4 percent.</p></div></body></html>`;
    const server = await upstreams({
      "/feeds/": (_, response) => send(response, feed, "text/xml"),
      "/newsevents/": (_, response) => send(response, statement, "text/html"),
    });
    const outcome = await run(contextAt("2026-10-28T18:05:00Z", server), "ingest-decisions");
    expect(outcome).toMatchObject({ status: "done" });
    const october = (await meetingsKnown(db.sql, null)).find((meeting) => meeting.meetingDate === "2026-10-28");
    expect(october?.decision).toMatchObject({ lowerBp: 400, upperBp: 425 });
    expect(october?.decision?.announcedAt.toISOString()).toBe("2026-10-28T18:00:00.000Z");
  });
});

describe("runByHand()", () => {
  it("leaves a row for every run, with what it did or why it could not", async () => {
    const rows = await db.sql<{ job: string; status: string; detail: string | null; error: string | null }[]>`
      select job, status, detail, error from review.job_runs order by id
    `;
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.status === "running")).toEqual([]);
    for (const row of rows) expect(row.status === "done" ? row.detail : row.error).toBeTruthy();
  });
});
