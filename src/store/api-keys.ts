/** API keys as they are kept: hashed, with whom they speak for and what they may do. */
import type { Sql, TransactionSql } from "postgres";

/** What a key may do, each including those before it: read, manage its tenant's webhooks, manage everybody's. */
export const SCOPES = ["read", "webhooks", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A key without the key. */
export interface ApiKey {
  readonly id: number;
  readonly name: string;
  readonly tenant: string;
  readonly scope: Scope;
  /** its first characters */
  readonly shown: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

function columns(sql: Sql | TransactionSql) {
  return sql`
    id, name, tenant, scope, shown, created_at as "createdAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"
  `;
}

/**
 * Records a key.
 *
 * @param key.tenant null: one of its own, `key-<id>`. A tenant of that form may be named only when it exists, since a later
 *   key would come upon it.
 * @returns null when `tenant` has that form and does not exist
 */
export async function recordApiKey(
  sql: Sql,
  key: {
    readonly name: string;
    readonly tenant: string | null;
    readonly scope: Scope;
    readonly shown: string;
    readonly sha256: Uint8Array;
  },
  now: Date,
): Promise<ApiKey | null> {
  const [row] = await sql<ApiKey[]>`
    insert into cutwatch.api_keys (id, name, tenant, scope, shown, sha256, created_at)
    select n.id, ${key.name}, coalesce(${key.tenant}::text, 'key-' || n.id), ${key.scope}, ${key.shown},
      ${Buffer.from(key.sha256)}::bytea, ${now.toISOString()}::timestamptz
    from (select nextval('cutwatch.row_ids') as id) n
    where ${key.tenant}::text is null or ${key.tenant}::text !~ '^key-[0-9]+$'
      or exists (select from cutwatch.api_keys k where k.tenant = ${key.tenant}::text)
    returning ${columns(sql)}
  `;
  return row ?? null;
}

/** Every key, revoked ones too, oldest first. */
export async function apiKeys(sql: Sql): Promise<readonly ApiKey[]> {
  return sql<ApiKey[]>`select ${columns(sql)} from cutwatch.api_keys order by id`;
}

/** A key found by its hash, with the hash for comparing it. Null: unknown or revoked. */
export async function activeKey(
  sql: Sql,
  sha256: Uint8Array,
): Promise<(Pick<ApiKey, "id" | "tenant" | "scope" | "lastUsedAt"> & { readonly sha256: Uint8Array }) | null> {
  const [row] = await sql<{ id: number; tenant: string; scope: Scope; lastUsedAt: Date | null; sha256: Uint8Array }[]>`
    select id, tenant, scope, last_used_at as "lastUsedAt", sha256
    from cutwatch.api_keys
    where sha256 = ${Buffer.from(sha256)}::bytea and revoked_at is null
  `;
  return row ?? null;
}

/** Notes that a key is in use, unless that was noted after `since` already. */
export async function noteKeyUse(sql: Sql, id: number, now: Date, since: Date): Promise<void> {
  await sql`
    update cutwatch.api_keys
    set last_used_at = ${now.toISOString()}::timestamptz
    where id = ${id}::bigint and (last_used_at is null or last_used_at <= ${since.toISOString()}::timestamptz)
  `;
}

/** A key that was revoked, and what is left of its tenant. */
export interface RevokedKey extends ApiKey {
  /** it was revoked earlier */
  readonly before: boolean;
  /** keys of the tenant that manage its webhooks */
  readonly keysLeft: number;
  /** webhooks of the tenant that messages are sent to */
  readonly webhooksEnabled: number;
  /** those that were until now */
  readonly webhooksDisabled: number;
}

async function disableWebhooks(tx: TransactionSql, tenant: string, now: Date): Promise<number> {
  const at = now.toISOString();
  const rows = await tx`
    update cutwatch.webhooks
    set enabled = false, disabled_at = ${at}::timestamptz, updated_at = ${at}::timestamptz
    where tenant = ${tenant} and enabled and deleted_at is null
    returning id
  `;
  return rows.length;
}

/**
 * Revokes a key for good, by its number or its first characters.
 *
 * @param options.disablesWebhooks all webhooks of its tenant are disabled in the same step, also when it was revoked earlier
 * @returns the keys that this names: none, or several, in which case nothing was done
 */
export async function revokeApiKey(
  sql: Sql,
  given: string,
  now: Date,
  options: { readonly disablesWebhooks: boolean } = { disablesWebhooks: false },
): Promise<readonly RevokedKey[]> {
  return sql.begin(async (tx) => {
    const found = await tx<(ApiKey & { before: boolean })[]>`
      select ${columns(tx)}, revoked_at is not null as before
      from cutwatch.api_keys
      where id::text = ${given} or shown = ${given}
      order by id
      for update
    `;
    const [only] = found;
    if (only === undefined || found.length > 1) {
      return found.map((key) => ({ ...key, keysLeft: 0, webhooksEnabled: 0, webhooksDisabled: 0 }));
    }
    await tx`
      update cutwatch.api_keys
      set revoked_at = ${now.toISOString()}::timestamptz
      where id = ${only.id}::bigint and revoked_at is null
    `;
    const webhooksDisabled = options.disablesWebhooks ? await disableWebhooks(tx, only.tenant, now) : 0;
    const [left] = await tx<{ keysLeft: number; webhooksEnabled: number }[]>`
      select
        (
          select count(*)::float8 from cutwatch.api_keys
          where tenant = ${only.tenant} and revoked_at is null and scope in ('webhooks', 'admin')
        ) as "keysLeft",
        (
          select count(*)::float8 from cutwatch.webhooks
          where tenant = ${only.tenant} and enabled and deleted_at is null
        ) as "webhooksEnabled"
    `;
    const { keysLeft = 0, webhooksEnabled = 0 } = left ?? {};
    return [{ ...only, revokedAt: only.revokedAt ?? now, keysLeft, webhooksEnabled, webhooksDisabled }];
  });
}
