/** Some days of the built-in episode as a person's own, beside the sample itself. */
import type { Sql } from "postgres";
import { flagRepricings } from "../../jobs/flag-repricings.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { episodeQuotes } from "../../src/sources/built-in/episode.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { ensureMonths } from "../../src/store/write.ts";

const IMPORTED = new Date("2026-11-21T12:00:00.000Z");

/** Settlements of those trade dates come as an import would bring them. */
export async function importOwnDays(sql: Sql, isOwn: (tradeDate: string) => boolean): Promise<void> {
  const own = episodeQuotes()
    .filter(({ tradeDate }) => isOwn(tradeDate))
    .map((quote) => ({ ...quote, flags: [] }));
  await ensureMonths(sql, ["futures_quotes"], "2025-09-01", "2025-11-30");
  await sql.begin((tx) =>
    recordQuotes(tx, own, { source: "settlements-csv", payloadId: null, isSample: false, recordedAt: IMPORTED }),
  );
  await snapshotOdds({ sql, now: () => IMPORTED });
  await flagRepricings({ sql, now: () => IMPORTED, live: false });
}
