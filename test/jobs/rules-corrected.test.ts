/** Rules on live readings that a better basis contradicts, or that are recorded anew. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { matchRules } from "../../jobs/match-rules.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { episodeFixings, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { replayWebhook } from "../../src/store/replay.ts";
import { ensureMonths } from "../../src/store/write.ts";
import type { Rule } from "../../src/webhooks/subscription.ts";
import { type PreparedDatabase, preparedDatabase, type TestDatabase } from "../setup/database.ts";
import { addWebhooks } from "../store/webhook-rows.ts";
import { ruleOn } from "../webhooks/told.ts";

const LOADED = new Date("2025-09-01T12:00:00Z");
let calendar: PreparedDatabase;
const open: TestDatabase[] = [];
beforeAll(async () => {
  calendar = await preparedDatabase(async (sql) => {
    await loadBuiltInMeetings(sql, () => LOADED);
    const provenance = { source: "nyfed", payloadId: null, isSample: false, recordedAt: LOADED };
    await sql.begin((tx) => recordFixings(tx, episodeFixings(), provenance));
    await ensureMonths(sql, ["futures_quotes"], "2025-10-01", "2025-12-31");
  });
});
afterEach(async () => {
  for (const db of open.splice(0)) await db.drop();
});
afterAll(() => calendar.drop());

const LEVEL = ruleOn({ crossesPct: 55 });
const minutesAfter = (tradeDate: string, minutes = 1) =>
  new Date(settlementInstant(tradeDate).getTime() + minutes * 60_000);
const day = (tradeDate: string) => episodeQuotes().filter((quote) => quote.tradeDate === tradeDate);

/** What one webhook is told of a level of 55 %, or of another rule, price by price. */
async function listening(rule: Rule = LEVEL) {
  const { sql } = await fresh();
  const [webhookId = 0] = await addWebhooks(sql, 1);
  await sql`update cutwatch.webhooks set rules = ${JSON.stringify([rule])}::text::jsonb where id = ${webhookId}`;
  const tell = async (quotes: readonly FuturesQuote[], source: string, at: Date) => {
    await sql.begin((tx) => recordQuotes(tx, quotes, { source, payloadId: null, isSample: false, recordedAt: at }));
    await snapshotOdds({ sql, now: () => at });
    const job = { sql, now: () => at, baseUrl: null, withhold: false };
    const { matched } = await matchRules(job);
    expect(await matchRules(job)).toMatchObject({ matched: 0 });
    return matched;
  };
  const told = async () => {
    const rows = await sql<{ data: Readonly<Record<string, unknown>> }[]>`
      select body -> 'data' as data from cutwatch.webhook_deliveries where webhook_id = ${webhookId} order by id
    `;
    return rows.map(({ data }) => data);
  };
  /** How much a replay of what was not received sends. */
  const replayed = async (since: string) => {
    const now = new Date("2025-11-26T00:00:00Z");
    await sql`update cutwatch.webhook_deliveries set state = 'delivered', finished_at = ${now.toISOString()}::timestamptz`;
    const { queued } = await replayWebhook(sql, { webhookId, since: new Date(since), missingOnly: true, now });
    return queued;
  };
  return { sql, tell, told, replayed };
}

async function fresh(): Promise<TestDatabase> {
  const db = await calendar.copy();
  open.push(db);
  return db;
}

/** The prices of one trade date as last trades of another. */
const trades = (as: string, at: Date): FuturesQuote[] =>
  day(as).map((quote) => ({ ...quote, tradeDate: "2025-11-19", asOf: at, grid: "intraday", basis: "last_trade" }));

// FedWatch's settlements: at most 350-375 after 10 Dec 2025 has 42.4 % on 17 Nov, 50.1 on 18 Nov, 30.1 on 19 Nov, 39.1 on
// 20 Nov, 71.0 on 21 Nov 2025; 62.9 on 12 Nov, 50.1 on 13 Nov, 44.4 on 14 Nov.
describe("matchRules() while another source steps in", () => {
  it("takes back by the settlement what last trades alone showed, and tells the real crossing", async () => {
    const { tell, told } = await listening();
    const matched = [];
    for (const date of ["2025-11-17", "2025-11-18"])
      matched.push(await tell(day(date), "databento", minutesAfter(date)));
    for (const [time, as] of [
      ["15:00", "2025-11-17"],
      ["15:30", "2025-11-12"],
    ] as const) {
      const at = new Date(`2025-11-19T${time}:00Z`);
      matched.push(await tell(trades(as, at), "yahoo", at));
    }
    for (const date of ["2025-11-19", "2025-11-20", "2025-11-21", "2025-11-24"]) {
      matched.push(await tell(day(date), "databento", minutesAfter(date)));
    }
    expect(matched).toEqual([0, 0, 0, 1, 1, 0, 1, 0]);
    const [up, back, real] = await told();
    expect(up).toMatchObject({ direction: "up", basis: "last_trade", takes_back: null, historical: false });
    expect(back).toMatchObject({
      direction: "down",
      basis: "settlement",
      as_of: "2025-11-19T20:00:00.000Z",
      from: "2025-11-18T20:00:00.000Z",
      takes_back: { reason: "basis", direction: "up", basis: "last_trade", as_of: "2025-11-19T15:30:00.000Z" },
    });
    expect(Number(back?.value_after)).toBeCloseTo(30.1, 1);
    expect(real).toMatchObject({ direction: "up", as_of: "2025-11-21T20:00:00.000Z", takes_back: null });
  });
});

