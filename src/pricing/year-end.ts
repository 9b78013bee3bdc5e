import type { IsoDate } from "../calendar/calendar-date.ts";
import type { MeetingReading, TargetRange } from "./reading.ts";
import { type Bp, bp } from "./units.ts";

/**
 * What is priced until the end of the year, in bp, signed: the expected rate after the year's last open meeting less
 * the midpoint of the range in force. Below 0 is easing. After the year's last meeting it is next year's.
 *
 * @returns null when that meeting is not among the readings or is unsolved
 */
export function pricedByYearEndBp(
  readings: readonly MeetingReading[],
  target: TargetRange,
  tradeDate: IsoDate,
): Bp | null {
  const open = readings.filter((reading) => reading.meetingDate >= tradeDate);
  const year = open[0]?.meetingDate.slice(0, 4);
  const last = open.filter((reading) => reading.meetingDate.startsWith(`${year}-12`)).at(-1);
  if (last === undefined || last.expectedRateBp === null) return null;
  return bp(last.expectedRateBp - (target.lowerBp + target.upperBp) / 2);
}
