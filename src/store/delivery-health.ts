import type { Sql } from "postgres";

/** How sending goes, for `doctor`. */
export interface DeliveryHealth {
  /** not deleted */
  readonly webhooks: number;
  readonly enabled: number;
  /** endpoints that fail now, and since when */
  readonly failing: readonly { readonly id: number; readonly since: Date }[];
  /** those that were given up, with the reason; not those that a person disabled */
  readonly givenUp: readonly { readonly id: number; readonly reason: string }[];
  /** deliveries of enabled webhooks that are due */
  readonly due: number;
  readonly oldestDueAt: Date | null;
  /** deliveries that failed for good or were parked since the given instant */
  readonly dead: number;
}

/** Webhooks and their queue as they stand. */
export async function deliveryHealth(sql: Sql, now: Date, deadSince: Date): Promise<DeliveryHealth> {
  const at = now.toISOString();
  const webhooks = await sql<{ id: number; enabled: boolean; since: Date | null; reason: string | null }[]>`
    select id, enabled, failing_since as since, disabled_reason as reason
    from cutwatch.webhooks
    where deleted_at is null
    order by id
  `;
  const [queue] = await sql<{ due: number; oldest: Date | null; dead: number }[]>`
    select
      due.count as due,
      due.oldest,
      (
        select count(*)::integer
        from cutwatch.webhook_deliveries
        where state in ('failed', 'parked') and finished_at > ${deadSince.toISOString()}::timestamptz
      ) as dead
    from (
      select count(*)::integer as count, min(d.due_at) as oldest
      from cutwatch.webhook_deliveries d
      join cutwatch.webhooks w on w.id = d.webhook_id and w.enabled and w.deleted_at is null
      where d.state = 'pending' and d.due_at <= ${at}::timestamptz
        and (d.lease_until is null or d.lease_until < clock_timestamp())
    ) due
  `;
  return {
    webhooks: webhooks.length,
    enabled: webhooks.filter(({ enabled }) => enabled).length,
    failing: webhooks.flatMap(({ id, enabled, since }) => (enabled && since !== null ? [{ id, since }] : [])),
    givenUp: webhooks.flatMap(({ id, enabled, reason }) => (!enabled && reason !== null ? [{ id, reason }] : [])),
    due: queue?.due ?? 0,
    oldestDueAt: queue?.oldest ?? null,
    dead: queue?.dead ?? 0,
  };
}

/** Deliveries that were not sent since an instant, for the reason that begins with these words. */
export async function unsentSince(sql: Sql, since: Date, reason: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count
    from cutwatch.webhook_deliveries
    where state = 'expired' and finished_at > ${since.toISOString()}::timestamptz and starts_with(last_error, ${reason})
  `;
  return row?.count ?? 0;
}
