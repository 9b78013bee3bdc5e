import { sampleVariance } from "simple-statistics";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { CloseHistory } from "./close-history.ts";
import { adjustForVariance } from "./forbes-rigobon.ts";
import { meanCorrelation } from "./mean-correlation.ts";
import type { TradeDay } from "./same-date-returns.ts";
import { sameDateReturns, tradeDaysUpTo } from "./same-date-returns.ts";
import { closeInstant } from "./sessions.ts";
import type { Statistic } from "./statistic.ts";
import { MIN_OBSERVATIONS, withheld } from "./statistic.ts";

/** Trade days that the correlation is measured over. */
export const CORRELATION_DAYS = 63;
/** Trade days just before them that give the variance to compare with, and the fewest returns an asset needs there. */
export const CALM_DAYS = 252;
export const MIN_CALM_RETURNS = 60;

/** The panel's mean pairwise correlation. */
export interface Correlation extends Statistic {
  readonly pairs: number;
}

/** The same, adjusted for the rise of variance. */
export interface AdjustedCorrelation extends Correlation {
  /** relative rise of variance over the days before, geometric mean over the assets: 1 is twice */
  readonly delta: number | null;
}

export interface CorrelationAnswer {
  readonly correlation: Correlation;
  readonly correlationAdjusted: AdjustedCorrelation;
}

/**
 * Mean pairwise correlation of same-date returns over the 63 trade days up to `date`, raw and after Forbes and Rigobon.
 *
 * No asset of a panel is known to be the source of the turmoil, so delta is taken over all of them: the geometric mean of
 * (variance in the 63 days) / (variance in the 252 days before these), less 1. Delta counts as known in the interval.
 */
export function correlationOf(histories: ReadonlyMap<PanelSymbol, CloseHistory>, date: IsoDate): CorrelationAnswer {
  const days = tradeDaysUpTo(date, CALM_DAYS + CORRELATION_DAYS);
  const calm = days.slice(0, CALM_DAYS);
  const recent = days.slice(CALM_DAYS);
  const series = [...histories.values()].map((history) => sameDateReturns(history, recent));
  const found = meanCorrelation(series);
  const known = { n: found?.n ?? 0, pairs: found?.pairs ?? 0, ...windowOf(histories, recent, series) };
  const method = `mean pairwise correlation of same-date returns, ${CORRELATION_DAYS} trade days; Fisher z 95 %, error by leaving out days; Asia's close comes before New York's, which lowers it`;
  const adjustedMethod = `rho / sqrt(1 + delta (1 - rho^2)), delta = variance against the ${CALM_DAYS} trade days before, less 1 (geometric mean over assets)`;
  if (found === null) {
    const note = `no two assets have ${MIN_OBSERVATIONS} common returns in the last ${CORRELATION_DAYS} trade days`;
    return {
      correlation: { ...withheld({ ...known, method }, note), pairs: 0 },
      correlationAdjusted: { ...withheld({ ...known, method: adjustedMethod }, note), pairs: 0, delta: null },
    };
  }
  const { value, low, high } = found;
  const correlation: Correlation = { ...known, value, low, high, method, note: null };
  const delta = riseOfVariance([...histories.values()], calm, series);
  if (delta === null) {
    const note = `no asset has ${MIN_CALM_RETURNS} returns in the ${CALM_DAYS} trade days before`;
    const nothing = withheld({ ...known, method: adjustedMethod }, note);
    return { correlation, correlationAdjusted: { ...nothing, pairs: known.pairs, delta: null } };
  }
  const adjust = (rho: number | null) => (rho === null ? null : adjustForVariance(rho, delta));
  return {
    correlation,
    correlationAdjusted: {
      ...known,
      value: adjust(value),
      low: adjust(low),
      high: adjust(high),
      method: adjustedMethod,
      note: null,
      delta,
    },
  };
}

function riseOfVariance(
  histories: readonly CloseHistory[],
  calm: readonly TradeDay[],
  recent: readonly (readonly (number | null)[])[],
): number | null {
  const logRatios = histories.flatMap((history, i) => {
    const before = sameDateReturns(history, calm).filter((value) => value !== null);
    const now = (recent[i] ?? []).filter((value) => value !== null);
    if (before.length < MIN_CALM_RETURNS || now.length < MIN_OBSERVATIONS) return [];
    const ratio = sampleVariance(now) / sampleVariance(before);
    return Number.isFinite(ratio) && ratio > 0 ? [Math.log(ratio)] : []; // an asset that never moved has no ratio
  });
  if (logRatios.length === 0) return null;
  return Math.exp(logRatios.reduce((sum, each) => sum + each, 0) / logRatios.length) - 1;
}

function windowOf(
  histories: ReadonlyMap<PanelSymbol, CloseHistory>,
  days: readonly TradeDay[],
  series: readonly (readonly (number | null)[])[],
): Pick<Statistic, "from" | "to" | "dataAt"> {
  const used = days.filter((_, day) => series.some((returns) => (returns[day] ?? null) !== null));
  const to = used.at(-1)?.date ?? null;
  const instants = [...histories].flatMap(([symbol, history]) => {
    const at = to === null || !history.has(to) ? null : closeInstant(symbol, to);
    return at === null ? [] : [at.getTime()];
  });
  return {
    from: used[0]?.date ?? null,
    to,
    dataAt: instants.length === 0 ? null : new Date(Math.max(...instants)),
  };
}
