import type { Sql } from "postgres";
import { z } from "zod";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Decision } from "../calendar/meetings.ts";
import { dateInZone, NEW_YORK, zonedInstant } from "../calendar/zoned-time.ts";
import { type MeetingRow, meetingsKnown } from "../store/meetings.ts";
import { pageOf } from "./cursor.ts";
import { dateParameter, knownAt, LIST_PARAMETERS } from "./parameters.ts";
import { CalendarDate, Instant, Range, rangeJson } from "./provenance.ts";
import { defineResource, soon, viewpoint } from "./resource.ts";

const STATUSES = ["upcoming", "announced", "decided", "cancelled"] as const;
type Status = (typeof STATUSES)[number];

const Item = z.strictObject({
  meeting: CalendarDate,
  effective_date: CalendarDate,
  scheduled: z.boolean(),
  status: z.enum(STATUSES),
  target_after: Range.nullable(),
  change_bp: z.number().nullable().meta({ description: "Against the range before; null when either is unknown" }),
  announced_at: Instant.nullable(),
  recorded_at: Instant,
  source: z.string(),
});

const STATEMENT_HOUR = 14; // New York

/** Announced from the statement on, decided from the day the range takes effect; never decided without a known outcome. */
function statusAt(meeting: MeetingRow, at: Date): Status {
  if (meeting.cancelledAt !== null && meeting.cancelledAt <= at) return "cancelled";
  const outcome = outcomeAt(meeting, at);
  if (outcome !== null && dateInZone(at, NEW_YORK) >= meeting.effectiveDate) return "decided";
  return outcome !== null || statementDue(meeting) <= at ? "announced" : "upcoming";
}

function statementDue(meeting: MeetingRow): Date {
  return zonedInstant(meeting.meetingDate, STATEMENT_HOUR, 0, NEW_YORK);
}

function outcomeAt({ decision }: MeetingRow, at: Date): Decision | null {
  return decision !== null && decision.announcedAt <= at ? decision : null;
}

// Bounds move together except on 16 Dec 2008, from the level 100 to the range 0-25: by the usual count -75, upper to upper.
function changeBp(before: Decision | null, after: Decision | null): number | null {
  return before === null || after === null ? null : after.upperBp - before.upperBp;
}

/** A meeting that was held and whose outcome was known. */
interface DecidedMeeting {
  readonly meeting: IsoDate;
  readonly scheduled: boolean;
  readonly decision: Decision;
  readonly changeBp: number | null;
}

/** The decisions that had been announced at an instant, by date. */
export async function decidedMeetings(sql: Sql, at: Date, knownAt: Date | null): Promise<DecidedMeeting[]> {
  let before: Decision | null = null;
  return (await meetingsKnown(sql, knownAt)).flatMap((meeting) => {
    const status = statusAt(meeting, at);
    if (status !== "announced" && status !== "decided") return [];
    const decision = outcomeAt(meeting, at);
    const change = changeBp(before, decision);
    before = decision;
    const { meetingDate, scheduled } = meeting;
    return decision === null ? [] : [{ meeting: meetingDate, scheduled, decision, changeBp: change }];
  });
}

/** When the clock alone gives a meeting another status. */
function nextTurn(meeting: MeetingRow, at: Date): Date | null {
  const turns = [statementDue(meeting), zonedInstant(meeting.effectiveDate, 0, 0, NEW_YORK)];
  return turns.find((turn) => turn > at) ?? null;
}

export const meetingsResource = defineResource({
  path: "/v1/meetings",
  summary: "FOMC meetings and their decisions",
  description:
    "By date. `announced` is a meeting whose statement is out while its range is not in effect or not known yet.",
  parameters: z.object({
    from: dateParameter("First decision day").optional(),
    to: dateParameter("Last decision day").optional(),
    known_at: knownAt,
    ...LIST_PARAMETERS,
  }),
  answer: z.strictObject({ data: z.array(Item), next_cursor: z.string().nullable() }),
  item: Item,
  read: async (question, { sql, now, knownBy }) => {
    const at = viewpoint(now, question.known_at);
    const meetings = await meetingsKnown(sql, knownBy);
    let before: Decision | null = null;
    const rows = meetings.map((meeting) => {
      const status = statusAt(meeting, at);
      const outcome = status === "cancelled" ? null : outcomeAt(meeting, at);
      const change = changeBp(before, outcome);
      // After a held meeting with an unknown outcome the range before the next one is unknown too.
      if (status === "announced" || status === "decided") before = outcome;
      return {
        meeting: meeting.meetingDate,
        effective_date: meeting.effectiveDate,
        scheduled: meeting.scheduled,
        status,
        target_after: outcome === null ? null : rangeJson(outcome),
        change_bp: change,
        announced_at: outcome?.announcedAt.toISOString() ?? null,
        recorded_at: meeting.recordedAt.toISOString(),
        source: meeting.source,
      };
    });
    const { from = "", to = "9999" } = question;
    const asked = rows.filter((row) => row.meeting >= from && row.meeting <= to);
    return {
      body: pageOf("meetings", asked, (row) => row.meeting, question),
      until: at < now ? null : soon(now, ...meetings.map((meeting) => nextTurn(meeting, now))),
    };
  },
});
