/** How endpoints do: since when one fails, and when it is given up. */
import type { Sql, TransactionSql } from "postgres";

/** What some attempts say of one webhook. */
export interface HealthNote {
  readonly webhookId: number;
  /** the address that they were made to: of another that the webhook has since they say nothing */
  readonly url: string;
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
        ${notes.map(({ url }) => url)}::text[],
        ${instants(notes.map(({ succeededAt }) => succeededAt))}::text[]::timestamptz[],
        ${instants(notes.map(({ failedAt }) => failedAt))}::text[]::timestamptz[]
      ) as n (webhook_id, url, succeeded_at, failed_at)
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
    where w.id = l.id and w.url = n.url
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

/** Between two attempts that fail one after the other: the schedule's longest wait is 24 h and a fifth. */
const LONGEST_GAP_HOURS = 36;
/** A failure is noted when its attempt ends, 15 s after it began at most. */
const ATTEMPT_SECONDS = 20;

/**
 * For how long an endpoint has failed, attempt after attempt, since it last took a message. Silence is no failure: where
 * more than 36 h lie between two attempts nothing was tried, and that time does not count. What failed before does: an
 * endpoint that gets a message a week fails for 75 h with each of them. Attempts are read only when a webhook may have to
 * be disabled.
 */
function failingTime(tx: TransactionSql) {
  return tx`(
    select coalesce(sum(gap) filter (where gap <= ${LONGEST_GAP_HOURS}::integer * interval '1 hour'), interval '0')
    from (
      select a.started_at - lag(a.started_at) over (order by a.started_at) as gap
      from cutwatch.webhook_deliveries d
      join cutwatch.webhook_attempts a on a.delivery_id = d.id
      where d.webhook_id = w.id and a.started_at >= w.failing_since - ${ATTEMPT_SECONDS}::integer * interval '1 second'
    ) tried
  )`;
}

/**
 * Disables a webhook; its pending deliveries stay as they are until it is enabled again.
 *
 * @param how.failingBy only if it has failed, without a success, for as long as lies between then and now; null: whatever
 *   its health
 * @param how.url only while it has this address, which is the one that failed
 * @param how.ending numbers of deliveries that are about to end and will not wait
 * @returns null when it was disabled or deleted before, or does not fail any more
 */
export async function disableWebhook(
  tx: TransactionSql,
  webhookId: number,
  how: {
    readonly reason: string;
    readonly failingBy: Date | null;
    readonly url: string;
    readonly ending: readonly number[];
    readonly now: Date;
  },
): Promise<DisabledWebhook | null> {
  const now = how.now.toISOString();
  const by = how.failingBy?.toISOString() ?? null;
  const [row] = await tx<DisabledWebhook[]>`
    update cutwatch.webhooks w
    set enabled = false, disabled_reason = ${how.reason}, disabled_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
    where w.id = ${webhookId}::bigint and w.enabled and w.deleted_at is null and w.url = ${how.url}
      and (${by}::timestamptz is null or (
        w.failing_since <= ${by}::timestamptz
        and ${failingTime(tx)} >= ${now}::timestamptz - ${by}::timestamptz - ${ATTEMPT_SECONDS}::integer * interval '1 second'
      ))
    returning
      w.id as "webhookId",
      w.tenant,
      w.description,
      w.failing_since as "failingSince",
      w.last_success_at as "lastSuccessAt",
      (
        select count(*)::integer
        from cutwatch.webhook_deliveries d
        where d.webhook_id = w.id and d.state = 'pending' and d.id <> all(${how.ending}::bigint[])
      ) as pending
  `;
  return row ?? null;
}

/** Whether a webhook has another address by now, or is disabled. */
export async function hasMovedOrRests(sql: Sql, webhookId: number, url: string): Promise<boolean> {
  const rows = await sql`
    select from cutwatch.webhooks
    where id = ${webhookId}::bigint and deleted_at is null and (url <> ${url} or not enabled)
  `;
  return rows.length > 0;
}
