import type { Sql } from "postgres";
import { takeTurn } from "./write.ts";

/**
 * Whether secrets may be sealed with this key: it is the one in use, or the first ever. Two processes with different keys
 * would each write what the other cannot open.
 *
 * @param fingerprint of the key, 16 hex digits
 * @returns the fingerprints in use when it is none of them; null when it may be used
 */
export async function otherSecretKeys(sql: Sql, fingerprint: string, now: Date): Promise<readonly string[] | null> {
  return sql.begin(async (tx) => {
    await takeTurn(tx, "secret_keys");
    const known = await tx<
      { fingerprint: string }[]
    >`select fingerprint from cutwatch.secret_keys order by recorded_at`;
    if (known.some((key) => key.fingerprint === fingerprint)) return null;
    if (known.length > 0) return known.map((key) => key.fingerprint);
    await tx`
      insert into cutwatch.secret_keys (fingerprint, recorded_at)
      values (${fingerprint}, ${now.toISOString()}::timestamptz)
    `;
    return null;
  });
}
