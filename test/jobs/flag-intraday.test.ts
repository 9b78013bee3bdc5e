import type { Sql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { flagIntraday } from "../../jobs/flag-intraday.ts";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { sessionEndInstant } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type PreparedDatabase, preparedDatabase, type TestDatabase } from "../setup/database.ts";

let begun: PreparedDatabase;
let db: TestDatabase;
beforeAll(async () => {
  begun = await preparedDatabase(calmDays);
});
afterEach(() => db.drop());
afterAll(() => begun.drop());

// Prices of 17 Nov 2025; a rise of the January contract's rate makes the December decision's expected rate rise.
const CALM = { "2025-11": 96.13, "2025-12": 96.19, "2026-01": 96.245, "2026-02": 96.33 };
const TODAY = "2025-11-18";

/** Prices with the months from January on lower by so many bp: about as many bp of the rate after the meeting. */
function pricesAt(shiftBp: number): [string, string][] {
  return Object.entries(CALM).map(([month, price]) => [
    month,
    (month === "2025-11" ? price : price - shiftBp / 100).toFixed(4),
  ]);
}

function quotes(grid: FuturesQuote["grid"], tradeDate: string, asOf: Date, shiftBp: number): FuturesQuote[] {
  return pricesAt(shiftBp).map(([contractMonth, price]) => ({
    contractMonth,
    tradeDate,
    asOf,
    grid,
    basis: "last_trade",
    price,
    open: null,
    high: null,
    low: null,
    volume: 1,
    openInterest: null,
    flags: [],
  }));
}

async function take(rows: readonly FuturesQuote[], at: Date, sql = db.sql) {
  const now = () => new Date(at.getTime() + 1000);
  const provenance = { source: "yahoo", payloadId: null, isSample: false, recordedAt: now() };
  await sql.begin((tx) => recordQuotes(tx, rows, provenance));
  await snapshotOdds({ sql, now });
  const job = { sql, now, live: true };
  await flagRepricings(job);
  return flagIntraday(job);
}

const intraday = (minute: number, shiftBp: number, tradeDate = TODAY) => {
  const at = new Date(Date.parse(`${tradeDate}T15:00:00Z`) + 60_000 * minute);
  return take(quotes("intraday", tradeDate, at, shiftBp), at);
};
/** @param at absent: the session's end */
const daily = (tradeDate: string, shiftBp: number, at = sessionEndInstant(tradeDate)) => {
  return take(quotes("settlement", tradeDate, at, shiftBp), at);
};

async function told() {
  const rows = await db.sql<
    { kind: string; state: string; severity: string; trade_date: string; historical: boolean }[]
  >`
    select kind, state, severity, trade_date, historical from review.alerts where meeting = '2025-12-10' order by id
  `;
  return rows.map((row) => `${row.trade_date} ${row.state} ${row.kind}${row.historical ? " historical" : ""}`);
}

interface Item {
  readonly kind: string;
  readonly status: string;
  readonly state: string;
  readonly severity: string;
  readonly resolved: { readonly kind: string; readonly severity: string; readonly trade_date: string } | null;
}

/** What a receiver holds that keeps the highest sequence of the meeting's repricing, and all that it was told, in order. */
async function received() {
  const bodies = await db.sql<{ data: Item }[]>`
    select a.body -> 'data' as data from cutwatch.alerts a
    where a.body -> 'data' ->> 'meeting' = '2025-12-10' and a.body -> 'data' ->> 'path' is null order by a.id
  `;
  const last = bodies.at(-1)?.data;
  const words = bodies.map(({ data: { kind, resolved } }) =>
    resolved === null ? kind : `${kind} ${resolved.severity} of ${resolved.trade_date}`,
  );
  return { words, holds: { status: last?.status, state: last?.state, severity: last?.severity } };
}

/** How the meeting's only leg stands in the database. */
async function stored() {
  const rows =
    await db.sql`select status, state, severity from review.repricings where meeting = '2025-12-10' and path is null`;
  expect(rows).toHaveLength(1);
  return rows[0];
}

