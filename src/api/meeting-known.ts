/** Whether a meeting exists, and what to say when it does not. */
import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import { type MeetingRow, meetingsKnown } from "../store/meetings.ts";
import { Problem } from "./problem.ts";

/** @throws Problem 404 naming the neighbours of a date on which no meeting is known */
export async function requireMeeting(sql: Sql, meeting: IsoDate, knownAt: Date | null): Promise<void> {
  const meetings = await meetingsKnown(sql, knownAt);
  if (!meetings.some((row) => row.meetingDate === meeting)) throw unknownMeeting(meetings, meeting);
}

/** 404 naming the neighbours of a date without a meeting. */
export function unknownMeeting(meetings: readonly MeetingRow[], meeting: IsoDate): Problem {
  const before = meetings.findLast((row) => row.meetingDate < meeting)?.meetingDate;
  const after = meetings.find((row) => row.meetingDate > meeting)?.meetingDate;
  const near = [before, after].filter((date) => date !== undefined);
  const state = near.length === 0 ? "no meeting is known" : `the nearest meetings are ${near.join(" and ")}`;
  return new Problem(404, `Cannot find the meeting ${meeting}: ${state}`, {
    members: { parameter: "meeting", was: meeting, accepted: near.join(", ") },
  });
}
