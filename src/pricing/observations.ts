/**
 * What a market or an institution printed, as plain data: the words the sources speak and the store keeps.
 * Every observation carries when it was true (`asOf` or a date); when we learned it is stamped by the store.
 */
import type { IsoDate, Month } from "../calendar/calendar-date.ts";

/** What kind of price a figure rests on, best first. */
export const BASES = ["settlement", "published", "last_trade", "mid"] as const;
export type Basis = (typeof BASES)[number];

export const GRIDS = ["settlement", "intraday"] as const;
/** `settlement`: one reading a trade date. `intraday`: as often as quotes arrive. */
export type Grid = (typeof GRIDS)[number];

export const METHODS = ["cme", "cme_article", "aggregated", "published"] as const;
export type Method = (typeof METHODS)[number];

/** Things worth knowing about a quote that is kept and used all the same. */
export type QuoteFlag = "off_tick" | "bad_open" | "bad_high" | "bad_low" | "inferred" | "sample_last_trade";

/** One price of one contract month. Prices are decimal text as printed, so that nothing is rounded before storage. */
export interface FuturesQuote {
  readonly contractMonth: Month;
  readonly tradeDate: IsoDate;
  /** Settlement: 14:00 Chicago of the trade date. Daily close: 16:00 Chicago. Intraday: the instant of the trade. */
  readonly asOf: Date;
  readonly grid: Grid;
  readonly basis: Exclude<Basis, "published">;
  readonly price: string;
  readonly open: string | null;
  readonly high: string | null;
  readonly low: string | null;
  readonly volume: number | null;
  readonly openInterest: number | null;
  readonly flags: readonly QuoteFlag[];
}

/** One range's probability in a distribution that somebody else computed. */
export interface PublishedOutcome {
  readonly lowerBp: number;
  readonly upperBp: number;
  /** 0 to 1 as published; absent ranges are simply not listed */
  readonly probability: number;
}

/** One meeting's distribution as FedWatch published it: cumulative, by absolute range. */
export interface PublishedDistribution {
  readonly meetingDate: IsoDate;
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly grid: Grid;
  /** decimals the source printed (of the fraction 0..1), so that a rounder copy never replaces a finer one */
  readonly decimals: number;
  readonly outcomes: readonly PublishedOutcome[];
}

/** The effective federal funds rate of one day, with the target range of that day where the source gives it. */
export interface EffrFixing {
  readonly date: IsoDate;
  /** per cent as printed: "4.33"; null where only the range is given */
  readonly effrPct: string | null;
  readonly targetLowerBp: number | null;
  readonly targetUpperBp: number | null;
  readonly revised: boolean;
}

/** A daily close of one asset of the panel, dated in the asset's own zone. */
export interface AssetClose {
  readonly symbol: string;
  readonly date: IsoDate;
  readonly close: string;
}

/** The assets cutwatch follows. */
export const PANEL = ["BTC", "ETH", "NDX", "SPX", "NVDA", "GOLD", "HSI", "SSE"] as const;
export type PanelSymbol = (typeof PANEL)[number];
