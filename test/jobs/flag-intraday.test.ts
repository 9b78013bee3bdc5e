import { afterEach, describe, expect, it } from "vitest";
import { flagIntraday } from "../../jobs/flag-intraday.ts";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { sessionEndInstant } from "../../src/pricing/trade-dates.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

let db: TestDatabase;
afterEach(() => db.drop());

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

async function take(rows: readonly FuturesQuote[], at: Date) {
  const now = () => new Date(at.getTime() + 1000);
  const provenance = { source: "yahoo", payloadId: null, isSample: false, recordedAt: now() };
  await db.sql.begin((tx) => recordQuotes(tx, rows, provenance));
  await snapshotOdds({ sql: db.sql, now });
  const job = { sql: db.sql, now, live: true };
  await flagRepricings(job);
  return flagIntraday(job);
}

const intraday = (minute: number, shiftBp: number) => {
  const at = new Date(Date.UTC(2025, 10, 18, 15, minute));
  return take(quotes("intraday", TODAY, at, shiftBp), at);
};
const daily = (tradeDate: string, shiftBp: number) => {
  const at = sessionEndInstant(tradeDate);
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

async function begin() {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, new Date("2025-11-01T00:00:00Z"));
  await ensureMonths(db.sql, ["futures_quotes"], "2025-11-01", "2025-11-30");
  for (const date of ["2025-11-12", "2025-11-13", "2025-11-14", "2025-11-17"]) await daily(date, 0);
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

  it("says nothing of one reading, of a move that came back, or when run again", async () => {
    await begin();
    expect(await intraday(0, 12)).toBe(0);
    expect(await intraday(5, 0)).toBe(0);
    expect(await intraday(10, 12)).toBe(0);
    expect(await told()).toEqual([]);
    expect(await flagIntraday({ sql: db.sql, now: () => new Date(), live: true })).toBe(0);
  });
});
