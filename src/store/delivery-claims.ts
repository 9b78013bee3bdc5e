/** Taking messages out of the queue, each under a lease and a fence: delivery-leases.ts. */
import type { Sql } from "postgres";
import type { WebhookFormat } from "../webhooks/subscription.ts";
import { LEASE_MS } from "./delivery-leases.ts";

/**
 * An endpoint that has taken a message within this time may have several at once. Of others one shows first whether they
 * answer: a thousand that hang, with eight each, would fill all places for 15 s.
 */
const PROVEN_MS = 600_000;

/** A delivery that this process holds, with what it takes to send it. Its attempt is recorded already. */
export interface ClaimedDelivery {
  readonly id: number;
  readonly fence: number;
  /** number of this attempt, of all the delivery ever had */
  readonly attempt: number;
  /** attempts since it was last put in the queue, this one included */
  readonly tries: number;
  readonly webhookId: number;
  readonly messageId: string;
  readonly type: string;
  readonly alertId: number | null;
  readonly noticeId: number | null;
  /** of what is told to this webhook alone; null: the alert's or the notice's */
  readonly body: object | null;
  readonly url: string;
  /** in which its first attempt was made, and so each one after it: who gets it twice gets the same bytes */
  readonly format: WebhookFormat;
  /** sealed */
  readonly secret: Uint8Array;
  /** sealed; null unless it signs too at this moment */
  readonly previousSecret: Uint8Array | null;
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
}

/** What a process asks for. */
export interface ClaimQuery {
  /** names the process in `webhook_attempts` */
  readonly worker: string;
  readonly now: Date;
  /** of webhooks that fail, or of all others */
  readonly failing: boolean;
  readonly limit: number;
  /** of one webhook at most */
  readonly each: number;
  /** how many more may be had of webhooks that this process sends to now */
  readonly free: ReadonlyMap<number, number>;
  /** only webhooks with a higher number; 0 for all */
  readonly after: number;
}

export interface Claim {
  readonly claimed: readonly ClaimedDelivery[];
  /** how many were too old to be sent, which is now noted */
  readonly expired: number;
  /** the highest number of a webhook that something was taken of; null: nothing was */
  readonly lastWebhookId: number | null;
}

interface ClaimRow extends Omit<ClaimedDelivery, "previousSecret"> {
  readonly previousSecret: Uint8Array | null;
  readonly expired: boolean;
}

/** The webhooks that anything waits for, in order, found by one step through the index for each. */
function waitingWebhooks(sql: Sql, after: number) {
  return sql`
    waiting as (
      (
        select webhook_id
        from cutwatch.webhook_deliveries
        where state = 'pending' and webhook_id > ${after}::bigint
        order by webhook_id
        limit 1
      )
      union all
      select (
        select d.webhook_id
        from cutwatch.webhook_deliveries d
        where d.state = 'pending' and d.webhook_id > w.webhook_id
        order by d.webhook_id
        limit 1
      )
      from waiting w
      where w.webhook_id is not null
    )
  `;
}

/** The webhooks that fail, in order. They are few, most of the time none: what waits for the others is not looked at. */
function failingWebhooks(sql: Sql, after: number) {
  return sql`
    waiting as (
      select id as webhook_id
      from cutwatch.webhooks
      where failing_since is not null and enabled and deleted_at is null and id > ${after}::bigint
      order by id
    )
  `;
}

/**
 * Claims due deliveries of enabled webhooks, at most `each` of one that answers, webhooks in order of their numbers, and records an
 * attempt of each, all in one statement: who receives an answer may send, once. What is older than its webhook wants is
 * marked as expired instead, without an attempt.
 */
