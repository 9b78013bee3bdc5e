/**
 * Taking messages out of the queue. A delivery is held by a lease, which the database's own clock measures for all
 * processes alike, and ended with the fence that the claim gave out: who lost the lease to another can end nothing.
 */
import type { Sql } from "postgres";
import type { WebhookFormat } from "../webhooks/subscription.ts";

/** How long a claim holds without a sign of life. */
export const LEASE_MS = 30_000;
/** How often a process shows that it lives: two signs may be lost. */
export const SIGN_OF_LIFE_MS = 10_000;

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

/** A delivery under a fence. */
export type Held = Pick<ClaimedDelivery, "id" | "fence">;

// Whoever changes several deliveries locks them in order of their numbers, so that no two wait for each other in a circle.

/** Extends leases to 30 s from now. @returns the numbers of the deliveries that are still held */
export async function extendLeases(sql: Sql, held: readonly Held[]): Promise<Set<number>> {
  const rows = await sql<{ id: number }[]>`
    with locked as materialized (
      select id
      from cutwatch.webhook_deliveries
      where id = any(${held.map(({ id }) => id)}::bigint[])
      order by id
      for no key update
    )
    update cutwatch.webhook_deliveries d
    set lease_until = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
    from unnest(${held.map(({ id }) => id)}::bigint[], ${held.map(({ fence }) => fence)}::bigint[]) as h (id, fence)
    join locked l on l.id = h.id
    where d.id = h.id and d.fence = h.fence and d.state = 'pending'
    returning d.id
  `;
  return new Set(rows.map(({ id }) => id));
}

/** How an attempt ended and what becomes of its delivery. */
export interface AttemptEnd extends Held {
  readonly attempt: number;
  /** `expired`: it may not be sent any more, and was not */
  readonly state: "delivered" | "failed" | "expired" | "parked" | "pending";
  /** of the next attempt; null unless `state` is pending */
  readonly dueAt: Date | null;
  readonly endedAt: Date;
  /** given back before anything was sent: it does not count among the tries */
  readonly released: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly durationMs: number | null;
}

/** Postgres keeps no NUL in a text. */
function storable(text: string | null): string | null {
  return text === null ? null : text.replaceAll("\0", "\uFFFD");
}

/**
 * Ends attempts, and their deliveries where the fence is still the same. The end of an attempt is noted in any case:
 * that it was made is true whoever holds the delivery now. Where a person asked for it meanwhile, which `requeue` says by
 * tries that are 0 again, only a success ends it: anything else is followed by a try at once.
 *
 * @returns the numbers of the deliveries that were ended or put back
 */
export async function endAttempts(sql: Sql, ends: readonly AttemptEnd[]): Promise<Set<number>> {
  // Attempts are found by key and changed by place: the plan is made once, while there are few, and would else read all
  // of them each time, a third of the whole work of 10,000 deliveries. A delivery may move meanwhile, with a sign of life,
  // and is found by its key alone.
  const rows = await sql<{ id: number }[]>`
    with ended as materialized (
      select *
      from unnest(
        ${ends.map(({ id }) => id)}::bigint[],
        ${ends.map(({ fence }) => fence)}::bigint[],
        ${ends.map(({ attempt }) => attempt)}::integer[],
        ${ends.map(({ state }) => state)}::text[],
        ${ends.map(({ dueAt }) => dueAt?.toISOString() ?? null)}::text[]::timestamptz[],
        ${ends.map(({ endedAt }) => endedAt.toISOString())}::text[]::timestamptz[],
        ${ends.map(({ released }) => String(released))}::text[]::boolean[],
        ${ends.map(({ status }) => status)}::integer[],
        ${ends.map(({ error }) => storable(error))}::text[],
        ${ends.map(({ answer }) => storable(answer))}::text[],
        ${ends.map(({ durationMs }) => durationMs)}::float8[]
      ) as e (id, fence, attempt, state, due_at, ended_at, released, status, error, answer, duration_ms)
    ),
    noted as (
      update cutwatch.webhook_attempts a
      set
        finished_at = e.ended_at,
        duration_ms = e.duration_ms,
        status = e.status,
        error = e.error,
        answer = e.answer
      from ended e
      cross join lateral (
        select ctid
        from cutwatch.webhook_attempts
        where delivery_id = e.id and number = e.attempt and finished_at is null
        offset 0
      ) open
      where a.ctid = open.ctid
    ),
    locked as materialized (
      select id
      from cutwatch.webhook_deliveries
      where id = any(${ends.map(({ id }) => id)}::bigint[])
      order by id
      for no key update
    )
    update cutwatch.webhook_deliveries d
    set
      state = case when e.state in ('failed', 'parked') and d.tries = 0 then 'pending' else e.state end,
      due_at = case when e.state <> 'delivered' and d.tries = 0 then e.ended_at else coalesce(e.due_at, d.due_at) end,
      finished_at = case when e.state <> 'pending' and not (e.state in ('failed', 'parked') and d.tries = 0) then e.ended_at end,
      lease_until = null,
      tries = greatest(0, d.tries - e.released::integer),
      -- Nothing was sent yet: its first attempt is still to come.
      format = case when e.released and d.attempts = 1 then null else d.format end,
      last_status = case when e.released then d.last_status else e.status end,
      last_error = case when e.released then d.last_error else e.error end
    from ended e
    join locked l on l.id = e.id
    where d.id = e.id and d.fence = e.fence and d.state = 'pending'
    returning d.id
  `;
  return new Set(rows.map(({ id }) => id));
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
