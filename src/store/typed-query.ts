import { DrizzleQueryError } from "drizzle-orm";
import { drizzle, type PgRemoteDatabase } from "drizzle-orm/pg-proxy";
import type { Sql, TransactionSql } from "postgres";

/** What makes a typed query. Not `execute` and `$count`, which expect other rows than {@link typed} hands on. */
export type Queries = Pick<
  PgRemoteDatabase,
  "select" | "selectDistinct" | "selectDistinctOn" | "insert" | "update" | "delete"
>;

/**
 * Runs a typed query on the raw client or on a transaction of it, and gives back its rows, typed by the tables.
 *
 * drizzle makes the text and its parameters and names the columns of the answer; our client runs it, prepared unless a
 * pooler stands between. Given a client of its own drizzle would change how that client writes dates and arrays.
 *
 * Making the text takes 0.1 to 0.3 ms, as long as such a query runs: what every answer of the API asks, and what
 * writes many rows, stays raw SQL.
 *
 * @param build one query, made of the tables in tables.ts
 * @throws what Postgres says, as raw SQL does: without drizzle's words, which hold every parameter
 * @example
 * const [row] = await typed(sql, (db) => db.select({ id: jobRuns.id }).from(jobRuns).where(eq(jobRuns.job, "prune")));
 */
export async function typed<Rows>(sql: Sql | TransactionSql, build: (db: Queries) => PromiseLike<Rows>): Promise<Rows> {
  const db = drizzle(async (text, params) => ({ rows: await sql.unsafe(text, params, { prepare: true }).values() }));
  try {
    return await build(db);
  } catch (error) {
    throw error instanceof DrizzleQueryError ? (error.cause ?? error) : error;
  }
}
