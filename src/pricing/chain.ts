/** The chain that CME's live tool solves: the expected rate before and after each meeting, walking backwards. */
import type { AverageRates } from "./average-rates.ts";
import type { MeetingSchedule } from "./schedule.ts";
import { CURRENT } from "./schedule.ts";

/** Expected EFFR before and after each open meeting, in basis points; null where the chain does not reach. */
export interface ChainRates {
  readonly startBp: readonly (number | null)[];
  readonly endBp: readonly (number | null)[];
}

/**
 * Whether the month's opening rate is the average of the month before it: that one has no meeting, and the trade month
 * has seen no decision yet. An expired month of which nothing is known cannot serve; the own average then has to.
 */
export function opensOnPrevious(schedule: MeetingSchedule, averages: AverageRates, month: number): boolean {
  if (schedule.hasMeeting[month - 1] !== false) return false;
  return month !== CURRENT || (schedule.decidedDay === 0 && averages.months[month - 1] !== null);
}

/**
 * Solves the chain of method `cme` on plain numbers.
 *
 * A month without a meeting opens and closes at its average. A month with one closes at the opening of the next, and
 * opens at the average of the month before when that has no meeting, otherwise where its own average puts it:
 * D avg = N start + M end, N the days through the decision, M the days after it. The division is by N, never by M, which
 * is 0 for a decision on the last day (31 Jan 2024).
 *
 * Days up to a decision already in effect (or up to the first of two open meetings) are a head of known rate r:
 * D avg = h r + (N - h) start + M end. No published figure has confirmed that rule yet.
 */
export function solveChain(schedule: MeetingSchedule, averages: AverageRates): ChainRates {
  const { open, months, monthDays, hasMeeting, usableThrough, decidedDay } = schedule;
  const startBp: (number | null)[] = open.map(() => null);
  const endBp: (number | null)[] = open.map(() => null);
  let last = open.length - 1;
  let closing: number | null = null; // the opening rate of the month after
  for (let month = months.length - 1; month >= CURRENT && last >= 0; month--) {
    const average = month <= usableThrough ? (averages.months[month] ?? null) : null;
    if (!hasMeeting[month]) {
      closing = average;
      continue;
    }
    let first = last;
    while (open[first - 1]?.monthIndex === month) first--;
    const fromPrevious = opensOnPrevious(schedule, averages, month);
    const previousBp = fromPrevious ? (averages.months[month - 1] ?? null) : null;
    const divided = first < last;
    const headDays = divided ? (open[first]?.day ?? 0) : month === CURRENT ? decidedDay : 0;
    const headBp = previousBp ?? (month === CURRENT ? averages.realisedBp : null);
    let opening = divided ? headBp : previousBp;
    if (last - first <= 1 && !(divided && month === CURRENT && decidedDay > 0)) {
      let start = opening;
      if (divided || !fromPrevious) {
        start = startOfOwn({
          average,
          closing,
          headDays,
          headBp,
          day: open[last]?.day ?? 0,
          days: monthDays[month] ?? 0,
        });
      }
      if (divided) {
        startBp[first] = opening;
        endBp[first] = start;
      } else opening = start;
      startBp[last] = start;
      endBp[last] = closing;
    } else opening = null;
    closing = opening;
    last = first - 1;
  }
  return { startBp, endBp };
}

interface OwnMonth {
  readonly average: number | null;
  /** the rate of the days after the decision */
  readonly closing: number | null;
  /** days from the first at a known rate */
  readonly headDays: number;
  readonly headBp: number | null;
  /** day of the decision */
  readonly day: number;
  readonly days: number;
}

/** The rate between the head and the decision that makes the month average what it does. */
function startOfOwn({ average, closing, headDays, headBp, day, days }: OwnMonth): number | null {
  if (average === null || closing === null || (headDays > 0 && headBp === null)) return null;
  return (days * average - headDays * (headBp ?? 0) - (days - day) * closing) / (day - headDays);
}

/**
 * Positions of the months whose averages a meeting is solved from, ascending. The first of two consecutive meeting months
 * does not need its own: on 17 Nov 2025 the meeting of 10 December rests on November, January and February.
 */
export function chainNeeds(schedule: MeetingSchedule, averages: AverageRates, meeting: number): readonly number[] {
  const { open, hasMeeting } = schedule;
  const month = open[meeting]?.monthIndex;
  if (month === undefined) return [];
  const divided = open[meeting - 1]?.monthIndex === month || open[meeting + 1]?.monthIndex === month;
  const fromPrevious = opensOnPrevious(schedule, averages, month);
  const needs: number[] = [];
  if (fromPrevious) needs.push(month - 1);
  if (!fromPrevious || divided) needs.push(month);
  let next = month + 1;
  while (hasMeeting[next]) needs.push(next++);
  needs.push(next);
  return needs;
}
