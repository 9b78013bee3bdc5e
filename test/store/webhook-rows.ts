/** Webhooks and deliveries as rows, for tests of what is done with them. */
import type { Sql } from "postgres";
import { newSecret, sealSecret } from "../../src/webhooks/secret.ts";

export const SEALING_KEY = Buffer.alloc(32, 7);
export const START = new Date("2026-01-05T12:00:00Z");

export interface WebhookRow {
  readonly url: string;
  readonly tenant: string;
  readonly format: string;
  readonly maxAgeS: number | null;
  readonly enabled: boolean;
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly secret: string;
}

/** Adds webhooks that want everything. @returns their numbers */
export async function addWebhooks(sql: Sql, count: number, row: Partial<WebhookRow> = {}): Promise<number[]> {
  const sealed = sealSecret(SEALING_KEY, row.secret ?? newSecret());
  const rows = await sql<{ id: number }[]>`
    insert into cutwatch.webhooks
      (tenant, url, min_severity, rules, format, max_age_s, description, enabled, failing_since, last_success_at, secret,
        created_at, updated_at)
    select ${row.tenant ?? "local"}, ${row.url ?? "http://127.0.0.1:9/"}, 'notice', '[]', ${row.format ?? "standard"},
      ${row.maxAgeS ?? null}::integer, 'a test', ${row.enabled ?? true}::boolean,
      ${row.failingSince?.toISOString() ?? null}::timestamptz, ${row.lastSuccessAt?.toISOString() ?? null}::timestamptz,
      ${Buffer.from(sealed)}::bytea, ${START.toISOString()}::timestamptz, ${START.toISOString()}::timestamptz
    from generate_series(1, ${count}::integer)
    returning id
  `;
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

export interface DeliveryRows {
  readonly dueAt: Date;
  readonly recordedAt: Date;
  readonly askedFor: boolean;
  /** distinguishes what is queued in one test */
  readonly name: string;
}

/** Queues `each` test messages for each of some webhooks. @returns the numbers of the deliveries, ascending */
export async function addDeliveries(
  sql: Sql,
  webhookIds: readonly number[],
  each: number,
  row: Partial<DeliveryRows> = {},
): Promise<number[]> {
  const dueAt = (row.dueAt ?? START).toISOString();
  const rows = await sql<{ id: number }[]>`
    insert into cutwatch.webhook_deliveries
      (webhook_id, message_id, type, body, as_of, recorded_at, created_at, state, asked_for, tries, attempts, due_at, fence)
    select w, format('msg_%s_%s%s', w, ${row.name ?? "t"}::text, n), 'webhook.test',
      jsonb_build_object('type', 'webhook.test', 'timestamp', ${dueAt}::text, 'data', jsonb_build_object('n', n, 'webhook', w)),
      ${dueAt}::timestamptz, ${(row.recordedAt ?? START).toISOString()}::timestamptz, ${dueAt}::timestamptz, 'pending',
      ${row.askedFor ?? false}::boolean, 0, 0, ${dueAt}::timestamptz, 0
    from generate_series(1, ${each}::integer) n
    cross join unnest(${webhookIds}::bigint[]) w
    returning id
  `;
  return rows.map(({ id }) => id).sort((a, b) => a - b);
}

/** The leases of these deliveries have run out. */
export async function expireLeases(sql: Sql, ids: readonly number[]): Promise<void> {
  await sql`
    update cutwatch.webhook_deliveries
    set lease_until = clock_timestamp() - interval '1 second'
    where id = any(${ids}::bigint[]) and lease_until is not null
  `;
}

export interface StoredDelivery {
  readonly id: number;
  readonly state: string;
  readonly tries: number;
  readonly attempts: number;
  readonly due_at: Date;
  readonly finished_at: Date | null;
  readonly lease_until: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
}

export async function deliveryRow(sql: Sql, id: number): Promise<StoredDelivery> {
  const [row] = await sql<StoredDelivery[]>`
    select id, state, tries, attempts, due_at, finished_at, lease_until, last_status, last_error
    from cutwatch.webhook_deliveries
    where id = ${id}::bigint
  `;
  if (row === undefined) throw new Error(`Cannot read delivery ${id}: there is none`);
  return row;
}

export interface StoredAttempt {
  readonly number: number;
  readonly worker: string;
  readonly finished_at: Date | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
}

export async function attemptRows(sql: Sql, deliveryId: number): Promise<StoredAttempt[]> {
  return sql<StoredAttempt[]>`
    select number, worker, finished_at, status, error, answer
    from cutwatch.webhook_attempts
    where delivery_id = ${deliveryId}::bigint
    order by number
  `;
}

/** Nothing waits any more. */
export async function emptyQueue(sql: Sql): Promise<void> {
  await sql`
    update cutwatch.webhook_deliveries
    set state = 'failed', finished_at = due_at, lease_until = null
    where state = 'pending'
  `;
  await sql`update cutwatch.webhooks set enabled = false`;
}
