/** Sending again what a person asks for: a period, one message, a test. */
import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { testMessageId } from "../webhooks/message-id.ts";
import { replayDrafts } from "../webhooks/replay-drafts.ts";
import { testBody } from "../webhooks/test-body.ts";
import { queueAgain, queueDeliveries, requeue, subscriptionOf } from "./delivery-queue.ts";
import { meetingsKnown } from "./meetings.ts";
import { toldAlerts, toldNotices } from "./told-news.ts";

export interface ReplayRequest {
  readonly webhookId: number;
  /** market time: what was true from here on */
  readonly since: Date;
  /** leaves alone what was received; otherwise it is sent again */
  readonly missingOnly: boolean;
  readonly now: Date;
}

/** Messages that were made for one webhook alone and cannot be made again. */
async function ownMessages(tx: TransactionSql, { webhookId, since, missingOnly }: ReplayRequest): Promise<number[]> {
  const rows = await tx<{ id: number }[]>`
    select id::float8 as id
    from cutwatch.webhook_deliveries
    where webhook_id = ${webhookId} and type = 'rule.matched' and as_of >= ${since.toISOString()}::timestamptz
      and ${missingOnly ? tx`state <> 'delivered'` : tx`true`}
  `;
  return rows.map(({ id }) => id);
}

async function receivedBy(tx: TransactionSql, { webhookId, since }: ReplayRequest): Promise<ReadonlySet<string>> {
  const rows = await tx<{ message_id: string }[]>`
    select message_id
    from cutwatch.webhook_deliveries
    where webhook_id = ${webhookId} and state = 'delivered' and as_of >= ${since.toISOString()}::timestamptz
  `;
  return new Set(rows.map((row) => row.message_id));
}

/**
 * Queues what a webhook wants of all that was true since an instant: alerts and notices, history and sample included, and
 * the matches of its rules that were told. What is waiting already goes at once; nothing is queued twice.
 *
 * @returns how many messages came into the queue by this; none for a webhook that is not there
 */
export async function replayWebhook(sql: Sql, request: ReplayRequest): Promise<{ readonly queued: number }> {
  const { webhookId, since, missingOnly, now } = request;
  return sql.begin(async (tx) => {
    const webhook = await subscriptionOf(tx, webhookId);
    if (webhook === null) return { queued: 0 };
    const period = { from: since, to: null };
    const [alerts, notices, meetings, delivered, own] = await Promise.all([
      toldAlerts(tx, period),
      toldNotices(tx, period),
      meetingsKnown(tx, null),
      receivedBy(tx, request),
      ownMessages(tx, request),
    ]);
    const drafts = replayDrafts({ webhook, alerts, notices, meetings, delivered, missingOnly });
    return { queued: (await queueAgain(tx, drafts, now)) + (await requeue(tx, own, now)) };
  });
}

/** Puts one message back into the queue, due at once. @returns false when there is no such delivery */
export async function redeliver(sql: Sql, deliveryId: number, now: Date): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [found] = await tx`
      select from cutwatch.webhook_deliveries d
      join cutwatch.webhooks w on w.id = d.webhook_id and w.deleted_at is null
      where d.id = ${deliveryId}
    `;
    if (found === undefined) return false;
    await requeue(tx, [deliveryId], now);
    return true;
  });
}

/** Queues a test message. @returns null when there is no such webhook, or none any more */
export async function queueTest(
  sql: Sql,
  webhookId: number,
  now: Date,
  baseUrl: string | null = null,
): Promise<{ readonly deliveryId: number; readonly messageId: string } | null> {
  const messageId = testMessageId(webhookId, randomUUID());
  return sql.begin(async (tx) => {
    if ((await subscriptionOf(tx, webhookId)) === null) return null;
    const body = testBody(webhookId, now, baseUrl);
    const common = { alertId: null, noticeId: null, asOf: now, recordedAt: now, askedFor: true } as const;
    await queueDeliveries(tx, [{ webhookId, messageId, type: "webhook.test", body, ...common }], now);
    const [row] = await tx<{ id: number }[]>`
      select id::float8 as id
      from cutwatch.webhook_deliveries
      where webhook_id = ${webhookId} and message_id = ${messageId}
    `;
    if (row === undefined) throw new RangeError(`Cannot test webhook ${webhookId}: its message was not stored`);
    return { deliveryId: row.id, messageId };
  });
}
