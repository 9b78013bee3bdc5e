import { addDays, addMonths, type IsoDate, type Month, monthOf } from "../../src/calendar/calendar-date.ts";
import { sessionEndInstant, sessionTradeDate, tradeDateOnOrBefore } from "../../src/calendar/trade-dates.ts";
import type { FuturesQuote } from "../../src/pricing/observations.ts";
import { SourceError } from "../../src/sources/http/source-error.ts";
import { oneCurve } from "../../src/sources/quality/one-curve.ts";
import { fetchYahooBars, fetchYahooTrades } from "../../src/sources/upstreams/yahoo-strip.ts";
import { type SeriesPosition, seriesPositions } from "../../src/store/source-series.ts";
import { baseUrlOf, type Fetched } from "../ingest.ts";
import type { JobContext } from "../job-context.ts";
import { isSessionOpen } from "../session-open.ts";
import { keepQuotes } from "./keep-quotes.ts";

const SOURCE = "yahoo";
/** A chain of 16 meetings reaches two years; the free month after the last of them makes 26. */
const MONTHS_AHEAD = 26;
/** Quotes further apart than this are not one curve: between them lies news. */
const CURVE_SPREAD_MS = 30 * 60_000;
/** Yahoo's prices of this exchange are ten minutes old: asking more often than that brings little, and is refused sooner. */
const TRADES_EVERY_MS = 10 * 60_000;
const TRADES = "last trades";
/** Delayed prices and the closing minutes are in the day's bar by then. */
const BARS_AFTER_MS = 15 * 60_000;
/** A month that Yahoo does not know, or that failed, is asked for again after this. */
const AGAIN_AFTER_MS = 20 * 3_600_000;
const FAILED_AGAIN_AFTER_MS = 3_600_000;
/** Bars of so many trade dates are in the short answer. */
const SHORT_RANGE_DAYS = 4;

/** The last trade date whose daily bar is complete. */
function lastEnded(now: Date): IsoDate {
  const today = sessionTradeDate(now);
  const ended = now.getTime() >= sessionEndInstant(tradeDateOnOrBefore(today)).getTime() + BARS_AFTER_MS;
  return tradeDateOnOrBefore(ended ? today : addDays(today, -1));
}

interface Wanted {
  readonly contractMonth: Month;
  readonly range: string;
}

/** The months whose bars are not all there: their whole life the first time, afterwards what has come since. */
function barsWanted(positions: ReadonlyMap<string, SeriesPosition>, now: Date): Wanted[] {
  const ended = lastEnded(now);
  const months = Array.from({ length: MONTHS_AHEAD }, (_, i) => addMonths(monthOf(sessionTradeDate(now)), i));
  return months.flatMap((contractMonth): Wanted[] => {
    const position = positions.get(contractMonth);
    if (position === undefined) return [{ contractMonth, range: "max" }];
    const { throughDate, askedAt } = position;
    const elapsedMs = now.getTime() - askedAt.getTime();
    if (throughDate === null) return elapsedMs < AGAIN_AFTER_MS ? [] : [{ contractMonth, range: "max" }];
    if (throughDate >= ended || elapsedMs < FAILED_AGAIN_AFTER_MS) return [];
    return [{ contractMonth, range: addDays(throughDate, SHORT_RANGE_DAYS) >= ended ? "5d" : "max" }];
  });
}

function together(parts: readonly Fetched<FuturesQuote>[]): Fetched<FuturesQuote> {
  return {
    payloads: parts.flatMap((part) => part.payloads),
    rows: parts.flatMap((part) => part.rows),
    missing: parts.flatMap((part) => part.missing ?? []).join("; ") || null,
    series: parts.flatMap((part) => part.series ?? []),
  };
}

/** What is due of Yahoo now: bars that the database lacks, and the last trades where ten minutes have passed. */
async function fetchDue(
  context: JobContext,
  wanted: readonly Wanted[],
  wantsTrades: boolean,
): Promise<Fetched<FuturesQuote>> {
  const { http, now, log } = context;
  const baseUrl = baseUrlOf(context, SOURCE);
  const parts: Fetched<FuturesQuote>[] = [];
  if (wantsTrades) {
    const months = Array.from({ length: MONTHS_AHEAD }, (_, i) => addMonths(monthOf(sessionTradeDate(now())), i));
    const trades = await fetchYahooTrades({ http, baseUrl, months });
    const live = oneCurve(trades.rows, "intraday", CURVE_SPREAD_MS);
    const series = [{ series: TRADES, throughDate: sessionTradeDate(now()), askedAt: now() }];
    parts.push({ payloads: trades.payloads, rows: live?.quotes ?? [], series });
  }
  if (wanted.length > 0) {
    const bars = await fetchYahooBars({ http, baseUrl, months: wanted }).catch((error: unknown) => {
      // The last trades have come: they are kept, and the bars are asked for again.
      if (!(error instanceof SourceError) || parts.length === 0) throw error;
      parts.push({ payloads: [], rows: [], missing: error.message });
      return null;
    });
    if (bars === null) return together(parts);
    for (const warning of bars.warnings) log.debug({ source: SOURCE }, warning);
    const failed = new Map(bars.missing.map((month) => [month.contractMonth, month]));
    const ended = lastEnded(now());
    const missing = bars.missing.map(({ contractMonth, reason }) => `${contractMonth}: ${reason}`);
    parts.push({
      payloads: bars.payloads,
      rows: bars.rows,
      missing: missing.length === 0 ? null : missing.join("; "),
      // A month that failed for another reason than being unknown is not noted: it is asked for again.
      series: wanted.flatMap(({ contractMonth }) => {
        const fault = failed.get(contractMonth);
        if (fault !== undefined && !fault.isUnknown) return [];
        return [{ series: contractMonth, throughDate: fault === undefined ? ended : null, askedAt: now() }];
      }),
    });
  }
  return together(parts);
}

/**
 * Last trades of the listed months from Yahoo. What is asked for is decided by what the database holds: a restart, or another
 * process, asks for nothing twice.
 */
export async function fromYahoo(context: JobContext): Promise<string> {
  const { sql, now } = context;
  const positions = await seriesPositions(sql, SOURCE);
  const wanted = barsWanted(positions, now());
  const trades = positions.get(TRADES);
  const sinceMs = trades === undefined ? Number.POSITIVE_INFINITY : now().getTime() - trades.askedAt.getTime();
  // The timetable comes every five minutes, give or take a second.
  const wantsTrades = isSessionOpen(now()) && sinceMs >= TRADES_EVERY_MS - 5_000;
  if (wanted.length === 0 && !wantsTrades) return `${SOURCE}: nothing due`;
  const through = [...positions].reduce<IsoDate | null>(
    (newest, [series, { throughDate }]) =>
      series === TRADES || throughDate === null || (newest !== null && throughDate <= newest) ? newest : throughDate,
    null,
  );
  return keepQuotes(context, SOURCE, () => fetchDue(context, wanted, wantsTrades), through);
}
