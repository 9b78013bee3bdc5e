/** Putting messages in the queue. Who takes them out again is in delivery-claims.ts. */
import type { Sql, TransactionSql } from "postgres";
import type { Severity } from "../repricing/repricing.ts";
import type { DeliveryDraft, StoredSubscription } from "../webhooks/delivery-drafts.ts";
import type { EventType, MeetingSelector, Rule, WebhookFormat } from "../webhooks/subscription.ts";
import { announceChange } from "./write.ts";

interface SubscriptionRow {
  readonly id: number;
  readonly tenant: string;
  readonly min_severity: Severity;
  readonly meetings: MeetingSelector[] | null;
  readonly rules: Rule[];
  readonly events: EventType[] | null;
  readonly format: WebhookFormat;
  readonly max_age_s: number | null;
}

function subscriptionFrom(row: SubscriptionRow): StoredSubscription {
  return {
    webhookId: row.id,
    tenant: row.tenant,
    subscription: {
      minSeverity: row.min_severity,
      meetings: row.meetings,
      rules: row.rules,
      events: row.events,
      format: row.format,
      maxAgeS: row.max_age_s,
    },
  };
}

/** Webhooks that are told of things: neither disabled nor deleted. */
export async function enabledSubscriptions(sql: Sql | TransactionSql): Promise<readonly StoredSubscription[]> {
  const rows = await sql<SubscriptionRow[]>`
    select id::float8 as id, tenant, min_severity, meetings, rules, events, format, max_age_s
    from cutwatch.webhooks
    where enabled and deleted_at is null
    order by id
  `;
  return rows.map(subscriptionFrom);
}

/** One webhook's subscription, enabled or not; null: there is none, or it was deleted. */
export async function subscriptionOf(sql: Sql | TransactionSql, webhookId: number): Promise<StoredSubscription | null> {
  const [row] = await sql<SubscriptionRow[]>`
    select id::float8 as id, tenant, min_severity, meetings, rules, events, format, max_age_s
    from cutwatch.webhooks
    where id = ${webhookId} and deleted_at is null
  `;
  return row === undefined ? null : subscriptionFrom(row);
}

export interface WebhookWithRules extends StoredSubscription {
  readonly enabled: boolean;
}

/** Webhooks that have rules of their own, disabled ones as well: a rule is followed without a break. */
export async function webhooksWithRules(sql: Sql | TransactionSql): Promise<readonly WebhookWithRules[]> {
  const rows = await sql<(SubscriptionRow & { enabled: boolean })[]>`
    select id::float8 as id, tenant, min_severity, meetings, rules, events, format, max_age_s, enabled
    from cutwatch.webhooks
    where deleted_at is null and rules <> '[]'
    order by id
  `;
  return rows.map((row) => ({ ...subscriptionFrom(row), enabled: row.enabled }));
}

/** Some drafts as the rows of a query, each column an array. */
function draftRows(tx: TransactionSql, drafts: readonly DeliveryDraft[]) {
  return tx`
    unnest(
      ${drafts.map((draft) => draft.webhookId)}::bigint[],
      ${drafts.map((draft) => draft.messageId)}::text[],
      ${drafts.map((draft) => draft.type)}::text[],
      ${drafts.map((draft) => draft.alertId)}::bigint[],
      ${drafts.map((draft) => draft.noticeId)}::bigint[],
      ${drafts.map((draft) => (draft.body === null ? null : JSON.stringify(draft.body)))}::text[],
      ${drafts.map((draft) => new Date(draft.asOf).toISOString())}::text[]::timestamptz[],
      ${drafts.map((draft) => draft.recordedAt.toISOString())}::text[]::timestamptz[],
      ${drafts.map((draft) => String(draft.askedFor))}::text[]::boolean[]
    ) as d (webhook_id, message_id, type, alert_id, notice_id, body, as_of, recorded_at, asked_for)
  `;
}

