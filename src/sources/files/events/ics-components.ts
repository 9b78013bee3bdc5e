/** What an iCalendar file is made of. */

import { excerpt, ImportFileError } from "../import-result.ts";
import { type IcsLine, icsLine, unfolded } from "./ics-lines.ts";

/** A VEVENT's own lines. */
export interface EventLines {
  readonly lines: readonly IcsLine[];
  readonly line: number;
}

/** The events and zones of a calendar. A zone may stand below the events that use it. */
export interface Components {
  readonly events: readonly EventLines[];
  /** the lines of each STANDARD and DAYLIGHT, by TZID */
  readonly zones: ReadonlyMap<string, readonly (readonly IcsLine[])[]>;
}

/**
 * Takes a calendar apart; what is in neither an event nor a zone is passed over, as are the alarms of an event.
 *
 * @throws ImportFileError for a calendar that is cut off, or lines that are none of one
 */
export function componentsOf(text: string, fileName: string): Components {
  const open: string[] = [];
  const events: EventLines[] = [];
  const zones = new Map<string, IcsLine[][]>();
  let own: IcsLine[] = [];
  let zoneName: string | null = null;
  let observances: IcsLine[][] = [];
  for (const whole of unfolded(text)) {
    const property = icsLine(whole);
    if (property === null) {
      if (whole.text.trim() === "") continue;
      const found = excerpt(whole.text, 60);
      throw new ImportFileError(fileName, whole.line, `${found} is no line of a calendar, accepted is NAME:value`);
    }
    const inside = open.at(-1);
    const component = property.value.trim().toUpperCase();
    if (property.name === "BEGIN") {
      open.push(component);
      if (component === "VEVENT" && inside !== "VCALENDAR") {
        throw new ImportFileError(fileName, property.line, "BEGIN:VEVENT stands within what is no VCALENDAR");
      }
      if (component === "VEVENT") {
        own = [];
        events.push({ lines: own, line: property.line });
      } else if (component === "VTIMEZONE") {
        zoneName = null;
        observances = [];
      } else if (inside === "VTIMEZONE") {
        own = [];
        observances.push(own);
      }
    } else if (property.name === "END") {
      if (open.pop() !== component) {
        throw new ImportFileError(fileName, property.line, `END:${excerpt(component, 40)} closes what is not open`);
      }
      if (component === "VTIMEZONE" && zoneName !== null) zones.set(zoneName, observances);
    } else if (inside === "VTIMEZONE" && property.name === "TZID") {
      zoneName = property.value.trim();
    } else if (inside === "VEVENT" || open.at(-2) === "VTIMEZONE") {
      own.push(property);
    }
  }
  if (open.length > 0) throw new ImportFileError(fileName, null, `it ends within ${open.at(-1)}: the file is cut off`);
  return { events, zones };
}
