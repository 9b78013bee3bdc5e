/** Events of an iCalendar file (RFC 5545), as far as calendars of releases use it: one VEVENT an event, nothing recurring. */
import { isIsoDate } from "../../../calendar/calendar-date.ts";
import { NEW_YORK, zonedInstant } from "../../../calendar/zoned-time.ts";
import type { MarketEvent } from "../../../pricing/market-event.ts";
import { emptyTally, excerpt, type ImportResult } from "../import-result.ts";
import { EVENT_DATES, isEventDate } from "./event-bounds.ts";
import { addRevisions, finishEvents, type Revision } from "./event-notices.ts";
import { holdsUnseen, plainWords } from "./event-text.ts";
import { type Components, componentsOf, type EventLines } from "./ics-components.ts";
import type { IcsLine } from "./ics-lines.ts";
import { type ZoneClock, zoneClock } from "./ics-zone.ts";
import { zoneNamed } from "./zone-names.ts";

const MAX_TEXT = 300;

/** Whether a text is an iCalendar file. */
export function isCalendar(text: string): boolean {
  return /^\s*BEGIN:VCALENDAR\s*$/im.test(text.slice(0, 200));
}

/** Text as it was meant: `\,` `\;` `\\` and `\n` stand for a comma, a semicolon, a backslash and a new line. */
function writtenText(value: string): string {
  return plainWords(value.replace(/\\([\\;,nN])/g, (_, mark: string) => (mark.toLowerCase() === "n" ? " " : mark)));
}

const WHEN = /^(\d{4})(\d{2})(\d{2})(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d)(Z)?)?$/;

/** @throws RangeError saying what was found and what is accepted */
function instantOf({ name, value, parameters }: IcsLine, clockOf: ClockFinder): Date {
  const refuse = (state: string) => new RangeError(`${name} is ${excerpt(value, 40)}: ${state}`);
  const [, year, month, day, hour, minute, second, utc] = WHEN.exec(value.trim()) ?? [];
  const date = `${year}-${month}-${day}`;
  if (!isIsoDate(date)) throw refuse("accepted are 20251113T133000Z, a time with TZID, or a date");
  if (!isEventDate(date)) throw refuse(`accepted are dates from ${EVENT_DATES}`);
  if (hour === undefined || minute === undefined) return zonedInstant(date, 0, 0, NEW_YORK);
  const wallMs = Date.parse(`${date}T${hour}:${minute}:00Z`);
  const seconds = Number(second) * 1000;
  if (utc !== undefined) return new Date(wallMs + seconds);
  const zone = parameters.get("TZID");
  if (zone === undefined) throw refuse("a time without zone, accepted are UTC (…Z) and TZID such as America/New_York");
  const clock = clockOf(zone);
  if (typeof clock === "function") return new Date(wallMs - clock(wallMs) + seconds);
  return new Date(zonedInstant(date, Number(hour), Number(minute), clock).getTime() + seconds);
}

/** When the world knew, by the first of these; a stamp before 1990 is a maker's filler (19700101T000000Z) and says nothing. */
const STAMPS = ["LAST-MODIFIED", "DTSTAMP", "CREATED"] as const;
const ONCE = ["UID", "SUMMARY", "DTSTART", "STATUS", "SEQUENCE", ...STAMPS];

