import { mean, sampleCorrelation, sampleStandardDeviation } from "simple-statistics";
import { MIN_OBSERVATIONS } from "./statistic.ts";
import { studentHalfWidth } from "./student.ts";

/** Mean of the correlations of all pairs, with its 95 % interval. */
export interface MeanCorrelation {
  readonly value: number;
  /** null where Fisher's z is infinite: every pair moves as one */
  readonly low: number | null;
  readonly high: number | null;
  /** days of the pair with the fewest */
  readonly n: number;
  readonly pairs: number;
}

/** Returns of one day in units of each side's standard deviation from its mean. */
interface StandardDay {
  readonly x: number;
  readonly y: number;
}

interface Pair {
  readonly correlation: number;
  readonly n: number;
  /** null on days that either side has no return */
  readonly days: readonly (StandardDay | null)[];
}

/**
 * The mean correlation over all pairs of series, each pair on the days both have. The interval is Fisher's: the mean is taken
 * to z = atanh(r), where its standard error is found by leaving out one day at a time (pairs share assets and days, so they
 * are far from independent, and returns have fat tails), and brought back. For two normal series the error is about
 * Fisher's own 1 / sqrt(n - 3).
 *
 * @param series one an asset, all over the same days, null where there is no return
 * @returns null when no pair has 30 common days on which both vary
 */
export function meanCorrelation(series: readonly (readonly (number | null)[])[]): MeanCorrelation | null {
  const pairs = series.flatMap((one, i) =>
    series.slice(i + 1).flatMap((other) => {
      const pair = pairOf(one, other);
      return pair === null ? [] : [pair];
    }),
  );
  if (pairs.length === 0) return null;
  const value = mean(pairs.map((pair) => pair.correlation));
  const known = { value, n: Math.min(...pairs.map((pair) => pair.n)), pairs: pairs.length };

  const days = (series[0] ?? []).map((_, day) => day);
  const used = days.filter((day) => pairs.some((pair) => (pair.days[day] ?? null) !== null));
  const z = used.map((day) => Math.atanh(mean(pairs.map((pair) => correlationWithout(pair, day)))));
  const centre = Math.atanh(value);
  if (!Number.isFinite(centre) || !z.every(Number.isFinite)) return { ...known, low: null, high: null };
  const middle = mean(z);
  const spread = z.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  const error = Math.sqrt(((used.length - 1) / used.length) * spread);
  const half = studentHalfWidth(used.length - 1) * error;
  return { ...known, low: Math.tanh(centre - half), high: Math.tanh(centre + half) };
}

function pairOf(one: readonly (number | null)[], other: readonly (number | null)[]): Pair | null {
  const both = one.map((x, day) => {
    const y = other[day] ?? null;
    return x === null || y === null ? null : { x, y };
  });
  const common = both.filter((day) => day !== null);
  if (common.length < MIN_OBSERVATIONS) return null;
  const xs = common.map(({ x }) => x);
  const ys = common.map(({ y }) => y);
  if (xs.every((x) => x === xs[0]) || ys.every((y) => y === ys[0])) return null;
  const [xMean, yMean] = [mean(xs), mean(ys)];
  const [xScale, yScale] = [sampleStandardDeviation(xs), sampleStandardDeviation(ys)];
  return {
    correlation: sampleCorrelation(xs, ys),
    n: common.length,
    days: both.map((day) => (day === null ? null : { x: (day.x - xMean) / xScale, y: (day.y - yMean) / yScale })),
  };
}

/** The pair's correlation with one day left out, from the whole's sums: 0, n - 1 and (n - 1) r in standard units. */
function correlationWithout({ correlation, n, days }: Pair, left: number): number {
  const day = days[left] ?? null;
  if (day === null) return correlation;
  // The mean moves too, by -x / (n - 1): that adds a term of the same form to each sum.
  const factor = 1 + 1 / (n - 1);
  const shared = (n - 1) * correlation - day.x * day.y * factor;
  return shared / Math.sqrt((n - 1 - day.x ** 2 * factor) * (n - 1 - day.y ** 2 * factor));
}
