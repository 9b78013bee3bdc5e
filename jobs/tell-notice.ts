import type { Sql } from "postgres";
import type { IsoDate } from "../src/calendar/calendar-date.ts";
import { historyWrite } from "../src/store/history-writes.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { type NoticeDraft, recordNotice } from "../src/store/notices.ts";
import { takeTurn } from "../src/store/write.ts";
import { queueNotice } from "./queue-alerts.ts";

/**
 * Records a notice, once for each key, and queues it for the webhooks that want it, in one transaction. Its body is dated when
 * it is recorded.
 *
 * @param meeting that it is about; null: none in particular
 * @returns whether it is new
 */
export async function tellNotice(
  sql: Sql,
  draft: NoticeDraft & { readonly meeting: IsoDate | null },
  now: () => Date,
): Promise<boolean> {
  return historyWrite(sql, now, async (tx, recordedAt) => {
    await takeTurn(tx, "repricings");
    const { meeting, asOf } = draft;
    const body = { ...draft.body, timestamp: recordedAt.toISOString() };
    const id = await recordNotice(tx, { ...draft, body }, recordedAt);
    if (id === null) return false;
    const notice = { id, type: body.type, meeting, asOf: asOf.toISOString(), recordedAt };
    await queueNotice(tx, notice, { meetings: await meetingsKnown(tx, null) }, recordedAt);
    return true;
  });
}
