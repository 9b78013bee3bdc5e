import type { Sql } from "postgres";
import { eventsOfMeetings } from "../src/sources/built-in-events.ts";
import { recordEvents } from "../src/store/market-events.ts";
import { meetingsKnown } from "../src/store/meetings.ts";

/**
 * Brings the announcements of all meetings on the calendar into the table of events: those to come as scheduled, those past
 * as released. What was imported about one of them is not overruled.
 *
 * @returns how many notices were new
 */
export async function loadEvents(sql: Sql, now: Date): Promise<number> {
  const meetings = await meetingsKnown(sql, null);
  const provenance = { source: "built-in", payloadId: null, recordedAt: now };
  const events = eventsOfMeetings(meetings, now);
  return (await sql.begin((tx) => recordEvents(tx, events, provenance, { onlyOwn: true }))).stored;
}
