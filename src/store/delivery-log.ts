/** What was sent to a webhook, and how each attempt went. */
import type { Sql } from "postgres";

/** `pending` waits for its next attempt; `parked` could not even be made into a request. */
export const DELIVERY_STATES = ["pending", "delivered", "failed", "expired", "parked"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One POST. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: Date;
  /** null: under way, or its process did not live to write it */
  readonly finishedAt: Date | null;
  readonly durationMs: number | null;
  /** HTTP status of the answer; null: there was none */
  readonly status: number | null;
  readonly error: string | null;
  /** first KiB */
  readonly answer: string | null;
}

/** One message to one webhook. */
export interface Delivery {
  readonly id: number;
  readonly webhookId: number;
  readonly messageId: string;
  readonly type: string;
  readonly alertId: number | null;
  readonly noticeId: number | null;
  readonly asOf: Date;
  readonly recordedAt: Date;
  readonly createdAt: Date;
  readonly state: DeliveryState;
  readonly askedFor: boolean;
  /** POSTs in all */
  readonly attemptCount: number;
  /** null once it has left the queue */
  readonly dueAt: Date | null;
  readonly finishedAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** the latest ones, in order */
  readonly attempts: readonly Attempt[];
}

// The whole schedule is 11 attempts; each redelivery may add as many.
const ATTEMPTS_SHOWN = 22;

function columns(sql: Sql) {
  return sql`
    d.id, d.webhook_id as "webhookId", d.message_id as "messageId", d.type, d.alert_id as "alertId",
    d.notice_id as "noticeId", d.as_of as "asOf", d.recorded_at as "recordedAt", d.created_at as "createdAt", d.state,
    d.asked_for as "askedFor", d.attempts as "attemptCount", case when d.state = 'pending' then d.due_at end as "dueAt",
    d.finished_at as "finishedAt", d.last_status as "lastStatus", d.last_error as "lastError"
  `;
}

type Row = Omit<Delivery, "attempts">;

async function withAttempts(sql: Sql, rows: readonly Row[]): Promise<Delivery[]> {
  const attempts = await sql<(Attempt & { deliveryId: number })[]>`
    select a.delivery_id as "deliveryId", a.number, a.started_at as "startedAt", a.finished_at as "finishedAt",
      a.duration_ms as "durationMs", a.status, a.error, a.answer
    from unnest(${rows.map((row) => row.id)}::bigint[], ${rows.map((row) => row.attemptCount)}::integer[]) as d (id, count)
    join cutwatch.webhook_attempts a on a.delivery_id = d.id and a.number > d.count - ${ATTEMPTS_SHOWN}::integer
    order by a.delivery_id, a.number
  `;
  const byDelivery = new Map<number, Attempt[]>(rows.map((row) => [row.id, []]));
  for (const { deliveryId, ...attempt } of attempts) byDelivery.get(deliveryId)?.push(attempt);
  return rows.map((row) => ({ ...row, attempts: byDelivery.get(row.id) ?? [] }));
}

/** Deliveries to a webhook, newest first, before a number (null: from the newest). */
export async function deliveriesBefore(
  sql: Sql,
  query: {
    readonly webhookId: number;
    readonly state: DeliveryState | null;
    readonly before: number | null;
    readonly limit: number;
  },
): Promise<readonly Delivery[]> {
  const rows = await sql<Row[]>`
    select ${columns(sql)}
    from cutwatch.webhook_deliveries d
    where d.webhook_id = ${query.webhookId}::bigint
      and ${query.state === null ? sql`true` : sql`d.state = ${query.state}`}
      and ${query.before === null ? sql`true` : sql`d.id < ${query.before}::bigint`}
    order by d.id desc
    limit ${query.limit}
  `;
  return withAttempts(sql, rows);
}

/**
 * One delivery, and whether its webhook is enabled.
 *
 * @param ref.tenant null sees everybody's
 * @returns null when there is none of that number, its webhook was deleted, or it is another tenant's
 */
export async function deliveryOf(
  sql: Sql,
  ref: { readonly id: number; readonly tenant: string | null },
): Promise<{ readonly delivery: Delivery; readonly webhookEnabled: boolean } | null> {
  const [row] = await sql<(Row & { webhookEnabled: boolean })[]>`
    select ${columns(sql)}, w.enabled as "webhookEnabled"
    from cutwatch.webhook_deliveries d
    join cutwatch.webhooks w on w.id = d.webhook_id and w.deleted_at is null
    where d.id = ${ref.id}::bigint and ${ref.tenant === null ? sql`true` : sql`w.tenant = ${ref.tenant}`}
  `;
  if (row === undefined) return null;
  const { webhookEnabled, ...rest } = row;
  const [delivery] = await withAttempts(sql, [rest]);
  return delivery === undefined ? null : { delivery, webhookEnabled };
}
