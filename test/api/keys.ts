/** Keys for tests, made from their number so that a failure can be repeated. */
import { createHash } from "node:crypto";
import type { Sql } from "postgres";
import { apiKeyOf, keySha256, shownPart } from "../../src/api/api-key.ts";
import { recordApiKey, type Scope } from "../../src/store/api-keys.ts";

let made = 0;

/** A key that is stored nowhere. */
export function someKey(): string {
  made += 1;
  return apiKeyOf(createHash("sha256").update(`key ${made}`).digest());
}

/** A stored key, and its number. */
export async function storedKey(sql: Sql, scope: Scope, tenant: string | null, now = new Date("2025-11-01T00:00:00Z")) {
  const key = someKey();
  const given = { name: `${scope} of ${tenant}`, tenant, scope, shown: shownPart(key), sha256: keySha256(key) };
  const recorded = await recordApiKey(sql, given, now);
  if (recorded === null) throw new Error(`Cannot store a key for ${tenant}: it was refused`);
  return { ...recorded, key, headers: { Authorization: `Bearer ${key}` } };
}
