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
  const design = new Matrix(x.map((value) => [1, value]));
  const target = Matrix.columnVector(y);
  const bread = inverse(design.transpose().mmul(design));
  const coefficients = bread.mmul(design.transpose().mmul(target));
  const residuals = Matrix.sub(target, design.mmul(coefficients));

  const scores = design.clone().mulColumnVector(residuals);
  const meat = scores.transpose().mmul(scores);
  for (let lag = 1; lag <= lags; lag++) {
    const ahead = scores.subMatrix(lag, n - 1, 0, 1);
    const behind = scores.subMatrix(0, n - 1 - lag, 0, 1);
    const cross = ahead.transpose().mmul(behind);
    meat.add(Matrix.add(cross, cross.transpose()).mul(1 - lag / (lags + 1)));
  }
  const covariance = bread.mmul(meat).mmul(bread);

  const mean = target.mean();
  const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const unexplained = residuals.to1DArray().reduce((sum, value) => sum + value ** 2, 0);
  return {
    intercept: coefficients.get(0, 0),
    slope: coefficients.get(1, 0),
    interceptError: rootOf(covariance.get(0, 0)),
    slopeError: rootOf(covariance.get(1, 1)),
    r2: total === 0 ? null : 1 - unexplained / total,
    n,
    lags,
  };
}

// Bartlett weights make the variance 0 or more; on a perfect fit rounding leaves it at about -1e-35.
function rootOf(variance: number): number {
  return Math.sqrt(Math.max(variance, 0));
}
