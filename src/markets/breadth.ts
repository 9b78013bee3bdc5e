import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Statistic } from "./statistic.ts";
import { withheld } from "./statistic.ts";
import type { TimedReturn } from "./timed-return.ts";

/** Share of the panel that fell. */
export interface Breadth extends Statistic {
  readonly down: number;
}

export interface BreadthAnswer {
  readonly breadth: Breadth;
  /** probability that at least as many fall together by chance; `low` and `high`: central 95 % of the share by chance */
  readonly breadthNull: Statistic;
}

/** Correlation between any two assets that the null assumes. */
export const NULL_CORRELATION = 0.5;

const TAIL = 0.025;

/**
 * Probability that at least `down` of `n` assets fall when each is as likely to rise and any two correlate 0.5.
 *
 * Each return is (common + own) / sqrt 2, both standard normal: given the common part an asset falls with probability
 * u = P(own < -common), which is uniform on 0 to 1. So the count that falls is binomial(n, u) averaged over uniform u, and
 * that makes every count from 0 to n equally likely: 1 / (n + 1) each.
 *
 * @throws RangeError unless both are whole and 0 <= down <= n
 * @example
 * atLeastDownByChance(8, 8); // 1/9: all eight fall together one time in nine
 */
export function atLeastDownByChance(down: number, n: number): number {
  if (!Number.isInteger(n) || !Number.isInteger(down) || down < 0 || down > n) {
    throw new RangeError(
      `Cannot count ${down} of ${n} assets down: must be whole numbers, at least 0, the first no larger`,
    );
  }
  return (n + 1 - down) / (n + 1);
}

/** Breadth of the leg's returns beside its null. Assets without a return are left out of both. */
export function breadthOf(
  returns: readonly TimedReturn[],
  window: { readonly from: IsoDate; readonly to: IsoDate },
): BreadthAnswer {
  const values = returns.flatMap(({ value, toAt }) => (value === null ? [] : [{ value, toAt }]));
  const n = values.length;
  const down = values.filter(({ value }) => value < 0).length;
  const latest = values.reduce((ms, { toAt }) => Math.max(ms, toAt?.getTime() ?? ms), Number.NEGATIVE_INFINITY);
  const known = { n, ...window, dataAt: Number.isFinite(latest) ? new Date(latest) : null };
  const method = "share of the panel's same-date returns below 0; a count of a fixed panel, so no interval";
  const nullMethod = `chance of at least as many down at equal correlation ${NULL_CORRELATION}; the interval is the share's central 95 % by chance`;
  if (n === 0) {
    const note = "no asset has a return over the window";
    return {
      breadth: { ...withheld({ ...known, method }, note), down },
      breadthNull: withheld({ ...known, method: nullMethod }, note),
    };
  }
  const lowest = Math.floor(TAIL * (n + 1));
  const note = n < returns.length ? `${returns.length - n} of ${returns.length} assets have no return` : null;
  return {
    breadth: { ...known, value: down / n, low: null, high: null, method, note, down },
    breadthNull: {
      ...known,
      value: atLeastDownByChance(down, n),
      low: lowest / n,
      high: (n - lowest) / n,
      method: nullMethod,
      note,
    },
  };
}
