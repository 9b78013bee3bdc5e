/** Events of an iCalendar file (RFC 5545), as far as calendars of releases use it: one VEVENT an event, nothing recurring. */
import { isIsoDate } from "../pricing/calendar-date.ts";
import type { MarketEvent } from "../pricing/market-event.ts";
import { NEW_YORK, zonedInstant } from "../pricing/zoned-time.ts";
import { finishEvents } from "./events-csv.ts";
import { emptyTally, excerpt, ImportFileError, type ImportResult } from "./import-result.ts";

const MAX_TEXT = 300;

interface Property {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  readonly line: number;
}

/** Whether a text is an iCalendar file. */
export function isCalendar(text: string): boolean {
  return /^\s*BEGIN:VCALENDAR\s*$/im.test(text.slice(0, 200));
}

/** Lines put together again: one that begins with a blank goes on from the line before. */
function* unfolded(text: string): Generator<{ readonly text: string; readonly line: number }> {
  let whole = "";
  let first = 1;
  let line = 0;
  for (const part of text.split(/\r\n|\n|\r/)) {
    line += 1;
    if (/^[ \t]/.test(part)) {
      whole += part.slice(1);
      continue;
    }
    if (whole !== "") yield { text: whole, line: first };
    whole = part;
    first = line;
  }
  if (whole !== "") yield { text: whole, line: first };
}

// A parameter's value may be quoted, and then hold colons and semicolons.
const PROPERTY = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:]*)(?:,(?:"[^"]*"|[^";:]*))*)*):(.*)$/;
const PARAMETER = /;([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)/g;

function propertyOf({ text, line }: { readonly text: string; readonly line: number }): Property | null {
  const [, name, parameters, value] = PROPERTY.exec(text) ?? [];
  if (name === undefined || parameters === undefined || value === undefined) return null;
  const pairs = [...parameters.matchAll(PARAMETER)].map(
    ([, key = "", given = ""]) => [key.toUpperCase(), given.replace(/^"|"$/g, "")] as const,
  );
  return { name: name.toUpperCase(), parameters: new Map(pairs), value, line };
}

/** Text as it was meant: `\,` `\;` `\\` and `\n` stand for a comma, a semicolon, a backslash and a new line. */
function plainText(value: string): string {
  return value
    .replace(/\\([\\;,nN])/g, (_, mark: string) => (mark.toLowerCase() === "n" ? " " : mark))
    .replace(/\s+/g, " ")
    .trim();
}

const WHEN = /^(\d{4})(\d{2})(\d{2})(?:T([01]\d|2[0-3])([0-5]\d)([0-5]\d)(Z)?)?$/;

/** @throws RangeError saying what was found and what is accepted */
function instantOf({ name, value, parameters }: Property): Date {
  const refuse = (state: string) => new RangeError(`${name} is ${excerpt(value, 40)}: ${state}`);
  const [, year, month, day, hour, minute, second, utc] = WHEN.exec(value) ?? [];
  const date = `${year}-${month}-${day}`;
  if (!isIsoDate(date)) throw refuse("accepted are 20251113T133000Z, a time with TZID, or a date");
  if (hour === undefined || minute === undefined) return zonedInstant(date, 0, 0, NEW_YORK);
  const seconds = Number(second) * 1000;
  if (utc !== undefined) return new Date(Date.parse(`${date}T${hour}:${minute}:00Z`) + seconds);
  const zone = parameters.get("TZID");
  if (zone === undefined) throw refuse("a time without zone, accepted are UTC (…Z) and TZID such as America/New_York");
  return new Date(zonedInstant(date, Number(hour), Number(minute), zone).getTime() + seconds);
}

/** @throws RangeError for an event that cannot be used */
function eventOf(properties: readonly Property[]): MarketEvent {
  const property = (name: string) => properties.find((each) => each.name === name);
  const recurring = ["RRULE", "RDATE", "RECURRENCE-ID"].find((name) => property(name) !== undefined);
  if (recurring !== undefined) throw new RangeError(`${recurring} makes it recurring: accepted are single events`);
  const uid = property("UID")?.value.trim() ?? "";
  const what = plainText(property("SUMMARY")?.value ?? "");
  const start = property("DTSTART");
  for (const [name, text] of [
    ["UID", uid],
    ["SUMMARY", what],
  ] as const) {
    if (text === "" || text.length > MAX_TEXT) {
      throw new RangeError(`${name} has ${text.length} characters: accepted are 1 to ${MAX_TEXT}`);
    }
  }
  if (start === undefined) throw new RangeError("DTSTART is missing: it says when the event is");
  const known = property("LAST-MODIFIED") ?? property("CREATED");
  const isCancelled = property("STATUS")?.value.trim().toUpperCase() === "CANCELLED";
  return {
    eventKey: uid,
    what,
    scheduledAt: instantOf(start),
    status: isCancelled ? "cancelled" : "scheduled",
    knownAt: known === undefined ? null : instantOf(known),
  };
}

/**
 * The events of a calendar. `UID` is the key, `SUMMARY` the words; `DTSTART` is UTC, of a named zone, or a date, which stands
 * for its start in New York; `LAST-MODIFIED`, or else `CREATED`, is when it was known. Alarms and time zones within are
 * passed over.
 *
 * @throws ImportFileError for a calendar that is cut off
 */
export function readEventsIcs(
  text: string,
  fileName: string,
): { readonly source: string; readonly events: ImportResult<MarketEvent> } {
  const result = emptyTally<MarketEvent>();
  const open: string[] = [];
  let properties: Property[] = [];
  let startLine = 0;
  for (const unfoldedLine of unfolded(text)) {
    const property = propertyOf(unfoldedLine);
    const inEvent = open.at(-1) === "VEVENT";
    if (property === null) {
      if (unfoldedLine.text.trim() === "") continue;
      const found = excerpt(unfoldedLine.text, 60);
      throw new ImportFileError(
        fileName,
        unfoldedLine.line,
        `${found} is no line of a calendar, accepted is NAME:value`,
      );
    }
    const component = property.value.trim().toUpperCase();
    if (property.name === "BEGIN") {
      open.push(component);
      if (component === "VEVENT") {
        properties = [];
        startLine = property.line;
      }
    } else if (property.name === "END") {
      if (open.pop() !== component) {
        throw new ImportFileError(fileName, property.line, `END:${excerpt(component, 40)} closes what is not open`);
      }
      if (component === "VEVENT") addEvent(properties, startLine);
    } else if (inEvent) {
      properties.push(property);
    }
  }
  if (open.length > 0) throw new ImportFileError(fileName, null, `it ends within ${open.at(-1)}: the file is cut off`);
  finishEvents(result);
  return { source: "events-ics", events: result };

  function addEvent(own: readonly Property[], line: number): void {
    result.rowsRead += 1;
    try {
      result.kept.push(eventOf(own));
      result.lines.push(line);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const row = excerpt(own.map(({ name, value }) => `${name}:${value}`).join(" "));
      result.rejected.push({ line, code: "bad_event", reason: excerpt(error.message), row });
    }
  }
}