export async function claimDeliveries(sql: Sql, query: ClaimQuery): Promise<Claim> {
  const now = query.now.toISOString();
  // `offset 0` keeps the planner from joining in another order: it steps through the webhooks that wait and stops when
  // the limit is reached. What is locked stays where it is, so it is found again by its place; a row that moved between
  // being read and being locked is not found, and left for the next look.
  const rows = await sql<ClaimRow[]>`
    with recursive ${query.failing ? failingWebhooks(sql, query.after) : waitingWebhooks(sql, query.after)},
    busy as materialized (
      select ${JSON.stringify(Object.fromEntries(query.free))}::text::jsonb as free
    ),
    picked as materialized (
      select
        d.place,
        h.*,
        not d.asked_for and h.max_age_s is not null
          and d.recorded_at + h.max_age_s * interval '1 second' < ${now}::timestamptz as expired
      from waiting w
      cross join lateral (
        select url, format, secret, previous_secret, previous_until, failing_since, last_success_at, max_age_s
        from cutwatch.webhooks
        where id = w.webhook_id and enabled and deleted_at is null
          and (failing_since is not null) = ${query.failing}::boolean
        offset 0
      ) h
      cross join lateral (
        select ctid as place, asked_for, recorded_at
        from cutwatch.webhook_deliveries
        where webhook_id = w.webhook_id and state = 'pending' and due_at <= ${now}::timestamptz
          and (lease_until is null or lease_until < clock_timestamp())
        order by due_at, id
        limit least(
          case when h.last_success_at > ${now}::timestamptz - ${PROVEN_MS}::integer * interval '1 millisecond' then ${query.each}::integer else 1 end,
          coalesce(((select free from busy) ->> w.webhook_id::text)::integer, ${query.each}::integer)
        )
        for update skip locked
      ) d
      limit ${query.limit}::integer
    ),
    claimed as (
      update cutwatch.webhook_deliveries d
      set
        state = case when p.expired then 'expired' else 'pending' end,
        finished_at = case when p.expired then ${now}::timestamptz end,
        last_error = case when p.expired then 'Older than max_age_s: not sent' else d.last_error end,
        tries = d.tries + (not p.expired)::integer,
        attempts = d.attempts + (not p.expired)::integer,
        lease_until = case
          when not p.expired then clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
        end,
        fence = d.fence + 1,
        format = case when p.expired then d.format else coalesce(d.format, p.format) end
      from picked p
      where d.ctid = p.place
      returning d.id, d.due_at, d.fence, d.attempts, d.tries, d.webhook_id, d.message_id, d.type, d.alert_id, d.notice_id, d.body, p.expired,
        d.format, p.url, p.secret, p.previous_secret, p.previous_until, p.failing_since, p.last_success_at
    ),
    recorded as (
      insert into cutwatch.webhook_attempts (delivery_id, number, fence, worker, started_at)
      select id, attempts, fence, ${query.worker}, ${now}::timestamptz
      from claimed
      where not expired
    )
    select
      id,
      fence,
      attempts as attempt,
      tries,
      webhook_id as "webhookId",
      message_id as "messageId",
      type,
      alert_id as "alertId",
      notice_id as "noticeId",
      body,
      url,
      format,
      secret,
      case when previous_until > ${now}::timestamptz then previous_secret end as "previousSecret",
      failing_since as "failingSince",
      last_success_at as "lastSuccessAt",
      expired
    from claimed
    order by due_at, id
  `;
  let last: number | null = null;
  for (const { webhookId } of rows) if (last === null || webhookId > last) last = webhookId;
  return {
    claimed: rows.filter(({ expired }) => !expired),
    expired: rows.filter(({ expired }) => expired).length,
    lastWebhookId: last,
  };
}

/**
 * When something is next due: the earliest instant at which a delivery of an enabled webhook may be claimed. It may be
 * past. Null: nothing waits.
 */
export async function nextDueAt(sql: Sql): Promise<Date | null> {
  // Of one webhook only the first rows are read: those held now and one behind them.
  const [row] = await sql<{ at: Date | null }[]>`
    with recursive ${waitingWebhooks(sql, 0)}
    select min(greatest(d.due_at, d.lease_until)) as at
    from waiting w
    join cutwatch.webhooks h on h.id = w.webhook_id and h.enabled and h.deleted_at is null
    cross join lateral (
      select due_at, lease_until
      from cutwatch.webhook_deliveries
      where webhook_id = w.webhook_id and state = 'pending'
      order by due_at, id
      limit ${READ_AHEAD}::integer
    ) d
  `;
  return row?.at ?? null;
}

// Ten processes may hold eight deliveries of one webhook each.
const READ_AHEAD = 81;
