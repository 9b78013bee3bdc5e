import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isTradeDate, settlementInstant } from "../../calendar/trade-dates.ts";
import { tickIndexPoints } from "../../pricing/contract.ts";
import type { FuturesQuote, QuoteFlag } from "../../pricing/observations.ts";
import type { SourceHttp, SourcePayload, SourceResponse } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import type { DayStatistics } from "./databento-records.ts";
import { readDefinitions, readStatistics } from "./databento-records.ts";

const SOURCE = "databento";
const PATH = "/v0/timeseries.get_range";
const MAX_BYTES = 64 * 1024 * 1024;
// Newline-delimited JSON has several names.
const ACCEPT = ["application/x-ndjson", "application/ndjson", "application/json", "application/jsonl", "text/plain"];
// Prices carry nine decimals; more than four are zeros in this contract.
const PRINTED_DECIMALS = 4;
const WHOLE_TICKS = 1e-6;

export interface DatabentoRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** UTC dates of reception; `to` is exclusive. A final settlement may come on the day after its trade date */
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly signal?: AbortSignal | undefined;
}

export interface DatabentoSettlements {
  readonly payloads: readonly SourcePayload[];
  readonly rows: readonly FuturesQuote[];
  /** figures left out, one line each */
  readonly warnings: readonly string[];
}

async function fetchSchema(request: DatabentoRequest, schema: "definition" | "statistics"): Promise<SourceResponse> {
  const url = sourceUrl(request.baseUrl, PATH, {
    dataset: "GLBX.MDP3",
    symbols: "ZQ.FUT",
    stype_in: "parent",
    schema,
    start: request.from,
    end: request.to,
    encoding: "json",
    pretty_px: "true",
    pretty_ts: "true",
    map_symbols: "true",
    compression: "none",
  });
  return request.http({
    source: SOURCE,
    url,
    headers: { authorization: `Basic ${Buffer.from(`${request.apiKey}:`).toString("base64")}` },
    accept: ACCEPT,
    maxBytes: MAX_BYTES,
    secrets: [request.apiKey],
    signal: request.signal,
  });
}

/** "96.270000000" is "96.2700": four decimals at least, trailing zeros beyond them dropped. */
function printed(price: string): string {
  const [whole = "", decimals = ""] = price.split(".");
  // By hand: the pattern 0+$ takes 11 s for 100,000 zeros before another digit.
  let end = decimals.length;
  while (decimals[end - 1] === "0") end -= 1;
  return `${whole}.${decimals.slice(0, end).padEnd(PRINTED_DECIMALS, "0")}`;
}

function quoteOf(day: DayStatistics, settlement: string): FuturesQuote {
  const { contractMonth, tradeDate, volume, openInterest } = day;
  const ticks = Number(settlement) / tickIndexPoints(contractMonth, tradeDate);
  const flags: QuoteFlag[] = Math.abs(ticks - Math.round(ticks)) < WHOLE_TICKS ? [] : ["off_tick"];
  return {
    contractMonth,
    tradeDate,
    asOf: settlementInstant(tradeDate),
    grid: "settlement",
    basis: "settlement",
    price: printed(settlement),
    open: null,
    high: null,
    low: null,
    volume,
    openInterest,
    flags,
  };
}

/**
 * Final settlements of every listed fed-funds future from Databento (licensed, paid by the byte): ask for a few days at
 * a time.
 *
 * @throws SourceError when an answer cannot be had or read, or holds no definition of any contract; the key is in no
 *   message
 * @see https://databento.com/docs/api-reference-historical
 */
export async function fetchDatabentoSettlements(request: DatabentoRequest): Promise<DatabentoSettlements> {
  const definitions = await fetchSchema(request, "definition");
  const months = readDefinitions(definitions.text);
  const statistics = await fetchSchema(request, "statistics");
  const days = readStatistics(statistics.text, months);
  if (months.size === 0 && statistics.text.trim() !== "") {
    throw new SourceError(SOURCE, `Cannot read settlements from ${request.from}: no contract is defined in that time`);
  }
  const rows: FuturesQuote[] = [];
  const warnings: string[] = [];
  for (const day of days) {
    const { contractMonth, tradeDate, settlement } = day;
    if (settlement === null) warnings.push(`No final settlement of ${contractMonth} for ${tradeDate} yet`);
    else if (!isTradeDate(tradeDate)) warnings.push(`Left out ${contractMonth} of ${tradeDate}: no trade date`);
    else rows.push(quoteOf(day, settlement));
  }
  return { payloads: [definitions, statistics], rows, warnings };
}
