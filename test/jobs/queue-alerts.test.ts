/** Which alerts reach the queue: live ones, once, to whoever wants them, and nothing of history. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flagIntraday } from "../../jobs/flag-intraday.ts";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { sessionEndInstant } from "../../src/calendar/trade-dates.ts";
import { episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { flag, lastTrades, listen, prepareEpisode, price, pricesOf, queuedFor, soonAfter } from "./live-episode.ts";

const TODAY = "2025-11-21";
const FIRST = "2025-09-18";
/** A body may be so large. */
const MOST_BYTES = 20 * 1024;

const open: TestDatabase[] = [];
afterAll(async () => {
  for (const db of open) await db.drop();
});

async function episodeDatabase(): Promise<TestDatabase> {
  const db = await testDatabase();
  open.push(db);
  await prepareEpisode(db.sql);
  return db;
}

/** All prices to the day before, flagged, and two webhooks: one for the December meeting, one for everything. */
async function dayBefore() {
  const db = await episodeDatabase();
  await price(db.sql, lastTrades(FIRST, "2025-11-20"), "yahoo", soonAfter("2025-11-20"));
  await flag(db.sql, new Date("2025-11-21T14:00:00Z"), false);
  const december = await listen(db.sql, { meetings: ["2025-12-10"] });
  const all = await listen(db.sql, { min_severity: "notice" });
  return { sql: db.sql, december, all };
}

async function bodies({ sql }: Pick<TestDatabase, "sql">) {
  const rows = await sql<{ id: number; repricing_id: number; body: { data: Record<string, unknown> } }[]>`
    select id, repricing_id, body from cutwatch.alerts order by id
  `;
  return rows.map((row) => ({ ...row, data: row.body.data }));
}

describe("a live settlement with a repricing", () => {
  let day: Awaited<ReturnType<typeof dayBefore>>;
  let others: readonly number[];
  beforeAll(async () => {
    day = await dayBefore();
    others = [
      await listen(day.sql, { min_severity: "extreme" }),
      await listen(day.sql, { meetings: ["2026-12-09"] }),
      await listen(day.sql, { enabled: false }),
      await listen(day.sql, { events: ["digest.daily", "repricing.withdrawn"] }),
    ];
    await price(day.sql, lastTrades(TODAY, TODAY), "yahoo", soonAfter(TODAY));
    // As several processes do at once.
    await Promise.all([1, 2, 3].map(() => flag(day.sql, soonAfter(TODAY))));
  });

  it("is queued once for each webhook that wants it, one message for its cluster", async () => {
    expect(await queuedFor(day.sql, day.december)).toEqual([`repricing.sharp 2025-12-10 ${TODAY}`]);
    expect(await queuedFor(day.sql, day.all)).toEqual([`repricing.sharp 2025-12-10 ${TODAY}`]);
    for (const id of others) expect(await queuedFor(day.sql, id)).toEqual([]);
  });

  it("names in its one message the others of the cluster, and what came before of each repricing", async () => {
    const all = await bodies(day);
    const today = all.filter(({ data }) => data.trade_date === TODAY);
    expect(today.length).toBeGreaterThan(1);
    for (const { id, data } of today) {
      const others = today.filter((other) => other.id !== id && other.data.cluster_id === data.cluster_id);
      expect((data.also as { id: number }[]).map((also) => also.id)).toEqual(others.map((other) => other.id));
    }
    const last = new Map<number, number>();
    for (const { id, repricing_id, data } of all) {
      expect([data.sequence, data.supersedes, data.resolves]).toEqual([id, last.get(repricing_id) ?? null, null]);
      last.set(repricing_id, id);
    }
  });

  it("is queued once although it is looked at again, by a job or by hand", async () => {
    await flag(day.sql, soonAfter(TODAY));
    await flagRepricings({ sql: day.sql, now: () => soonAfter(TODAY), live: true, from: TODAY });
    expect(await queuedFor(day.sql, day.all)).toHaveLength(1);
  });

  it("is taken back in the queue when a source corrects it", async () => {
    const at = new Date("2025-11-22T14:00:00Z");
    await price(
      day.sql,
      pricesOf("2025-11-20", { tradeDate: TODAY, asOf: lastTrades(TODAY, TODAY)[0]?.asOf ?? at }),
      "yahoo",
      at,
    );
    await flag(day.sql, at);
    expect(await queuedFor(day.sql, day.december)).toEqual([
      `repricing.sharp 2025-12-10 ${TODAY}`,
      `repricing.withdrawn 2025-12-10 ${TODAY}`,
    ]);
    expect(await queuedFor(day.sql, others[3] ?? 0)).toEqual([`repricing.withdrawn 2025-12-10 ${TODAY}`]);
    const all = await bodies(day);
    const withdrawal = all.find(({ data }) => data.kind === "withdrawn" && data.meeting === "2025-12-10");
    const told = all.find(({ id }) => id === withdrawal?.data.resolves);
    expect(withdrawal?.data).toMatchObject({ supersedes: told?.id, state: "withdrawn", historical: false });
    expect(told?.data).toMatchObject({ kind: "sharp", trade_date: TODAY });
  });
});

