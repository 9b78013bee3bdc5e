import type { IsoDate } from "../calendar/calendar-date.ts";
import { isTradeDate, nextTradeDate } from "../calendar/trade-dates.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { CloseHistory } from "./close-history.ts";
import { ownSessions } from "./own-sessions.ts";
import { CONFIDENCE, studentHalfWidth } from "./student.ts";

/** One asset's highest close of the window, and how far it had fallen from there at the window's last close. */
export interface Peak {
  readonly symbol: PanelSymbol;
  readonly date: IsoDate;
  /** fraction, below 0 */
  readonly fallSince: number;
}

/** Who led? What daily closes can say about it. */
export interface Leader {
  readonly answer: "no statistical leader";
  readonly reason: string;
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** trade dates of the window, both ends included */
  readonly days: number;
  /** the correlation, either sign, that a lead would have to pass; null for windows too short for any */
  readonly thresholdR: number | null;
  readonly pairLags: number;
  readonly earliestPeak: { readonly date: IsoDate; readonly symbols: readonly PanelSymbol[] } | null;
  /** by the window's same-date return; null when nothing fell */
  readonly largestFall: { readonly symbol: PanelSymbol; readonly return: number } | null;
  /** ascending by date; assets that stood at their highest at the end have no peak yet */
  readonly peaks: readonly Peak[];
  readonly method: string;
}

/** Pairs of assets times lags that a lead-lag search looks at, and its longest lag in days. */
export const PAIR_LAGS = 24;
export const LONGEST_LAG = 2;

/**
 * The correlation that one of several lead-lag correlations must pass to count at 5 %, two-sided, after Bonferroni.
 * `days` closes give days - 1 returns, and days - 3 pairs of them two days apart.
 *
 * @returns null when fewer than 3 pairs are left
 * @example
 * leadThreshold(22); // 0.660
 */
export function leadThreshold(days: number, pairLags: number = PAIR_LAGS): number | null {
  const degreesOfFreedom = days - 1 - LONGEST_LAG - 2;
  if (degreesOfFreedom < 1) return null;
  const t = studentHalfWidth(degreesOfFreedom, 1 - (1 - CONFIDENCE) / pairLags);
  return t / Math.sqrt(degreesOfFreedom + t ** 2);
}

/**
 * Who led from `from` to `to`. With daily closes no test can say, so the answer is always that, with the correlation it would
 * take; beside it the earliest peak and the largest fall, which are dates and sizes and not causes.
 *
 * @param returns the window's same-date return of each asset, null where there is none
 */
export function leaderOf({
  histories,
  returns,
  from,
  to,
}: {
  readonly histories: ReadonlyMap<PanelSymbol, CloseHistory>;
  readonly returns: ReadonlyMap<PanelSymbol, number | null>;
  readonly from: IsoDate;
  readonly to: IsoDate;
}): Leader {
  const days = tradeDatesWithin(from, to);
  const thresholdR = leadThreshold(days);
  const peaks = [...histories]
    .flatMap(([symbol, history]) => {
      const peak = peakOf(symbol, history, from, to);
      return peak === null ? [] : [peak];
    })
    .sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const first = peaks[0]?.date;
  const needed =
    thresholdR === null
      ? "leave too few pairs to correlate at a lag"
      : `put the bar for one at |r| ${thresholdR.toFixed(2)} (5 %, Bonferroni over ${PAIR_LAGS} pair-lags)`;
  return {
    answer: "no statistical leader",
    reason: `daily closes cannot show a lead: ${days} days ${needed}, and the markets close up to 17 hours apart`,
    from,
    to,
    days,
    thresholdR,
    pairLags: PAIR_LAGS,
    earliestPeak:
      first === undefined
        ? null
        : { date: first, symbols: peaks.filter(({ date }) => date === first).map(({ symbol }) => symbol) },
    largestFall: largestFallOf(returns),
    peaks,
    method: `earliest highest close of the window that a lower one follows; bar from Student's t on days - 1 - ${LONGEST_LAG} pairs`,
  };
}

function tradeDatesWithin(from: IsoDate, to: IsoDate): number {
  let count = 0;
  for (let date = isTradeDate(from) ? from : nextTradeDate(from); date <= to; date = nextTradeDate(date)) count += 1;
  return count;
}

function peakOf(symbol: PanelSymbol, history: CloseHistory, from: IsoDate, to: IsoDate): Peak | null {
  let date: IsoDate | null = null;
  let highest = 0;
  let last = 0;
  // Its sessions of the window, and not all closes of ten years: this is asked of each leg.
  for (const day of ownSessions(symbol, from, to)) {
    const close = history.get(day);
    if (close === undefined) continue;
    last = close;
    if (close > highest) {
      highest = close;
      date = day;
    }
  }
  return date === null || last >= highest ? null : { symbol, date, fallSince: last / highest - 1 };
}

function largestFallOf(returns: ReadonlyMap<PanelSymbol, number | null>): Leader["largestFall"] {
  let worst: Leader["largestFall"] = null;
  for (const [symbol, value] of returns) {
    if (value !== null && value < 0 && (worst === null || value < worst.return)) worst = { symbol, return: value };
  }
  return worst;
}