describe("matchRules() of a corrected settlement", () => {
  const settled = (as: string, tradeDate: string): FuturesQuote[] =>
    day(as).map((quote) => ({ ...quote, tradeDate, asOf: settlementInstant(tradeDate) }));

  it("tells at once what only the correction shows", async () => {
    const { tell, told } = await listening();
    for (const date of ["2025-11-11", "2025-11-12"]) await tell(day(date), "databento", minutesAfter(date));
    expect(await tell(settled("2025-11-12", "2025-11-13"), "databento", minutesAfter("2025-11-13"))).toBe(0);
    expect(await tell(day("2025-11-13"), "databento", minutesAfter("2025-11-13", 60))).toBe(1);
    expect(await tell(day("2025-11-14"), "databento", minutesAfter("2025-11-14"))).toBe(0);
    const [match] = await told();
    expect(match).toMatchObject({ direction: "down", from: "2025-11-12T20:00:00.000Z", takes_back: null });
    expect(String(match?.url)).toContain("known_at=2025-11-13T21%3A00%3A00.000Z");
    expect(Number(match?.value_before)).toBeCloseTo(62.93, 2);
    expect(Number(match?.value_after)).toBeCloseTo(50.14, 2);
  });

  it("takes back what was told of the wrong figure", async () => {
    const { tell, told } = await listening();
    for (const date of ["2025-11-17", "2025-11-18"]) await tell(day(date), "databento", minutesAfter(date));
    expect(await tell(settled("2025-11-12", "2025-11-19"), "databento", minutesAfter("2025-11-19"))).toBe(1);
    expect(await tell(day("2025-11-19"), "databento", minutesAfter("2025-11-19", 60))).toBe(1);
    expect(await tell(day("2025-11-20"), "databento", minutesAfter("2025-11-20"))).toBe(0);
    const [wrong, back] = await told();
    expect(wrong).toMatchObject({ direction: "up", as_of: "2025-11-19T20:00:00.000Z" });
    expect(back).toMatchObject({ direction: "down", as_of: "2025-11-19T20:00:00.000Z" });
    expect(back?.takes_back).toMatchObject({ reason: "corrected", direction: "up", basis: "settlement" });
    expect([back?.value_before, back?.value_after].map(Number)).toEqual([
      expect.closeTo(50.14, 2),
      expect.closeTo(30.07, 2),
    ]);
  });

  // 19 Nov has 30.1 %, 20 points below 18 Nov, which first came with the odds of another day.
  it.each([
    { shiftPp: 25, first: "2025-11-12", why: "takes back a shift of 32.8", wanted: [true, false] },
    { shiftPp: 22, first: "2025-11-17", why: "says nothing of 12.3 and of 20", wanted: [] },
    { shiftPp: 18, first: "2025-11-17", why: "tells 20 after 12.3", wanted: [true] },
  ])("judges a shift again whose window began with a wrong figure: $why", async ({ shiftPp, first, wanted }) => {
    const { tell, told } = await listening(ruleOn({ shiftPp, window: "1d" }));
    await tell(day("2025-11-17"), "databento", minutesAfter("2025-11-17"));
    await tell(settled(first, "2025-11-18"), "databento", minutesAfter("2025-11-18"));
    await tell(day("2025-11-19"), "databento", minutesAfter("2025-11-19"));
    await tell(day("2025-11-18"), "databento", minutesAfter("2025-11-19", 60));
    const messages = await told();
    expect(messages.map(({ takes_back: back }) => back === null)).toEqual(wanted);
    for (const { as_of: asOf } of messages) expect(asOf).toBe("2025-11-19T20:00:00.000Z");
    const last = messages.at(-1);
    if (last !== undefined) expect(Number(last.change)).toBeCloseTo(30.07 - 50.14, 1);
  });

  // The default source has no settlements: the day's close is followed by the trades of the next session.
  it("judges a close again with all trades since, and keeps what they bear out", async () => {
    const { tell, told } = await listening();
    const close = (as: string, tradeDate: string): FuturesQuote[] =>
      settled(as, tradeDate).map((quote) => ({ ...quote, basis: "last_trade" }));
    for (const date of ["2025-11-17", "2025-11-18"]) await tell(close(date, date), "yahoo", minutesAfter(date));
    expect(await tell(close("2025-11-12", "2025-11-19"), "yahoo", minutesAfter("2025-11-19"))).toBe(1);
    const [high, near] = [new Date("2025-11-20T14:00:00Z"), new Date("2025-11-20T14:15:00Z")];
    const next = (quotes: readonly FuturesQuote[]) => quotes.map((quote) => ({ ...quote, tradeDate: "2025-11-20" }));
    expect(await tell(next(trades("2025-11-12", high)), "yahoo", high)).toBe(0);
    // 30 % of the way from 50.1 to 62.9 %: within the hysteresis, so that only the trade before it is a crossing.
    const lower = new Map(day("2025-11-13").map(({ contractMonth, price }) => [contractMonth, Number(price)]));
    const mixed = trades("2025-11-12", near).map((quote): FuturesQuote => {
      const from = lower.get(quote.contractMonth) ?? Number(quote.price);
      return { ...quote, price: (from + 0.3 * (Number(quote.price) - from)).toFixed(5) };
    });
    expect(await tell(next(mixed), "yahoo", near)).toBe(0);
    const corrected = new Date("2025-11-20T14:20:00Z");
    expect(await tell(close("2025-11-19", "2025-11-19"), "yahoo", corrected)).toBe(0);
    expect(await told()).toMatchObject([{ direction: "up", as_of: "2025-11-19T20:00:00.000Z" }]);
  });
});