/** Four settlements without a move. */
async function calmDays(sql: Sql) {
  await loadBuiltInMeetings(sql, () => new Date("2025-11-01T00:00:00Z"));
  await ensureMonths(sql, ["futures_quotes"], "2025-11-01", "2025-11-30");
  for (const date of ["2025-11-12", "2025-11-13", "2025-11-14", "2025-11-17"]) {
    const at = sessionEndInstant(date);
    await take(quotes("settlement", date, at, 0), at, sql);
  }
}

async function begin() {
  db = await begun.copy();
  expect(await told()).toEqual([]);
}

describe("flagIntraday()", () => {
  it("tells a repricing once two readings hold, and confirms it at the settlement instead of telling it again", async () => {
    await begin();
    expect(await intraday(0, 12)).toBe(0);
    expect(await intraday(5, 12)).toBeGreaterThan(0);
    expect(await intraday(10, 12)).toBe(0);
    expect(await told()).toEqual(["2025-11-18 provisional sharp"]);
    const [leg] = await db.sql`select state, direction from review.repricings where meeting = '2025-12-10'`;
    expect(leg).toEqual({ state: "provisional", direction: "hawkish" });
    await daily(TODAY, 12);
    expect(await told()).toEqual(["2025-11-18 provisional sharp", "2025-11-18 confirmed confirmed"]);
    const [after] = await db.sql`select state, severity from review.repricings where meeting = '2025-12-10'`;
    expect(after).toEqual({ state: "confirmed", severity: "sharp" });
    const bodies = await db.sql<{ type: string; state: string; resolves: number | null }[]>`
      select body ->> 'type' as type, body -> 'data' ->> 'state' as state, (body -> 'data' ->> 'resolves')::integer as resolves
      from cutwatch.alerts where resolves_id is not null and basis = 'last_trade' order by id limit 1
    `;
    expect(bodies[0]).toMatchObject({ type: "repricing.confirmed", state: "confirmed", resolves: expect.any(Number) });
  });

  it("tells it though a better basis has a reading of the day, where that says nothing of the meeting", async () => {
    await begin();
    const at = new Date(`${TODAY}T14:00:00Z`);
    const far = quotes("settlement", TODAY, at, 0).filter(({ contractMonth }) => contractMonth === "2026-02");
    await take(
      far.map((quote) => ({ ...quote, basis: "settlement" as const })),
      at,
    );
    await intraday(0, 12);
    await intraday(5, 12);
    const rows = await db.sql`
      select a.is_primary from cutwatch.alerts a join cutwatch.repricings r on r.id = a.repricing_id
      where r.meeting_date = '2025-12-10'
    `;
    expect(rows).toEqual([{ is_primary: true }]);
  });

  it("withdraws what the settlement does not bear out, and the next day may try again", async () => {
    await begin();
    await intraday(0, 12);
    await intraday(5, 12);
    await daily(TODAY, 0);
    expect(await told()).toEqual(["2025-11-18 provisional sharp", "2025-11-18 withdrawn withdrawn"]);
    const [leg] = await db.sql`select state, status from review.repricings where meeting = '2025-12-10'`;
    expect(leg).toEqual({ state: "withdrawn", status: "closed" });
    await daily("2025-11-19", 12);
    expect((await told()).slice(2)).toEqual(["2025-11-19 confirmed sharp"]);
  });

  it("tells at the settlement what got worse than was told", async () => {
    await begin();
    await intraday(0, 12);
    await intraday(5, 12);
    await daily(TODAY, 20);
    expect((await told()).slice(1)).toContain("2025-11-18 confirmed severe");
  });

  it("stands though an earlier day is corrected meanwhile: only its own settlement decides", async () => {
    await begin();
    await intraday(0, 12);
    await intraday(5, 12);
    const corrected = quotes("settlement", "2025-11-14", sessionEndInstant("2025-11-14"), 0.5);
    await take(corrected, new Date(`${TODAY}T16:00:00Z`));
    expect(await stored()).toEqual({ status: "open", state: "provisional", severity: "sharp" });
    expect(await told()).toEqual(["2025-11-18 provisional sharp"]);
    await daily(TODAY, 12);
    expect(await told()).toEqual(["2025-11-18 provisional sharp", "2025-11-18 confirmed confirmed"]);
  });

  it("says nothing of one reading, of a move that came back, or when run again", async () => {
    await begin();
    expect(await intraday(0, 12)).toBe(0);
    expect(await intraday(5, 0)).toBe(0);
    expect(await intraday(10, 12)).toBe(0);
    expect(await told()).toEqual([]);
    expect(await flagIntraday({ sql: db.sql, now: () => new Date(), live: true })).toBe(0);
  });
});

