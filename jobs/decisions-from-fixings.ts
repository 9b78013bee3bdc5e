import type { Sql } from "postgres";
import { addDays, type IsoDate } from "../src/calendar/calendar-date.ts";
import { scheduledStatementInstant } from "../src/sources/built-in/fomc-meetings.ts";
import { fixingsBetween } from "../src/store/fixings.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { type MeetingNotice, meetingsKnown, recordNotices } from "../src/store/meetings.ts";
import { DECISION_REACH_DAYS } from "./load-built-in.ts";

/**
 * At the latest the target range published with EFFR tells what a meeting decided: for each meeting in effect whose
 * outcome is not known, the range of the first fixing from its effective date on.
 *
 * @returns how many decisions were learned
 */
export async function decisionsFromFixings(
  sql: Sql,
  now: () => Date,
  period: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<number> {
  const startedAt = now();
  const [meetings, fixings] = await Promise.all([
    meetingsKnown(sql, null),
    fixingsBetween(sql, { ...period, withSample: false }),
  ]);
  const notices: MeetingNotice[] = [];
  for (const [i, meeting] of meetings.entries()) {
    if (meeting.decision !== null || meeting.cancelledAt !== null || !meeting.scheduled) continue;
    // A fixing dated after today is somebody's slip; no meeting is decided before its statement.
    if (scheduledStatementInstant(meeting.meetingDate) > startedAt) continue;
    const next = meetings[i + 1]?.meetingDate ?? "9999-12-31";
    const first = fixings.find(
      (fixing) =>
        fixing.date >= meeting.effectiveDate &&
        // Past the next meeting's day the range may be that one's doing.
        fixing.date <= next &&
        fixing.targetLowerBp !== null &&
        fixing.targetUpperBp !== null,
    );
    if (first?.targetLowerBp == null || first.targetUpperBp === null) continue;
    notices.push({
      kind: "decided",
      meetingDate: meeting.meetingDate,
      effectiveDate: meeting.effectiveDate,
      knownFrom: scheduledStatementInstant(meeting.meetingDate),
      lowerBp: first.targetLowerBp,
      upperBp: first.targetUpperBp,
    });
  }
  if (notices.length === 0) return 0;
  const fresh = await historyWrite(sql, now, (tx, recordedAt) =>
    recordNotices(
      tx,
      notices,
      { source: "effr-target", payloadId: null, isSample: false, recordedAt },
      { onlyMissing: true, reach: (meetingDate) => addDays(meetingDate, DECISION_REACH_DAYS) },
    ),
  );
  return fresh.length;
}
