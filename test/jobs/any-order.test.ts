/** History that comes piece by piece, in any order: what stands in the end is what it would be had it come at once. */
import { afterAll, describe, expect, it } from "vitest";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { detectedKey } from "../../src/repricing/told.ts";
import { episodeFixings, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const QUOTES = episodeQuotes();
const DATES = [...new Set(QUOTES.map((quote) => quote.tradeDate))];

const open: TestDatabase[] = [];
afterAll(async () => {
  for (const db of open) await db.drop();
});

async function pricesIn(pieces: readonly (readonly FuturesQuote[])[]): Promise<TestDatabase> {
  const db = await testDatabase();
  open.push(db);
  await loadBuiltInMeetings(db.sql, () => NOW);
  const provenance = { payloadId: null, isSample: false, recordedAt: NOW };
  await db.sql.begin((tx) => recordFixings(tx, episodeFixings(), { ...provenance, source: "nyfed" }));
  await ensureMonths(db.sql, ["futures_quotes"], "2025-09-01", "2025-12-31");
  let ms = NOW.getTime();
  for (const piece of pieces) {
    ms += 60_000;
    const at = new Date(ms);
    await db.sql.begin((tx) => recordQuotes(tx, piece, { ...provenance, source: "settlements-csv", recordedAt: at }));
    await snapshotOdds({ sql: db.sql, now: () => at });
    await flagRepricings({ sql: db.sql, now: () => at, live: false });
  }
  return db;
}

/** The alerts that stand, each leg's in the order in which they were told, and the legs with what they reverse. */
async function stands({ sql }: TestDatabase) {
  const alerts = await sql<
    { key: string; leg: string; trade_date: string; amplitude_bp: number; is_primary: boolean }[]
  >`
    select a.key, r.leg_key as leg, a.trade_date, a.amplitude_bp, a.is_primary
    from cutwatch.alerts a
    join cutwatch.repricings r on r.id = a.repricing_id
    where a.kind <> 'withdrawn' and not exists (
      select from cutwatch.alerts w
      where w.repricing_id = a.repricing_id and w.id > a.id and w.kind = 'withdrawn'
        and (w.resolves_id = a.id or starts_with(w.key, r.leg_key || '/withdrawn/'))
    )
    order by r.leg_key, a.id
  `;
  const legs = await sql`
    select r.leg_key, s.state, s.status, s.severity, s.confirmed_on, s.extreme_on, s.ended_on, s.end_reason, s.amplitude_bp,
      reversed.leg_key as reverses
    from cutwatch.repricings r
    cross join lateral (
      select * from cutwatch.repricing_states t where t.repricing_id = r.id order by t.id desc limit 1
    ) s
    left join cutwatch.repricings reversed on reversed.id = s.reverses_id
    where s.state <> 'withdrawn'
    order by r.leg_key
  `;
  return {
    alerts: alerts.map(({ key, leg, ...row }) => ({ ...row, leg, key: detectedKey(key) })),
    legs: legs.map((row) => ({ ...row })),
  };
}

const ofDates = (dates: readonly string[]) => QUOTES.filter(({ tradeDate }) => dates.includes(tradeDate));

describe("flagRepricings() on history in pieces", () => {
  it("ends the same when a gap is filled later, with each alert on its day and in order", async () => {
    const isGap = (date: string) => date > "2025-10-17" && date < "2025-11-07";
    const whole = await stands(await pricesIn([QUOTES]));
    const filled = await stands(
      await pricesIn([ofDates(DATES.filter((date) => !isGap(date))), ofDates(DATES.filter(isGap))]),
    );
    expect(whole.alerts.length).toBeGreaterThan(10);
    expect(filled).toEqual(whole);
    expect(filled.alerts).toContainEqual(
      expect.objectContaining({ key: "2025-12-10/2025-10-16/hawkish/sharp/0", trade_date: "2025-10-29" }),
    );
  });

  it("ends the same in any order of its weeks", async () => {
    const weeks = Array.from({ length: 7 }, (_, n) => ofDates(DATES.filter((_, i) => Math.floor(i / 7) === n)));
    const whole = await stands(await pricesIn([QUOTES]));
    const shuffled = [6, 2, 4, 0, 5, 1, 3].map((n) => weeks[n] ?? []);
    expect(await stands(await pricesIn(shuffled))).toEqual(whole);
  });

  it("ends the same when a price was wrong and is right again", async () => {
    const before = new Map(ofDates(["2025-11-20"]).map(({ contractMonth, price }) => [contractMonth, price]));
    const wrong = ofDates(["2025-11-21"]).map((quote) => ({
      ...quote,
      price: before.get(quote.contractMonth) ?? quote.price,
    }));
    const whole = await stands(await pricesIn([QUOTES]));
    const mended = await stands(await pricesIn([QUOTES, wrong, ofDates(["2025-11-21"])]));
    expect(mended).toEqual(whole);
  });
});
