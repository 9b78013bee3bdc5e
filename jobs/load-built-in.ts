import type { Sql } from "postgres";
import { addDays } from "../src/calendar/calendar-date.ts";
import { episodeCloses, episodeFixings, episodePublished, episodeQuotes } from "../src/sources/built-in/episode.ts";
import { BUILT_IN_MEETINGS } from "../src/sources/built-in/fomc-meetings.ts";
import { recordCloses } from "../src/store/closes.ts";
import { recordFixings } from "../src/store/fixings.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { noticesOf, recordNotices } from "../src/store/meetings.ts";
import { hasObservations } from "../src/store/observations.ts";
import { recordPublished } from "../src/store/published.ts";
import { recordQuotes } from "../src/store/quotes.ts";
import { dateSpan, ensureMonths, takeTurn } from "../src/store/write.ts";

/** Odds rest on what was known of meetings; a new decision may concern readings this long after it. */
export const DECISION_REACH_DAYS = 45;

/**
 * Brings the built-in list of FOMC meetings into the database. What others have said meanwhile (the Fed's feed, a
 * decision by hand) is not overruled: only meetings and decisions that the database does not have are written.
 *
 * @returns how many notices were new
 */
export async function loadBuiltInMeetings(sql: Sql, now: () => Date): Promise<number> {
  return historyWrite(sql, now, async (tx, recordedAt) => {
    const fresh = await recordNotices(
      tx,
      BUILT_IN_MEETINGS.flatMap(noticesOf),
      { source: "built-in", payloadId: null, isSample: false, recordedAt },
      { onlyMissing: true, reach: (meetingDate) => addDays(meetingDate, DECISION_REACH_DAYS) },
    );
    return fresh.length;
  });
}

/**
 * Loads the Dec-2025 episode into a database that has no observation yet, as settled history with its true instants.
 *
 * @returns whether it was loaded
 */
export async function loadSample(sql: Sql, now: () => Date): Promise<boolean> {
  if (await hasObservations(sql)) return false;
  const quotes = episodeQuotes();
  const span = dateSpan(quotes.map((quote) => quote.tradeDate));
  if (span !== null) await ensureMonths(sql, ["futures_quotes", "published_probabilities"], span.from, span.to);
  return historyWrite(sql, now, async (tx, recordedAt) => {
    // Two processes may start on one empty database: the second finds the first one's rows.
    await takeTurn(tx, "sample");
    if (await hasObservations(tx)) return false;
    const provenance = { source: "sample", payloadId: null, isSample: true, recordedAt };
    await recordQuotes(tx, quotes, provenance);
    await recordPublished(tx, episodePublished(), { ...provenance, source: "sample-published" });
    await recordFixings(tx, episodeFixings(), provenance);
    await recordCloses(tx, episodeCloses(), provenance);
    return true;
  });
}
