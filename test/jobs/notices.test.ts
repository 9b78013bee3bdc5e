/** What is told besides repricings: the digest, decisions, data that stay away. Each once, and only of the present. */
import pino from "pino";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catchUp } from "../../jobs/catch-up.ts";
import { checkStaleness } from "../../jobs/data-staleness.ts";
import { decide } from "../../jobs/decide.ts";
import { digestDaily } from "../../jobs/digest-daily.ts";
import type { JobContext } from "../../jobs/job-context.ts";
import { JOBS } from "../../jobs/jobs.ts";
import { meetingDecided } from "../../jobs/meeting-decided.ts";
import { DecidedFeedBody, DigestFeedBody, OutageFeedBody } from "../../src/api/feed-bodies.ts";
import { readConfig } from "../../src/config.ts";
import { pausesInMemory } from "../../src/sources/http/host-gate.ts";
import { createSourceHttp } from "../../src/sources/http/http.ts";
import { recordCatalog, recordCheck } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { flag, lastTrades, listen, prepareEpisode, price, queuedFor, soonAfter } from "./live-episode.ts";

const BASE_URL = "https://odds.example";
const open: TestDatabase[] = [];
afterAll(async () => {
  for (const db of open) await db.drop();
});

async function fresh(): Promise<TestDatabase> {
  const db = await testDatabase();
  open.push(db);
  return db;
}

function contextAt(sql: Sql, at: Date, env: Record<string, string> = {}): JobContext {
  const now = () => at;
  const nowhere = () => Promise.reject(new TypeError("no network in tests"));
  return {
    sql,
    http: createSourceHttp({
      fetch: nowhere,
      sleep: async () => undefined,
      now,
      random: () => 0,
      version: "t",
      contact: null,
      pauses: pausesInMemory(),
    }),
    config: readConfig({ CUTWATCH_BASE_URL: BASE_URL, ...env }),
    now,
    log: pino({ level: "silent" }),
  };
}

async function notices(sql: Sql) {
  return sql<{ id: number; type: string; as_of: Date; source: string; body: { data: Record<string, unknown> } }[]>`
    select id, type, as_of, source, body from cutwatch.notices order by id
  `;
}

describe("digest.daily", () => {
  const TODAY = "2025-11-21";
  let sql: Sql;
  let listener: number;
  beforeAll(async () => {
    ({ sql } = await fresh());
    await prepareEpisode(sql);
    await price(sql, lastTrades("2025-11-03", "2025-11-20"), "yahoo", soonAfter("2025-11-20"));
    await flag(sql, soonAfter("2025-11-20"), false);
    listener = await listen(sql, { events: ["digest.daily"] });
    await price(sql, lastTrades(TODAY, TODAY), "yahoo", soonAfter(TODAY));
    const jobs = [1, 2].map(() => JOBS["snapshot-odds"](contextAt(sql, soonAfter(TODAY)), null));
    await Promise.all(jobs);
  });

  it("is told and queued once after the settlement, by whichever process comes first", async () => {
    expect((await notices(sql)).map(({ type }) => type)).toEqual(["digest.daily"]);
    await JOBS["snapshot-odds"](contextAt(sql, soonAfter(TODAY)), null);
    expect(await notices(sql)).toHaveLength(1);
    expect(await queuedFor(sql, listener)).toEqual(["digest.daily"]);
  });

  it("tells the next four meetings against the settlement before, what is open and what was unusual", async () => {
    const [notice] = await notices(sql);
    const { data } = DigestFeedBody.parse(notice?.body);
    expect(data.sequence).toBe(notice?.id);
    expect(data).toMatchObject({
      trade_date: TODAY,
      basis: "last_trade",
      source: "yahoo",
      compared_with: { trade_date: "2025-11-20" },
      target: { lower_bp: 375, upper_bp: 400 },
      url: `${BASE_URL}/v1/probabilities?as_of=2025-11-21&basis=last_trade&known_at=2025-11-21T20%3A01%3A00.000Z`,
    });
    expect(data.meetings.map(({ meeting }) => meeting)).toEqual([
      "2025-12-10",
      "2026-01-28",
      "2026-03-18",
      "2026-04-29",
    ]);
    const [december] = data.meetings;
    // FedWatch's table: 350-375 at 39.1 % on 20 Nov 2025 and 71.0 % on 21 Nov.
    const cut = december?.outcomes.find(({ lower_bp }) => lower_bp === 350);
    expect(cut?.probability).toBeCloseTo(0.71, 2);
    expect(cut?.shift_pp).toBeCloseTo(31.9, 0);
    expect(december).toMatchObject({ crosses_decision: false, ease: cut?.probability });
    expect(data.alerts.map(({ meeting, kind }) => `${meeting} ${kind}`)).toContain("2025-12-10 sharp");
    expect(data.summary).toMatch(/^sharp dovish repricing, 10 Dec 2025 meeting, 1\d\.\d bp/);
    expect(data.open_repricings.map(({ meeting, direction }) => `${meeting} ${direction}`)).toContain(
      "2025-12-10 dovish",
    );
  });

  it("says that nothing was unusual on a day without alerts", async () => {
    await price(sql, lastTrades("2025-11-24", "2025-11-24"), "yahoo", soonAfter("2025-11-24"));
    await flag(sql, soonAfter("2025-11-24"));
    expect(await digestDaily({ sql, now: () => soonAfter("2025-11-24"), baseUrl: null })).toBe(true);
    const body = DigestFeedBody.parse((await notices(sql)).at(-1)?.body);
    expect(body.data.alerts).toEqual([]);
    expect(body.data).toMatchObject({ summary: "nothing unusual", trade_date: "2025-11-24" });
  });

  it("is not told of a settlement a day late, of a file's, or of an older day", async () => {
    const before = await notices(sql);
    await price(sql, lastTrades("2025-11-25", "2025-11-25"), "yahoo", soonAfter("2025-11-25"));
    const late = new Date(soonAfter("2025-11-25").getTime() + 24 * 3_600_000);
    expect(await digestDaily({ sql, now: () => late, baseUrl: null })).toBe(false);
    const file = await fresh();
    await prepareEpisode(file.sql);
    await price(file.sql, lastTrades("2025-11-19", TODAY), "settlements-csv", soonAfter(TODAY));
    expect(await digestDaily({ sql: file.sql, now: () => soonAfter(TODAY), baseUrl: null })).toBe(false);
    expect(await notices(sql)).toEqual(before);
  });
});

