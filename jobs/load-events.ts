import type { Sql } from "postgres";
import { eventsOfMeetings } from "../src/sources/built-in/built-in-events.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { recordEvents } from "../src/store/market-events.ts";
import { meetingsKnown } from "../src/store/meetings.ts";

/**
 * Brings the announcements of all meetings on the calendar into the table of events: those to come as scheduled, those past
 * as released. What was imported about one of them is not overruled.
 *
 * @returns how many notices were new
 */
export async function loadEvents(sql: Sql, now: () => Date): Promise<number> {
  const meetings = await meetingsKnown(sql, null);
  const events = eventsOfMeetings(meetings, now());
  const { stored } = await historyWrite(sql, now, (tx, recordedAt) =>
    recordEvents(tx, events, { source: "built-in", payloadId: null, recordedAt }, { onlyOwn: true }),
  );
  return stored;
}
