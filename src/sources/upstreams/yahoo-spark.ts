import { z } from "zod";
import { checkShape, parseJson } from "../http/decode-json.ts";
import { Figure } from "../http/figure.ts";
import type { SourceHttp, SourcePayload } from "../http/http.ts";
import { sourceUrl } from "../http/source-url.ts";
import { YAHOO_REQUEST } from "./yahoo-chart.ts";

/** As many as one request takes. */
export const SPARK_SYMBOLS = 25;

const Series = z.object({ timestamp: z.array(Figure).nullish(), close: z.array(Figure).nullish() });
const Bare = z.record(z.string(), Series.nullable());
const Wrapped = z.object({
  spark: z.object({
    result: z
      .array(
        z.object({
          symbol: z.string(),
          response: z
            .array(
              z.object({
                timestamp: z.array(Figure).nullish(),
                indicators: z.object({ quote: z.array(z.object({ close: z.array(Figure).nullish() })).min(1) }),
              }),
            )
            .nullish(),
        }),
      )
      .nullable(),
  }),
});

/** The last trade of a symbol: the bar it is in began at `at`. */
export interface SparkPrice {
  readonly price: number;
  readonly at: Date;
}

function lastOf(times: readonly (number | null)[], closes: readonly (number | null)[]): SparkPrice | null {
  for (let i = Math.min(times.length, closes.length) - 1; i >= 0; i--) {
    const [time, price] = [times[i] ?? null, closes[i] ?? null];
    if (time !== null && price !== null) return { price, at: new Date(time * 1000) };
  }
  return null;
}

/**
 * Last trades of many symbols in one request, from bars of five minutes: a bar without a trade has no close, so an old price is
 * never taken for a new one. A symbol that Yahoo does not know, or that did not trade in the session, is left out.
 *
 * @throws SourceError when the request as a whole fails
 */
export async function fetchYahooSpark(request: {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly symbols: readonly string[];
  readonly signal?: AbortSignal | undefined;
}): Promise<{ readonly payload: SourcePayload; readonly prices: ReadonlyMap<string, SparkPrice> }> {
  const { http, baseUrl, symbols, signal } = request;
  const response = await http({
    ...YAHOO_REQUEST,
    url: sourceUrl(baseUrl, "/v8/finance/spark", { symbols: symbols.join(","), range: "1d", interval: "5m" }),
    signal,
  });
  const what = "Yahoo's last trades";
  const body = parseJson(YAHOO_REQUEST.source, response.text, what);
  const prices = new Map<string, SparkPrice>();
  const add = (symbol: string, last: SparkPrice | null): void => {
    if (last !== null) prices.set(symbol, last);
  };
  const wrapped = Wrapped.safeParse(body);
  if (wrapped.success) {
    for (const { symbol, response: charts } of wrapped.data.spark.result ?? []) {
      const [chart] = charts ?? [];
      add(symbol, lastOf(chart?.timestamp ?? [], chart?.indicators.quote[0]?.close ?? []));
    }
  } else {
    for (const [symbol, series] of Object.entries(checkShape(YAHOO_REQUEST.source, Bare, body, what))) {
      add(symbol, lastOf(series?.timestamp ?? [], series?.close ?? []));
    }
  }
  return { payload: response, prices };
}
