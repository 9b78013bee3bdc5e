/** Whether the decision days that a webhook names are any. */
import type { Sql } from "postgres";
import { type IsoDate, isIsoDate } from "../calendar/calendar-date.ts";
import { meetingsKnown } from "../store/meetings.ts";
import type { MeetingSelector, Subscription } from "../webhooks/subscription.ts";
import { Problem } from "./problem.ts";
import { SELECTORS } from "./webhooks-rules.ts";
import { checkAhead } from "./webhooks-silent.ts";

/** The members of a body that may name decision days. */
export interface NamedMeetings {
  readonly meetings?: readonly MeetingSelector[] | null | undefined;
  readonly rules?: readonly { readonly meeting: MeetingSelector }[] | null | undefined;
}

/** The known meetings on either side of a date. @param known ascending */
function nearest(date: IsoDate, known: readonly IsoDate[]): readonly IsoDate[] {
  return [known.findLast((day) => day < date), known.find((day) => day > date)].filter((day) => day !== undefined);
}

/**
 * Refuses a date that is no meeting, which nothing could ever be told of. What lies beyond the calendar may become one, and
 * meetings of the past can be tried and replayed.
 *
 * @throws Problem 400 naming the meetings next to it
 */
export async function checkMeetings(sql: Sql, { meetings, rules }: NamedMeetings): Promise<void> {
  const named = [
    ...(meetings ?? []).map((day) => ({ place: "meetings", day })),
    ...(rules ?? []).map(({ meeting }, i) => ({ place: `rules[${i}].meeting`, day: meeting })),
  ].filter(({ day }) => isIsoDate(day));
  if (named.length === 0) return;
  const known = (await meetingsKnown(sql, null)).map(({ meetingDate }) => meetingDate);
  const last = known.at(-1);
  if (last === undefined) return;
  for (const { place, day } of named) {
    if (day > last || known.includes(day)) continue;
    const near = nearest(day, known).join(" and ");
    throw new Problem(400, `Cannot use ${place}: ${day} is no meeting's decision day, next to it are ${near}`, {
      members: { parameter: place, was: day, accepted: SELECTORS },
    });
  }
}

/** The members of a body that decide what can be sent. */
interface Sent {
  readonly rules?: unknown;
  readonly events?: unknown;
  readonly min_severity?: unknown;
}

/**
 * Refuses, once it is known as a whole, a subscription of matches alone whose rules are all on decided meetings: see
 * {@link checkAhead}. One of which nothing of this is given stays as it is.
 */
export async function aheadCheck(
  sql: Sql,
  { rules, events, min_severity }: Sent,
  now: Date,
): Promise<(subscription: Subscription) => void> {
  if ([rules, events, min_severity].every((member) => member === undefined)) return () => undefined;
  const known = await meetingsKnown(sql, null);
  return (subscription) => checkAhead(subscription, known, now);
}
