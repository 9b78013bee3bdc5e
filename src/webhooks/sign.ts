import { createHmac } from "node:crypto";
import { secretBytes } from "./secret.ts";

/** What is signed: the id and the time belong to it as much as the body. */
export interface SignedMessage {
  /** header webhook-id */
  readonly id: string;
  /** header webhook-timestamp, in whole seconds since 1970 */
  readonly timestamp: number;
  /** the bytes that are sent, or text that is sent as UTF-8 */
  readonly body: string | Uint8Array;
  /** `whsec_…`, or the bytes it stands for; while a secret is being rotated both the new and the previous one */
  readonly secrets: readonly (string | Uint8Array)[];
}

// The three parts are joined by full stops: an id with one could be read as another id and time.
const MESSAGE_ID = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Header webhook-signature: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, one for each secret, separated by
 * spaces.
 *
 * @throws RangeError on an id, a time or a secret that the standard does not know
 * @see Standard Webhooks 1.0.0, "Signature scheme"
 * @example
 * signatures({
 *   id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
 *   timestamp: 1614265330,
 *   body: '{"test": 2432232314}',
 *   secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
 * }); // "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
 */
export function signatures({ id, timestamp, body, secrets }: SignedMessage): string {
  if (!MESSAGE_ID.test(id)) {
    throw new RangeError(`Cannot sign message ${JSON.stringify(id)}: an id has 1 to 256 letters, digits, _ and -`);
  }
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw new RangeError(`Cannot sign message ${id}: its time must be whole seconds since 1970, was ${timestamp}`);
  }
  if (secrets.length === 0) throw new RangeError(`Cannot sign message ${id}: no secret was given`);
  return secrets
    .map((secret) => {
      const key = typeof secret === "string" ? secretBytes(secret) : secret;
      const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
      return `v1,${mac.digest("base64")}`;
    })
    .join(" ");
}
