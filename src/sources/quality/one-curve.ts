import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import type { FuturesQuote, Grid } from "../../pricing/observations.ts";

/** Quotes that may stand in one chain, and those that may not. */
export interface Curve {
  readonly grid: Grid;
  readonly tradeDate: IsoDate;
  /** of the newest quote: nothing in the curve is younger */
  readonly asOf: Date;
  /** one a contract month, ascending */
  readonly quotes: readonly FuturesQuote[];
  /** of another trade date, too old beside the newest, or superseded by a newer one of the same month */
  readonly stale: readonly FuturesQuote[];
}

/**
 * The quotes of one grid that belong together: of one trade date and within `maxSpreadMs` of the newest. A chain over
 * prices from before and after news would read the difference as odds.
 *
 * @returns null when `quotes` has none of that grid
 */
export function oneCurve(quotes: readonly FuturesQuote[], grid: Grid, maxSpreadMs: number): Curve | null {
  const candidates = quotes.filter((quote) => quote.grid === grid).sort((a, b) => b.asOf.getTime() - a.asOf.getTime());
  const [newest] = candidates;
  if (newest === undefined) return null;
  const { tradeDate, asOf } = newest;
  const byMonth = new Map<Month, FuturesQuote>();
  const stale: FuturesQuote[] = [];
  for (const quote of candidates) {
    const late = asOf.getTime() - quote.asOf.getTime() > maxSpreadMs;
    if (late || quote.tradeDate !== tradeDate || byMonth.has(quote.contractMonth)) stale.push(quote);
    else byMonth.set(quote.contractMonth, quote);
  }
  const kept = [...byMonth.values()].sort((a, b) => (a.contractMonth < b.contractMonth ? -1 : 1));
  return { grid, tradeDate, asOf, quotes: kept, stale };
}
