import type { IsoDate } from "../../calendar/calendar-date.ts";
import { addDays } from "../../calendar/calendar-date.ts";
import { HONG_KONG, NEW_YORK, SHANGHAI, timeInZone, zonedInstant } from "../../calendar/zoned-time.ts";
import type { AssetClose, PanelSymbol } from "../../pricing/observations.ts";
import type { SourceHttp, SourcePayload } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import type { YahooBar } from "./yahoo-chart.ts";
import { fetchYahooChart } from "./yahoo-chart.ts";

const SOURCE = "yahoo";
// Delayed quotes and the closing auctions (Hong Kong's ends ten minutes after 16:00) are in by then.
const SETTLE_MS = 1_800_000;
// Floats of single precision, and adjusted closes that differ in the sixth decimal from one answer to the next:
// without rounding every answer would be a correction.
const DECIMALS = 4;

/** What is asked for an asset, and when its session ends on its own exchange. */
interface Asset {
  readonly symbol: string;
  readonly zone: string;
  readonly endHour: number;
  readonly adjusted: boolean;
  /** from then on a bar that is still running belongs to the next day; null where trading begins in the morning */
  readonly nextSessionHour: number | null;
}

const ASSETS = {
  NDX: { symbol: "^NDX", zone: NEW_YORK, endHour: 16, adjusted: false, nextSessionHour: null },
  SPX: { symbol: "^GSPC", zone: NEW_YORK, endHour: 16, adjusted: false, nextSessionHour: null },
  NVDA: { symbol: "NVDA", zone: NEW_YORK, endHour: 16, adjusted: true, nextSessionHour: null },
  GOLD: { symbol: "GC=F", zone: NEW_YORK, endHour: 17, adjusted: false, nextSessionHour: 18 },
  HSI: { symbol: "^HSI", zone: HONG_KONG, endHour: 16, adjusted: false, nextSessionHour: null },
  SSE: { symbol: "000001.SS", zone: SHANGHAI, endHour: 15, adjusted: false, nextSessionHour: null },
} as const satisfies Partial<Record<PanelSymbol, Asset>>;

/** The assets of the panel that Yahoo is asked for. */
export type YahooAsset = keyof typeof ASSETS;

export interface YahooClosesRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly symbol: YahooAsset;
  /** dates of the asset's own exchange, inclusive */
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly signal?: AbortSignal | undefined;
}

export interface YahooCloses {
  readonly payloads: readonly SourcePayload[];
  readonly rows: readonly AssetClose[];
  /** splits within the dates asked for: closes stored from before them are on another footing and must be fetched again */
  readonly splitDates: readonly IsoDate[];
}

function closeOf(bar: YahooBar, adjusted: boolean, what: string): string {
  const close = adjusted ? bar.adjustedClose : bar.close;
  if (close === null || close <= 0) {
    throw new SourceError(SOURCE, `Cannot read ${what} for ${bar.date}: expected a close above 0, got ${close}`);
  }
  return String(Number(close.toFixed(DECIMALS)));
}

/**
 * Daily closes of an index, of NVDA (adjusted for splits and dividends) or of gold's continuous front month, oldest
 * first. Sessions that have not ended and days without a close are left out.
 *
 * @throws SourceError when the chart cannot be had or read, or is in another zone than the asset's exchange
 */
export async function fetchYahooCloses(request: YahooClosesRequest): Promise<YahooCloses> {
  const { http, baseUrl, from, to, signal } = request;
  const asset = ASSETS[request.symbol];
  const range = { from: zonedInstant(from, 0, 0, asset.zone), to: zonedInstant(addDays(to, 1), 0, 0, asset.zone) };
  const { payload, chart } = await fetchYahooChart({
    http,
    baseUrl,
    symbol: asset.symbol,
    interval: "1d",
    range,
    signal,
  });
  if (chart.zone !== asset.zone) {
    throw new SourceError(SOURCE, `Cannot read ${asset.symbol}: expected the zone ${asset.zone}, got ${chart.zone}`);
  }
  const closes = new Map<IsoDate, string>();
  for (const bar of chart.bars) {
    const endMs = zonedInstant(bar.date, asset.endHour, 0, asset.zone).getTime();
    const ended = payload.retrievedAt.getTime() >= endMs + SETTLE_MS;
    const ofNextDay =
      asset.nextSessionHour !== null && timeInZone(bar.startedAt, asset.zone).hour >= asset.nextSessionHour;
    if (ended && !ofNextDay && bar.date >= from && bar.date <= to) {
      closes.set(bar.date, closeOf(bar, asset.adjusted, asset.symbol));
    }
  }
  const rows = [...closes].map(([date, close]) => ({ symbol: request.symbol, date, close }));
  return { payloads: [payload], rows, splitDates: chart.splitDates };
}
