/** Rules on live readings: what is told, once, and what history does not tell. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { matchRules, matchWords } from "../../jobs/match-rules.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { episodeFixings, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { replayWebhook } from "../../src/store/replay.ts";
import { ensureMonths } from "../../src/store/write.ts";
import type { Rule } from "../../src/webhooks/subscription.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { ruleOn } from "../webhooks/told.ts";

const LOADED = new Date("2025-09-01T12:00:00Z");
/** Told by a source that is asked, day by day, after a week and a half from a file. */
let live: TestDatabase;
/** The same, but that 14 Nov came from a file too; on 18 Nov there are trades during the day. */
let mixed: TestDatabase;
beforeAll(async () => {
  live = await databaseWith({ "2025-11-13": "yahoo", "2025-11-14": "yahoo", "2025-11-17": "yahoo" });
  mixed = await databaseWith({ "2025-11-13": "yahoo", "2025-11-14": "settlements-csv", "2025-11-17": "yahoo" });
  for (const { at, as } of TRADES) {
    const quotes = day(as).map(
      (quote): FuturesQuote => ({ ...quote, tradeDate: "2025-11-18", asOf: at, grid: "intraday", basis: "last_trade" }),
    );
    await price(mixed, quotes, "yahoo", at);
  }
});
afterAll(() => Promise.all([live.drop(), mixed.drop()]));

// Each test has the webhooks to itself.
afterEach(async () => {
  for (const { sql } of [live, mixed]) {
    await sql`delete from cutwatch.webhook_deliveries`;
    await sql`delete from cutwatch.webhook_rule_states`;
    await sql`delete from cutwatch.webhooks`;
  }
});

/** The settlements of other days as trades of 18 Nov: 50.1 %, 44.4 %, 30.1 % for at most 350-375. */
const TRADES = [
  { at: new Date("2025-11-18T15:00:00Z"), as: "2025-11-13" },
  { at: new Date("2025-11-18T15:30:00Z"), as: "2025-11-14" },
  { at: new Date("2025-11-18T16:05:00Z"), as: "2025-11-19" },
];

/** Meetings, fixings, and no price. */
async function emptyDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => LOADED);
  const provenance = { source: "nyfed", payloadId: null, isSample: false, recordedAt: LOADED };
  await db.sql.begin((tx) => recordFixings(tx, episodeFixings(), provenance));
  await ensureMonths(db.sql, ["futures_quotes"], "2025-10-01", "2025-11-30");
  return db;
}

/** Prices from 3 to 12 Nov 2025 by file, then of some trade dates by source, each a minute after its settlement. */
async function databaseWith(sources: Readonly<Record<string, string>>): Promise<TestDatabase> {
  const db = await emptyDatabase();
  const before = episodeQuotes().filter(({ tradeDate }) => tradeDate >= "2025-11-03" && tradeDate <= "2025-11-12");
  await price(db, before, "settlements-csv", soonAfter("2025-11-12"));
  for (const [date, source] of Object.entries(sources)) await price(db, day(date), source, soonAfter(date));
  return db;
}

const SOON_MS = 60_000;
/** A minute after a trade date's settlement. */
const soonAfter = (tradeDate: string) => new Date(settlementInstant(tradeDate).getTime() + SOON_MS);

async function price(db: TestDatabase, quotes: readonly FuturesQuote[], source: string, at: Date): Promise<void> {
  await db.sql.begin((tx) => recordQuotes(tx, quotes, { source, payloadId: null, isSample: false, recordedAt: at }));
  await snapshotOdds({ sql: db.sql, now: () => at });
}

const day = (date: string) => episodeQuotes().filter(({ tradeDate }) => tradeDate === date);
const match = ({ sql }: TestDatabase, at: Date) =>
  matchRules({ sql, now: () => at, baseUrl: "https://odds.example", withhold: false });

