import type { Sql } from "postgres";

/** Bodies of alerts and notices by number; the two never share one. */
export async function messageBodies(
  sql: Sql,
  wanted: { readonly alertIds: readonly number[]; readonly noticeIds: readonly number[] },
): Promise<Map<number, object>> {
  const rows = await sql<{ id: number; body: object }[]>`
    select id, body from cutwatch.alerts where id = any(${wanted.alertIds}::bigint[])
    union all
    select id, body from cutwatch.notices where id = any(${wanted.noticeIds}::bigint[])
  `;
  return new Map(rows.map(({ id, body }) => [id, body]));
}
