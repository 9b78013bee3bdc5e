/** The Dec-2025 episode as a source would have told it, and webhooks that listen. */
import type { Sql } from "postgres";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { episodeCloses, episodeFixings, episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";
import { recordCloses } from "../../src/store/closes.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { noticesOf, recordNotices } from "../../src/store/meetings.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { addWebhooks } from "../store/webhook-rows.ts";

const EARLIER = new Date("2025-09-01T12:00:00Z");

/** A minute after a trade date's settlement. */
export const soonAfter = (tradeDate: string) => new Date(settlementInstant(tradeDate).getTime() + 60_000);

/** Meetings whose decisions are known before `undecidedFrom`, fixings and closes, as if sources had given them; no price. */
export async function prepareEpisode(sql: Sql, undecidedFrom = "2100-01-01"): Promise<void> {
  const meetings = BUILT_IN_MEETINGS.map((meeting) =>
    meeting.meetingDate < undecidedFrom ? meeting : { ...meeting, decision: null },
  );
  const provenance = { source: "nyfed", payloadId: null, isSample: false, recordedAt: EARLIER };
  await sql.begin(async (tx) => {
    await recordNotices(
      tx,
      meetings.flatMap(noticesOf),
      { ...provenance, source: "built-in" },
      {
        onlyMissing: true,
        reach: (date) => date,
      },
    );
    await recordFixings(tx, episodeFixings(), provenance);
    await recordCloses(tx, episodeCloses(), { ...provenance, source: "yahoo" });
  });
  await ensureMonths(sql, ["futures_quotes"], "2025-09-01", "2025-12-31");
}

/** The episode's prices of a period as last trades. */
export function lastTrades(from: string, to: string): FuturesQuote[] {
  return episodeQuotes()
    .filter(({ tradeDate }) => tradeDate >= from && tradeDate <= to)
    .map((quote) => ({ ...quote, basis: "last_trade" }));
}

/** One trade date's prices under another date, or as trades during it. */
export function pricesOf(
  tradeDate: string,
  as: Partial<Pick<FuturesQuote, "tradeDate" | "asOf" | "grid">>,
): FuturesQuote[] {
  return lastTrades(tradeDate, tradeDate).map((quote) => ({ ...quote, ...as }));
}

/** Stores prices and computes their odds. */
export async function price(sql: Sql, quotes: readonly FuturesQuote[], source: string, at: Date): Promise<void> {
  await sql.begin((tx) => recordQuotes(tx, quotes, { source, payloadId: null, isSample: false, recordedAt: at }));
  await snapshotOdds({ sql, now: () => at });
}

export const flag = (sql: Sql, at: Date, live = true) => flagRepricings({ sql, now: () => at, live });

interface Wants {
  readonly min_severity?: string;
  readonly meetings?: readonly string[] | null;
  readonly events?: readonly string[] | null;
  readonly enabled?: boolean;
}

/** Adds a webhook. @returns its number */
export async function listen(sql: Sql, wants: Wants): Promise<number> {
  const [id = 0] = await addWebhooks(sql, 1);
  await sql`
    update cutwatch.webhooks
    set min_severity = ${wants.min_severity ?? "sharp"}, meetings = ${wants.meetings ?? null}::text[],
      events = ${wants.events ?? null}::text[], enabled = ${wants.enabled ?? true}
    where id = ${id}
  `;
  return id;
}

/** What waits for a webhook, in words, in order. */
export async function queuedFor(sql: Sql, webhookId: number): Promise<string[]> {
  const rows = await sql<{ words: string }[]>`
    select d.type || coalesce(' ' || r.meeting_date || ' ' || a.trade_date, '') as words
    from cutwatch.webhook_deliveries d
    left join cutwatch.alerts a on a.id = d.alert_id
    left join cutwatch.repricings r on r.id = a.repricing_id
    where d.webhook_id = ${webhookId} and d.state = 'pending'
    order by d.id
  `;
  return rows.map(({ words }) => words);
}
