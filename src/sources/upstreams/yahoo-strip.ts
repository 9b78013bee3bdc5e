import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { isTradeDate, sessionEndInstant, sessionTradeDate } from "../../calendar/trade-dates.ts";
import { timeInZone } from "../../calendar/zoned-time.ts";
import { contractSymbol, tickIndexPoints } from "../../pricing/contract.ts";
import type { FuturesQuote, QuoteFlag } from "../../pricing/observations.ts";
import type { SourceHttp, SourcePayload } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import type { YahooBar, YahooChart } from "./yahoo-chart.ts";
import { fetchYahooChart } from "./yahoo-chart.ts";
import { fetchYahooSpark, SPARK_SYMBOLS } from "./yahoo-spark.ts";

const SOURCE = "yahoo";
const SYMBOL_TAIL = ".CBT";
// Yahoo's prices of this exchange are ten minutes old; with five more the last trade of a session is in its bar.
const FEED_DELAY_MS = 900_000;
// Prices come as single-precision floats: 96.33249664 is 96.3325 to within 0.000004.
const GRID = 0.0025;
const NOISE = 0.0004;
const PRINTED_DECIMALS = 4;
// Beyond this it is no price in index points; whether 83 can be true is for the checks that know its neighbours.
const HIGHEST_PRICE = 1000;

export interface YahooBarsRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  /** contract months, each with how far back its bars go: `5d`, or `max` for its whole life */
  readonly months: readonly { readonly contractMonth: Month; readonly range: string }[];
  readonly signal?: AbortSignal | undefined;
}

export interface YahooQuotes {
  readonly payloads: readonly SourcePayload[];
  /** all of basis `last_trade` */
  readonly rows: readonly FuturesQuote[];
  /** months without any quote and why; the chain then leaves their meetings unsolved */
  readonly missing: readonly { readonly contractMonth: Month; readonly reason: string; readonly isUnknown: boolean }[];
  /** bars left out, one line each */
  readonly warnings: readonly string[];
}

/** A contract month as Yahoo names it. */
function yahooSymbol(contractMonth: Month): string {
  return `${contractSymbol(contractMonth)}${SYMBOL_TAIL}`;
}

function isPrice(price: number): boolean {
  return price > 0 && price < HIGHEST_PRICE;
}

function printed(price: number, tick: number): { text: string; onTick: boolean } {
  const rounded = Math.round(price / GRID) * GRID;
  if (Math.abs(price - rounded) > NOISE) return { text: String(Number(price.toFixed(6))), onTick: false };
  const ticks = rounded / tick;
  return { text: rounded.toFixed(PRINTED_DECIMALS), onTick: Math.abs(ticks - Math.round(ticks)) < NOISE };
}

function textOf(price: number | null, tick: number): string | null {
  return price === null || !isPrice(price) ? null : printed(price, tick).text;
}

/**
 * The trade date of a bar. Bars are dated at midnight of the exchange's zone; the one that is still running is stamped
 * with its last trade, and in the evening that trade belongs to the next trade date.
 */
function tradeDateOf(bar: YahooBar, chart: YahooChart): IsoDate {
  const { hour, minute } = timeInZone(bar.startedAt, chart.zone);
  return hour === 0 && minute === 0 ? bar.date : sessionTradeDate(bar.startedAt);
}

function isEnded(tradeDate: IsoDate, chart: YahooChart): boolean {
  const endMs = sessionEndInstant(tradeDate).getTime();
  const nextTraded = chart.live !== null && chart.live.at.getTime() > endMs;
  return nextTraded || chart.retrievedAt.getTime() >= endMs + FEED_DELAY_MS;
}