describe("meeting.decided", () => {
  const MEETING = "2025-10-29";
  const STATEMENT = new Date("2025-10-29T18:00:00Z");
  const SOON = new Date("2025-10-29T18:04:00Z");
  const decision = { meetingDate: MEETING, lowerBp: 375, upperBp: 400, unscheduled: false };

  async function eve(): Promise<Sql> {
    const { sql } = await fresh();
    await prepareEpisode(sql, MEETING);
    await price(sql, lastTrades("2025-10-20", "2025-10-28"), "yahoo", soonAfter("2025-10-28"));
    return sql;
  }

  it("tells a decision at once, with what the market gave it the day before, and queues it once", async () => {
    const sql = await eve();
    const october = await listen(sql, { events: ["meeting.decided"], meetings: [MEETING] });
    const december = await listen(sql, { events: ["meeting.decided"], meetings: ["2025-12-10"] });
    const job = { sql, now: () => SOON, baseUrl: BASE_URL };
    expect(await meetingDecided(job)).toBe(0);
    await decide(sql, decision, () => SOON);
    await catchUp({ ...job, live: true });
    expect(await meetingDecided(job)).toBe(0);
    const [notice, ...more] = await notices(sql);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ type: "meeting.decided", as_of: STATEMENT, source: "by-hand+yahoo" });
    const { data } = DecidedFeedBody.parse(notice?.body);
    expect(data).toMatchObject({
      meeting: MEETING,
      effective_date: "2025-10-30",
      outcome: { lower_bp: 375, upper_bp: 400 },
      change_bp: -25,
      surprise_bp: null,
      surprise_reason: "no basis has the contract's daily price of both 2025-10-28 and 2025-10-29",
      url: `${BASE_URL}/v1/decisions?from=2025-10-29&to=2025-10-29`,
    });
    const [stored] = await sql`
      select probability, expected_rate_bp from review.probabilities
      where trade_date = '2025-10-28' and meeting = ${MEETING} and lower_bp = 375
    `;
    expect(data.odds_before).toMatchObject({ trade_date: "2025-10-28", basis: "last_trade", ...stored });
    expect(data.odds_before?.probability).toBeGreaterThan(0.9);
    expect(await queuedFor(sql, october)).toEqual(["meeting.decided"]);
    expect(await queuedFor(sql, december)).toEqual([]);
  });

  it("names the surprise where the settlement after the decision has come, and tells a corrected decision again", async () => {
    const sql = await eve();
    await price(sql, lastTrades(MEETING, MEETING), "yahoo", soonAfter(MEETING));
    const job = { sql, now: () => soonAfter(MEETING), baseUrl: null };
    await decide(sql, { ...decision, lowerBp: 350, upperBp: 375 }, () => soonAfter(MEETING));
    expect(await meetingDecided(job)).toBe(1);
    await decide(sql, decision, () => soonAfter(MEETING));
    expect(await meetingDecided(job)).toBe(1);
    const told = (await notices(sql)).map(({ body }) => DecidedFeedBody.parse(body).data);
    expect(told.map(({ outcome }) => outcome.upper_bp)).toEqual([375, 400]);
    expect(told.map(({ supersedes }) => supersedes)).toEqual([null, told[0]?.sequence]);
    // Two days before the month's end it is the next month's contract, unscaled: ZQX25 from 96.15 to 96.105.
    expect(told[1]?.surprise_bp).toBeCloseTo(4.5, 6);
  });

  // Typed, mistyped and put right: what was told last must be what stands.
  it("is told whenever it differs from what was told last, each time once", async () => {
    const sql = await eve();
    const listener = await listen(sql, { events: ["meeting.decided"] });
    const told: number[] = [];
    for (const [i, lowerBp] of [375, 350, 375, 375].entries()) {
      const at = new Date(SOON.getTime() + i * 600_000);
      await decide(sql, { ...decision, lowerBp, upperBp: lowerBp + 25 }, () => at);
      const job = { sql, now: () => at, baseUrl: null };
      const both = await Promise.all([meetingDecided(job), meetingDecided(job)]);
      told.push(both[0] + both[1], await meetingDecided(job));
    }
    expect(told).toEqual([1, 0, 1, 0, 1, 0, 0, 0]);
    const bodies = (await notices(sql)).map(({ body }) => DecidedFeedBody.parse(body).data);
    expect(bodies.map(({ outcome }) => outcome.lower_bp)).toEqual([375, 350, 375]);
    const [first, second] = bodies.map(({ sequence }) => sequence);
    expect(bodies.map(({ supersedes }) => supersedes)).toEqual([null, first, second]);
    expect(await queuedFor(sql, listener)).toHaveLength(3);
  });

  it("is not told of a decision that is a day old, nor of the built-in list", async () => {
    const sql = await eve();
    await decide(sql, decision, () => SOON);
    const late = new Date(STATEMENT.getTime() + 24 * 3_600_000 + 1);
    expect(await meetingDecided({ sql, now: () => late, baseUrl: null })).toBe(0);
    const { sql: other } = await fresh();
    await prepareEpisode(other);
    expect(await meetingDecided({ sql: other, now: () => SOON, baseUrl: null })).toBe(0);
  });
});

