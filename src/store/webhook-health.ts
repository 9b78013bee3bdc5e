/** How endpoints do: since when one fails, and when it is given up. */
import type { Sql, TransactionSql } from "postgres";

/** What some attempts say of one webhook. */
export interface HealthNote {
  readonly webhookId: number;
  /** the last success among them; null: none succeeded */
  readonly succeededAt: Date | null;
  /** the first failure after that; null: none failed */
  readonly failedAt: Date | null;
}

/** Notes successes and failures of endpoints: a success ends what was failing, a failure begins it or lets it go on. */
export async function noteHealth(sql: Sql, notes: readonly HealthNote[]): Promise<void> {
  if (notes.length === 0) return;
  const instants = (dates: readonly (Date | null)[]) => dates.map((date) => date?.toISOString() ?? null);
  // Locked in order of their numbers, so that two processes never wait for each other.
  await sql`
    with notes as materialized (
      select *
      from unnest(
        ${notes.map(({ webhookId }) => webhookId)}::bigint[],
        ${instants(notes.map(({ succeededAt }) => succeededAt))}::text[]::timestamptz[],
        ${instants(notes.map(({ failedAt }) => failedAt))}::text[]::timestamptz[]
      ) as n (webhook_id, succeeded_at, failed_at)
    ),
    locked as materialized (
      select id
      from cutwatch.webhooks
      where id in (select webhook_id from notes)
      order by id
      for no key update
    )
    update cutwatch.webhooks w
    set
      last_success_at = greatest(w.last_success_at, n.succeeded_at),
      failing_since = case
        when n.failed_at is null then null
        when n.succeeded_at is null then coalesce(w.failing_since, n.failed_at)
        else n.failed_at
      end
    from locked l
    join notes n on n.webhook_id = l.id
    where w.id = l.id
  `;
}

/** A webhook that was just disabled. */
export interface DisabledWebhook {
  readonly webhookId: number;
  readonly tenant: string;
  readonly description: string;
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
  /** messages that wait until it is enabled again */
  readonly pending: number;
}

/** Between two failures of one streak: the schedule's longest wait is 24 h and a fifth. */
const STREAK_GAP_HOURS = 36;

/**
 * Silence is no failure: where more than 36 h lie between two attempts, what fails since then began after them. Attempts
 * are read only when a webhook is about to be disabled.
 */
async function beginStreakAnew(tx: TransactionSql, webhookId: number): Promise<void> {
  await tx`
    with tried as (
      select a.started_at, lag(a.started_at) over (order by a.started_at) as before_at
      from cutwatch.webhooks w
      join cutwatch.webhook_deliveries d on d.webhook_id = w.id
      join cutwatch.webhook_attempts a on a.delivery_id = d.id
      where w.id = ${webhookId}::bigint and a.started_at >= w.failing_since - interval '20 seconds'
    ),
    streak as (
      select max(started_at) as began_at
      from tried
      where started_at - before_at > ${STREAK_GAP_HOURS}::integer * interval '1 hour'
    )
    update cutwatch.webhooks w
    set failing_since = s.began_at
    from streak s
    where w.id = ${webhookId}::bigint and s.began_at > w.failing_since
  `;
}

/**
 * Disables a webhook; its pending deliveries stay as they are until it is enabled again.
 *
 * @param how.failingBy only if it has failed again and again without a success since then; null: whatever its health
 * @returns null when it was disabled or deleted before, or does not fail any more
 */
export async function disableWebhook(
  tx: TransactionSql,
  webhookId: number,
  how: { readonly reason: string; readonly failingBy: Date | null; readonly now: Date },
): Promise<DisabledWebhook | null> {
  const now = how.now.toISOString();
  const by = how.failingBy?.toISOString() ?? null;
  if (by !== null) await beginStreakAnew(tx, webhookId);
  const [row] = await tx<DisabledWebhook[]>`
    update cutwatch.webhooks w
    set enabled = false, disabled_reason = ${how.reason}, disabled_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
    where w.id = ${webhookId}::bigint and w.enabled and w.deleted_at is null
      and (${by}::timestamptz is null or w.failing_since <= ${by}::timestamptz)
    returning
      w.id as "webhookId",
      w.tenant,
      w.description,
      w.failing_since as "failingSince",
      w.last_success_at as "lastSuccessAt",
      (
        select count(*)::integer
        from cutwatch.webhook_deliveries d
        where d.webhook_id = w.id and d.state = 'pending'
      ) as pending
  `;
  return row ?? null;
}
