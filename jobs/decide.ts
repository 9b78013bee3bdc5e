import type { Sql } from "postgres";
import { addDays, type IsoDate } from "../src/calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../src/calendar/fed-business-days.ts";
import { scheduledStatementInstant } from "../src/sources/built-in/fomc-meetings.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import {
  type KnownOutcome,
  knownOutcome,
  type MeetingNotice,
  meetingsKnown,
  recordNotices,
} from "../src/store/meetings.ts";
import { DECISION_REACH_DAYS } from "./load-built-in.ts";

/** A decision as a person reports it. */
export interface DecisionByHand {
  readonly meetingDate: IsoDate;
  readonly lowerBp: number;
  readonly upperBp: number;
  readonly unscheduled: boolean;
}

/** What became of a decision that was reported. */
export interface DecideResult {
  /** whether anything was new */
  readonly isNew: boolean;
  /** the other range that was known until then; null: none was, or the same */
  readonly replaced: KnownOutcome | null;
}

/**
 * Records a decision by hand. A scheduled meeting must be on the calendar and its statement due; an unscheduled one is
 * put on it, known from now if it is today's.
 *
 * @throws RangeError naming what was wrong and what is accepted
 */
export async function decide(sql: Sql, decision: DecisionByHand, now: () => Date): Promise<DecideResult> {
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
  return historyWrite(sql, now, async (tx, recordedAt) => {
    const known = await knownOutcome(tx, meetingDate);
    const fresh = await recordNotices(
      tx,
      notices,
      { source: "by-hand", payloadId: null, isSample: false, recordedAt },
      { onlyMissing: false, reach: (date) => addDays(date, DECISION_REACH_DAYS) },
    );
    const isOther = known !== null && (known.lowerBp !== lowerBp || known.upperBp !== upperBp);
    return { isNew: fresh.length > 0, replaced: isOther ? known : null };
  });
}
