/** What the card of a repricing reads of the API. */
import type { RepricingDetail } from "./repricing-table.ts";

/** A statistic with all that it takes to judge it. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly method: string;
  readonly data_at: string | null;
  readonly note: string | null;
}

export interface CardAsset {
  readonly symbol: string;
  readonly return: number | null;
  readonly from_at: string | null;
  readonly to_at: string | null;
  readonly provisional: boolean;
  readonly return_1d: number | null;
  readonly return_5d: number | null;
  readonly return_21d: number | null;
  readonly drawdown: number | null;
  readonly note: string | null;
  readonly percentiles: { readonly leg: Figure };
  readonly next_session: {
    readonly return: number | null;
    readonly from_date: string;
    readonly to_date: string;
    readonly provisional: boolean;
    readonly note: string | null;
  } | null;
  readonly record: {
    readonly close: number | null;
    readonly date: string | null;
    readonly n: number;
    readonly since: string | null;
  };
}

export interface CardMarkets {
  readonly breadth: Figure & { readonly down: number };
  readonly breadth_null: Figure;
  readonly correlation: Figure & { readonly pairs: number };
  readonly correlation_adjusted: Figure & { readonly pairs: number; readonly delta: number | null };
  readonly beta: readonly (Figure & {
    readonly symbol: string;
    readonly r2: number | null;
    readonly lags: number | null;
  })[];
  readonly leader: {
    readonly answer: string;
    readonly reason: string;
    readonly from: string;
    readonly to: string;
    readonly days: number;
    readonly earliest_peak: { readonly date: string; readonly symbols: readonly string[] } | null;
    readonly largest_fall: { readonly symbol: string; readonly return: number } | null;
    readonly method: string;
  };
}

export interface CardAlert {
  readonly id: number;
  readonly kind: string;
  readonly reverses: number | null;
  readonly as_of: string;
  readonly recorded_at: string;
}

/** An answer of `/v1/repricings/{id}`. */
export interface Card extends Omit<RepricingDetail, "assets" | "evaluated" | "at_most"> {
  readonly started_at: string;
  readonly confirmed_at: string;
  readonly extreme_at: string;
  readonly confirmed_on: string;
  readonly ended_on: string | null;
  readonly end_reason: string | null;
  readonly reverses: number | null;
  readonly sigma_bp: number;
  readonly threshold_bp: number;
  readonly method: string;
  readonly source: string;
  readonly sample: boolean;
  readonly historical: boolean;
  readonly recorded_at: string;
  readonly withheld?: true;
  readonly at_most: {
    readonly upper_bp: number;
    readonly probability_start: number;
    readonly probability_extreme: number;
    readonly shift_pp: number | null;
  } | null;
  readonly alerts: readonly CardAlert[];
  readonly sharpest_day: {
    readonly trade_date: string;
    readonly from_at: string;
    readonly to_at: string;
    readonly change_bp: number;
  } | null;
  readonly events: readonly { readonly what: string; readonly scheduled_at: string; readonly status: string }[];
  readonly unexplained: boolean;
  readonly unusual: {
    readonly sigmas: number;
    readonly percentile: number | null;
    readonly past_legs: number;
  } | null;
  readonly evaluated: { readonly on: string; readonly recorded_at: string; readonly provisional: boolean } | null;
  readonly assets: readonly CardAsset[];
  readonly markets: CardMarkets | null;
}

/** Its movement of the expected rate, signed. */
export function movedBp({ direction, amplitude_bp }: Pick<Card, "direction" | "amplitude_bp">): number {
  return direction === "hawkish" ? amplitude_bp : -amplitude_bp;
}
