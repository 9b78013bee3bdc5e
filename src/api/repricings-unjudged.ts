/** What a list of repricings cannot tell: the days of its period that were not judged. */
import type { Sql } from "postgres";
import { z } from "zod";
import { addDays, type IsoDate, maxDate, minDate } from "../calendar/calendar-date.ts";
import { tradeDateAt } from "../calendar/trade-dates.ts";
import type { Basis } from "../pricing/observations.ts";
import { PARAMETERS } from "../repricing/parameters.ts";
import { newestDay, type UnjudgedDays, unjudgedDays } from "../store/unjudged-days.ts";
import type { MarketTime } from "./parameters.ts";
import { CalendarDate } from "./provenance.ts";

// Where no period is asked for: what somebody who looks today would take for quiet.
const RECENT_DAYS = 30;

/** The member beside the list. */
export const Unjudged = z
  .strictObject({
    from: CalendarDate,
    to: CalendarDate,
    days: z.int().min(1).meta({ description: "Trade dates between the two, both included, that were not judged" }),
    reason: z.string().meta({ description: "In words; several joined by a semicolon" }),
  })
  .nullable()
  .meta({
    description:
      "Days of the period whose readings could not be judged, so that no repricing of theirs is listed: the outcome of a meeting " +
      "was not known, or the rates were unsolved (of `meeting` where one is asked for, otherwise of every target). Of the basis " +
      "asked for, or else real before sample, then that with readings on most days. Without `from`: of the 30 days up to `to` " +
      "or to the newest reading, of a `meeting` of the 120 days before it. Null: every day that has a reading was judged",
  });

interface Asked {
  readonly meeting: IsoDate | null;
  readonly from: MarketTime | null;
  readonly to: MarketTime | null;
  readonly basis: Basis | null;
  readonly knownAt: Date | null;
}

function dateOf(time: MarketTime): IsoDate {
  return "instant" in time ? tradeDateAt(time.instant) : time.tradeDate;
}

/** The unjudged days of what a list was asked for; null: none. */
export async function unjudgedOf(sql: Sql, asked: Asked): Promise<UnjudgedDays | null> {
  const { meeting, basis, knownAt } = asked;
  const newest = await newestDay(sql, { basis, knownAt });
  if (newest === null) return null;
  const asFarAs = asked.to === null ? newest : minDate(dateOf(asked.to), newest);
  // On its own day a meeting is no target any more.
  const to = meeting === null ? asFarAs : minDate(asFarAs, addDays(meeting, -1));
  const reach = meeting === null ? addDays(to, -RECENT_DAYS) : addDays(meeting, -PARAMETERS.meetingReachDays);
  const since = asked.from === null ? reach : dateOf(asked.from);
  const from = meeting === null ? since : maxDate(since, reach);
  if (from > to) return null;
  const { nextMeetings } = PARAMETERS;
  return unjudgedDays(sql, { from, to, meeting, basis, knownAt, nextMeetings });
}
