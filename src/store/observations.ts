import type { Sql, TransactionSql } from "postgres";

/** Whether the database has any observation of a market or an institution, the sample included. */
export async function hasObservations(sql: Sql | TransactionSql): Promise<boolean> {
  const rows = await sql<{ found: boolean }[]>`
    select exists (select from cutwatch.futures_quotes)
      or exists (select from cutwatch.published_probabilities)
      or exists (select from cutwatch.effr_fixings)
      or exists (select from cutwatch.asset_closes) as found
  `;
  return rows[0]?.found ?? false;
}
