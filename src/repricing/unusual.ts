import type { Leg } from "./repricing.ts";

// A percentile of fewer legs says little: 30 put it within 18 points either way, nineteen times in twenty.
const LEAST_LEGS = 30;

/** How a leg compares with those before it. */
export interface Unusualness {
  /** share of earlier legs that were smaller, 0 to 1, equal ones by half; null where they are too few */
  readonly percentile: number | null;
  /** earlier legs of the same kind */
  readonly pastLegs: number;
  /** amplitude in standard deviations of a day's move, as estimated before the leg was confirmed */
  readonly sigmas: number;
}

/** What of an earlier leg is compared. */
export type PastLeg = Pick<Leg, "key" | "target" | "state" | "endedAt" | "amplitudeBp">;

/**
 * How unusual a leg is, by the past alone: among the legs that were over when it was confirmed, meetings with meetings and
 * paths with paths (a path's theta is up to three times a meeting's).
 *
 * @param past legs of the same basis, in any order; later ones, open ones and the leg itself are passed over
 */
export function howUnusual(
  leg: Pick<Leg, "key" | "target" | "confirmedAt" | "amplitudeBp" | "sigmaBp">,
  past: readonly PastLeg[],
): Unusualness {
  const isPath = leg.target.path !== null;
  const earlier = past.filter(
    ({ key, target, state, endedAt }) =>
      key !== leg.key &&
      state === "confirmed" &&
      (target.path !== null) === isPath &&
      endedAt !== null &&
      endedAt.asOf <= leg.confirmedAt.asOf,
  );
  const smaller = earlier.filter(({ amplitudeBp }) => amplitudeBp < leg.amplitudeBp).length;
  const equal = earlier.filter(({ amplitudeBp }) => amplitudeBp === leg.amplitudeBp).length;
  return {
    percentile: earlier.length < LEAST_LEGS ? null : (smaller + equal / 2) / earlier.length,
    pastLegs: earlier.length,
    sigmas: leg.amplitudeBp / leg.sigmaBp,
  };
}
