/** Webhooks made, changed and deleted, each by one transaction. */
import type { Sql, TransactionSql } from "postgres";
import { againAtDeadlock } from "./deadlock.ts";
import { seenBy, type Webhook, type WebhookRef, type WebhookSettings, webhookOf } from "./webhooks.ts";
import { announceChange, takeTurn } from "./write.ts";

/**
 * Adds a webhook.
 *
 * @param secret sealed
 * @param most webhooks that one tenant may have
 * @returns null when the tenant has that many
 */
export async function addWebhook(
  sql: Sql,
  webhook: WebhookSettings & { readonly tenant: string; readonly secret: Uint8Array },
  most: number,
  now: Date,
): Promise<Webhook | null> {
  const { subscription } = webhook;
  const at = now.toISOString();
  return sql.begin(async (tx) => {
    // Counting and adding are one step: of two at once the second counts the first.
    await takeTurn(tx, `webhooks of ${webhook.tenant}`);
    const [row] = await tx<{ id: number }[]>`
      insert into cutwatch.webhooks (tenant, url, min_severity, meetings, rules, events, format, max_age_s, description,
        enabled, disabled_at, secret, created_at, updated_at)
      select ${webhook.tenant}, ${webhook.url}, ${subscription.minSeverity},
        ${subscription.meetings === null ? null : [...subscription.meetings]}::text[],
        ${JSON.stringify(subscription.rules)}::text::jsonb,
        ${subscription.events === null ? null : [...subscription.events]}::text[], ${subscription.format},
        ${subscription.maxAgeS}::integer, ${webhook.description}, ${webhook.enabled}::boolean,
        ${webhook.enabled ? null : at}::timestamptz, ${Buffer.from(webhook.secret)}::bytea, ${at}::timestamptz,
        ${at}::timestamptz
      where (
        select count(*) from cutwatch.webhooks where tenant = ${webhook.tenant} and deleted_at is null
      ) < ${most}::integer
      returning id
    `;
    return row === undefined ? null : webhookOf(tx, { id: row.id, tenant: null }, now);
  });
}

/**
 * Changes what a person says of a webhook. Enabling it forgets why it was disabled and since when it failed, and so does
 * another address; what waits for it goes on, in the new form where address and form are both other ones.
 *
 * @param change is given the webhook as it stands, which nobody else changes meanwhile; what it throws undoes all
 * @returns null when there is none of that number, or it is another tenant's
 */
export async function changeWebhook(
  sql: Sql,
  ref: WebhookRef,
  change: (webhook: Webhook) => WebhookSettings,
  now: Date,
): Promise<Webhook | null> {
  const at = now.toISOString();
  const work = async (tx: TransactionSql): Promise<Webhook | null> => {
    await lock(tx, ref);
    const before = await webhookOf(tx, ref, now);
    if (before === null) return null;
    const { subscription, ...after } = change(before);
    const enables = after.enabled && !before.enabled;
    const disables = !after.enabled && before.enabled;
    const starts = enables || after.url !== before.url;
    await tx`
      update cutwatch.webhooks
      set
        url = ${after.url},
        min_severity = ${subscription.minSeverity},
        meetings = ${subscription.meetings === null ? null : [...subscription.meetings]}::text[],
        rules = ${JSON.stringify(subscription.rules)}::text::jsonb,
        events = ${subscription.events === null ? null : [...subscription.events]}::text[],
        format = ${subscription.format},
        max_age_s = ${subscription.maxAgeS}::integer,
        description = ${after.description},
        enabled = ${after.enabled}::boolean,
        disabled_reason = case when ${enables}::boolean then null else disabled_reason end,
        disabled_at = case
          when ${enables}::boolean then null
          when ${disables}::boolean then ${at}::timestamptz
          else disabled_at
        end,
        failing_since = case when ${starts}::boolean then null else failing_since end,
        updated_at = ${at}::timestamptz
      where id = ${ref.id}::bigint
    `;
    const moves = after.url !== before.url && subscription.format !== before.subscription.format;
    if (moves) await formAnew(tx, ref.id);
    // Whoever sends looks again: something may be due at once.
    if (starts) await announceChange(tx, "deliveries");
    return webhookOf(tx, ref, now);
  };
  return againAtDeadlock(async () => sql.begin(work));
}

