/** Average EFFR of calendar months: realised from the fixings, expected from the prices. */
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { daysInMonth, firstOfMonth } from "../calendar/calendar-date.ts";
import { isFedBusinessDay, previousFedBusinessDay } from "../calendar/fed-business-days.ts";
import type { Strip } from "./reading.ts";
import type { MeetingSchedule } from "./schedule.ts";
import { CURRENT, realisedDays } from "./schedule.ts";
import type { Bp } from "./units.ts";
import { bp, impliedRateBp } from "./units.ts";

// A fixing is published at 9:00 New York on the next business day: early on a decision day, that day's and the one
// before it are still to come.
const UNPUBLISHED_FIXINGS = 2;

/** What a chain is solved from, in basis points; null where not known. */
export interface AverageRates {
  /** by position of the schedule's months: the first is the expired month's, the others are what the prices imply */
  readonly months: readonly (number | null)[];
  /** mean EFFR of the trade month's days that a decision divides from an open meeting; null also where no such days are */
  readonly realisedBp: number | null;
}

/**
 * Mean EFFR of the first days of a month, over calendar days: a weekend or holiday carries the fixing before it.
 *
 * @param through last day of month that counts
 * @param unpublished how many fixings may be missing at the end; they carry the last one
 * @returns null when any other business day lacks its fixing
 * @see CBOT Rulebook, chapter 22
 */
export function meanFixingBp(
  fixings: ReadonlyMap<IsoDate, Bp>,
  month: Month,
  through: number,
  unpublished: number,
): Bp | null {
  const first = firstOfMonth(month);
  let carried = fixings.get(first) ?? fixings.get(previousFedBusinessDay(first));
  if (carried === undefined) return null;
  let sum = 0;
  let missing = 0;
  for (let day = 1; day <= through; day++) {
    const date = `${month}-${day < 10 ? "0" : ""}${day}`;
    const fixing = fixings.get(date);
    if (fixing !== undefined && missing === 0) carried = fixing;
    else if (fixing !== undefined || (isFedBusinessDay(date) && ++missing > unpublished)) return null;
    sum += carried;
  }
  return bp(sum / through);
}

/** Average of an expired month: of its fixings when all are known, otherwise what its last settlement says. */
function expiredAverageBp(strip: Strip, month: Month): Bp | null {
  const realised = meanFixingBp(strip.fixings, month, daysInMonth(month), 0);
  if (realised !== null) return realised;
  const finalPrice = strip.finalPrices.get(month);
  return finalPrice === undefined ? null : impliedRateBp(finalPrice);
}

/** The averages that a strip gives for the months of a schedule, as far as the first meeting needs the realised ones. */
export function averageRates(strip: Strip, schedule: MeetingSchedule): AverageRates {
  const { months, hasMeeting, open, decidedDay } = schedule;
  const opensThisMonth = open[0]?.monthIndex === CURRENT;
  const expiredNeeded = opensThisMonth && decidedDay === 0 && !hasMeeting[CURRENT - 1];
  const averages = months.map((month, position) => {
    if (position < CURRENT) return expiredNeeded ? expiredAverageBp(strip, month) : null;
    const price = strip.prices.get(month);
    return price === undefined ? null : impliedRateBp(price);
  });
  const days = realisedDays(schedule);
  const month = months[CURRENT];
  const realisedBp =
    days === 0 || month === undefined ? null : meanFixingBp(strip.fixings, month, days, UNPUBLISHED_FIXINGS);
  return { months: averages, realisedBp };
}