async function webhookWith(
  { sql }: TestDatabase,
  rules: readonly Rule[],
  how: { readonly enabled?: boolean; readonly events?: readonly string[] } = {},
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into cutwatch.webhooks
      (tenant, url, min_severity, rules, events, format, description, enabled, secret, created_at, updated_at)
    values ('t', 'https://example.com/hook', 'sharp', ${JSON.stringify(rules)}::text::jsonb, ${how.events ?? null}::text[],
      'standard', '', ${how.enabled ?? true}, '\\x00', now(), now())
    returning id::float8 as id
  `;
  return row?.id ?? 0;
}

interface Row {
  webhook_id: number;
  message_id: string;
  type: string;
  state: string;
  last_error: string | null;
  body: { readonly data: Readonly<Record<string, unknown>> };
}

async function queue({ sql }: TestDatabase): Promise<Row[]> {
  return sql<Row[]>`
    select webhook_id::float8 as webhook_id, message_id, type, state, last_error, body
    from cutwatch.webhook_deliveries order by as_of, id
  `;
}

const LEVEL = ruleOn({ crossesPct: 50 });

describe("matchRules()", () => {
  // FedWatch's settlements: at most 350-375 after 10 Dec 2025 has 50.1 % on 13 Nov, 44.4 on 14 Nov, 42.4 on 17 Nov 2025.
  it("only learns where things stand at first, then tells a crossing once", async () => {
    const webhookId = await webhookWith(live, [LEVEL]);
    expect(await match(live, soonAfter("2025-11-12"))).toEqual({ rules: 1, matched: 0, broken: [] });
    expect(await match(live, soonAfter("2025-11-13"))).toMatchObject({ matched: 0 });
    const at = soonAfter("2025-11-14");
    const both = await Promise.all([match(live, at), match(live, at)]);
    expect(both[0].matched + both[1].matched).toBe(1);
    expect(await match(live, at)).toMatchObject({ matched: 0 });
    expect(await match(live, soonAfter("2025-11-17"))).toMatchObject({ matched: 0 });
    const told = await queue(live);
    expect(told.map(({ webhook_id, type, state }) => [webhook_id, type, state])).toEqual([
      [webhookId, "rule.matched", "pending"],
    ]);
    expect(told[0]?.message_id).toMatch(new RegExp(`^msg_${webhookId}_r[0-9a-f]{16}$`));
    expect(told[0]?.body.data).toMatchObject({
      webhook_id: webhookId,
      rule: { meeting: "2025-12-10", measure: "at_most", range: "350-375", crosses_pct: 50 },
      meeting: "2025-12-10",
      direction: "down",
      level: 50,
      shift: null,
      window: null,
      from: "2025-11-13T20:00:00.000Z",
      as_of: "2025-11-14T20:00:00.000Z",
      basis: "settlement",
      method: "cme",
      source: "yahoo",
      sample: false,
      assets: null,
      crosses_decision: false,
      url:
        "https://odds.example/v1/probabilities?meeting=2025-12-10&as_of=2025-11-14&grid=settlement&basis=settlement" +
        "&known_at=2025-11-14T20%3A01%3A00.000Z",
    });
    const { value_before, value_after, probability_after, change } = told[0]?.body.data ?? {};
    expect(Number(value_before)).toBeCloseTo(50.1429, 3);
    expect(Number(value_after)).toBeCloseTo(44.3571, 3);
    expect(Number(probability_after)).toBeCloseTo(0.443571, 5);
    expect(Number(change)).toBeCloseTo(-5.7857, 3);
  });

  it("is not moved by what a file brings, and reaches back to it for a window", async () => {
    await webhookWith(mixed, [LEVEL, ruleOn({ shiftPp: 19.5, window: "1w" })]);
    await match(mixed, soonAfter("2025-11-13"));
    expect(await match(mixed, soonAfter("2025-11-14"))).toMatchObject({ matched: 0 });
    // 42.4 % against 62.4 % on 10 Nov, -20.0 points after -19.4 on the 13th; the level was crossed by what nobody was told of.
    expect(await match(mixed, soonAfter("2025-11-17"))).toEqual({ rules: 2, matched: 2, broken: [] });
    const told = await queue(mixed);
    const inWords = told.map(({ body: { data } }) => [data.level, data.shift, data.from, data.direction]);
    expect(inWords.toSorted((a, b) => String(a[2]).localeCompare(String(b[2])))).toEqual([
      [null, 19.5, "2025-11-10T20:00:00.000Z", "down"],
      [50, null, "2025-11-13T20:00:00.000Z", "down"],
    ]);
  });

  it("says nothing of the sample", async () => {
    const db = await testDatabase();
    const now = soonAfter("2025-11-25");
    await loadBuiltInMeetings(db.sql, () => now);
    await loadSample(db.sql, () => now);
    await snapshotOdds({ sql: db.sql, now: () => now });
    await webhookWith(db, [LEVEL, ruleOn({ shiftPp: 1, window: "1d" })]);
    expect(await match(db, now)).toEqual({ rules: 2, matched: 0, broken: [] });
    expect(await db.sql`select from cutwatch.webhook_rule_states`).toHaveLength(0);
    await db.drop();
  });

  it("follows what is a day old without telling it", async () => {
    await webhookWith(live, [LEVEL]);
    await match(live, soonAfter("2025-11-13"));
    const late = new Date(settlementInstant("2025-11-14").getTime() + 24 * 3_600_000 + 1);
    expect(await match(live, late)).toMatchObject({ matched: 0 });
    expect(await match(live, soonAfter("2025-11-17"))).toMatchObject({ matched: 0 });
    expect(await queue(live)).toEqual([]);
  });

  it("records what a disabled webhook misses, for a replay, and asks nothing for one that wants no matches", async () => {
    const disabled = await webhookWith(live, [LEVEL], { enabled: false });
    await webhookWith(live, [LEVEL], { events: ["repricing.sharp"] });
    for (const date of ["2025-11-13", "2025-11-14"]) {
      expect(await match(live, soonAfter(date))).toEqual({ rules: 1, matched: 0, broken: [] });
    }
    expect(await queue(live)).toMatchObject([
      { webhook_id: disabled, state: "expired", last_error: "The webhook was disabled: not sent" },
    ]);
    await live.sql`update cutwatch.webhooks set enabled = true where id = ${disabled}`;
    const replay = { webhookId: disabled, since: new Date("2025-11-14T00:00:00Z"), missingOnly: true, now: LOADED };
    expect(await replayWebhook(live.sql, replay)).toEqual({ queued: 1 });
    expect(await queue(live)).toMatchObject([{ webhook_id: disabled, state: "pending" }]);
  });

  it("begins anew when the rule is changed, and forgets the old one", async () => {
    const webhookId = await webhookWith(live, [LEVEL]);
    await match(live, soonAfter("2025-11-13"));
    const changed = JSON.stringify([ruleOn({ crossesPct: 45 })]);
    await live.sql`update cutwatch.webhooks set rules = ${changed}::text::jsonb where id = ${webhookId}`;
    expect(await match(live, soonAfter("2025-11-14"))).toMatchObject({ matched: 0 });
    expect(await live.sql`select from cutwatch.webhook_rule_states`).toHaveLength(1);
  });

  it("goes on with the other rules when one makes no sense", async () => {
    const webhookId = await webhookWith(live, [ruleOn({ crossesPct: 50, range: null }), LEVEL]);
    await match(live, soonAfter("2025-11-13"));
    const result = await match(live, soonAfter("2025-11-14"));
    const fault = `webhook ${webhookId}: a rule on at_most must name a range`;
    expect(result).toEqual({ rules: 2, matched: 1, broken: [fault] });
    expect(matchWords(result)).toBe(`rules: 2 followed, 1 matched, 1 not followed (${fault})`);
  });

  it("follows intraday readings, and sees an hour's shift in them alone", async () => {
    await webhookWith(mixed, [ruleOn({ shiftPp: 5, window: "1h" }), ruleOn({ crossesPct: 40 })]);
    const matched: number[] = [];
    for (const { at } of TRADES) matched.push((await match(mixed, at)).matched);
    // The first hour's shift that can be seen, 30.1 against 50.1 %, only shows where things stand.
    expect(matched).toEqual([0, 0, 1]);
    const [told] = await queue(mixed);
    expect(told?.body.data).toMatchObject({ level: 40, direction: "down", grid: "intraday", basis: "last_trade" });
    expect(told?.body.data.url).toContain("as_of=2025-11-18T16%3A05%3A00.000Z&grid=intraday&basis=last_trade");
    const states = await mixed.sql<{ stands: string }[]>`
      select state -> 'tracks' -> 'last_trade' ->> 'stands' as stands from cutwatch.webhook_rule_states
    `;
    expect(states.map(({ stands }) => stands)).toEqual(["down", "down"]);
  });
});

// After the statement of 29 Oct 2025 (18:00Z, an hour before the settlement) 10 Dec is next and 28 Jan next+1. Expected rates
// after them, by FedWatch's settlements: 364.7 and 351.4 bp on 28 Oct, 371.6 and 361.1 on 29 Oct, 369.3 and 361.0 on 30 Oct.
describe("matchRules() of a selector that moves to another meeting", () => {
  const rate = { measure: "expected_rate", range: null } as const;
  const fiveInADay = ruleOn({ ...rate, shiftBp: 5, window: "1d" });
  const through370 = ruleOn({ ...rate, crossesBp: 370 });
  const DAYS = ["2025-10-27", "2025-10-28", "2025-10-29", "2025-10-30", "2025-10-31"];
  let db: TestDatabase;
  beforeAll(async () => {
    db = await emptyDatabase();
    for (const date of DAYS) await price(db, day(date), "yahoo", soonAfter(date));
  });
  afterAll(() => db.drop());
  afterEach(async () => {
    await db.sql`delete from cutwatch.webhook_deliveries`;
    await db.sql`delete from cutwatch.webhook_rule_states`;
    await db.sql`delete from cutwatch.webhooks`;
  });

  async function toldFrom(rule: Rule, days: readonly string[]) {
    const webhookId = await webhookWith(db, [rule]);
    for (const date of days) await Promise.all([match(db, soonAfter(date)), match(db, soonAfter(date))]);
    const rows = (await queue(db)).filter(({ webhook_id: id }) => id === webhookId);
    return rows.map(({ body: { data } }) => [data.meeting, data.direction, data.from, data.as_of]);
  }
  const decisionDay = ["2025-12-10", "up", "2025-10-28T19:00:00.000Z", "2025-10-29T19:00:00.000Z"];

  it.each([
    ["a shift", fiveInADay],
    ["a level", through370],
  ])("tells %s of the decision day once, as the date does", async (_, rule) => {
    expect(await toldFrom(rule, DAYS)).toEqual([decisionDay]);
    expect(await toldFrom({ ...rule, meeting: "next" }, DAYS)).toEqual([decisionDay]);
  });

  it("tells next+1 of the meeting it has moved to, by that one's own figures", async () => {
    const told = await toldFrom({ ...fiveInADay, meeting: "next+1" }, DAYS);
    expect(told).toMatchObject([["2026-01-28", "up", decisionDay[2], decisionDay[3]]]);
    expect(await toldFrom({ ...through370, meeting: "year_end" }, DAYS)).toEqual([decisionDay]);
  });

  it("only learns where things stand when it is new, on whichever day: the same as the date", async () => {
    for (const days of [DAYS.slice(2), DAYS.slice(3)]) {
      for (const rule of [fiveInADay, through370]) {
        const byDate = await toldFrom(rule, days);
        expect(byDate.map(([, , , asOf]) => String(asOf).slice(0, 10))).not.toContain(days[0]);
        expect(await toldFrom({ ...rule, meeting: "next" }, days)).toEqual(byDate);
      }
    }
  });

  it("follows what it missed while nothing ran, and tells none that is a day old", async () => {
    const late = new Date(soonAfter("2025-10-29").getTime() + 20 * 3_600_000);
    const rule = { ...through370, meeting: "next" } as const;
    const webhookId = await webhookWith(db, [rule]);
    await match(db, soonAfter("2025-10-28"));
    expect(await match(db, late)).toMatchObject({ matched: 1 });
    expect(await match(db, soonAfter("2025-10-31"))).toMatchObject({ matched: 0 });
    await db.sql`delete from cutwatch.webhook_rule_states where webhook_id = ${webhookId}`;
    await match(db, soonAfter("2025-10-28"));
    expect(await match(db, soonAfter("2025-10-30"))).toMatchObject({ matched: 0 });
    expect(await match(db, soonAfter("2025-10-31"))).toMatchObject({ matched: 0 });
  });
});
