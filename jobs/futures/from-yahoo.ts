import { addMonths, type IsoDate, type Month, monthOf } from "../../src/calendar/calendar-date.ts";
import { sessionTradeDate } from "../../src/calendar/trade-dates.ts";
import { oneCurve } from "../../src/sources/quality/one-curve.ts";
import { fetchYahooStrip } from "../../src/sources/upstreams/yahoo-strip.ts";
import { baseUrlOf } from "../ingest.ts";
import type { JobContext } from "../job-context.ts";
import { keepQuotes } from "./keep-quotes.ts";

/** A chain of 16 meetings reaches two years; the free month after the last of them makes 26. */
const MONTHS_AHEAD = 26;
/** Quotes further apart than this are not one curve: between them lies news. */
const CURVE_SPREAD_MS = 30 * 60_000;

function monthsFrom(tradeDate: IsoDate, count: number): Month[] {
  return Array.from({ length: count }, (_, i) => addMonths(monthOf(tradeDate), i));
}

/** Last trades of the listed months from Yahoo. */
export async function fromYahoo(context: JobContext): Promise<string> {
  const { http, now, log } = context;
  return keepQuotes(context, "yahoo", async () => {
    const months = monthsFrom(sessionTradeDate(now()), MONTHS_AHEAD);
    const strip = await fetchYahooStrip({ http, baseUrl: baseUrlOf(context, "yahoo"), months });
    for (const { contractMonth, reason } of strip.missing) log.info({ source: "yahoo", contractMonth }, reason);
    for (const warning of strip.warnings) log.info({ source: "yahoo" }, warning);
    const live = oneCurve(strip.rows, "intraday", CURVE_SPREAD_MS);
    const daily = strip.rows.filter((row) => row.grid === "settlement");
    return { payloads: strip.payloads, rows: [...daily, ...(live?.quotes ?? [])] };
  });
}
