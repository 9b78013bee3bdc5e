import { otherSecretKeys } from "../store/secret-keys.ts";
import { keyFingerprint, newSecret, sealSecret } from "../webhooks/secret.ts";
import { Problem } from "./problem.ts";
import type { Commanded } from "./write.ts";

/**
 * A new signing secret, and as it is stored.
 *
 * @throws Problem 503 where secrets cannot be sealed, or would be with a key that the other processes do not have
 */
export async function newSealedSecret({
  sql,
  secretKey,
  now,
}: Commanded): Promise<{ secret: string; sealed: Uint8Array }> {
  if (secretKey === null) throw new Problem(503, "Cannot make a secret: this server has no key to seal it with");
  const mine = keyFingerprint(secretKey);
  const others = await otherSecretKeys(sql, mine, now);
  if (others !== null) {
    throw new Problem(
      503,
      `Cannot make a secret: webhook secrets here are sealed with key ${others.join(", ")}, and this process has ${mine}; set CUTWATCH_SECRET_KEY to the same in each process`,
    );
  }
  const secret = newSecret();
  return { secret, sealed: sealSecret(secretKey, secret) };
}
