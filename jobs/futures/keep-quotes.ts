import { addDays, type IsoDate, maxDate } from "../../src/calendar/calendar-date.ts";
import { nextTradeDate, sessionEndInstant, tradeDateOnOrBefore } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { checkQuotes } from "../../src/sources/quality/quality.ts";
import { lastPricesBefore } from "../../src/store/last-prices.ts";
import { recordQuarantine } from "../../src/store/quarantine.ts";
import { recordQuotes } from "../../src/store/quotes.ts";
import { dateSpan, ensureMonths } from "../../src/store/write.ts";
import { type Fetched, ingest } from "../ingest.ts";
import type { JobContext } from "../job-context.ts";

/** The daily reading of a trade date is due this long after the session's end. */
const GRACE_MS = 3 * 3_600_000;

/** Trade dates from one to another, both included. */
export interface Period {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** When the next daily reading is due, after the newest trade date that has one; `through` names one that is stored already. */
export function nextDue(
  rows: readonly { readonly tradeDate: IsoDate; readonly grid: string }[],
  now: Date,
  through: IsoDate | null = null,
): Date {
  const daily = rows.filter((row) => row.grid === "settlement").map((row) => row.tradeDate);
  const before = through ?? tradeDateOnOrBefore(addDays(now.toISOString().slice(0, 10), -7));
  const newest = daily.reduce<IsoDate>(maxDate, before);
  return new Date(sessionEndInstant(nextTradeDate(newest)).getTime() + GRACE_MS);
}

/** The latest instant that any row is of; null without rows. */
export function newest(rows: readonly { readonly asOf: Date }[]): Date | null {
  return rows.reduce<Date | null>((latest, row) => (latest === null || row.asOf > latest ? row.asOf : latest), null);
}

/**
 * Checks prices against the last ones stored, puts the implausible aside and keeps the rest.
 *
 * @param through the newest trade date whose daily prices are stored already; null: not known
 */
export async function keepQuotes(
  context: JobContext,
  source: string,
  fetch: () => Promise<Fetched<FuturesQuote>>,
  through: IsoDate | null = null,
): Promise<string> {
  const { sql, now } = context;
  let refused = 0;
  const written = await ingest(context, {
    source,
    fetch,
    prepare: async (rows) => {
      const span = dateSpan(rows.map((row) => row.tradeDate));
      if (span !== null) await ensureMonths(sql, ["futures_quotes"], span.from, span.to);
    },
    write: async (tx, rows, provenance) => {
      const span = dateSpan(rows.map((row) => row.tradeDate));
      if (span === null) return { stored: 0, unchanged: 0 };
      const checked = checkQuotes(rows, await lastPricesBefore(tx, span.from), now());
      refused = checked.rejected.length;
      const put = checked.rejected.map(({ quote, code, reason }) => ({
        line: null,
        reasonCode: code,
        reason,
        rowText: JSON.stringify(quote),
      }));
      await recordQuarantine(tx, put, { source, payloadId: provenance.payloadId, recordedAt: provenance.recordedAt });
      return recordQuotes(tx, checked.kept, provenance);
    },
    newestAsOf: newest,
    expectedNextAt: (rows) => nextDue(rows, now(), through),
  });
  const aside = refused === 0 ? "" : `, ${refused} put in quarantine`;
  return `${source}: ${written.stored} quotes stored, ${written.unchanged} unchanged${aside}`;
}
