import type { Sql } from "postgres";
import { calendarEnd } from "../src/repricing/calendar-end.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { closeLegs, type OpenLegRow, openLegs } from "../src/store/open-legs.ts";
import { takeTurn } from "../src/store/write.ts";

export interface CloseJob {
  readonly sql: Sql;
  readonly now: () => Date;
}

/**
 * Closes legs of meetings that are decided, and of paths whose year is over, where no later reading was there to end them: a
 * stream fell silent, or the sample ended. Nobody is told, for nothing has moved. A reading that comes later all the same says
 * when the leg ended, as it would have; what is looked at again comes out as it is stored.
 *
 * @returns how many were closed
 */
export async function closeDecided({ sql, now }: CloseJob): Promise<number> {
  const [meetings, open] = await Promise.all([meetingsKnown(sql, null), openLegs(sql)]);
  const overBy = (legs: readonly OpenLegRow[], at: Date) =>
    legs.flatMap((leg) => {
      const end = calendarEnd(leg, { meetings }, at);
      return end === null ? [] : [{ id: leg.id, end }];
    });
  if (overBy(open, now()).length === 0) return 0;
  return historyWrite(sql, now, async (tx, recordedAt) => {
    await takeTurn(tx, "repricings");
    // Another process may have closed them meanwhile.
    const over = overBy(await openLegs(tx), recordedAt);
    await closeLegs(tx, over, recordedAt);
    return over.length;
  });
}
