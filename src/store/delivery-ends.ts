/** Writing down how attempts ended, and what becomes of their deliveries. */
import type { Sql } from "postgres";
import type { Held } from "./delivery-leases.ts";

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
  // Locked one by one in order of their numbers, as everybody does who changes several.
  const ordered = ends.toSorted((one, other) => one.id - other.id);
  const ended = await endThose(sql, ordered, "place");
  // Those that somebody changed while they were looked for, and those that are no longer held.
  const missed = ordered.filter(({ id }) => !ended.has(id));
  if (missed.length > 0) for (const id of await endThose(sql, missed, "key")) ended.add(id);
  return ended;
}

/**
 * @param by `place`: what was just locked is changed where it lies, without looking for it again, which misses what was moved
 *   between being read and being locked; `key`: misses nothing
 */
async function endThose(sql: Sql, ends: readonly AttemptEnd[], by: "place" | "key"): Promise<Set<number>> {
  // What is looked for by key stays behind `offset 0`: the plan is made once, while there are few rows, and would else read
  // all of them each time, a third of the whole work of 10,000 deliveries.
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
    cross join lateral (
      select id, ctid as place
      from cutwatch.webhook_deliveries
      where id = e.id and fence = e.fence and state = 'pending'
      offset 0
      for no key update
    ) held
    where ${by === "place" ? sql`d.ctid = held.place` : sql`d.id = held.id`}
    returning d.id
  `;
  return new Set(rows.map(({ id }) => id));
}
