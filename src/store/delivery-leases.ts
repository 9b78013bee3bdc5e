/**
 * Holding a message. A delivery is held by a lease, which the database's own clock measures for all processes alike, and
 * ended with the fence that the claim gave out: who lost the lease to another can end nothing.
 */
import type { Sql, TransactionSql } from "postgres";

/** How long a claim holds without a sign of life. */
export const LEASE_MS = 30_000;
/** How often a process shows that it lives: two signs may be lost. */
export const SIGN_OF_LIFE_MS = 10_000;

/** A delivery under a fence. */
export interface Held {
  readonly id: number;
  readonly fence: number;
}

// Whoever changes several deliveries locks them in order of their numbers, so that no two wait for each other in a circle.

/** Extends leases to 30 s from now. @returns the numbers of the deliveries that are still held */
export async function extendLeases(sql: Sql | TransactionSql, held: readonly Held[]): Promise<Set<number>> {
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
