import type { Sql } from "postgres";

/** Fingerprints of the keys that webhook secrets of this database are sealed with, oldest first. */
export async function sealingKeys(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ fingerprint: string }[]>`select fingerprint from cutwatch.secret_keys order by recorded_at`;
  return rows.map(({ fingerprint }) => fingerprint);
}
