import type { IsoDate } from "../calendar/calendar-date.ts";
import { previousTradeDate } from "../calendar/trade-dates.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import type { CloseHistory } from "./close-history.ts";
import { neweyWestLags, regressNeweyWest } from "./newey-west.ts";
import type { PathChange } from "./path-changes.ts";
import type { TradeDay } from "./same-date-returns.ts";
import { sameDateReturns } from "./same-date-returns.ts";
import { closeInstant } from "./sessions.ts";
import type { Statistic } from "./statistic.ts";
import { withheld } from "./statistic.ts";
import { studentHalfWidth } from "./student.ts";

/** Daily changes of the path that a beta looks back on. */
export const BETA_DAYS = 252;
/**
 * The fewest days with both a change and a return. The floor of 30 holds for every estimate; a beta needs its own 60, for
 * at 30 Newey-West's 95 % interval covers the truth in only 87 to 89 % of simulated panels, at 60 in 91 to 92, at 252 in 94.
 */
export const MIN_BETA_DAYS = 60;
/** A beta is stated per this rise of the path, in bp. */
export const BETA_UNIT_BP = 10;

/** Association of an asset's daily return with the path's daily change: fraction of price per +10 bp. */
export interface Beta extends Statistic {
  readonly symbol: PanelSymbol;
  /** share of the return's variance that goes with the path */
  readonly r2: number | null;
  /** lags of the Newey-West errors */
  readonly lags: number | null;
}

/**
 * Regresses each asset's daily returns on the daily change of the path, over the last 252 changes up to `date`. Return and
 * change cover the same dates; a day on which the asset has no return drops out. An association: nothing here says what
 * drives what.
 *
 * @param path in any order, one a trade date
 * @returns one an asset, in the order of `histories`
 * @see README, "When the market changes its mind"
 */
export function betasOnPath(
  histories: ReadonlyMap<PanelSymbol, CloseHistory>,
  path: readonly PathChange[],
  date: IsoDate,
): Beta[] {
  const window = path
    .filter((change) => change.date <= date)
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .slice(-BETA_DAYS)
    .map((change) => ({ ...change, fromDate: previousTradeDate(change.date) }));
  return [...histories].map(([symbol, history]) => betaOf(symbol, history, window));
}

function betaOf(symbol: PanelSymbol, history: CloseHistory, window: readonly (PathChange & TradeDay)[]): Beta {
  const returns = sameDateReturns(history, window);
  const pairs = window.flatMap((change, i) => {
    const value = returns[i] ?? null;
    return value === null ? [] : [{ date: change.date, changeBp: change.changeBp, value }];
  });
  const n = pairs.length;
  const last = pairs.at(-1)?.date ?? null;
  const known = {
    n,
    from: pairs[0]?.date ?? null,
    to: last,
    method: `least squares of same-date returns on the path's daily change, ${BETA_DAYS} days, per +${BETA_UNIT_BP} bp; Newey-West 95 % (t, n - 2); association`,
    dataAt: last === null ? null : closeInstant(symbol, last),
  };
  const refuse = (note: string): Beta => ({ symbol, ...withheld(known, note), r2: null, lags: null });
  if (n < MIN_BETA_DAYS) {
    return refuse(`${n} days with a return and a change of the path, at least ${MIN_BETA_DAYS} are needed`);
  }
  const x = pairs.map(({ changeBp }) => changeBp);
  if (x.every((value) => value === x[0])) return refuse("the path changed by the same amount every day");

  const { slope, slopeError, r2, lags } = regressNeweyWest(
    x,
    pairs.map(({ value }) => value),
    neweyWestLags(n),
  );
  const half = studentHalfWidth(n - 2) * slopeError;
  return {
    symbol,
    ...known,
    value: slope * BETA_UNIT_BP,
    low: (slope - half) * BETA_UNIT_BP,
    high: (slope + half) * BETA_UNIT_BP,
    note: null,
    r2,
    lags,
  };
}
