import type { Sql } from "postgres";
import type { IsoDate } from "../src/pricing/calendar-date.ts";
import { meetingsKnown } from "../src/store/meetings.ts";
import { type NoticeDraft, recordNotice } from "../src/store/notices.ts";
import { takeTurn } from "../src/store/write.ts";
import { queueNotice } from "./queue-alerts.ts";

/**
 * Records a notice, once for each key, and queues it for the webhooks that want it, in one transaction.
 *
 * @param meeting that it is about; null: none in particular
 * @returns whether it is new
 */
export async function tellNotice(
  sql: Sql,
  draft: NoticeDraft & { readonly meeting: IsoDate | null },
  recordedAt: Date,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    await takeTurn(tx, "repricings");
    const id = await recordNotice(tx, draft, recordedAt);
    if (id === null) return false;
    const { body, meeting, asOf } = draft;
    const notice = { id, type: body.type, meeting, asOf: asOf.toISOString(), recordedAt };
    await queueNotice(tx, notice, { meetings: await meetingsKnown(tx, null) }, recordedAt);
    return true;
  });
}
