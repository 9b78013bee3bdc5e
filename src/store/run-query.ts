import type { Sql } from "postgres";
import { READER } from "./membership.ts";

/** Some rows of a query's answer; each has one value a column. */
export interface QueryRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const ROWS_AT_ONCE = 1000;

/** Whether this user may read as `cutwatch_reader`: the role is there and granted, or the user may be anyone. */
export async function mayActAsReader(sql: Sql): Promise<boolean> {
  const rows = await sql<{ may: boolean }[]>`
    select exists (select from pg_roles where rolname = ${READER} and pg_has_role(oid, 'member')) as may
  `;
  return rows[0]?.may ?? false;
}

/**
 * Runs one query of a person's in a transaction that cannot write, and hands its rows on in batches of at most 1000; the
 * first batch comes always, with the column names, even when it is empty.
 *
 * @param asReader see schema `review` and nothing else, where the server has the role
 * @throws what Postgres says, also for a text of several statements
 */
export async function runQuery(
  sql: Sql,
  text: string,
  options: { readonly asReader: boolean; readonly onRows: (batch: QueryRows) => void },
): Promise<void> {
  const asReader = options.asReader && (await mayActAsReader(sql));
  await sql.begin("read only", async (tx) => {
    if (asReader) await tx.unsafe(`set local role ${READER}`);
    // A cursor takes one statement only: none can end this transaction and write after it.
    const query = tx.unsafe(text).values();
    let columns: readonly string[] | null = null;
    for await (const rows of query.cursor(ROWS_AT_ONCE)) {
      columns ??= columnsOf(rows);
      options.onRows({ columns, rows: rows as unknown as readonly (readonly unknown[])[] });
    }
    if (columns === null) options.onRows({ columns: columnsOf(query), rows: [] });
  });
}

/** Names of the columns, which the driver keeps beside the rows, or with the statement where no row came. */
function columnsOf(answer: object): string[] {
  const statement = "statement" in answer ? (answer.statement as { columns?: unknown } | null) : null;
  const columns = "columns" in answer ? answer.columns : statement?.columns;
  return Array.isArray(columns) ? columns.map((column: { name: string }) => column.name) : [];
}