/** Quotes of one contract month from its chart; what is left out goes to `warnings`. */
function quotesOf(contractMonth: Month, chart: YahooChart, warnings: string[]): FuturesQuote[] {
  const quotes = new Map<IsoDate, FuturesQuote>();
  for (const bar of chart.bars) {
    const tradeDate = tradeDateOf(bar, chart);
    const tick = tickIndexPoints(contractMonth, tradeDate);
    const leaveOut = (why: string): number => warnings.push(`Left out ${chart.symbol} of ${tradeDate}: ${why}`);
    if (!isPrice(bar.close)) leaveOut(`${bar.close} is no price`);
    else if (!isTradeDate(tradeDate)) leaveOut("no trade date");
    else if (bar.volume === null || bar.volume === 0) leaveOut("nothing was traded, the close is an older one");
    else if (!isEnded(tradeDate, chart)) leaveOut("the session has not ended");
    else {
      const { text, onTick } = printed(bar.close, tick);
      const flags: QuoteFlag[] = onTick ? [] : ["off_tick"];
      quotes.set(tradeDate, {
        contractMonth,
        tradeDate,
        asOf: sessionEndInstant(tradeDate),
        grid: "settlement",
        basis: "last_trade",
        price: text,
        open: textOf(bar.open, tick),
        high: textOf(bar.high, tick),
        low: textOf(bar.low, tick),
        volume: bar.volume,
        openInterest: null,
        flags,
      });
    }
  }
  return [...quotes.values()];
}

const UNKNOWN_SYMBOL = 404;

/**
 * Daily closes of fed-funds futures from Yahoo on the `settlement` grid, one request a month.
 *
 * A month that cannot be had is in `missing` and does not hold up the others; once Yahoo refuses us, the rest is not asked for.
 *
 * @throws SourceError when no month could be had
 */
export async function fetchYahooBars({ http, baseUrl, months, signal }: YahooBarsRequest): Promise<YahooQuotes> {
  const payloads: SourcePayload[] = [];
  const rows: FuturesQuote[] = [];
  const missing: YahooQuotes["missing"][number][] = [];
  const warnings: string[] = [];
  const failures: SourceError[] = [];
  for (const { contractMonth, range } of months) {
    const symbol = yahooSymbol(contractMonth);
    try {
      const { payload, chart } = await fetchYahooChart({ http, baseUrl, symbol, interval: "1d", range, signal });
      payloads.push(payload);
      const quotes = quotesOf(contractMonth, chart, warnings);
      if (quotes.length === 0) missing.push({ contractMonth, reason: `no trade of ${symbol}`, isUnknown: true });
      rows.push(...quotes);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push(error);
      missing.push({ contractMonth, reason: error.message, isUnknown: error.status === UNKNOWN_SYMBOL });
    }
  }
  const [failure] = failures;
  if (failure !== undefined && failures.length === months.length) {
    const message = `Cannot fetch any of ${months.length} contract months: ${failure.message}`;
    throw new SourceError(SOURCE, message, { cause: failure, retryable: failures.some((each) => each.retryable) });
  }
  return { payloads, rows, missing, warnings };
}

/**
 * Last trades of fed-funds futures from Yahoo on the `intraday` grid, one request for up to 25 months. They differ in `asOf` by
 * hours, since deferred months trade rarely: `oneCurve` picks those that belong together.
 *
 * @throws SourceError when the request fails
 */
export async function fetchYahooTrades(request: {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly months: readonly Month[];
  readonly signal?: AbortSignal | undefined;
}): Promise<YahooQuotes> {
  const { http, baseUrl, months, signal } = request;
  const symbols = months.slice(0, SPARK_SYMBOLS).map(yahooSymbol);
  const { payload, prices } = await fetchYahooSpark({ http, baseUrl, symbols, signal });
  const missing: YahooQuotes["missing"][number][] = [];
  const rows = months.slice(0, SPARK_SYMBOLS).flatMap((contractMonth): FuturesQuote[] => {
    const last = prices.get(yahooSymbol(contractMonth));
    if (last === undefined || !isPrice(last.price) || last.at > payload.retrievedAt) {
      const reason =
        last === undefined ? "no trade in the session" : `${last.price} at ${last.at.toISOString()} is no trade`;
      missing.push({ contractMonth, reason, isUnknown: false });
      return [];
    }
    const tradeDate = sessionTradeDate(last.at);
    const { text, onTick } = printed(last.price, tickIndexPoints(contractMonth, tradeDate));
    return [
      {
        contractMonth,
        tradeDate,
        asOf: last.at,
        grid: "intraday",
        basis: "last_trade",
        price: text,
        open: null,
        high: null,
        low: null,
        volume: null,
        openInterest: null,
        flags: onTick ? [] : ["off_tick"],
      },
    ];
  });
  return { payloads: [payload], rows, missing, warnings: [] };
}
