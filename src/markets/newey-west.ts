import { inverse, Matrix } from "ml-matrix";

/** A least-squares line with standard errors that allow for unequal variances and for correlation over time. */
export interface Regression {
  readonly intercept: number;
  readonly slope: number;
  readonly interceptError: number;
  readonly slopeError: number;
  /** null when y does not vary */
  readonly r2: number | null;
  readonly n: number;
  readonly lags: number;
}

/** Lags for n observations: floor(4 (n/100)^(2/9)). 252 days give 4. */
export function neweyWestLags(n: number): number {
  return Math.floor(4 * (n / 100) ** (2 / 9));
}

/**
 * y = intercept + slope * x by ordinary least squares; standard errors after Newey and West with Bartlett weights
 * 1 - l / (lags + 1), as published, without a small-sample factor. With no lags they are White's.
 *
 * @param x as long as `y`, in order of time
 * @param lags whole, at least 0 and less than the number of observations
 * @throws RangeError for unequal lengths, fewer than 3 observations, an x that does not vary or lags out of bounds
 * @see Newey and West (1987), Econometrica 55, 703-708
 */
export function regressNeweyWest(x: readonly number[], y: readonly number[], lags: number): Regression {
  const n = x.length;
  if (y.length !== n) throw new RangeError(`Cannot regress: ${n} values of x and ${y.length} of y, must be as many`);
  if (n < 3) throw new RangeError(`Cannot regress: ${n} observations, must be at least 3`);
  if (x.every((value) => value === x[0])) throw new RangeError(`Cannot regress: x is ${x[0]} throughout, must vary`);
  if (!Number.isInteger(lags) || lags < 0 || lags >= n) {
    throw new RangeError(
      `Cannot regress: ${lags} lags for ${n} observations, must be whole, at least 0 and below ${n}`,
    );
  }
  // Sums are taken in plain loops and only the 2 x 2 algebra is the library's: matrices of 252 rows took ten times as long.
  const bread = inverse(momentsOf(x, x));
  const coefficients = bread.mmul(Matrix.columnVector([sumOf(y), sumOfProducts(x, y)]));
  const [intercept, slope] = [coefficients.get(0, 0), coefficients.get(1, 0)];
  const residuals = y.map((value, i) => value - intercept - slope * (x[i] ?? 0));

  const scores = { one: residuals, x: residuals.map((residual, i) => residual * (x[i] ?? 0)) };
  const meat = laggedProducts(scores, 0);
  for (let lag = 1; lag <= lags; lag++) {
    const cross = laggedProducts(scores, lag);
    meat.add(Matrix.add(cross, cross.transpose()).mul(1 - lag / (lags + 1)));
  }
  const covariance = bread.mmul(meat).mmul(bread);

  const mean = sumOf(y) / n;
  const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const unexplained = sumOfProducts(residuals, residuals);
  return {
    intercept,
    slope,
    interceptError: rootOf(covariance.get(0, 0)),
    slopeError: rootOf(covariance.get(1, 1)),
    r2: total === 0 ? null : 1 - unexplained / total,
    n,
    lags,
  };
}

/** Sums of products of (1, a) with (1, b). */
function momentsOf(a: readonly number[], b: readonly number[]): Matrix {
  return new Matrix([
    [a.length, sumOf(b)],
    [sumOf(a), sumOfProducts(a, b)],
  ]);
}

/** Sums of products of each day's scores with those `lag` days before. */
function laggedProducts(
  scores: { readonly one: readonly number[]; readonly x: readonly number[] },
  lag: number,
): Matrix {
  const { one, x } = scores;
  return new Matrix([
    [sumOfProducts(one, one, lag), sumOfProducts(one, x, lag)],
    [sumOfProducts(x, one, lag), sumOfProducts(x, x, lag)],
  ]);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function sumOfProducts(ahead: readonly number[], behind: readonly number[], lag = 0): number {
  let sum = 0;
  for (let i = lag; i < ahead.length; i++) sum += (ahead[i] ?? 0) * (behind[i - lag] ?? 0);
  return sum;
}

// Bartlett weights make the variance 0 or more; on a perfect fit rounding leaves it at about -1e-35.
function rootOf(variance: number): number {
  return Math.sqrt(Math.max(variance, 0));
}
