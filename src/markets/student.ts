import jStat from "jstat";

/** Two-sided level of every interval of this room: 95 %. */
export const CONFIDENCE = 0.95;

/**
 * The distance from the centre that Student's t exceeds, on either side together, with probability `1 - confidence`.
 *
 * @param degreesOfFreedom above 0
 * @param confidence above 0 and below 1; 0.95 by default
 * @throws RangeError for degrees of freedom or a confidence outside those bounds
 * @example
 * studentHalfWidth(20); // 2.086
 */
export function studentHalfWidth(degreesOfFreedom: number, confidence: number = CONFIDENCE): number {
  if (!(degreesOfFreedom > 0)) {
    throw new RangeError(
      `Cannot take a quantile of Student's t: ${degreesOfFreedom} degrees of freedom, must be above 0`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(`Cannot take a quantile of Student's t: confidence ${confidence}, must lie between 0 and 1`);
  }
  return jStat.studentt.inv((1 + confidence) / 2, degreesOfFreedom);
}