/** Stores what is new among some messages. @returns how many that were */
async function insertDrafts(
  tx: TransactionSql,
  drafts: readonly DeliveryDraft[],
  unsent: string | null,
  now: Date,
): Promise<number> {
  if (drafts.length === 0) return 0;
  const at = now.toISOString();
  // Due no later than now: what is recorded follows what another process recorded, whose clock may be ahead.
  const rows = await tx`
    insert into cutwatch.webhook_deliveries
      (webhook_id, message_id, type, alert_id, notice_id, body, as_of, recorded_at, created_at, state, asked_for, tries,
        attempts, due_at, fence, finished_at, last_error)
    select webhook_id, message_id, type, alert_id, notice_id, body::jsonb, as_of, recorded_at, ${at}::timestamptz,
      ${unsent === null ? "pending" : "expired"}, asked_for, 0, 0, least(${at}::timestamptz, clock_timestamp()), 0,
      ${unsent === null ? null : at}::timestamptz, ${unsent}::text
    from ${draftRows(tx, drafts)}
    on conflict (webhook_id, message_id) do nothing
    returning id
  `;
  if (rows.length > 0) await announceChange(tx, "deliveries");
  return rows.length;
}

/**
 * Queues messages, due at once, in the transaction that records what they tell of. One that was queued before, in
 * whatever state it is now, is left alone.
 *
 * @returns how many are new
 */
export async function queueDeliveries(
  tx: TransactionSql,
  drafts: readonly DeliveryDraft[],
  now: Date,
): Promise<number> {
  return insertDrafts(tx, drafts, null, now);
}

/**
 * Records messages that are not sent, with the reason, where nothing else would remember them: a replay sends them.
 *
 * @returns how many are new
 */
export async function recordUnsent(
  tx: TransactionSql,
  drafts: readonly DeliveryDraft[],
  reason: string,
  now: Date,
): Promise<number> {
  return insertDrafts(tx, drafts, reason, now);
}

/**
 * Puts messages that were queued before back into the queue, because a person asks for them: due at once, with the whole
 * schedule of tries before them, however old they are. One that is waiting already only goes at once. Its name stays, so
 * that a receiver can tell that it has it, and so does the form of one that was received or may have been just now. What was
 * given up was refused every time, the form perhaps being why: it takes the one that its webhook has now.
 *
 * @returns how many were not in the queue
 */
export async function requeue(tx: TransactionSql, ids: readonly number[], now: Date): Promise<number> {
  if (ids.length === 0) return 0;
  // While a worker holds it, its try is under way: a success ends it, and otherwise it is tried again (endAttempts).
  const [row] = await tx<{ queued: number }[]>`
    with before as materialized (
      select id, state
      from cutwatch.webhook_deliveries
      where id = any(${ids}::bigint[])
      order by id
      for update
    ),
    moved as (
      update cutwatch.webhook_deliveries d
      set state = 'pending',
        asked_for = true,
        tries = 0,
        due_at = least(case when before.state = 'pending' then d.due_at end, ${now.toISOString()}::timestamptz),
        lease_until = case when before.state = 'pending' then d.lease_until end,
        fence = case when before.state = 'pending' then d.fence else d.fence + 1 end,
        format = case when before.state in ('pending', 'delivered') then d.format end,
        finished_at = null
      from before
      where d.id = before.id
      returning before.state
    )
    select count(*) filter (where state <> 'pending')::integer as queued from moved
  `;
  await announceChange(tx, "deliveries");
  return row?.queued ?? 0;
}

/** Which of some messages were queued at any time, by name. */
export async function knownMessages(
  tx: TransactionSql,
  messages: readonly Pick<DeliveryDraft, "webhookId" | "messageId">[],
): Promise<ReadonlySet<string>> {
  if (messages.length === 0) return new Set();
  const rows = await tx<{ name: string }[]>`
    select d.message_id as name
    from cutwatch.webhook_deliveries d
    join unnest(
      ${messages.map(({ webhookId }) => webhookId)}::bigint[], ${messages.map(({ messageId }) => messageId)}::text[]
    ) as m (webhook_id, message_id) on m.webhook_id = d.webhook_id and m.message_id = d.message_id
  `;
  return new Set(rows.map(({ name }) => name));
}

/** Queues messages that a person asks for, whether they were queued before or not. @returns how many were not in the queue */
export async function queueAgain(tx: TransactionSql, drafts: readonly DeliveryDraft[], now: Date): Promise<number> {
  if (drafts.length === 0) return 0;
  const known = await tx<{ id: number }[]>`
    select d.id::float8 as id
    from cutwatch.webhook_deliveries d
    join unnest(
      ${drafts.map((draft) => draft.webhookId)}::bigint[], ${drafts.map((draft) => draft.messageId)}::text[]
    ) as a (webhook_id, message_id) on a.webhook_id = d.webhook_id and a.message_id = d.message_id
  `;
  const again = await requeue(
    tx,
    known.map(({ id }) => id),
    now,
  );
  return again + (await queueDeliveries(tx, drafts, now));
}
