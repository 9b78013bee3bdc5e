import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { dateInZone } from "../../calendar/zoned-time.ts";
import { checkShape, parseJson } from "../http/decode-json.ts";
import { Figure } from "../http/figure.ts";
import type { SourceHttp, SourcePayload, SourceResponse } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";

const SOURCE = "yahoo";
const NOT_FOUND = 404;
const CLOCK_TOLERANCE_MS = 600_000;

/**
 * How Yahoo is asked. One request a second was never refused; some 40 in 40 minutes from one address once were, and an address
 * that is refused stays so for minutes, so a refusal of any kind means silence.
 */
export const YAHOO_REQUEST = {
  source: SOURCE,
  accept: ["application/json"],
  spacingMs: 1_000,
  refusals: [401, 403, 429, 451, 999],
} as const;

/** Unix seconds between 1900 and 2100: all that a Date can hold would be more than any market's history. */
const UnixTime = z.number().int().min(-2_208_988_800).max(4_102_444_800);
const Figures = z.array(Figure).nullish();
const Meta = z.object({
  symbol: z.string(),
  exchangeTimezoneName: z.string(),
  dataGranularity: z.string().optional(),
  regularMarketTime: UnixTime.nullish(),
  regularMarketPrice: Figure,
  regularMarketVolume: Figure,
});
const Result = z.object({
  meta: Meta,
  timestamp: z.array(UnixTime).optional(),
  events: z.object({ splits: z.record(z.string(), z.object({ date: UnixTime })).optional() }).optional(),
  indicators: z.object({
    quote: z.array(z.object({ open: Figures, high: Figures, low: Figures, close: Figures, volume: Figures })).min(1),
    adjclose: z.array(z.object({ adjclose: Figures })).optional(),
  }),
});
const Chart = z.object({
  chart: z.object({
    result: z.array(Result).nullable(),
    error: z.object({ code: z.string(), description: z.string().nullish() }).nullable(),
  }),
});

/** One candle with a close; candles without one are left out. */
export interface YahooBar {
  /** the session's open, or the last trade where the bar is still running */
  readonly startedAt: Date;
  /** of `startedAt` in the exchange's zone */
  readonly date: IsoDate;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number;
  /** adjusted for splits and dividends; equities only */
  readonly adjustedClose: number | null;
  readonly volume: number | null;
}

export interface YahooChart {
  readonly symbol: string;
  readonly zone: string;
  /** ascending; the last one may be of a session that has not ended */
  readonly bars: readonly YahooBar[];
  /** the last trade; null where the provider gives none */
  readonly live: { readonly price: number; readonly at: Date; readonly volume: number | null } | null;
  /** days on which a split took effect: every close before it was restated */
  readonly splitDates: readonly IsoDate[];
  readonly retrievedAt: Date;
}

export interface YahooChartRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  /** Yahoo's, such as `^NDX` or `ZQZ26.CBT` */
  readonly symbol: string;
  readonly interval: string;
  /** `5d`, `1mo`, …, or from `from` until before `to` */
  readonly range: string | { readonly from: Date; readonly to: Date };
  readonly signal?: AbortSignal | undefined;
}

/** The answer's only chart. @throws SourceError with status 404 where the symbol is unknown, by status or in a 200 */
function readResult(response: SourceResponse, symbol: string): z.infer<typeof Result> {
  const what = `the chart of ${symbol}`;
  // Said of a 404 too, so that a proxy's page is not taken for "no such symbol".
  const body = parseJson(SOURCE, response.text, what);
  const { result, error } = checkShape(SOURCE, Chart, body, what).chart;
  if (error !== null) {
    const unknown = error.code === "Not Found";
    const message = `Cannot fetch ${what}: Yahoo says ${error.code}, ${error.description ?? "nothing more"}`;
    throw new SourceError(SOURCE, message, unknown ? { status: NOT_FOUND } : { status: response.status });
  }
  const [only] = result ?? [];
  if (only === undefined || response.status === NOT_FOUND) {
    throw new SourceError(SOURCE, `Cannot read ${what}: expected one result, got ${result?.length ?? "null"}`);
  }
  return only;
}

