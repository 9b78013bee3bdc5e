/** Which odds wait to be computed. */
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Grid } from "../pricing/observations.ts";

/** What was asked to be computed. */
export interface SnapshotRequest {
  readonly id: number;
  readonly grid: Grid;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly at: Date | null;
}

/** What waits to be computed, oldest request first. */
export async function openRequests(sql: Sql): Promise<SnapshotRequest[]> {
  const rows = await sql<{ id: number; grid: Grid; from_date: string; to_date: string; at: Date | null }[]>`
    select id::float8 as id, grid::text as grid, from_date::text, to_date::text, at
    from cutwatch.snapshot_requests
    order by id
  `;
  return rows.map((row) => ({ id: row.id, grid: row.grid, from: row.from_date, to: row.to_date, at: row.at }));
}

/** Takes requests back once their readings are stored, in the same transaction. */
export async function closeRequests(tx: TransactionSql, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await tx`delete from cutwatch.snapshot_requests where id = any(${ids}::bigint[])`;
}

/** Trade dates from `from` to `to` that have quotes or published odds of the daily grid. */
export async function datesWithQuotes(sql: Sql, from: IsoDate, to: IsoDate): Promise<IsoDate[]> {
  const rows = await sql<{ trade_date: string }[]>`
    select trade_date::text as trade_date from cutwatch.futures_quotes
    where trade_date between ${from}::date and ${to}::date and grid = 'settlement'
    union
    select trade_date::text from cutwatch.published_probabilities
    where trade_date between ${from}::date and ${to}::date and grid = 'settlement'
    order by 1
  `;
  return rows.map((row) => row.trade_date);
}
