import type { TransactionSql } from "postgres";
import type { MeetingCalendar } from "../src/calendar/meetings.ts";
import { enabledSubscriptions, queueDeliveries } from "../src/store/delivery-queue.ts";
import { alertDrafts, noticeDrafts } from "../src/webhooks/delivery-drafts.ts";
import type { ToldAlert, ToldNotice } from "../src/webhooks/match.ts";

/** An alert as it was just recorded. */
export interface RecordedAlert extends ToldAlert {
  readonly historical: boolean;
  readonly isPrimary: boolean;
}

/**
 * Queues the messages that tell webhooks of alerts, in the transaction that records them: either both are there or neither.
 * What is history, or was told on a better basis, is told to nobody; without news there is not even a query.
 *
 * @returns how many messages are new
 */
export async function queueAlerts(
  tx: TransactionSql,
  alerts: readonly RecordedAlert[],
  calendar: Pick<MeetingCalendar, "meetings">,
  now: Date,
): Promise<number> {
  const news = alerts.filter(({ historical, isPrimary }) => !historical && isPrimary);
  if (news.length === 0) return 0;
  return queueDeliveries(tx, alertDrafts(await enabledSubscriptions(tx), news, calendar), now);
}

/** Queues the messages that tell webhooks of a notice, in the transaction that records it. @returns how many are new */
export async function queueNotice(
  tx: TransactionSql,
  notice: ToldNotice,
  calendar: Pick<MeetingCalendar, "meetings">,
  now: Date,
): Promise<number> {
  return queueDeliveries(tx, noticeDrafts(await enabledSubscriptions(tx), [notice], calendar), now);
}
