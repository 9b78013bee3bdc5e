/** The forward rule of CME's 2023 article, kept for its published worked example. It is not what FedWatch shows. */
import type { AverageRates } from "./average-rates.ts";
import type { ChainRates } from "./chain.ts";
import type { MeetingSchedule } from "./schedule.ts";
import { CURRENT } from "./schedule.ts";

/** The first month without a meeting, the trade month or a later one. */
function anchorOf({ hasMeeting }: MeetingSchedule): number {
  let month = CURRENT;
  while (hasMeeting[month]) month++;
  return month;
}

/**
 * Solves the chain of method `cme_article`: anchored on the first month without a meeting, the start of a meeting before it
 * and the end of one after it come from the meeting month's own average. A decision on the month's last day after the
 * anchor has no days of its own to average, so its end stays unknown; so does all of a month with two open meetings.
 *
 * @see CME Group, Understanding the CME Group FedWatch Tool Methodology (2023)
 */
export function solveArticle(schedule: MeetingSchedule, averages: AverageRates): ChainRates {
  const { open, months, monthDays, hasMeeting, usableThrough, decidedDay } = schedule;
  const startBp: (number | null)[] = open.map(() => null);
  const endBp: (number | null)[] = open.map(() => null);
  const anchor = anchorOf(schedule);
  const average = (month: number) => (month <= usableThrough ? (averages.months[month] ?? null) : null);
  let rate = average(anchor);
  for (let month = anchor - 1; month >= CURRENT; month--) {
    const k = onlyMeetingOf(schedule, month);
    const avg = average(month);
    const head = month === CURRENT ? decidedDay : 0;
    const headBp = head === 0 ? 0 : averages.realisedBp;
    const day = open[k]?.day;
    const days = monthDays[month] ?? 0;
    const close = rate;
    rate =
      day === undefined || avg === null || close === null || headBp === null
        ? null
        : (days * avg - head * headBp - (days - day) * close) / (day - head);
    if (day === undefined) continue;
    startBp[k] = rate;
    endBp[k] = close;
  }
  rate = average(anchor);
  for (let month = anchor + 1; month < months.length; month++) {
    const avg = average(month);
    if (!hasMeeting[month]) {
      rate = avg;
      continue;
    }
    const k = onlyMeetingOf(schedule, month);
    const day = open[k]?.day;
    const days = monthDays[month] ?? 0;
    const start: number | null = rate;
    rate =
      day === undefined || day === days || avg === null || start === null
        ? null
        : (days * avg - day * start) / (days - day);
    if (day === undefined) continue;
    startBp[k] = start;
    endBp[k] = rate;
  }
  return { startBp, endBp };
}

/** Position of the month's open meeting; -1 when it has none or more than one. */
function onlyMeetingOf({ open }: MeetingSchedule, month: number): number {
  const k = open.findIndex(({ monthIndex }) => monthIndex === month);
  return open[k + 1]?.monthIndex === month ? -1 : k;
}

/** Positions of the months whose averages a meeting is solved from, ascending: its own and those to its anchor. */
export function articleNeeds(
  { open, hasMeeting }: MeetingSchedule,
  _averages: AverageRates,
  meeting: number,
): readonly number[] {
  const month = open[meeting]?.monthIndex;
  if (month === undefined) return [];
  let first = month;
  while (hasMeeting[first] && first >= CURRENT) first--;
  let last = month;
  // No month without a meeting before it: the anchor is the one after.
  if (first < CURRENT) {
    first = month;
    while (hasMeeting[last]) last++;
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
