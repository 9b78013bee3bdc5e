import type { Sql } from "postgres";

/** A condition: recorded by `at`, so that an old answer can be given again. Null: all there is. */
export function recordedBy(sql: Sql, column: string, at: Date | null) {
  return at === null ? sql`true` : sql`${sql(column)} <= ${at.toISOString()}::timestamptz`;
}
