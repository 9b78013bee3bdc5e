import type { IsoDate, Month } from "./calendar-date.ts";

/** A decision of the FOMC: the range it set and since when that is known. */
export interface Decision {
  readonly lowerBp: number;
  readonly upperBp: number;
  /** the statement, 14:00 New York on the meeting's last day unless it was unscheduled */
  readonly announcedAt: Date;
}

/** One FOMC meeting that can change the rate. `meetingDate` is the decision day, the meeting's last. */
export interface Meeting {
  readonly meetingDate: IsoDate;
  /** the next business day: the decision day itself still carries the old range */
  readonly effectiveDate: IsoDate;
  readonly scheduled: boolean;
  /** when the meeting became known; null: long before it mattered (a scheduled one) */
  readonly knownFrom: Date | null;
  readonly cancelledAt: Date | null;
  readonly decision: Decision | null;
}

/** The calendar a chain is solved on: the meetings, and through which month the list is complete. */
export interface MeetingCalendar {
  readonly meetings: readonly Meeting[];
  /** last month whose meetings are all known */
  readonly completeThrough: Month;
}
