import { SourceError } from "../http/source-error.ts";

// EFFR has been between 0.04 % and 22.36 % since 1954.
const MAX_RATE_PCT = 25;
const TARGET_GRID_BP = 25;
// A per cent figure of two decimals times 100 misses its whole number by 1e-12 at most.
const ROUNDING_BP = 1e-6;

/** First day with a target range; before it the target was a single level. */
export const FIRST_RANGE_DAY = "2008-12-16";

function isPlausible(ratePct: number): boolean {
  return Number.isFinite(ratePct) && ratePct >= 0 && ratePct <= MAX_RATE_PCT;
}

/** A rate as the Fed prints it, two decimals at least: 4.3 is "4.30". @throws SourceError outside 0 to 25 % */
export function fixingPct(source: string, what: string, ratePct: number): string {
  if (!isPlausible(ratePct)) {
    throw new SourceError(source, `Cannot read ${what}: a rate of ${ratePct} % is outside 0 to ${MAX_RATE_PCT} %`);
  }
  const printed = ratePct.toFixed(2);
  return Number(printed) === ratePct ? printed : String(ratePct);
}

/**
 * The target range in whole basis points. One bound without the other is no range.
 *
 * @throws SourceError for a range that the Fed cannot have set: off the 25 bp grid, reversed, outside 0 to 25 %. A single
 *   level, as before 16 Dec 2008, may be any whole basis point.
 */
export function targetBp(
  source: string,
  what: string,
  fromPct: number | null,
  toPct: number | null,
): { targetLowerBp: number | null; targetUpperBp: number | null } {
  if (fromPct === null || toPct === null) return { targetLowerBp: null, targetUpperBp: null };
  const lower = Math.round(fromPct * 100);
  const upper = Math.round(toPct * 100);
  const whole = Math.abs(fromPct * 100 - lower) < ROUNDING_BP && Math.abs(toPct * 100 - upper) < ROUNDING_BP;
  const onGrid = lower === upper || (lower % TARGET_GRID_BP === 0 && upper % TARGET_GRID_BP === 0);
  if (!isPlausible(fromPct) || !isPlausible(toPct) || !whole || !onGrid || lower > upper) {
    throw new SourceError(
      source,
      `Cannot read ${what}: a target of ${fromPct} to ${toPct} % is no range on the 25 bp grid within 0 to 25 %`,
    );
  }
  return { targetLowerBp: lower, targetUpperBp: upper };
}