describe("a replay of what a rule told live", () => {
  const SHIFT = ruleOn({ shiftPp: 18, window: "1d" });

  it.each(["2025-09-01", "2025-11-18"])(
    "sends nothing of a shift of noon that the close shows too, since %s",
    async (since) => {
      const { tell, told, replayed } = await listening(SHIFT);
      const close = (date: string) => day(date).map((quote) => ({ ...quote, basis: "last_trade" as const }));
      for (const date of ["2025-11-17", "2025-11-18"]) await tell(close(date), "yahoo", minutesAfter(date));
      const noon = new Date("2025-11-19T17:00:00Z");
      await tell(trades("2025-11-19", noon), "yahoo", noon);
      await tell(close("2025-11-19"), "yahoo", minutesAfter("2025-11-19"));
      expect(await told()).toMatchObject([{ direction: "down", as_of: noon.toISOString() }]);
      expect(await replayed(since)).toBe(0);
    },
  );

  it("sends nothing of what a correction told, of the shift's own figure or of where its window began", async () => {
    for (const [wrong, as] of [
      ["2025-11-18", "2025-11-17"],
      ["2025-11-19", "2025-11-18"],
    ] as const) {
      const { tell, told, replayed } = await listening(SHIFT);
      for (const date of ["2025-11-17", "2025-11-18", "2025-11-19"]) {
        const prices = day(date === wrong ? as : date).map((quote) => ({
          ...quote,
          tradeDate: date,
          asOf: settlementInstant(date),
        }));
        await tell(prices, "databento", minutesAfter(date));
      }
      await tell(day(wrong), "databento", minutesAfter("2025-11-19", 60));
      expect(await told()).toMatchObject([{ direction: "down", as_of: "2025-11-19T20:00:00.000Z" }]);
      expect(await replayed("2025-09-01")).toBe(0);
    }
  });

  it("sends nothing whatever day it begins with, for how a rule stood then is worked out from before", async () => {
    const level = ruleOn({ meeting: "year_end", measure: "expected_rate", range: null, crossesBp: 370 });
    const { tell, told, replayed } = await listening(level);
    const dates = [...new Set(episodeQuotes().map(({ tradeDate }) => tradeDate))].filter(
      (date) => date >= "2025-10-20",
    );
    for (const date of dates) await tell(day(date), "databento", minutesAfter(date));
    expect((await told()).length).toBeGreaterThan(1);
    for (const since of dates.filter((_, i) => i % 3 === 0)) expect(await replayed(since)).toBe(0);
  });
});
