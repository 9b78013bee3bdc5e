/** A calendar's own time zone, as its VTIMEZONE defines it (RFC 5545, section 3.6.5). */

import { excerpt } from "../import-result.ts";
import type { IcsLine } from "./ics-lines.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A zone's whole history has some two hundred changes; each event asks all of them. */
const MAX_CHANGES = 1_000;
const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

/** The part of a zone between two changes of its clock, `STANDARD` or `DAYLIGHT`. Wall times are ms as if they were UTC. */
interface Observance {
  readonly fromMs: number;
  readonly toMs: number;
  readonly startWallMs: number;
  readonly rule: YearlyRule | null;
  readonly extraWallMs: readonly number[];
}

interface YearlyRule {
  readonly month: number;
  /** the nth such weekday of the month, from its end where negative */
  readonly weekday: { readonly nth: number; readonly day: number } | null;
  readonly untilWallMs: number;
}

const WALL = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z?)?$/;
const OFFSET = /^([+-])(\d{2})(\d{2})(\d{2})?$/;
const NTH_WEEKDAY = /^([+-]?[1-5])(SU|MO|TU|WE|TH|FR|SA)$/;

function wallOf(text: string): number {
  const [, year, month, day, hour = "0", minute = "0", second = "0"] = WALL.exec(text.trim()) ?? [];
  if (year === undefined) throw new RangeError("a time in it is none");
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

function offsetOf(text: string | undefined): number {
  const [, sign, hours, minutes, seconds = "0"] = OFFSET.exec(text?.trim() ?? "") ?? [];
  if (sign === undefined) throw new RangeError("an offset in it is none, such as -0500");
  const ms = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS + Number(seconds) * 1000;
  return sign === "-" ? -ms : ms;
}

function ruleOf(text: string, startWallMs: number, fromMs: number): YearlyRule {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(";")) {
    const [name = "", value = ""] = part.split("=", 2);
    parts.set(name, value);
  }
  const { FREQ, UNTIL, BYMONTH, BYDAY, WKST: _, ...others } = Object.fromEntries(parts);
  const month = BYMONTH === undefined ? new Date(startWallMs).getUTCMonth() + 1 : Number(BYMONTH);
  const [, nth, day] = BYDAY === undefined ? [] : (NTH_WEEKDAY.exec(BYDAY) ?? []);
  const isKnown = FREQ === "YEARLY" && month >= 1 && month <= 12 && (BYDAY === undefined) === (day === undefined);
  if (!isKnown || Object.keys(others).length > 0) {
    throw new RangeError("a rule in it is none of FREQ=YEARLY with BYMONTH, BYDAY such as 2SU and UNTIL");
  }
  return {
    month,
    weekday: day === undefined ? null : { nth: Number(nth), day: WEEKDAYS.indexOf(day) },
    // UNTIL is in UTC, the changes are on the wall clock before them.
    untilWallMs: UNTIL === undefined ? Number.POSITIVE_INFINITY : wallOf(UNTIL) + fromMs,
  };
}

function observanceOf(lines: readonly IcsLine[]): Observance {
  const value = (name: string) => lines.find((line) => line.name === name)?.value;
  const startWallMs = wallOf(value("DTSTART") ?? "");
  const fromMs = offsetOf(value("TZOFFSETFROM"));
  const rule = value("RRULE");
  return {
    fromMs,
    toMs: offsetOf(value("TZOFFSETTO")),
    startWallMs,
    rule: rule === undefined ? null : ruleOf(rule, startWallMs, fromMs),
    extraWallMs: lines.filter(({ name }) => name === "RDATE").flatMap((line) => line.value.split(",").map(wallOf)),
  };
}

/** When a rule falls in a year; null: that month has no such day. */
function onsetIn(year: number, { month, weekday }: YearlyRule, startWallMs: number): number | null {
  const timeMs = startWallMs - Math.floor(startWallMs / DAY_MS) * DAY_MS;
  if (weekday === null) return Date.UTC(year, month - 1, new Date(startWallMs).getUTCDate()) + timeMs;
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const earliest = 1 + ((weekday.day - first + 7) % 7);
  const last = earliest + 7 * Math.floor((length - earliest) / 7);
  const date = weekday.nth > 0 ? earliest + 7 * (weekday.nth - 1) : last + 7 * (weekday.nth + 1);
  return date < 1 || date > length ? null : Date.UTC(year, month - 1, date) + timeMs;
}

/** The last time, up to a wall time, that an observance began; null: not yet. */
function lastOnset({ startWallMs, rule, extraWallMs }: Observance, wallMs: number): number | null {
  const candidates = [startWallMs, ...extraWallMs];
  if (rule !== null) {
    const limit = Math.min(wallMs, rule.untilWallMs);
    const year = new Date(limit).getUTCFullYear();
    for (const each of [year, year - 1]) {
      const onset = onsetIn(each, rule, startWallMs);
      if (onset !== null && onset >= startWallMs && onset <= limit) candidates.push(onset);
    }
  }
  return candidates.reduce<number | null>(
    (latest, at) => (at <= wallMs && (latest === null || at > latest) ? at : latest),
    null,
  );
}

/** Tells the offset of a zone's wall clock from UTC, in ms, at a wall time given as ms as if it were UTC. */
export type ZoneClock = (wallMs: number) => number;

function tooMany(changes: number): RangeError {
  return new RangeError(`a VTIMEZONE has ${changes} changes of its clock: accepted are up to ${MAX_CHANGES}`);
}

/**
 * The clock of a VTIMEZONE. As in `zonedInstant`, a time shown twice is the earlier one, and a skipped one is read with the
 * offset before the change.
 *
 * @param observances the lines of each STANDARD and DAYLIGHT
 * @throws RangeError for a definition that cannot be used
 */
export function zoneClock(name: string, observances: readonly (readonly IcsLine[])[]): ZoneClock {
  let known: Observance[];
  try {
    if (observances.length > MAX_CHANGES) throw tooMany(observances.length);
    known = observances.map(observanceOf).sort((a, b) => a.startWallMs - b.startWallMs);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new RangeError(`TZID is ${excerpt(name, 60)}, whose VTIMEZONE cannot be used: ${detail}`, { cause: error });
  }
  const changes = known.reduce((sum, { extraWallMs }) => sum + 1 + extraWallMs.length, 0);
  if (changes > MAX_CHANGES) throw tooMany(changes);
  const [earliest] = known;
  if (earliest === undefined) {
    throw new RangeError(`TZID is ${excerpt(name, 60)}, whose VTIMEZONE has neither STANDARD nor DAYLIGHT`);
  }
  return (wallMs) => {
    let offset = earliest.fromMs;
    let latest = Number.NEGATIVE_INFINITY;
    for (const observance of known) {
      const onset = lastOnset(observance, wallMs);
      if (onset === null || onset < latest) continue;
      latest = onset;
      const skippedMs = observance.toMs - observance.fromMs;
      offset = wallMs < onset + skippedMs ? observance.fromMs : observance.toMs;
    }
    return offset;
  };
}