/** @throws RangeError for an event that cannot be used */
function revisionOf({ lines, line }: EventLines, clockOf: ClockFinder): Revision {
  const named = (name: string) => lines.filter((each) => each.name === name);
  const property = (name: string) => lines.find((each) => each.name === name);
  const recurring = ["RRULE", "RDATE", "RECURRENCE-ID"].find((name) => property(name) !== undefined);
  if (recurring !== undefined) throw new RangeError(`${recurring} makes it recurring: accepted are single events`);
  const repeated = ONCE.find((name) => named(name).length > 1);
  if (repeated !== undefined)
    throw new RangeError(`${repeated} stands ${named(repeated).length} times: accepted is once`);
  const uid = property("UID")?.value.trim() ?? "";
  const what = writtenText(property("SUMMARY")?.value ?? "");
  const start = property("DTSTART");
  for (const [name, text] of [
    ["UID", uid],
    ["SUMMARY", what],
  ] as const) {
    if (text === "" || text.length > MAX_TEXT) {
      throw new RangeError(`${name} has ${text.length} characters: accepted are 1 to ${MAX_TEXT}`);
    }
  }
  if (holdsUnseen(uid)) throw new RangeError("UID holds characters that nobody sees: accepted are none");
  if (start === undefined) throw new RangeError("DTSTART is missing: it says when the event is");
  const sequence = property("SEQUENCE")?.value.trim() ?? "0";
  if (!/^\d{1,10}$/.test(sequence)) {
    throw new RangeError(`SEQUENCE is ${excerpt(sequence, 40)}: accepted is a whole number`);
  }
  const known = STAMPS.flatMap(named).find(({ value }) => !(/^\d{4}/.test(value.trim()) && value.trim() < "1990"));
  const isCancelled = property("STATUS")?.value.trim().toUpperCase() === "CANCELLED";
  const event: MarketEvent = {
    eventKey: uid,
    what,
    scheduledAt: instantOf(start, clockOf),
    status: isCancelled ? "cancelled" : "scheduled",
    knownAt: known === undefined ? null : instantOf(known, clockOf),
  };
  return { event, sequence: Number(sequence), line };
}

/**
 * The IANA name of a zone, or else the clock that the file defines for it: such rules often know the changes of today alone.
 *
 * @throws RangeError for a zone that is not known, and that the file does not define so that it can be used
 */
type ClockFinder = (zone: string) => string | ZoneClock;

function clockFinder(zones: Components["zones"]): ClockFinder {
  const clocks = new Map<string, string | ZoneClock | RangeError>();
  return (zone) => {
    const clock = clocks.get(zone) ?? zoneNamed(zone) ?? clockOrError(zone, zones.get(zone.trim()));
    clocks.set(zone, clock);
    if (clock instanceof RangeError) throw clock;
    return clock;
  };
}

function clockOrError(zone: string, observances: readonly (readonly IcsLine[])[] | undefined): ZoneClock | RangeError {
  if (observances === undefined) {
    return new RangeError(
      `TZID is ${excerpt(zone, 60)}: accepted are names such as America/New_York, and a VTIMEZONE of the file`,
    );
  }
  try {
    return zoneClock(zone, observances);
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

/**
 * The events of a calendar. `UID` is the key, `SUMMARY` the words; `DTSTART` is UTC, of a named zone or one that the file
 * defines, or a date, which stands for its start in New York; `LAST-MODIFIED`, or else `DTSTAMP` or `CREATED`, is when it was
 * known. Several VEVENTs of one UID are notices of one event. Alarms within are passed over.
 *
 * @throws ImportFileError for a calendar that is cut off
 */
export function readEventsIcs(
  text: string,
  fileName: string,
): { readonly source: string; readonly events: ImportResult<MarketEvent> } {
  const result = emptyTally<MarketEvent>();
  const { events, zones } = componentsOf(text, fileName);
  const clockOf = clockFinder(zones);
  const revisions: Revision[] = [];
  for (const event of events) {
    result.rowsRead += 1;
    try {
      revisions.push(revisionOf(event, clockOf));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const row = excerpt(event.lines.map(({ name, value }) => `${name}:${value}`).join(" "));
      result.rejected.push({ line: event.line, code: "bad_event", reason: excerpt(error.message), row });
    }
  }
  addRevisions(result, revisions);
  finishEvents(result);
  if (events.length === 0) result.notes.push("the calendar has no VEVENT: there is nothing in it to import");
  return { source: "events-ics", events: result };
}
