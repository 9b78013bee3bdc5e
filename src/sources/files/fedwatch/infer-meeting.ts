import type { IsoDate } from "../../../calendar/calendar-date.ts";

/** How far one row of a FedWatch history of one meeting reaches. */
export interface PrintedWidth {
  readonly tradeDate: IsoDate;
  /** lower end of the first range with a figure, zeros included, in bp */
  readonly firstLowerBp: number;
  /** how many ranges in a row have a figure */
  readonly ranges: number;
}

// FedWatch prints, for the n-th meeting ahead, the range in force and 5 n ranges on either side (125 bp a meeting): 11
// cells for the next meeting, 21 for the one after. So in all 15 rows at hand that are not cut off; one is of a decision
// day, on which the day's own meeting still counts as the first.
const RANGES_A_SIDE = 5;

/**
 * Which meeting a history is of, told by how wide its rows are; null when the rows do not say or do not agree. Rows that
 * were cut off at 0 bp say nothing.
 *
 * @param meetingDates decision days of all meetings, past and coming
 * @example
 * inferMeeting([{ tradeDate: "2025-10-16", firstLowerBp: 150, ranges: 21 }], ["2025-10-29", "2025-12-10"]); // "2025-12-10"
 */
export function inferMeeting(rows: readonly PrintedWidth[], meetingDates: readonly IsoDate[]): IsoDate | null {
  const calendar = meetingDates.toSorted();
  const answers = new Set<IsoDate | null>();
  for (const { tradeDate, firstLowerBp, ranges } of rows) {
    if (firstLowerBp <= 0) continue;
    const ahead = (ranges - 1) / (2 * RANGES_A_SIDE);
    const coming = calendar.filter((date) => date >= tradeDate);
    answers.add(Number.isInteger(ahead) && ahead >= 1 ? (coming[ahead - 1] ?? null) : null);
  }
  const [only] = answers;
  return answers.size === 1 && only !== undefined ? only : null;
}
