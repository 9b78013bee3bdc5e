import type { Sql } from "postgres";
import { addDays, type IsoDate } from "../src/pricing/calendar-date.ts";
import { nextFedBusinessDay } from "../src/pricing/fed-business-days.ts";
import { scheduledStatementInstant } from "../src/sources/fomc-meetings.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { type MeetingNotice, meetingsKnown, recordNotices } from "../src/store/meetings.ts";
import { DECISION_REACH_DAYS } from "./load-built-in.ts";

/** A decision as a person reports it. */
export interface DecisionByHand {
  readonly meetingDate: IsoDate;
  readonly lowerBp: number;
  readonly upperBp: number;
  readonly unscheduled: boolean;
}

/**
 * Records a decision by hand. A scheduled meeting must be on the calendar and its statement due; an unscheduled one is
 * put on it, known from now if it is today's.
 *
 * @returns whether anything was new
 * @throws RangeError naming what was wrong and what is accepted
 */
export async function decide(sql: Sql, decision: DecisionByHand, now: () => Date): Promise<boolean> {
  const today = now();
  const { meetingDate, lowerBp, upperBp, unscheduled } = decision;
  const meetings = await meetingsKnown(sql, null);
  const meeting = meetings.find((known) => known.meetingDate === meetingDate);
  if (meeting === undefined && !unscheduled) {
    const before = meetings.filter((known) => known.meetingDate < meetingDate).at(-1)?.meetingDate ?? "none";
    const after = meetings.find((known) => known.meetingDate > meetingDate)?.meetingDate ?? "none";
    throw new RangeError(
      `Cannot decide ${meetingDate}: no meeting is on that day, the neighbours are ${before} and ${after}; use --unscheduled for one outside the calendar`,
    );
  }
  const statement = scheduledStatementInstant(meetingDate);
  if (meeting !== undefined && unscheduled && meeting.scheduled) {
    throw new RangeError(`Cannot decide ${meetingDate} as unscheduled: it is a scheduled meeting`);
  }
  const announcedAt = unscheduled && statement > today ? today : statement;
  if (announcedAt > today || meetingDate > today.toISOString().slice(0, 10)) {
    throw new RangeError(`Cannot decide ${meetingDate}: its statement is due at ${statement.toISOString()}`);
  }
  const effectiveDate = nextFedBusinessDay(meetingDate);
  const notices: MeetingNotice[] = [
    { kind: "decided", meetingDate, effectiveDate, knownFrom: announcedAt, lowerBp, upperBp },
  ];
  if (meeting === undefined) {
    notices.unshift({ kind: "unscheduled", meetingDate, effectiveDate, knownFrom: announcedAt });
  }
  const fresh = await historyWrite(sql, now, (tx, recordedAt) =>
    recordNotices(
      tx,
      notices,
      { source: "by-hand", payloadId: null, isSample: false, recordedAt },
      { onlyMissing: false, reach: (date) => addDays(date, DECISION_REACH_DAYS) },
    ),
  );
  return fresh.length > 0;
}