/** Another receiver has never got what waits, and would refuse the form that the one before understood. */
async function formAnew(tx: TransactionSql, webhookId: number): Promise<void> {
  await tx`
    with waiting as materialized (
      select id
      from cutwatch.webhook_deliveries
      where webhook_id = ${webhookId}::bigint and state = 'pending' and format is not null
      order by id
      for no key update
    )
    update cutwatch.webhook_deliveries set format = null where id in (select id from waiting)
  `;
}

async function lock(tx: TransactionSql, ref: WebhookRef): Promise<void> {
  await tx`
    select 1
    from cutwatch.webhooks
    where id = ${ref.id}::bigint and deleted_at is null and ${seenBy(tx, ref.tenant)}
    for update
  `;
}

/** What became of a rotation. `done` false: the secret before still signs, as the webhook tells, and nothing was changed. */
export interface Rotated {
  readonly done: boolean;
  readonly webhook: Webhook;
}

/**
 * Gives a webhook another secret. The one before signs too until `previousUntil`; one before that no longer.
 *
 * @param rotation `secret`: sealed; `endsPrevious`: also while a secret before still signs, which ends that one at once
 * @returns null when there is none of that number, or it is another tenant's
 */
export async function rotateSecret(
  sql: Sql,
  ref: WebhookRef,
  rotation: { readonly secret: Uint8Array; readonly previousUntil: Date; readonly endsPrevious: boolean },
  now: Date,
): Promise<Rotated | null> {
  return sql.begin(async (tx) => {
    // Of two rotations at once the second finds what the first has done.
    await lock(tx, ref);
    const before = await webhookOf(tx, ref, now);
    if (before === null) return null;
    if (before.previousUntil !== null && !rotation.endsPrevious) return { done: false, webhook: before };
    await tx`
      update cutwatch.webhooks
      set
        previous_secret = secret,
        previous_until = ${rotation.previousUntil.toISOString()}::timestamptz,
        secret = ${Buffer.from(rotation.secret)}::bytea,
        updated_at = ${now.toISOString()}::timestamptz
      where id = ${ref.id}::bigint
    `;
    const webhook = await webhookOf(tx, ref, now);
    return webhook === null ? null : { done: true, webhook };
  });
}

/**
 * Deletes a webhook: its log stays, its secrets go, its address too but for the host (chat services put a secret in the
 * rest), and what waits for it ends as expired.
 *
 * @returns false when there is none of that number, or it is another tenant's
 */
export async function deleteWebhook(sql: Sql, ref: WebhookRef, now: Date): Promise<boolean> {
  const at = now.toISOString();
  const work = () =>
    sql.begin(async (tx) => {
      const rows = await tx`
      update cutwatch.webhooks
      set
        deleted_at = ${at}::timestamptz,
        updated_at = ${at}::timestamptz,
        enabled = false,
        url = coalesce(substring(url from '^https?://[^/?#]*'), ''),
        secret = ''::bytea,
        previous_secret = null,
        previous_until = null
      where id = ${ref.id}::bigint and deleted_at is null and ${seenBy(tx, ref.tenant)}
      returning id
    `;
      if (rows.length === 0) return false;
      await tx`
      with waiting as materialized (
        select id
        from cutwatch.webhook_deliveries
        where webhook_id = ${ref.id}::bigint and state = 'pending'
        order by id
        for update
      )
      update cutwatch.webhook_deliveries
      set
        state = 'expired',
        finished_at = ${at}::timestamptz,
        lease_until = null,
        fence = fence + 1,
        last_error = 'The webhook was deleted: not sent'
      where id in (select id from waiting)
    `;
      return true;
    });
  return againAtDeadlock(work);
}