describe("history", () => {
  it("queues nothing: an import beside the jobs, a recomputation, a settlement that is a day late", async () => {
    const db = await testDatabase();
    open.push(db);
    const now = () => soonAfter("2025-11-25");
    await prepareEpisode(db.sql);
    const id = await listen(db.sql, { min_severity: "notice" });
    const late = new Date(lastTrades(TODAY, TODAY)[0]?.asOf.getTime() ?? Number.NaN);
    await price(db.sql, lastTrades(FIRST, TODAY), "yahoo", new Date(late.getTime() + 24 * 3_600_000 + 1));
    await flag(db.sql, new Date(late.getTime() + 24 * 3_600_000 + 1));
    const rows = episodeQuotes().map((quote) => `${quote.tradeDate},${quote.contractMonth},${quote.price}`);
    const bytes = new TextEncoder().encode(["trade_date,contract,settle", ...rows].join("\n"));
    const file = { fileName: "zq.csv", bytes, kind: "settlements", options: {}, dryRun: false, again: false } as const;
    await importFile(db.sql, file, now);
    await snapshotOdds({ sql: db.sql, now });
    await flag(db.sql, now());
    await flagRepricings({ sql: db.sql, now, live: false, from: "2000-01-01" });
    const [count] = await db.sql`select count(*)::integer as alerts from cutwatch.alerts`;
    expect(count?.alerts).toBeGreaterThan(20);
    expect(await queuedFor(db.sql, id)).toEqual([]);
  });

  it("queues nothing of the sample, and keeps every body under 20 KiB", async () => {
    const db = await testDatabase();
    open.push(db);
    const now = () => soonAfter(TODAY);
    const id = await listen(db.sql, { min_severity: "notice" });
    await loadBuiltInMeetings(db.sql, now);
    expect(await loadSample(db.sql, now)).toBe(true);
    await snapshotOdds({ sql: db.sql, now });
    expect((await flag(db.sql, now())).alerts).toBeGreaterThan(20);
    expect(await queuedFor(db.sql, id)).toEqual([]);
    const sizes = (await bodies(db)).map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
    expect(Math.max(...sizes)).toBeLessThan(MOST_BYTES);
  });

  it("of an import that takes a live alert back is not sent either", async () => {
    const { sql, december } = await dayBefore();
    await price(sql, lastTrades(TODAY, TODAY), "yahoo", soonAfter(TODAY));
    await flag(sql, soonAfter(TODAY));
    const at = new Date("2025-11-22T14:00:00Z");
    const asOf = lastTrades(TODAY, TODAY)[0]?.asOf ?? at;
    await price(sql, pricesOf("2025-11-20", { tradeDate: TODAY, asOf }), "yahoo", at);
    await flag(sql, at, false);
    expect(await queuedFor(sql, december)).toEqual([`repricing.sharp 2025-12-10 ${TODAY}`]);
    const withdrawn = (await bodies({ sql })).filter(({ data }) => data.kind === "withdrawn");
    expect(withdrawn.length).toBeGreaterThan(0);
    expect(withdrawn.every(({ data }) => data.historical === true)).toBe(true);
  });
});

describe("21 Nov 2025 while it happened (its settlement and that of the day before as trades)", () => {
  const during = (hour: number, minute: number) => new Date(Date.UTC(2025, 10, 21, hour, minute));
  const trades = async (sql: TestDatabase["sql"], like: string, at: Date) => {
    await price(sql, pricesOf(like, { tradeDate: TODAY, asOf: at, grid: "intraday" }), "yahoo", at);
    const job = { sql, now: () => new Date(at.getTime() + 1000), live: true };
    await flagRepricings(job);
    return flagIntraday(job);
  };

  it("is told at the second reading, confirmed at the settlement, and each is queued once", async () => {
    const { sql, december, all } = await dayBefore();
    expect(await trades(sql, "2025-11-20", during(13, 0))).toBe(0);
    expect(await trades(sql, TODAY, during(13, 30))).toBe(0);
    expect(await queuedFor(sql, december)).toEqual([]);
    expect(await trades(sql, TODAY, during(13, 35))).toBeGreaterThan(0);
    expect(await trades(sql, TODAY, during(13, 40))).toBe(0);
    expect(await queuedFor(sql, december)).toEqual([`repricing.sharp 2025-12-10 ${TODAY}`]);
    const [provisional] = (await bodies({ sql })).filter(
      ({ data }) => data.meeting === "2025-12-10" && data.trade_date === TODAY,
    );
    expect(provisional?.data).toMatchObject({ state: "provisional", direction: "dovish", historical: false });

    const asOf = sessionEndInstant(TODAY);
    await price(sql, pricesOf(TODAY, { asOf }), "yahoo", asOf);
    await flag(sql, asOf);
    await flag(sql, asOf);
    const messages = [`repricing.sharp 2025-12-10 ${TODAY}`, `repricing.confirmed 2025-12-10 ${TODAY}`];
    expect(await queuedFor(sql, december)).toEqual(messages);
    expect(await queuedFor(sql, all)).toEqual(messages);
    const confirmation = (await bodies({ sql })).find(
      ({ data }) => data.kind === "confirmed" && data.meeting === "2025-12-10",
    );
    expect(confirmation?.data).toMatchObject({
      supersedes: provisional?.id,
      resolves: provisional?.id,
      state: "confirmed",
      cluster_id: provisional?.data.cluster_id,
    });
  });
});