function columnReader(
  symbol: string,
  length: number,
): (name: string, column: readonly (number | null)[] | null | undefined) => void {
  return (name, column) => {
    if (column == null || column.length === length) return;
    throw new SourceError(
      SOURCE,
      `Cannot read the chart of ${symbol}: ${length} timestamps but ${column.length} in ${name}`,
    );
  };
}

function readBars(symbol: string, zone: string, result: z.infer<typeof Result>): YahooBar[] {
  // A closed market is an answer without the key.
  const times = result.timestamp ?? [];
  const [quote] = result.indicators.quote;
  const adjusted = result.indicators.adjclose?.[0]?.adjclose;
  const check = columnReader(symbol, times.length);
  for (const name of ["open", "high", "low", "close", "volume"] as const) check(name, quote?.[name]);
  check("adjclose", adjusted);
  const bars: YahooBar[] = [];
  let earlier = Number.NEGATIVE_INFINITY;
  for (const [index, time] of times.entries()) {
    if (time <= earlier) throw new SourceError(SOURCE, `Cannot read the chart of ${symbol}: timestamps must ascend`);
    earlier = time;
    const close = quote?.close?.[index] ?? null;
    if (close === null) continue;
    const startedAt = new Date(time * 1000);
    bars.push({
      startedAt,
      date: dateInZone(startedAt, zone),
      open: quote?.open?.[index] ?? null,
      high: quote?.high?.[index] ?? null,
      low: quote?.low?.[index] ?? null,
      close,
      adjustedClose: adjusted?.[index] ?? null,
      volume: quote?.volume?.[index] ?? null,
    });
  }
  return bars;
}

function readChart(response: SourceResponse, request: YahooChartRequest): YahooChart {
  const { symbol, interval } = request;
  const result = readResult(response, symbol);
  const { meta } = result;
  if (meta.symbol.toUpperCase() !== symbol.toUpperCase()) {
    throw new SourceError(SOURCE, `Cannot read the chart of ${symbol}: got the chart of ${meta.symbol}`);
  }
  if (meta.dataGranularity !== undefined && meta.dataGranularity !== interval) {
    throw new SourceError(
      SOURCE,
      `Cannot read the chart of ${symbol}: asked for ${interval} bars, got ${meta.dataGranularity}`,
    );
  }
  const zone = meta.exchangeTimezoneName;
  try {
    dateInZone(response.retrievedAt, zone);
  } catch (error) {
    throw new SourceError(SOURCE, `Cannot read the chart of ${symbol}: unknown time zone ${zone}`, { cause: error });
  }
  const { regularMarketPrice: price, regularMarketTime: time, regularMarketVolume: volume = null } = meta;
  const live = price == null || time == null ? null : { price, at: new Date(time * 1000), volume };
  if (live !== null && live.at.getTime() > response.retrievedAt.getTime() + CLOCK_TOLERANCE_MS) {
    throw new SourceError(SOURCE, `Cannot read the chart of ${symbol}: its last trade at ${time} is yet to come`);
  }
  const splits = Object.values(result.events?.splits ?? {});
  return {
    symbol,
    zone,
    bars: readBars(symbol, zone, result),
    live,
    splitDates: splits.map(({ date }) => dateInZone(new Date(date * 1000), zone)).sort(),
    retrievedAt: response.retrievedAt,
  };
}

/**
 * One symbol's chart from Yahoo's unofficial endpoint.
 *
 * @throws SourceError when it cannot be had or read; `status` is 404 when Yahoo does not know the symbol (expired
 *   contracts vanish)
 */
export async function fetchYahooChart(
  request: YahooChartRequest,
): Promise<{ payload: SourcePayload; chart: YahooChart }> {
  const { http, baseUrl, symbol, interval, range, signal } = request;
  const period =
    typeof range === "string"
      ? { range }
      : { period1: Math.floor(range.from.getTime() / 1000), period2: Math.floor(range.to.getTime() / 1000) };
  const path = `/v8/finance/chart/${encodeURIComponent(symbol)}`;
  const response = await http({
    ...YAHOO_REQUEST,
    url: sourceUrl(baseUrl, path, { interval, ...period, events: "split" }),
    okStatuses: [NOT_FOUND, 422],
    signal,
  });
  return { payload: response, chart: readChart(response, request) };
}
