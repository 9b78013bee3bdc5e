/** Which tables a backup holds, in which order, and how values are written: read from the database itself. */
import type { Sql, TransactionSql } from "postgres";
import type { Month } from "../calendar/calendar-date.ts";

/** A table of schema `cutwatch`. */
export interface StoredTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** split by month of trade_date */
  readonly partitioned: boolean;
}

/** The journal of migrations is not data: the program that restores writes its own. */
const LEFT_OUT = ["migrations"];

/**
 * Every table that holds data, those that others refer to first. Tables of later versions are found by themselves.
 */
export async function storedTables(sql: Sql | TransactionSql): Promise<StoredTable[]> {
  const rows = await sql<(StoredTable & Reference)[]>`
    select
      c.relname::text as table,
      c.relkind = 'p' as partitioned,
      (
        select array_agg(a.attname::text order by a.attnum)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      ) as columns,
      (
        select coalesce(array_agg(distinct f.confrelid::bigint::text), '{}')
        from pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid
      ) as refers,
      c.oid::bigint::text as oid
    from pg_class c
    where c.relnamespace = 'cutwatch'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> all(${LEFT_OUT}::text[])
    order by c.relname
  `;
  return inOrderOfReference(rows);
}

interface Reference {
  readonly oid: string;
  /** tables its foreign keys point to */
  readonly refers: readonly string[];
}

function inOrderOfReference(tables: readonly (StoredTable & Reference)[]): StoredTable[] {
  const ordered: StoredTable[] = [];
  const placed = new Set<string>();
  let waiting = [...tables];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ refers }) => refers.every((oid) => placed.has(oid)));
    if (ready.length === 0) throw new Error("Cannot order the tables: their foreign keys form a circle");
    for (const { table, columns, partitioned, oid } of ready) {
      ordered.push({ table, columns, partitioned });
      placed.add(oid);
    }
    waiting = waiting.filter(({ oid }) => !placed.has(oid));
  }
  return ordered;
}

/** Months a split table has partitions for, ascending. */
export async function monthsOf(sql: Sql | TransactionSql, table: string): Promise<Month[]> {
  const rows = await sql<{ month: string }[]>`
    select replace(right(child.relname::text, 7), '_', '-') as month
    from pg_inherits i
    join pg_class child on child.oid = i.inhrelid
    join pg_class parent on parent.oid = i.inhparent
    where parent.relnamespace = 'cutwatch'::regnamespace and parent.relname = ${table}
    order by 1
  `;
  return rows.map((row) => row.month);
}

/** Names of the sequences that number rows. */
export async function sequenceNames(sql: Sql | TransactionSql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname::text as name
    from pg_class
    where relnamespace = 'cutwatch'::regnamespace and relkind = 'S'
    order by relname
  `;
  return rows.map((row) => row.name);
}

/** Values as text that means the same everywhere, to the last digit, for this transaction. */
export async function writePlainly(tx: TransactionSql): Promise<void> {
  await tx`
    select
      set_config('timezone', 'UTC', true),
      set_config('datestyle', 'ISO, YMD', true),
      set_config('intervalstyle', 'iso_8601', true),
      set_config('bytea_output', 'hex', true),
      set_config('extra_float_digits', '1', true),
      set_config('statement_timeout', '0', true)
  `;
}

/** Quotes a name that was checked to be one. */
export function columnList(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}
