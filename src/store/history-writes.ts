/**
 * Writes of history, one after the other, so that `known_at` repeats any answer: what a write stores carries the instant at
 * which its turn came, and an answer given before it was over holds none of it. History is all that `known_at` can be asked of;
 * deliveries, keys, runs of jobs and the health of sources are not.
 */
import type { Sql, TransactionSql } from "postgres";
import { errorCode, StoreError } from "./store-error.ts";
import { takeTurn } from "./write.ts";

// The longest write, ten years looked at again, takes some 8 s and a million rows some 10. A live reading that comes meanwhile
// waits, beyond the 30 s that its statements otherwise have, and does not fail.
const LONGEST_WAIT_MS = 600_000;
/** A process that stands still in the middle of its turn loses it, before those who wait give up. */
const LONGEST_SILENCE_MS = 300_000;
/** So far the clocks of two processes may be apart. What was stamped further ahead was stamped by a wrong clock: nobody follows it. */
const CLOCKS_APART_MS = 60_000;
const CANCELLED = "57014";

interface HistoryWrite {
  readonly recordedAt: Date;
  /** the first millisecond whose answers hold it */
  readonly doneAt: Date;
}

/**
 * Stores rows of history in one transaction, under a stamp later than all before it, and notes when it was over. Writers take
 * turns; nothing slow belongs inside, and no other write of history, which would wait for this one. A transaction that stores
 * nothing notes nothing.
 *
 * @param write is given the stamp: the `recorded_at` of every row it stores
 * @throws StoreError `busy` when the turn does not come within ten minutes, or the wait for it is cancelled
 */
export async function historyWrite<Result>(
  sql: Sql,
  now: () => Date,
  write: (tx: TransactionSql, recordedAt: Date) => Promise<Result>,
): Promise<Result> {
  let noted: Promise<unknown> = Promise.resolve();
  const result = await sql.begin(async (tx) => {
    const recordedAt = await takeHistoryTurn(tx, now);
    const written = await write(tx, recordedAt);
    // Sent with the commit and not before it: every moment between the two gives answers without the rows.
    noted = note(tx, recordedAt, now()).execute();
    return written;
  });
  // Where the note fails the commit undoes the transaction, and says nothing of it.
  await noted;
  return result as Result;
}

function note(tx: TransactionSql, recordedAt: Date, now: Date) {
  // The millisecond of the commit still counts as before it.
  const doneAt = new Date(Math.max(now.getTime(), recordedAt.getTime()) + 1);
  return tx`
    insert into cutwatch.history_writes (recorded_at, done_at)
    select ${recordedAt.toISOString()}::timestamptz, ${doneAt.toISOString()}::timestamptz
    -- A transaction is numbered when it first writes.
    where pg_current_xact_id_if_assigned() is not null
  `;
}

/** Waits for the turn. What is asked here together takes one round trip. @returns the stamp of what is written in it */
async function takeHistoryTurn(tx: TransactionSql, now: () => Date): Promise<Date> {
  const longer = tx`
    select
      set_config('cutwatch.statement_timeout', current_setting('statement_timeout'), true),
      set_config('statement_timeout', ${`${LONGEST_WAIT_MS}ms`}, true),
      set_config('idle_in_transaction_session_timeout', ${`${LONGEST_SILENCE_MS}ms`}, true)
  `.execute();
  const turn = takeTurn(tx, "history");
  // A statement of its own: one that waits sees what was there before it waited.
  const newestWrite = tx<HistoryWrite[]>`
    select recorded_at as "recordedAt", done_at as "doneAt"
    from (select set_config('statement_timeout', current_setting('cutwatch.statement_timeout'), true)) restored
    cross join lateral (select recorded_at, done_at from cutwatch.history_writes order by recorded_at desc limit 1) w
  `;
  const [[newest]] = await Promise.all([newestWrite, longer, turn]).catch(async (error: unknown) => {
    // The statements that follow the one that failed fail too, and are heard of first.
    const cause = await turn.then(
      () => error,
      (own: unknown) => own,
    );
    if (errorCode(cause) !== CANCELLED) throw cause;
    const message = `Cannot write history: its turn did not come within ${LONGEST_WAIT_MS / 60_000} minutes`;
    throw new StoreError("busy", message, { cause });
  });
  const nowMs = now().getTime();
  const reachMs = nowMs + CLOCKS_APART_MS;
  const last = newest === undefined || newest.recordedAt.getTime() <= reachMs ? newest : await lastBy(tx, reachMs);
  return new Date(Math.max(nowMs, last?.doneAt.getTime() ?? nowMs));
}

async function lastBy(tx: TransactionSql, ms: number): Promise<HistoryWrite | undefined> {
  const rows = await tx<HistoryWrite[]>`
    select recorded_at as "recordedAt", done_at as "doneAt"
    from cutwatch.history_writes
    where recorded_at <= ${new Date(ms).toISOString()}::timestamptz
    order by recorded_at desc
    limit 1
  `;
  return rows[0];
}

/** The stamp of the last write of history; null: there was none. To be asked before reading what will be written on. */
export async function lastStamp(sql: Sql | TransactionSql): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`select max(recorded_at) as at from cutwatch.history_writes`;
  return row?.at ?? null;
}

/** The writes before and after an instant. */
export interface WritesAround {
  /** the last one stamped before it; null: none */
  readonly before: HistoryWrite | null;
  /** the stamp of the first one stamped no earlier than it; null: none yet */
  readonly next: Date | null;
}

/** Finds the writes around an instant, by two steps down one index. */
export async function writesAround(sql: Sql, at: Date): Promise<WritesAround> {
  const rows = await sql<{ recordedAt: Date | null; doneAt: Date | null; next: Date | null }[]>`
    select w.recorded_at as "recordedAt", w.done_at as "doneAt", (
        select recorded_at from cutwatch.history_writes where recorded_at >= asked.at order by recorded_at limit 1
      ) as next
    from (select ${at.toISOString()}::timestamptz as at) asked
    left join lateral (
      select recorded_at, done_at
      from cutwatch.history_writes
      where recorded_at < asked.at
      order by recorded_at desc
      limit 1
    ) w on true
  `;
  const { recordedAt = null, doneAt = null, next = null } = rows[0] ?? {};
  return { before: recordedAt === null || doneAt === null ? null : { recordedAt, doneAt }, next };
}

/**
 * What an answer given at an instant could hold: all that is stamped no later than this. During a write that is the millisecond
 * before its stamp. `review.known_by` says the same in SQL.
 */
export function knownBy(at: Date, before: HistoryWrite | null): Date {
  return before !== null && at < before.doneAt ? new Date(before.recordedAt.getTime() - 1) : at;
}
