import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
/** What Standard Webhooks asks of a secret. */
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;
const NEW_BYTES = 32;

const KEY_BYTES = 32;
const FINGERPRINT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORM = 1;
const HEAD_BYTES = 1 + FINGERPRINT_BYTES;

/** A fresh secret of 32 random bytes, as receivers are given it: `whsec_` and base64. */
export function newSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString("base64");
}

/**
 * The bytes that a `whsec_` secret stands for.
 *
 * @throws RangeError when it is not `whsec_` and the base64 of 24 to 64 bytes; the message does not repeat it
 * @see Standard Webhooks 1.0.0, "Signature scheme"
 */
export function secretBytes(secret: string): Uint8Array {
  const text = secret.slice(PREFIX.length);
  const bytes = Buffer.from(text, "base64");
  // Buffer.from skips what is not base64: only a secret that comes out again as it went in was one.
  const isWhole = secret.startsWith(PREFIX) && bytes.toString("base64") === text;
  if (!isWhole || bytes.length < FEWEST_BYTES || bytes.length > MOST_BYTES) {
    const state = isWhole ? `${bytes.length} bytes` : "something else";
    throw new RangeError(`Cannot sign with this secret: must be whsec_ and base64 of 24 to 64 bytes, was ${state}`);
  }
  return bytes;
}

/** Tells sealing keys apart without telling anything of them: 16 hex digits. */
export function keyFingerprint(key: Uint8Array): string {
  return fingerprintBytes(key).toString("hex");
}

function fingerprintBytes(key: Uint8Array): Buffer {
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`Cannot use a secret key of ${key.length} bytes: must be ${KEY_BYTES} bytes`);
  }
  return createHmac("sha256", key).update("cutwatch secret key").digest().subarray(0, FINGERPRINT_BYTES);
}

/**
 * A secret as it is stored: AES-256-GCM under `key`. Bytes: form (1), fingerprint of the key (8), nonce (12), tag (16),
 * ciphertext; the first nine are authenticated with it.
 *
 * @param key 32 bytes
 */
export function sealSecret(key: Uint8Array, secret: string): Uint8Array {
  const head = Buffer.concat([Buffer.of(FORM), fingerprintBytes(key)]);
  // A random nonce of 96 bits may seal 2^32 secrets under one key (NIST SP 800-38D, 8.3).
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(head);
  const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), ciphertext]);
}

/**
 * The secret that `sealSecret` sealed.
 *
 * @throws Error when another key sealed it, or when a byte of it was changed; the message tells neither secret nor key
 */
export function openSecret(key: Uint8Array, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed);
  const head = bytes.subarray(0, HEAD_BYTES);
  const body = bytes.subarray(HEAD_BYTES);
  if (head[0] !== FORM || body.length <= NONCE_BYTES + TAG_BYTES) {
    throw new Error("Cannot open a webhook secret: these are not bytes that were sealed here");
  }
  const sealedBy = head.subarray(1).toString("hex");
  if (sealedBy !== keyFingerprint(key)) {
    throw new Error(
      `Cannot open a webhook secret: it was sealed with key ${sealedBy}, the key in use is ${keyFingerprint(key)}`,
    );
  }
  const decipher = createDecipheriv("aes-256-gcm", key, body.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(head)
    .setAuthTag(body.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return decipher.update(body.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch (error) {
    throw new Error("Cannot open a webhook secret: its bytes were changed since it was sealed", { cause: error });
  }
}
