import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ingestFutures } from "../../jobs/futures/ingest-futures.ts";
import { ingestCloses } from "../../jobs/ingest-closes.ts";
import type { JobContext } from "../../jobs/job-context.ts";
import { SCHEDULE } from "../../jobs/schedule.ts";
import { addMonths } from "../../src/calendar/calendar-date.ts";
import { dateInZone, timeInZone } from "../../src/calendar/zoned-time.ts";
import { readConfig } from "../../src/config.ts";
import { contractSymbol } from "../../src/pricing/contract.ts";
import { createSourceHttp } from "../../src/sources/http/http.ts";
import { sourcePauses } from "../../src/store/source-pauses.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { type Loopback, loopback } from "../sources/network/loopback.ts";
import { playYahoo } from "../sources/network/yahoo-server.ts";

const MINUTE_MS = 60_000;
const MONTHS = Array.from({ length: 26 }, (_, i) => addMonths("2026-09", i));
const ASSETS = {
  "^NDX": "America/New_York",
  "^GSPC": "America/New_York",
  NVDA: "America/New_York",
  "GC=F": "America/New_York",
  "^HSI": "Asia/Hong_Kong",
  "000001.SS": "Asia/Shanghai",
};

let db: TestDatabase;
let server: Loopback;
let nowMs = 0;
let context: JobContext;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

/** Whether a field of a timetable's line holds a number: lists, ranges and steps. */
function holds(field: string, value: number): boolean {
  return field.split(",").some((part) => {
    const [range = "", step = "1"] = part.split("/");
    const [from, to] = range === "*" ? [0, 60] : range.split("-").map(Number);
    const last = to ?? (part.includes("/") ? 60 : (from ?? 0));
    return value >= (from ?? 0) && value <= last && (value - (from ?? 0)) % Number(step) === 0;
  });
}

function isDue({ cron, zone, when }: (typeof SCHEDULE)[number], at: Date): boolean {
  const [minute = "", hour = "", , , weekday = ""] = cron.split(" ");
  const time = timeInZone(at, zone);
  const day = new Date(`${dateInZone(at, zone)}T12:00:00Z`).getUTCDay();
  return (
    holds(minute, time.minute) && holds(hour, time.hour) && holds(weekday, day) && (when === undefined || when(at))
  );
}

async function open(start: string): Promise<void> {
  nowMs = Date.parse(start);
  const now = () => new Date(nowMs);
  const prices = {
    ...Object.fromEntries(MONTHS.map((month, i) => [`${contractSymbol(month)}.CBT`, 96 - i / 40])),
    ...Object.fromEntries(Object.keys(ASSETS).map((symbol) => [symbol, 20_000])),
  };
  // After the first run nothing trades, so that a week of polls stores nothing more and takes seconds.
  const startMs = nowMs;
  const yahoo = playYahoo({
    prices,
    at: now,
    since: "2024-09-03",
    zone: ASSETS,
    trades: () => nowMs - startMs < 60 * MINUTE_MS,
  });
  server = await loopback((response, seen) => yahoo(seen, response));
  context = {
    sql: db.sql,
    http: createSourceHttp({
      fetch,
      sleep: async (ms) => {
        nowMs += ms;
      },
      now,
      random: () => 0.5,
      version: "test",
      contact: null,
      pauses: sourcePauses(db.sql),
    }),
    config: readConfig({ CUTWATCH_YAHOO_URL: server.baseUrl, CUTWATCH_SOURCES_OFF: "coinbase,kraken" }),
    now,
    log: pino({ level: "silent" }),
  };
}

describe("a week of Yahoo with nothing configured", () => {
  it("holds the whole life of every listed month after one run, then asks for what has come since, 170 requests a day", async () => {
    await open("2026-09-08T15:00:00Z");
    await ingestFutures(context, null);
    await ingestCloses(context, null);
    const [held] = await db.sql<{ months: number; dates: number; first: string }[]>`
      select count(distinct contract_month)::integer as months, count(distinct trade_date)::integer as dates,
        min(trade_date)::text as first
      from cutwatch.futures_quotes where grid = 'settlement'
    `;
    expect(held).toMatchObject({ months: 26, first: "2024-09-03" });
    expect(held?.dates).toBeGreaterThan(500);
    const [closes] = await db.sql`select count(distinct symbol)::integer as symbols from cutwatch.asset_closes`;
    expect(closes).toEqual({ symbols: 6 });
    // 26 contracts, 6 assets and one request for the last trades.
    expect(server.seen).toHaveLength(33);
    const gaps = server.seen.length;

    const perDay = new Map<string, number>();
    const end = Date.parse("2026-09-15T15:00:00Z");
    for (let at = Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS; at < end; at += MINUTE_MS) {
      const due = new Set(SCHEDULE.filter((line) => isDue(line, new Date(at))).map(({ job }) => job));
      nowMs = Math.max(nowMs, at);
      const before = server.seen.length;
      if (due.has("ingest-futures")) await ingestFutures(context, null);
      if (due.has("ingest-closes")) await ingestCloses(context, null);
      const day = new Date(at).toISOString().slice(0, 10);
      perDay.set(day, (perDay.get(day) ?? 0) + server.seen.length - before);
    }
    expect(server.seen.length).toBeGreaterThan(gaps);
    for (const [day, requests] of perDay) expect([day, requests <= 175]).toEqual([day, true]);
    expect(perDay.get("2026-09-12")).toBeLessThanOrEqual(6);
    // A restart asks for nothing that is there.
    const asked = server.seen.length;
    await ingestFutures(context, null);
    await ingestCloses(context, null);
    expect(server.seen.length - asked).toBeLessThanOrEqual(1);
  }, 60_000);

  it("keeps a pause over a restart, and the others' figures when one symbol is unknown", async () => {
    await open("2026-09-16T15:00:00Z");
    await db.sql`delete from cutwatch.source_series where series in ('^NDX', 'NDX', 'SPX')`;
    const refusing = await loopback((response) => {
      response.writeHead(429, { "content-type": "text/html" });
      response.end("Edge: Too Many Requests");
    });
    const config = readConfig({ CUTWATCH_YAHOO_URL: refusing.baseUrl, CUTWATCH_SOURCES_OFF: "coinbase,kraken" });
    await expect(ingestFutures({ ...context, config }, null)).rejects.toThrow("Edge: Too Many Requests");
    const again = {
      ...context,
      config,
      http: createSourceHttp({
        fetch,
        sleep: async () => undefined,
        now: context.now,
        random: () => 0.5,
        version: "test",
        contact: null,
        pauses: sourcePauses(db.sql),
      }),
    };
    await expect(ingestFutures(again, null)).rejects.toThrow(/Left .* alone until 15:15 UTC: it answered 429/);
    expect(refusing.seen).toHaveLength(1);
  });
});
