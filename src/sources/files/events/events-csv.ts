import { isIsoDate } from "../../../calendar/calendar-date.ts";
import { dateInZone, NEW_YORK, zonedInstant } from "../../../calendar/zoned-time.ts";
import { EVENT_STATUSES, type MarketEvent } from "../../../pricing/market-event.ts";
import type { CsvTable } from "../csv-rows.ts";
import { emptyTally, excerpt, type ImportResult, rejectedRow } from "../import-result.ts";
import { EVENT_DATES, isEventDate } from "./event-bounds.ts";
import { finishEvents } from "./event-notices.ts";
import { holdsUnseen, plainWords } from "./event-text.ts";

const MAX_TEXT = 300;
// Seconds may be left out; the zone may not, for 08:30 is another instant in every place.
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/;
const ACCEPTED_TIMES = `an instant with its zone such as 2025-11-13T13:30:00Z, or a date for a whole day, ${EVENT_DATES}`;

/** Whether a header is that of events: `scheduled_at,what[,status][,event_key][,known_at]`. */
export function hasEvents(header: readonly string[]): boolean {
  return header.includes("scheduled_at") && header.includes("what");
}

/** An instant with its zone, or a date: its start in New York. Null for anything else, and outside 1990 to 2100. */
export function eventInstant(text: string): Date | null {
  const date = isIsoDate(text) ? text : (INSTANT.exec(text)?.[1] ?? "");
  if (!isIsoDate(date) || !isEventDate(date)) return null;
  if (date === text) return zonedInstant(date, 0, 0, NEW_YORK);
  const instant = new Date(text.replace(" ", "T"));
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** The key of an event that names none: its words and its day in New York. Put off to another day, it is another event. */
export function eventKeyOf(what: string, scheduledAt: Date): string {
  const words = what
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  return `${words}/${dateInZone(scheduledAt, NEW_YORK)}`;
}

/**
 * Events, one a row; further columns are left alone. A blank status is `scheduled`. Rows of one `event_key` with different
 * `known_at` are notices of one event.
 */
export function readEventsCsv(table: CsvTable): {
  readonly source: string;
  readonly events: ImportResult<MarketEvent>;
} {
  const columns = new Map(table.header.map((name, at) => [name, at]));
  const result = emptyTally<MarketEvent>();
  for (const row of table.rows) {
    const cell = (name: string) => (row.cells[columns.get(name) ?? -1] ?? "").trim();
    const reject = (code: string, reason: string) => {
      result.rejected.push(rejectedRow(row.line, code, reason, row.cells));
    };
    result.rowsRead += 1;
    const [what, key, knownText] = [plainWords(cell("what")), cell("event_key"), cell("known_at")];
    const scheduledAt = eventInstant(cell("scheduled_at"));
    const knownAt = knownText === "" ? null : eventInstant(knownText);
    const status = EVENT_STATUSES.find((word) => word === (cell("status").toLowerCase() || "scheduled"));
    if (scheduledAt === null) {
      reject(
        "bad_time",
        `scheduled_at is ${excerpt(cell("scheduled_at"), 40) || "blank"}, accepted is ${ACCEPTED_TIMES}`,
      );
    } else if (knownText !== "" && knownAt === null) {
      reject("bad_time", `known_at is ${excerpt(knownText, 40)}, accepted is ${ACCEPTED_TIMES}`);
    } else if (what === "" || what.length > MAX_TEXT || key.length > MAX_TEXT) {
      reject(
        "bad_text",
        `what and event_key have ${what.length} and ${key.length} characters, accepted are 1 to ${MAX_TEXT}`,
      );
    } else if (holdsUnseen(key)) {
      reject("bad_text", `event_key is ${excerpt(key, 40)} with characters that nobody sees, accepted are none`);
    } else if (status === undefined) {
      reject("bad_status", `status is ${excerpt(cell("status"), 40)}, accepted are ${EVENT_STATUSES.join(", ")}`);
    } else {
      result.kept.push({ eventKey: key || eventKeyOf(what, scheduledAt), what, scheduledAt, status, knownAt });
      result.lines.push(row.line);
    }
  }
  finishEvents(result);
  return { source: "events-csv", events: result };
}
