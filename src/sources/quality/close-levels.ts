/** Whether a close can be of the asset that it is said to be of: a fund or a share with the same name stands far from it. */
import type { IsoDate } from "../../calendar/calendar-date.ts";
import type { AssetClose, PanelSymbol } from "../../pricing/observations.ts";

/** Between what an asset has closed since a date, with a factor of three and more to spare on either side. */
interface Level {
  readonly since: IsoDate;
  readonly low: number;
  readonly high: number;
}

// Lowest and highest closes since each date: BTC 3,200 to 126,000; ETH 84 to 4,950; NDX 2,700 to 26,000; SPX 1,750 to 6,900; NVDA
// (adjusted for splits) 0.3 to 207; gold 1,050 to 4,400; HSI 14,600 to 33,200; SSE 2,400 to 5,200. A fund on Bitcoin stands at 20
// to 60, the share named GOLD at 10 to 40, a fund on gold at a tenth of it.
const LEVELS: Readonly<Record<PanelSymbol, readonly Level[]>> = {
  BTC: [
    { since: "2018-01-01", low: 1_000, high: 2_000_000 },
    { since: "2000-01-01", low: 0.01, high: 30_000 },
  ],
  ETH: [
    { since: "2018-01-01", low: 60, high: 100_000 },
    { since: "2000-01-01", low: 0.1, high: 5_000 },
  ],
  NDX: [
    { since: "2014-01-01", low: 1_500, high: 300_000 },
    { since: "1985-01-01", low: 100, high: 10_000 },
  ],
  SPX: [
    { since: "2013-01-01", low: 900, high: 80_000 },
    { since: "1928-01-01", low: 4, high: 8_000 },
  ],
  NVDA: [{ since: "1999-01-01", low: 0.01, high: 5_000 }],
  GOLD: [
    { since: "2009-01-01", low: 600, high: 40_000 },
    { since: "1968-01-01", low: 30, high: 3_000 },
  ],
  HSI: [
    { since: "2004-01-01", low: 5_000, high: 150_000 },
    { since: "1969-01-01", low: 50, high: 60_000 },
  ],
  SSE: [
    { since: "2007-01-01", low: 1_000, high: 30_000 },
    { since: "1990-01-01", low: 90, high: 15_000 },
  ],
};

/** A move from one close to the next within days beyond which it is another asset: Bitcoin halved twice in a day, no more. */
const LARGEST_FACTOR = 3;

/** The nearest close that is known to be right. */
export interface KnownClose {
  readonly date: IsoDate;
  readonly close: number;
}

/**
 * Why a close cannot be of its asset, with the level it has beside the one expected; null: it can.
 *
 * @param nearest the nearest stored close of the asset within some weeks; null: none is stored
 */
export function closeFault({ symbol, date, close }: AssetClose, nearest: KnownClose | null): string | null {
  const value = Number(close);
  if (nearest !== null) {
    const factor = value / nearest.close;
    if (factor <= LARGEST_FACTOR && factor >= 1 / LARGEST_FACTOR) return null;
    return `${symbol} at ${close} on ${date}, where ${nearest.close} on ${nearest.date} is stored: another asset of that name?`;
  }
  const level = LEVELS[symbol as PanelSymbol].find(({ since }) => date >= since);
  if (level === undefined || (value >= level.low && value <= level.high)) return null;
  return `${symbol} at ${close} on ${date}, expected is between ${level.low} and ${level.high}: another asset of that name?`;
}
