import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { addDays } from "../../calendar/calendar-date.ts";
import type { AssetClose } from "../../pricing/observations.ts";
import { checkShape, decodeJson } from "../http/decode-json.ts";
import type { SourcePayload } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import type { CryptoClosesRequest } from "./coinbase.ts";

const SOURCE = "kraken";
const PAIRS = { BTC: "XBTUSD", ETH: "ETHUSD" } as const;
const DAY_S = 86_400;
const MINUTES_PER_DAY = 1440;
// Older candles cannot be had at all, whatever `since` says.
const DAYS_KEPT = 720;
const SPACING_MS = 1000;
const BUSY = /^E(Service|API:Rate limit|General:(Internal|Temporary))/;

const Answer = z.object({ error: z.array(z.string()), result: z.record(z.string(), z.unknown()).optional() });
const price = z.string().regex(/^\d+(\.\d+)?$/, "expected decimal text");
// Up to 2100, so that every one of them is a date.
const time = z.number().int().min(0).max(4_102_444_800);
/** time (start of the bucket, unix s), open, high, low, close, volume-weighted mean, volume, count */
const Candles = z.array(z.tuple([time, price, price, price, price, price, price, z.number()]));

function readCandles(symbol: string, body: z.infer<typeof Answer>): z.infer<typeof Candles> {
  if (body.error.length > 0) {
    const retryable = body.error.some((text) => BUSY.test(text));
    throw new SourceError(SOURCE, `Cannot fetch ${symbol}: Kraken says ${body.error.join(", ")}`, { retryable });
  }
  // The key is Kraken's internal name of the pair, XXBTZUSD for XBTUSD.
  const pairs = Object.keys(body.result ?? {}).filter((key) => key !== "last");
  const [pair] = pairs;
  if (pair === undefined || pairs.length > 1) {
    throw new SourceError(SOURCE, `Cannot read ${symbol}: expected one pair, got ${pairs.join(", ") || "none"}`);
  }
  return checkShape(SOURCE, Candles, body.result?.[pair], `${symbol} candles`);
}

/**
 * Daily closes (00:00 UTC of the next day) in US dollars from Kraken; oldest first. The last candle is never committed
 * and is left out.
 *
 * @throws SourceError when the answer cannot be had or read, or `from` is older than the 720 days that Kraken keeps
 * @see https://docs.kraken.com/api/docs/rest-api/get-ohlc-data
 */
export async function fetchKrakenCloses(
  request: CryptoClosesRequest,
): Promise<{ payloads: readonly SourcePayload[]; rows: readonly AssetClose[] }> {
  const { http, baseUrl, symbol, from, to, signal } = request;
  const since = Date.parse(`${addDays(from, -1)}T00:00:00Z`) / 1000;
  const url = sourceUrl(baseUrl, "/0/public/OHLC", { pair: PAIRS[symbol], interval: MINUTES_PER_DAY, since });
  const response = await http({ source: SOURCE, url, accept: ["application/json"], signal, spacingMs: SPACING_MS });
  const candles = readCandles(symbol, decodeJson(response, Answer, `${symbol} candles`));
  const oldest = addDays(response.retrievedAt.toISOString().slice(0, 10), 1 - DAYS_KEPT);
  if (from < oldest) {
    throw new SourceError(
      SOURCE,
      `Cannot fetch ${symbol} from ${from}: Kraken keeps ${DAYS_KEPT} days, since ${oldest}`,
    );
  }
  const closes = new Map<IsoDate, string>();
  for (const [time, , , , close] of candles.slice(0, -1)) {
    if (time % DAY_S !== 0)
      throw new SourceError(SOURCE, `Cannot read ${symbol}: ${time} is not the start of a UTC day`);
    const date = new Date(time * 1000).toISOString().slice(0, 10);
    if (closes.has(date)) throw new SourceError(SOURCE, `Cannot read ${symbol} for ${date}: two candles`);
    if (date < from || date > to || (time + DAY_S) * 1000 > response.retrievedAt.getTime()) continue;
    closes.set(date, close);
  }
  const rows = [...closes].map(([date, close]) => ({ symbol, date, close })).sort((a, b) => (a.date < b.date ? -1 : 1));
  return { payloads: [response], rows };
}
