import type { Sql } from "postgres";
import { publishedInAlert, publishedInNotice } from "./published-figures.ts";

/** A body as it was stored. */
export interface StoredMessage {
  readonly body: object;
  /** whose published figures are in it; several joined by `+`; null: there are none */
  readonly published: string | null;
}

/** Bodies of alerts and notices by number; the two never share one. */
export async function messageBodies(
  sql: Sql,
  wanted: { readonly alertIds: readonly number[]; readonly noticeIds: readonly number[] },
): Promise<Map<number, StoredMessage>> {
  const rows = await sql<(StoredMessage & { id: number })[]>`
    select a.id, a.body, ${publishedInAlert(sql)} as published
    from cutwatch.alerts a
    where a.id = any(${wanted.alertIds}::bigint[])
    union all
    select n.id, n.body, ${publishedInNotice(sql)} as published
    from cutwatch.notices n
    where n.id = any(${wanted.noticeIds}::bigint[])
  `;
  return new Map(rows.map(({ id, ...message }) => [id, message]));
}
