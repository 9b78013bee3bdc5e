import type { Sql } from "postgres";
import { addDays, addMonths, type IsoDate, lastOfMonth, type Month, monthOf } from "../src/calendar/calendar-date.ts";
import { nextFedBusinessDay } from "../src/calendar/fed-business-days.ts";
import type { Meeting, MeetingCalendar } from "../src/calendar/meetings.ts";
import { NEW_YORK, zonedInstant } from "../src/calendar/zoned-time.ts";
import { type Bp, bp } from "../src/pricing/units.ts";
import { type FixingRow, fixingsBetween } from "../src/store/fixings.ts";
import { meetingsKnown } from "../src/store/meetings.ts";

/** The New York Fed publishes a day's EFFR at about 09:00 of the next business day. */
const FIXING_PUBLISHED_HOUR = 9;

/** Fixings older than this enter no chain: two meeting months, the free month before them, and room. */
const FIXING_REACH_DAYS = 130;

/** When a day's fixing became public. */
export function fixingPublishedAt(date: IsoDate): Date {
  return zonedInstant(nextFedBusinessDay(date), FIXING_PUBLISHED_HOUR, 0, NEW_YORK);
}

/** Fixings of a period, and what of them was public at an instant. */
export interface FixingHistory {
  knownAt(asOf: Date): { readonly rows: readonly FixingRow[]; readonly byDate: ReadonlyMap<IsoDate, Bp> };
}

/** Everything besides prices that the readings of a period are computed from. */
export interface SnapshotContext {
  readonly calendar: MeetingCalendar;
  readonly realFixings: FixingHistory;
  readonly sampleFixings: FixingHistory;
}

function historyOf(rows: readonly FixingRow[]): FixingHistory {
  const publishedMs = rows.map((row) => fixingPublishedAt(row.date).getTime());
  return {
    knownAt(asOf) {
      // Publication follows the date, so the rows known are the first so many.
      let count = 0;
      let high = rows.length;
      while (count < high) {
        const middle = (count + high) >>> 1;
        if ((publishedMs[middle] ?? Number.POSITIVE_INFINITY) <= asOf.getTime()) count = middle + 1;
        else high = middle;
      }
      const oldest = addDays(asOf.toISOString().slice(0, 10), -FIXING_REACH_DAYS);
      let first = count;
      while (first > 0 && (rows[first - 1]?.date ?? "") >= oldest) first--;
      const known = rows.slice(first, count);
      const byDate = known.flatMap(({ date, effrBp }) => (effrBp === null ? [] : [[date, bp(effrBp)] as const]));
      return { rows: known, byDate: new Map(byDate) };
    },
  };
}

/** Last month whose meetings are all known: that of the last scheduled meeting on the list. */
export function completeThrough(meetings: readonly Meeting[]): Month {
  let last = "0000-01";
  for (const { scheduled, meetingDate } of meetings) {
    if (scheduled && monthOf(meetingDate) > last) last = monthOf(meetingDate);
  }
  return last;
}

/** Loads the calendar and the fixings that readings from `from` to `to` rest on. */
export async function loadContext(sql: Sql, from: IsoDate, to: IsoDate): Promise<SnapshotContext> {
  const period = { from: addDays(from, -FIXING_REACH_DAYS), to: lastOfMonth(addMonths(monthOf(to), 1)) };
  const [meetings, real, all] = await Promise.all([
    meetingsKnown(sql, null),
    fixingsBetween(sql, { ...period, withSample: false }),
    fixingsBetween(sql, { ...period, withSample: true }),
  ]);
  return {
    calendar: { meetings, completeThrough: completeThrough(meetings) },
    realFixings: historyOf(real),
    sampleFixings: historyOf(all),
  };
}
