/** How far an expected rate usually moves in a day: what a move is measured against. Past data only. */
import { atHorizon, type DetectorParameters } from "./parameters.ts";

/** The scale on the first day of a series, in bp: the floor's mean absolute move. */
export function firstScaleBp(daysToMeeting: number, { floors, scale }: DetectorParameters): number {
  return atHorizon(floors, daysToMeeting) / scale.sigmaPerMeanMove;
}

/**
 * The scale after one more move: an average of absolute moves with a half-life, each cut at a multiple of the average so
 * far, so that one wild day does not silence the next ones.
 *
 * @param scaleBp the scale before the move
 * @param moveBp the day's change of the expected rate
 */
export function nextScaleBp(scaleBp: number, moveBp: number, { scale }: DetectorParameters): number {
  const decay = 0.5 ** (1 / scale.halfLife);
  const counted = Math.min(Math.abs(moveBp), scale.cutAt * Math.max(scaleBp, scale.leastBp));
  return decay * scaleBp + (1 - decay) * counted;
}

/** Standard deviation of a day's move, in bp, from the scale of the days before it; within the horizon's floor and ceiling. */
export function sigmaBp(scaleBp: number, daysToMeeting: number, { floors, scale }: DetectorParameters): number {
  const floor = atHorizon(floors, daysToMeeting);
  return Math.min(Math.max(scale.sigmaPerMeanMove * scaleBp, floor), scale.ceilingPerFloor * floor);
}

/** How far the expected rate must move from an extreme to confirm a leg, in bp. */
export function legThresholdBp(sigma: number, { leg }: DetectorParameters): number {
  return Math.max(leg.leastBp, leg.sigmas * sigma);
}
