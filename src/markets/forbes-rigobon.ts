/**
 * Correlation corrected for the turmoil it was measured in: when variance rises by `delta`, correlation rises with it although
 * the link between the markets is the same. rho / sqrt(1 + delta (1 - rho^2)).
 *
 * @param rho -1 to 1, measured in the turbulent period
 * @param delta relative rise of variance over a calm period: 1 is twice the variance, 0 leaves rho as it is, below 0 (a
 *   calmer period) raises it
 * @throws RangeError for rho outside -1 to 1, or delta at or below -1
 * @see Forbes and Rigobon (2002), Journal of Finance 57, 2223-2261, equation 11
 * @example
 * adjustForVariance(0.6, 1); // 0.4685
 */
export function adjustForVariance(rho: number, delta: number): number {
  if (!(rho >= -1 && rho <= 1)) throw new RangeError(`Cannot adjust a correlation of ${rho}: must be -1 to 1`);
  if (!(delta > -1 && Number.isFinite(delta))) {
    throw new RangeError(`Cannot adjust a correlation for a rise of variance of ${delta}: must be above -1`);
  }
  return rho / Math.sqrt(1 + delta * (1 - rho ** 2));
}
