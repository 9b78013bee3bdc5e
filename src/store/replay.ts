/** Sending again what a person asks for: a period, one message, a test. */
import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import type { Meeting } from "../calendar/meetings.ts";
import type { DeliveryDraft, StoredSubscription } from "../webhooks/delivery-drafts.ts";
import { wantsType } from "../webhooks/match.ts";
import { testMessageId } from "../webhooks/message-id.ts";
import { matchesOfRules, replayDrafts, ruleReplayDrafts, type ToldMatch } from "../webhooks/replay-drafts.ts";
import type { FoundMatch } from "../webhooks/rule-series.ts";
import { faultOf } from "../webhooks/rule-threshold.ts";
import { testBody } from "../webhooks/test-body.ts";
import { againAtDeadlock } from "./deadlock.ts";
import { queueAgain, queueDeliveries, requeue, subscriptionOf } from "./delivery-queue.ts";
import { storedHistory, storedPeriod } from "./dry-run.ts";
import { meetingsKnown } from "./meetings.ts";
import { toldAlerts, toldNotices } from "./told-news.ts";

export interface ReplayRequest {
  readonly webhookId: number;
  /** market time: what was true from here on */
  readonly since: Date;
  /** leaves alone what was received; otherwise it is sent again */
  readonly missingOnly: boolean;
  readonly now: Date;
  /** the sources whose own figures matches may tell; null or absent: all */
  readonly passable?: ReadonlySet<string> | null;
  /** where cutwatch is served, for the links in messages; null or absent: links are paths */
  readonly baseUrl?: string | null;
}

type StoredMatch = ToldMatch & { readonly state: string };

/** The matches that were queued for a webhook, whichever rules it had then; ascending by `as_of`. */
async function toldMatches(tx: TransactionSql, webhookId: number): Promise<StoredMatch[]> {
  const rows = await tx<(Omit<StoredMatch, "asOf"> & { asOf: Date })[]>`
    select id::float8 as id, message_id as "messageId", state, as_of as "asOf", body -> 'data' -> 'rule' as rule,
      body -> 'data' ->> 'meeting' as meeting, body -> 'data' ->> 'direction' as direction,
      body -> 'data' ->> 'basis' as basis
    from cutwatch.webhook_deliveries
    where webhook_id = ${webhookId} and type = 'rule.matched'
    order by as_of, id
  `;
  return rows.map((row) => ({ ...row, asOf: row.asOf.toISOString() }));
}

/** What a replay sends of the rules that a webhook has now: what was queued before, and what history shows besides. */
async function ownMessages(
  tx: TransactionSql,
  { webhookId, subscription }: StoredSubscription,
  meetings: readonly Meeting[],
  { since, missingOnly, now, passable = null, baseUrl = null }: ReplayRequest,
): Promise<{ readonly queued: readonly number[]; readonly drafts: readonly DeliveryDraft[] }> {
  const rules = subscription.rules.filter((rule) => faultOf(rule) === null);
  if (!wantsType(subscription, "rule.matched") || rules.length === 0) return { queued: [], drafts: [] };
  const told = await toldMatches(tx, webhookId);
  const queued = matchesOfRules(told, rules).filter(
    ({ asOf, state }) => new Date(asOf) >= since && !(missingOnly && state === "delivered"),
  );
  const period = await storedPeriod(tx, { from: since, now });
  const found: FoundMatch[] = [];
  if (period !== null) {
    for (const rule of rules) found.push(...(await storedHistory(tx, rule, meetings, { ...period, passable })).found);
  }
  return { queued: queued.map(({ id }) => id), drafts: ruleReplayDrafts(found, told, { webhookId, baseUrl }) };
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
 * the matches of the rules that it has now, those that were told and those that only stored history shows. What is waiting
 * already goes at once; nothing is queued twice.
 *
 * @returns how many messages came into the queue by this; none for a webhook that is not there
 */
export async function replayWebhook(sql: Sql, request: ReplayRequest): Promise<{ readonly queued: number }> {
  const { webhookId, since, missingOnly, now } = request;
  const work = () =>
    sql.begin(async (tx) => {
      const webhook = await subscriptionOf(tx, webhookId);
      if (webhook === null) return { queued: 0 };
      const period = { from: since, to: null };
      const [alerts, notices, meetings, delivered] = await Promise.all([
        toldAlerts(tx, period),
        toldNotices(tx, period),
        meetingsKnown(tx, null),
        receivedBy(tx, request),
      ]);
      const own = await ownMessages(tx, webhook, meetings, request);
      const drafts = [...replayDrafts({ webhook, alerts, notices, meetings, delivered, missingOnly }), ...own.drafts];
      return { queued: (await queueAgain(tx, drafts, now)) + (await requeue(tx, own.queued, now)) };
    });
  return againAtDeadlock(work);
}

/** Puts one message back into the queue, due at once. @returns false when there is no such delivery */
export async function redeliver(sql: Sql, deliveryId: number, now: Date): Promise<boolean> {
  const work = () =>
    sql.begin(async (tx) => {
      const [found] = await tx`
      select from cutwatch.webhook_deliveries d
      join cutwatch.webhooks w on w.id = d.webhook_id and w.deleted_at is null
      where d.id = ${deliveryId}
    `;
      if (found === undefined) return false;
      await requeue(tx, [deliveryId], now);
      return true;
    });
  return againAtDeadlock(work);
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
