import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Grid } from "../pricing/observations.ts";

/** Where the rows of one write come from and when cutwatch learned them. */
export interface Provenance {
  readonly source: string;
  readonly payloadId: number | null;
  readonly isSample: boolean;
  readonly recordedAt: Date;
}

/** What became of the rows of one write. */
export interface Written {
  readonly stored: number;
  readonly unchanged: number;
}

/** Tables that are split by month of trade_date. */
export type PartitionedTable =
  | "futures_quotes"
  | "published_probabilities"
  | "meeting_readings"
  | "meeting_probabilities";

/**
 * Makes the monthly partitions that rows from `from` to `to` need. Outside the transaction that writes them:
 * a new partition locks its parent until commit, and a long import would hold up every reader.
 */
export async function ensureMonths(
  sql: Sql,
  tables: readonly PartitionedTable[],
  from: IsoDate,
  to: IsoDate,
): Promise<void> {
  for (const table of tables) await sql`select cutwatch.ensure_months(${table}, ${from}::date, ${to}::date)`;
}

/**
 * Writers of one kind of row take turns, so that comparing with what is there and writing is one step. The turn `history`
 * comes before every other, or two writers could wait for each other: see `historyWrite`.
 */
export async function takeTurn(tx: TransactionSql, what: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`cutwatch.${what}`}, 0))`;
}

/** Asks for the readings of these dates to be computed again, in the transaction that makes it necessary. */
export async function requestSnapshots(
  tx: TransactionSql,
  request: { readonly grid: Grid; readonly from: IsoDate; readonly to: IsoDate; readonly at: Date | null },
): Promise<void> {
  await tx`
    insert into cutwatch.snapshot_requests (grid, from_date, to_date, at)
    values (${request.grid}, ${request.from}::date, ${request.to}::date, ${request.at?.toISOString() ?? null}::timestamptz)
  `;
}

/** Tells every process that answers may have changed; sent when the transaction commits. */
export async function announceChange(tx: TransactionSql, what: string): Promise<void> {
  await tx`select pg_notify('cutwatch_data', ${what})`;
}

/** Earliest and latest of some dates, or null for none. */
export function dateSpan(dates: Iterable<IsoDate>): { readonly from: IsoDate; readonly to: IsoDate } | null {
  let from: IsoDate | null = null;
  let to: IsoDate | null = null;
  for (const date of dates) {
    if (from === null || date < from) from = date;
    if (to === null || date > to) to = date;
  }
  return from === null || to === null ? null : { from, to };
}
