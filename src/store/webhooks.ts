/** Who subscribed to what, read by tenant. Changes are in webhook-changes.ts, what was sent in delivery-log.ts. */
import type { Sql, TransactionSql } from "postgres";
import type { Subscription } from "../webhooks/subscription.ts";

/** What a person says of a webhook. */
export interface WebhookSettings {
  readonly url: string;
  readonly subscription: Subscription;
  readonly description: string;
  readonly enabled: boolean;
}

/** A webhook without its secrets. */
export interface Webhook extends WebhookSettings {
  readonly id: number;
  readonly tenant: string;
  /** null while enabled, or when a person disabled it */
  readonly disabledReason: string | null;
  readonly disabledAt: Date | null;
  /** first failure after the last success */
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
  /** until when the secret before the last rotation signs too */
  readonly previousUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** deliveries: waiting now, and ended within the last 24 hours */
  readonly pending: number;
  readonly delivered24h: number;
  readonly failed24h: number;
}

/** Which webhook, as seen by whom; `tenant` null sees everybody's. */
export interface WebhookRef {
  readonly id: number;
  readonly tenant: string | null;
}

type Row = Omit<Webhook, "subscription"> & Subscription;

function fromRow({ minSeverity, meetings, rules, events, format, maxAgeS, ...rest }: Row): Webhook {
  return { ...rest, subscription: { minSeverity, meetings, rules, events, format, maxAgeS } };
}

const DAY_MS = 86_400_000;

function selected(sql: Sql | TransactionSql, now: Date) {
  return sql`
    select
      w.id, w.tenant, w.url, w.min_severity as "minSeverity", w.meetings, w.rules, w.events, w.format,
      w.max_age_s as "maxAgeS", w.description, w.enabled, w.disabled_reason as "disabledReason",
      w.disabled_at as "disabledAt", w.failing_since as "failingSince", w.last_success_at as "lastSuccessAt",
      case when w.previous_until > ${now.toISOString()}::timestamptz then w.previous_until end as "previousUntil",
      w.created_at as "createdAt", w.updated_at as "updatedAt", h.pending, h.delivered as "delivered24h",
      h.failed as "failed24h"
    from cutwatch.webhooks w
    cross join lateral (
      select
        count(*) filter (where d.state = 'pending') as pending,
        count(*) filter (where d.state = 'delivered') as delivered,
        count(*) filter (where d.state in ('failed', 'parked')) as failed
      from cutwatch.webhook_deliveries d
      where d.webhook_id = w.id
        and (d.state = 'pending' or d.finished_at > ${new Date(now.getTime() - DAY_MS).toISOString()}::timestamptz)
    ) h
    where w.deleted_at is null
  `;
}

/** A condition: someone's, or anybody's for who sees all. */
export function seenBy(sql: Sql | TransactionSql, tenant: string | null) {
  return tenant === null ? sql`true` : sql`tenant = ${tenant}`;
}

/** One webhook; null when there is none of that number, or it is another tenant's. */
export async function webhookOf(sql: Sql | TransactionSql, ref: WebhookRef, now: Date): Promise<Webhook | null> {
  const [row] = await sql<Row[]>`
    ${selected(sql, now)} and w.id = ${ref.id}::bigint and ${seenBy(sql, ref.tenant)}
  `;
  return row === undefined ? null : fromRow(row);
}

/** Webhooks after a number, ascending. */
export async function webhooksAfter(
  sql: Sql,
  query: { readonly tenant: string | null; readonly after: number; readonly limit: number },
  now: Date,
): Promise<readonly Webhook[]> {
  const rows = await sql<Row[]>`
    ${selected(sql, now)} and w.id > ${query.after}::bigint and ${seenBy(sql, query.tenant)}
    order by w.id
    limit ${query.limit}
  `;
  return rows.map(fromRow);
}
