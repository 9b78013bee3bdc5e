import { randomBytes } from "node:crypto";
import { apiKeyOf, KEY_BYTES, keySha256, shownPart } from "../api/api-key.ts";
import { type ApiKey, apiKeys, type RevokedKey, recordApiKey, revokeApiKey, type Scope } from "../store/api-keys.ts";
import { EXIT, UsageError } from "./failure.ts";
import type { Shell } from "./shell.ts";
import { wrappedTable } from "./table.ts";
import { minuteText } from "./webhooks-text.ts";
import { withStore } from "./with-store.ts";

const CONTROL = /\p{Cc}/u;
const LONGEST_NAME = 100;
const TENANT = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** Who shares webhooks with whom. */
export function requireTenant(tenant: string): string {
  if (TENANT.test(tenant)) return tenant;
  throw new UsageError(
    `Cannot use --tenant ${JSON.stringify(tenant)}: must be up to 63 letters, digits, dots, dashes or underscores, a letter or digit first`,
  );
}

function keyJson(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    scope: key.scope,
    tenant: key.tenant,
    shown: key.shown,
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}

/**
 * Makes a key and prints it, this once. Standard output has the key alone, so that it can go straight to where it is kept.
 *
 * @throws UsageError for a name or tenant that cannot be used
 */
export async function createKeyCommand(
  shell: Shell,
  options: {
    readonly name: string;
    readonly scope: Scope;
    readonly tenant?: string | undefined;
    readonly json: boolean;
  },
): Promise<number> {
  const name = options.name.trim();
  if (name === "" || name.length > LONGEST_NAME || CONTROL.test(name)) {
    throw new UsageError(`Cannot use --name: must be one line of 1 to ${LONGEST_NAME} characters`);
  }
  const tenant = options.tenant === undefined ? null : requireTenant(options.tenant);
  return withStore(shell, { command: "keys" }, async ({ sql }) => {
    const key = apiKeyOf(randomBytes(KEY_BYTES));
    const given = { name, tenant, scope: options.scope, shown: shownPart(key), sha256: keySha256(key) };
    const recorded = await recordApiKey(sql, given, shell.now());
    if (recorded === null) {
      throw new UsageError(
        `Cannot use --tenant ${tenant}: names like key-12 are given to keys without a tenant, and no key has this one`,
      );
    }
    if (options.json) {
      shell.out.write(`${JSON.stringify({ key, ...keyJson(recorded) }, null, 2)}\n`);
      return EXIT.done;
    }
    shell.out.write(`${key}\n`);
    shell.err.write(
      `Key ${recorded.id} "${name}": scope ${recorded.scope}, tenant ${recorded.tenant}. It is shown this once.\n`,
    );
    return EXIT.done;
  });
}

/** Prints every key, without the key. */
export async function listKeysCommand(shell: Shell, options: { readonly json: boolean }): Promise<number> {
  return withStore(shell, { command: "keys" }, async ({ sql }) => {
    const keys = await apiKeys(sql);
    if (options.json) {
      shell.out.write(`${JSON.stringify(keys.map(keyJson), null, 2)}\n`);
    } else if (keys.length === 0) {
      shell.out.write("No keys yet: cutwatch keys create --name desk --scope webhooks makes one\n");
    } else {
      const rows = keys.map((key) => [
        String(key.id),
        `${key.shown}…`,
        key.scope,
        key.revokedAt !== null
          ? "revoked"
          : key.lastUsedAt === null
            ? "unused"
            : minuteText(key.lastUsedAt.toISOString()),
        `${key.name} (tenant ${key.tenant})`,
      ]);
      shell.out.write(wrappedTable([["id", "key", "scope", "last used, UTC", "name"], ...rows], shell.out.columns));
    }
    return EXIT.done;
  });
}

/** What becomes of the webhooks of a revoked key's tenant, which do not need a key to go on; null: there is nothing to say. */
function webhooksText({ id, tenant, keysLeft, webhooksEnabled, webhooksDisabled }: RevokedKey): string | null {
  const one = (webhooksDisabled || webhooksEnabled) === 1;
  if (webhooksDisabled > 0) {
    const are = one ? "webhook of tenant" : "webhooks of tenant";
    return `${webhooksDisabled} ${are} ${tenant} ${one ? "is" : "are"} disabled; what waits for ${one ? "it" : "them"} stays`;
  }
  if (webhooksEnabled === 0 || keysLeft > 0) return null;
  const go = one ? `webhook of tenant ${tenant} goes on` : `webhooks of tenant ${tenant} go on`;
  return `${webhooksEnabled} ${go} without a key; to stop: cutwatch keys revoke ${id} --disable-webhooks`;
}

/**
 * Revokes a key for good; every process refuses it within 10 s. What is sent to its tenant's webhooks goes on unless they are
 * disabled in the same step.
 *
 * @param given its number, or its first characters as `keys list` prints them
 */
export async function revokeKeyCommand(
  shell: Shell,
  given: string,
  options: { readonly disableWebhooks: boolean },
): Promise<number> {
  return withStore(shell, { command: "keys" }, async ({ sql }) => {
    // A whole key may be at hand, and nothing else of it.
    const named = given.startsWith("cw_") ? shownPart(given) : given;
    const [key, ...others] = await revokeApiKey(sql, named, shell.now(), {
      disablesWebhooks: options.disableWebhooks,
    });
    if (key === undefined) {
      throw new Error(
        `Cannot revoke ${named}: no key has that number or begins like that; cutwatch keys list shows them`,
      );
    }
    if (others.length > 0) throw new Error(`Cannot revoke ${named}: several keys begin like that; give the number`);
    const words = `Key ${key.id} "${key.name}"`;
    shell.out.write(
      key.before
        ? `${words} was revoked before, on ${minuteText(key.revokedAt?.toISOString() ?? "")} UTC\n`
        : `${words} is revoked: refused everywhere within 10 seconds\n`,
    );
    const webhooks = webhooksText(key);
    if (webhooks !== null) shell.out.write(`${webhooks}\n`);
    return EXIT.done;
  });
}
