declare const unit: unique symbol;

/** Rate or rate change in basis points: 4.33 % is 433. */
export type Bp = number & { readonly [unit]: "bp" };

/** Price of a futures contract in index points: 100 minus the rate in per cent. */
export type IndexPoints = number & { readonly [unit]: "index points" };

const BP_PER_INDEX_POINT = 100;

/** @throws RangeError when `value` is not finite */
export function bp(value: number): Bp {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot make basis points from ${value}: must be finite`);
  return value as Bp;
}

/** @throws RangeError when `value` is not finite */
export function indexPoints(value: number): IndexPoints {
  if (!Number.isFinite(value)) throw new RangeError(`Cannot make index points from ${value}: must be finite`);
  return value as IndexPoints;
}

/**
 * Average EFFR that a 30-Day Fed Funds futures price implies for its contract month.
 *
 * @param price settlement or last trade, in index points; above 100 the rate is negative
 * @returns rate in basis points
 * @see CBOT Rulebook, chapter 22: the contract settles at 100 minus the average.
 * @example
 * impliedRateBp(indexPoints(95.6775)); // 432.25
 */
export function impliedRateBp(price: IndexPoints): Bp {
  return bp((100 - price) * BP_PER_INDEX_POINT);
}

/** Price in index points at which a contract month averages `rateBp`. The inverse of {@link impliedRateBp}. */
export function priceOfRate(rateBp: Bp): IndexPoints {
  return indexPoints(100 - rateBp / BP_PER_INDEX_POINT);
}
