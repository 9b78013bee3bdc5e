/** Wall-clock times of a zone to instants and back, by the platform's own time-zone rules; no package. */
import type { IsoDate } from "./calendar-date.ts";
import { isIsoDate } from "./calendar-date.ts";

/** The futures exchange. */
export const CHICAGO = "America/Chicago";
/** The Federal Reserve, the New York markets. */
export const NEW_YORK = "America/New_York";
export const HONG_KONG = "Asia/Hong_Kong";
export const SHANGHAI = "Asia/Shanghai";
export const UTC = "UTC";

/** A wall-clock time, 24 hours: 00:00 to 23:59. */
export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
// Three centuries of weeks a zone: more than one computation walks through, and about 1 MB at most
// however odd the dates that are asked for.
const MAX_CACHED = 16_000;

interface Clock {
  readonly format: Intl.DateTimeFormat;
  /** offset in ms at the start of a UTC day or week, by instant */
  readonly offsetAtStart: Map<number, number>;
}

const clocks = new Map<string, Clock>();

function clockOf(zone: string): Clock {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    throw new RangeError(`Cannot read the time zone ${zone}: must be an IANA name such as America/Chicago`, {
      cause: error,
    });
  }
  const clock = { format, offsetAtStart: new Map() };
  clocks.set(zone, clock);
  return clock;
}

function askOffset(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

function offsetAtStart(clock: Clock, startMs: number): number {
  const known = clock.offsetAtStart.get(startMs);
  if (known !== undefined) return known;
  if (clock.offsetAtStart.size >= MAX_CACHED) clock.offsetAtStart.clear();
  const offset = askOffset(clock.format, startMs);
  clock.offsetAtStart.set(startMs, offset);
  return offset;
}

/** Milliseconds that the zone's wall clock is ahead of UTC at an instant. */
function offsetAt(ms: number, zone: string): number {
  const clock = clockOf(zone);
  // No zone changes its clock twice within a week, so equal ends mean the same offset all week. Asking costs 10 us.
  for (const lengthMs of [WEEK_MS, DAY_MS]) {
    const startMs = Math.floor(ms / lengthMs) * lengthMs;
    const offset = offsetAtStart(clock, startMs);
    if (offset === offsetAtStart(clock, startMs + lengthMs)) return offset;
  }
  return askOffset(clock.format, ms);
}

/**
 * The instant at which a zone's wall clock shows a date and time.
 *
 * A time that the clock shows twice (autumn) is the earlier of the two; a time that it skips (spring) is read with the
 * offset before the change, so that 02:30 becomes 03:30.
 *
 * @param zone IANA name
 * @throws RangeError for a date that does not exist, a time outside 00:00 to 23:59 or an unknown zone
 * @example
 * zonedInstant("2025-11-17", 14, 0, "America/Chicago"); // 2025-11-17T20:00:00Z
 */
export function zonedInstant(date: IsoDate, hour: number, minute: number, zone: string): Date {
  if (!isIsoDate(date)) throw new RangeError(`Cannot place a time on ${date}: must be a date such as 2025-11-17`);
  if (!Number.isInteger(hour) || hour < 0 || hour > 23 || !Number.isInteger(minute) || minute < 0 || minute > 59) {
    throw new RangeError(`Cannot place ${hour}:${minute} on ${date}: must be a time from 0:0 to 23:59`);
  }
  const wallMs = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minute) * MINUTE_MS;
  const before = offsetAt(wallMs - DAY_MS, zone);
  const after = offsetAt(wallMs + DAY_MS, zone);
  if (before === after || offsetAt(wallMs - before, zone) === before) return new Date(wallMs - before);
  return new Date(offsetAt(wallMs - after, zone) === after ? wallMs - after : wallMs - before);
}

function wallClock(instant: Date, zone: string): string {
  const ms = instant.getTime();
  if (Number.isNaN(ms)) throw new RangeError(`Cannot read the time in ${zone}: the instant is not a valid date`);
  return new Date(ms + offsetAt(ms, zone)).toISOString();
}

/**
 * The date that a zone's calendar shows at an instant.
 *
 * @throws RangeError for an invalid instant or an unknown zone
 * @example
 * dateInZone(new Date("2025-11-18T03:00:00Z"), "America/Chicago"); // "2025-11-17"
 */
export function dateInZone(instant: Date, zone: string): IsoDate {
  return wallClock(instant, zone).slice(0, 10);
}

/**
 * The time that a zone's wall clock shows at an instant, whole minutes, rounded down.
 *
 * @throws RangeError for an invalid instant or an unknown zone
 */
export function timeInZone(instant: Date, zone: string): TimeOfDay {
  const text = wallClock(instant, zone);
  return { hour: Number(text.slice(11, 13)), minute: Number(text.slice(14, 16)) };
}
