/** Prices of 17 Nov 2025 and days on which they rise or fall, as settlements and as last trades. */
import type { Sql } from "postgres";
import { flagIntraday } from "../../jobs/flag-intraday.ts";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { sessionEndInstant } from "../../src/calendar/trade-dates.ts";
import type { Basis, FuturesQuote } from "../../src/pricing/observations.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";

// A rise of the January contract's rate makes the December decision's expected rate rise.
const CALM = { "2025-11": 96.13, "2025-12": 96.19, "2026-01": 96.245, "2026-02": 96.33 };
export const MEETING = "2025-12-10";

export interface Day {
  readonly basis: Extract<Basis, "settlement" | "last_trade">;
  readonly tradeDate: string;
  /** how far the rate after the decision lies above the calm one, in bp */
  readonly shiftBp: number;
  /** when it comes; absent: at the session's end */
  readonly at?: Date;
}

function quotes({ basis, tradeDate, shiftBp }: Day, grid: FuturesQuote["grid"], asOf: Date): FuturesQuote[] {
  return Object.entries(CALM).map(([contractMonth, price]) => ({
    contractMonth,
    tradeDate,
    asOf,
    grid,
    basis,
    price: (contractMonth === "2025-11" ? price : price - shiftBp / 100).toFixed(4),
    open: null,
    high: null,
    low: null,
    volume: 1,
    openInterest: null,
    flags: [],
  }));
}

async function take(sql: Sql, rows: readonly FuturesQuote[], source: string, at: Date): Promise<void> {
  const now = () => new Date(at.getTime() + 1000);
  await sql.begin((tx) => recordQuotes(tx, rows, { source, payloadId: null, isSample: false, recordedAt: now() }));
  await snapshotOdds({ sql, now });
  const job = { sql, now, live: true };
  await flagRepricings(job);
  await flagIntraday(job);
}

/** A daily reading comes, and what it means for repricings. */
export async function dayCame(sql: Sql, day: Day): Promise<void> {
  const asOf = sessionEndInstant(day.tradeDate);
  const source = day.basis === "settlement" ? "databento" : "yahoo";
  await take(sql, quotes(day, "settlement", asOf), source, day.at ?? asOf);
}

/** Two readings during a day that both lie so far from the calm ones, five minutes apart. */
export async function movedDuring(sql: Sql, tradeDate: string, shiftBp: number): Promise<void> {
  for (const minute of [0, 5]) {
    const at = new Date(Date.parse(`${tradeDate}T15:00:00Z`) + 60_000 * minute);
    await take(sql, quotes({ basis: "last_trade", tradeDate, shiftBp }, "intraday", at), "yahoo", at);
  }
}

export async function beginNovember(sql: Sql): Promise<void> {
  await loadBuiltInMeetings(sql, () => new Date("2025-11-01T00:00:00Z"));
  await ensureMonths(sql, ["futures_quotes"], "2025-11-01", "2025-12-31");
}

/** What people were told of the December meeting, in order; in brackets what was stored and not told. */
export async function toldOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ words: string; told: boolean }[]>`
    select a.basis || ' ' || a.trade_date || ' ' || case when a.state = 'provisional' then 'provisional ' else '' end
      || a.direction || ' ' || a.kind || case when a.historical then ', history' else '' end as words, a.is_primary as told
    from review.alerts a
    where a.meeting = ${MEETING}
    order by a.id
  `;
  return rows.map(({ words, told }) => (told ? words : `(${words})`));
}
