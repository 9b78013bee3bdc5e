import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { addDays } from "../../calendar/calendar-date.ts";
import type { AssetClose } from "../../pricing/observations.ts";
import { decodeJson } from "../http/decode-json.ts";
import type { SourceHttp, SourcePayload } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";

const SOURCE = "coinbase";
const DAY_S = 86_400;
// At most 300 candles an answer, both ends counted; one day of margin.
const DAYS_PER_PAGE = 299;
// Documented limit: about 10 requests a second for an address.
const SPACING_MS = 150;

const price = z.number().positive();
// Up to 2100, so that every one of them is a date.
const time = z.number().int().min(0).max(4_102_444_800);
/** time (start of the bucket, unix s), low, high, open, close, volume: in this order */
const Candles = z.array(z.tuple([time, price, price, price, price, z.number().nonnegative()]));

export interface CryptoClosesRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly symbol: "BTC" | "ETH";
  /** UTC days, inclusive */
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly signal?: AbortSignal | undefined;
}

function readPage(symbol: string, candles: z.infer<typeof Candles>, retrievedAt: Date): Map<IsoDate, string> {
  const closes = new Map<IsoDate, string>();
  for (const [time, low, high, open, close] of candles) {
    if (time % DAY_S !== 0)
      throw new SourceError(SOURCE, `Cannot read ${symbol}: ${time} is not the start of a UTC day`);
    const date = new Date(time * 1000).toISOString().slice(0, 10);
    if (low > Math.min(open, close) || high < Math.max(open, close)) {
      throw new SourceError(
        SOURCE,
        `Cannot read ${symbol} for ${date}: open ${open} and close ${close} must lie between low ${low} and high ${high}`,
      );
    }
    // A day that is still running has no close.
    if ((time + DAY_S) * 1000 > retrievedAt.getTime()) continue;
    const text = String(close);
    const earlier = closes.get(date);
    if (earlier !== undefined && earlier !== text) {
      throw new SourceError(SOURCE, `Cannot read ${symbol} for ${date}: two candles differ, ${earlier} and ${text}`);
    }
    closes.set(date, text);
  }
  return closes;
}

/**
 * Daily closes (00:00 UTC of the next day) in US dollars from Coinbase Exchange; oldest first. The day that is running
 * is left out; a day without trades has no row.
 *
 * @throws SourceError when an answer cannot be had or read
 * @see https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-product-candles
 */
export async function fetchCoinbaseCloses(
  request: CryptoClosesRequest,
): Promise<{ payloads: readonly SourcePayload[]; rows: readonly AssetClose[] }> {
  const { http, baseUrl, symbol, from, to, signal } = request;
  const payloads: SourcePayload[] = [];
  const closes = new Map<IsoDate, string>();
  for (let start = from; start <= to; start = addDays(start, DAYS_PER_PAGE)) {
    let end = addDays(start, DAYS_PER_PAGE - 1);
    if (end > to) end = to;
    const url = sourceUrl(baseUrl, `/products/${symbol}-USD/candles`, {
      granularity: DAY_S,
      start: `${start}T00:00:00Z`,
      end: `${end}T00:00:00Z`,
    });
    const response = await http({ source: SOURCE, url, accept: ["application/json"], signal, spacingMs: SPACING_MS });
    payloads.push(response);
    const page = readPage(symbol, decodeJson(response, Candles, `${symbol} candles`), response.retrievedAt);
    // Candles from before `start` do come.
    for (const [date, close] of page) if (date >= start && date <= end) closes.set(date, close);
  }
  const rows = [...closes].map(([date, close]) => ({ symbol, date, close })).sort((a, b) => (a.date < b.date ? -1 : 1));
  return { payloads, rows };
}