describe("data.stale and data.recovered", () => {
  const at = (text: string) => new Date(`2025-11-${text}Z`);
  const entry = (source: string) => ({ source, what: "w", terms: "t", redistributable: true, enabled: true });
  const answer = (sql: Sql, source: string, checkedAt: Date, expectedNextAt: Date) =>
    recordCheck(sql, { source, checkedAt, error: null, newestAsOf: checkedAt, expectedNextAt });
  const fail = (sql: Sql, source: string, checkedAt: Date) =>
    recordCheck(sql, { source, checkedAt, error: "down", newestAsOf: null, expectedNextAt: null });
  const words = async (sql: Sql) =>
    (await notices(sql)).map(({ type, body }) => `${type} ${OutageFeedBody.parse(body).data.what}`);

  it("is told once an outage, and once that it is over, of all sources of a kind together", async () => {
    const { sql } = await fresh();
    await recordCatalog(sql, ["yahoo", "databento", "nyfed"].map(entry));
    const listener = await listen(sql, { events: ["data.stale", "data.recovered"] });
    const check = (when: Date) =>
      checkStaleness(contextAt(sql, when, { CUTWATCH_FUTURES: "yahoo,databento", DATABENTO_KEY: "k" }));
    await answer(sql, "yahoo", at("17T22:20:00"), at("19T01:00:00"));
    await answer(sql, "nyfed", at("18T14:05:00"), at("25T16:00:00"));
    await fail(sql, "yahoo", at("18T22:20:00"));
    await check(at("19T00:59:00"));
    expect(await words(sql)).toEqual([]);
    await Promise.all([check(at("19T01:02:00")), check(at("19T01:02:00"))]);
    await check(at("19T01:07:00"));
    expect(await words(sql)).toEqual(["data.stale futures"]);
    const [notice] = await notices(sql);
    expect(notice?.body.data).toMatchObject({
      expected_at: "2025-11-19T01:00:00.000Z",
      sources: ["yahoo", "databento"],
      last_error: "down",
    });
    // A day is filled in, and the next is overdue by then: it is still the same outage.
    await answer(sql, "yahoo", at("20T02:00:00"), at("20T01:00:00"));
    await check(at("20T02:02:00"));
    expect(await words(sql)).toEqual(["data.stale futures"]);
    await answer(sql, "databento", at("20T03:00:00"), at("21T01:00:00"));
    await check(at("20T03:02:00"));
    await check(at("20T03:07:00"));
    expect(await words(sql)).toEqual(["data.stale futures", "data.recovered futures"]);
    await check(at("21T01:02:00"));
    expect(await words(sql)).toEqual(["data.stale futures", "data.recovered futures", "data.stale futures"]);
    expect(await queuedFor(sql, listener)).toEqual(["data.stale", "data.recovered", "data.stale"]);
  });

  it("is never told of sources that were never there: no network, no futures, only the sample", async () => {
    const { sql } = await fresh();
    await recordCatalog(sql, ["yahoo", "nyfed"].map(entry));
    for (const source of ["yahoo", "nyfed"]) await fail(sql, source, at("17T22:20:00"));
    await checkStaleness(contextAt(sql, at("25T12:00:00")));
    await answer(sql, "yahoo", at("17T22:20:00"), at("19T01:00:00"));
    await checkStaleness(contextAt(sql, at("25T12:00:00"), { CUTWATCH_FUTURES: "none" }));
    expect(await notices(sql)).toEqual([]);
  });
});
