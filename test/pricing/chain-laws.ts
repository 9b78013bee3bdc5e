/** What every set of readings must hold, whatever the prices: checked on random strips and on the market's history. */
import { expect } from "vitest";
import { dayOfMonth, daysInMonth, monthOf } from "../../src/calendar/calendar-date.ts";
import type { MeetingReading, Strip } from "../../src/pricing/reading.ts";
import { isOnCalendar } from "../../src/pricing/schedule.ts";

const SUM = 1e-12;
const MEAN_BP = 1e-9;
const REPRICED_BP = 1e-9;

const REASON = /^Cannot (solve|place) the meeting of \d{4}-\d\d-\d\d: .*(ZQ[A-Z]\d\d|\d{4}-\d\d)/;

/** Throws when a law is broken. Plain comparisons: a million calls of expect() would take minutes. */
export function checkLaws(strip: Strip, readings: readonly MeetingReading[]): void {
  let moves = 0;
  for (const reading of readings) {
    const at = `${strip.tradeDate} ${reading.meetingDate}`;
    checkFinite(reading, at);
    if (reading.unsolved !== null) {
      insist(REASON.test(reading.unsolved.detail), at);
      insist(reading.expectedRateBp === null && reading.outcomes.length === 0 && reading.contracts.length === 0, at);
      continue;
    }
    moves += reading.moves ?? Number.NaN;
    let sum = 0;
    let mean = 0;
    let before = Number.NEGATIVE_INFINITY;
    for (const { lowerBp, upperBp, probability } of reading.outcomes) {
      insist(probability > 0 && probability <= 1 && lowerBp > before, at);
      before = lowerBp;
      sum += probability;
      mean += (probability * (lowerBp + upperBp)) / 2;
    }
    const expected = (strip.target.lowerBp + strip.target.upperBp) / 2 + 25 * moves;
    insist(Math.abs(sum - 1) <= SUM, `${at}: probabilities add up to ${sum}`);
    insist(Math.abs(mean - expected) <= MEAN_BP, `${at}: mean ${mean}, moves give ${expected}`);
    insist(mean === reading.expectedRateBp, `${at}: expected rate`);
    const { ease, hold, hike } = reading.cumulative ?? { ease: 0, hold: 0, hike: 0 };
    insist(Math.abs(ease + hold + hike - 1) <= SUM, `${at}: ease, hold, hike`);
  }
  checkRepricing(strip, readings);
}

/** Lays the solved rates out over the days of each month and averages them: each contract used must come out at its price. */
function checkRepricing(strip: Strip, readings: readonly MeetingReading[]): void {
  const solved = readings.filter(({ unsolved }) => unsolved === null);
  const months = new Set(solved.flatMap(({ contracts }) => contracts.map(({ contractMonth }) => contractMonth)));
  const isHeadOfMonth = strip.calendar.meetings.some(
    (meeting) =>
      isOnCalendar(meeting, strip.asOf) &&
      meeting.meetingDate < strip.tradeDate &&
      monthOf(meeting.meetingDate) === monthOf(strip.tradeDate),
  );
  for (const month of months) {
    if (month <= monthOf(strip.tradeDate) && isHeadOfMonth) continue; // its first days are history, not in the readings
    const within = solved.filter(({ meetingDate }) => monthOf(meetingDate) === month);
    const price = strip.prices.get(month);
    if (price === undefined) continue; // expired
    const average = (100 - price) * 100;
    const at = `${strip.tradeDate} ${month}`;
    if (within.length === 0) {
      // A month without a meeting is one rate: the end of the meeting before it and the start of the one after.
      const before = solved.findLast(({ meetingDate }) => monthOf(meetingDate) < month);
      const after = solved.find(({ meetingDate }) => monthOf(meetingDate) > month);
      const rates = [before?.endRateBp ?? null, after?.startRateBp ?? null].filter((rate) => rate !== null);
      const known = rates.some((rate) => Math.abs(rate - average) <= REPRICED_BP);
      // The end of a run whose last meeting lies beyond the limit is not among the readings.
      insist(known || rates.length < 2, `${at}: ${average} is neither of ${rates}`);
      continue;
    }
    const days = daysInMonth(month);
    let through = 0;
    let sum = 0;
    for (const { meetingDate, startRateBp } of within) {
      sum += (dayOfMonth(meetingDate) - through) * (startRateBp ?? Number.NaN);
      through = dayOfMonth(meetingDate);
    }
    const repriced = (sum + (days - through) * (within.at(-1)?.endRateBp ?? Number.NaN)) / days;
    insist(Math.abs(repriced - average) <= REPRICED_BP, `${at}: ${repriced} not ${average}`);
  }
}

function checkFinite(value: unknown, at: string): void {
  if (typeof value === "number") insist(Number.isFinite(value), `${at}: ${value}`);
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) checkFinite(part, at);
}

function insist(holds: boolean, message: string): void {
  if (!holds) expect.fail(message);
}