describe("a receiver that keeps the highest sequence of a repricing", () => {
  it("knows that the leg stands when the next day's escalation is withdrawn", async () => {
    await begin();
    await daily(TODAY, 12);
    await intraday(0, 20, "2025-11-19");
    await intraday(5, 20, "2025-11-19");
    expect((await received()).words).toEqual(["sharp", "severe"]);
    await daily("2025-11-19", 12.5);
    const { words, holds } = await received();
    expect(words).toEqual(["sharp", "severe", "withdrawn severe of 2025-11-19"]);
    expect(holds).toEqual({ status: "open", state: "confirmed", severity: "sharp" });
    expect(await stored()).toEqual(holds);
  });

  it("hears of what is withdrawn before what is confirmed", async () => {
    await begin();
    for (const [minute, shift] of [
      [0, 12],
      [5, 12],
      [10, 20],
      [15, 20],
    ] as const)
      await intraday(minute, shift);
    await daily(TODAY, 12);
    const { words, holds } = await received();
    expect(words).toEqual(["sharp", "severe", "withdrawn severe of 2025-11-18", "confirmed sharp of 2025-11-18"]);
    expect(holds).toEqual({ status: "open", state: "confirmed", severity: "sharp" });
    expect(await stored()).toEqual(holds);
  });

  it("is sent what comes back after a withdrawal that was sent, however late", async () => {
    await begin();
    await daily(TODAY, 12);
    const corrected = (hours: number) => new Date(sessionEndInstant("2025-11-20").getTime() + 3_600_000 * hours);
    await daily(TODAY, 0, corrected(0));
    expect(await told()).toEqual(["2025-11-18 confirmed sharp", "2025-11-18 withdrawn withdrawn"]);
    await daily(TODAY, 12, corrected(24));
    expect((await told()).slice(2)).toEqual(["2025-11-18 confirmed sharp"]);
    expect((await received()).holds).toEqual({ status: "open", state: "confirmed", severity: "sharp" });
  });
});

describe("a provisional alert whose day has no settlement", () => {
  it("is withdrawn by the next one that does not bear it out", async () => {
    await begin();
    await intraday(0, 12);
    await intraday(5, 12);
    await daily("2025-11-19", 0);
    expect(await told()).toEqual(["2025-11-18 provisional sharp", "2025-11-18 withdrawn withdrawn"]);
    expect(await stored()).toEqual({ status: "closed", state: "withdrawn", severity: "sharp" });
    await daily("2025-11-20", 0);
    expect(await told()).toHaveLength(2);
  });

  it("is confirmed, once and not told again, by the next one that does", async () => {
    await begin();
    await intraday(0, 12);
    await intraday(5, 12);
    await intraday(0, 12, "2025-11-19");
    await intraday(5, 12, "2025-11-19");
    await daily("2025-11-19", 12);
    const confirmed = ["2025-11-19 confirmed confirmed", "2025-11-19 confirmed confirmed"];
    expect(await told()).toEqual(["2025-11-18 provisional sharp", "2025-11-19 provisional sharp", ...confirmed]);
    expect(await stored()).toEqual({ status: "open", state: "confirmed", severity: "sharp" });
    // The day's own settlement comes late and agrees; then the next one is corrected away with it.
    const late = (hours: number) => new Date(sessionEndInstant("2025-11-20").getTime() + 3_600_000 * hours);
    await daily(TODAY, 12, late(0));
    expect(await told()).toHaveLength(4);
    await daily("2025-11-19", 0, late(1));
    await daily(TODAY, 0, late(2));
    expect((await received()).holds).toMatchObject({ status: "closed", state: "withdrawn" });
  });
});
