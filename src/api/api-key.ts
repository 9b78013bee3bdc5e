/** The text of an API key: `cw_`, 32 random bytes, a checksum. Pure; the key itself is never stored. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export const KEY_PREFIX = "cw_";
export const KEY_BYTES = 32;

// Base 62: a double click selects all of it, and no character needs quoting anywhere.
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = BigInt(DIGITS.length);
const SECRET_DIGITS = 43; // 62^43 > 2^256
const CHECK_DIGITS = 6; // 62^6 > 2^32
const SHOWN_DIGITS = 8; // 48 bits tell keys apart; 208 stay unknown

const FORM = new RegExp(`^${KEY_PREFIX}([0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECK_DIGITS}})$`);

function inDigits(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; rest > 0n; rest /= BASE) text = `${DIGITS[Number(rest % BASE)] ?? ""}${text}`;
  return text.padStart(length, "0");
}

function checkOf(secret: string): string {
  return inDigits(BigInt(crc32(secret)), CHECK_DIGITS);
}

/**
 * A key made of random bytes.
 *
 * @param random 32 bytes of a cryptographic source
 * @throws RangeError for another number of bytes
 */
export function apiKeyOf(random: Uint8Array): string {
  if (random.length !== KEY_BYTES) {
    throw new RangeError(`Cannot make a key from ${random.length} bytes: must be ${KEY_BYTES}`);
  }
  const secret = inDigits(BigInt(`0x${Buffer.from(random).toString("hex")}`), SECRET_DIGITS);
  return `${KEY_PREFIX}${secret}${checkOf(secret)}`;
}

/** Whether a text can be a key at all: `mistyped` has the form of one and another checksum. Asks nobody. */
export function keyForm(text: string): "key" | "mistyped" | "other" {
  const [, secret, check] = FORM.exec(text) ?? [];
  if (secret === undefined) return text.startsWith(KEY_PREFIX) ? "mistyped" : "other";
  return check === checkOf(secret) ? "key" : "mistyped";
}

/** What is stored of a key. 256 random bits need no salt and no slow hash. */
export function keySha256(key: string): Buffer {
  return createHash("sha256").update(key, "utf8").digest();
}

/** The beginning of a key, by which people tell keys apart. */
export function shownPart(key: string): string {
  return key.slice(0, KEY_PREFIX.length + SHOWN_DIGITS);
}
