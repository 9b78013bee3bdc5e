import type { WebhookMessage } from "./webhook-messages.ts";

/** A webhook that was not sent by the holder of the secret, was changed on its way, or is too old. */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
}

export interface VerifyOptions {
  /** when it arrived; absent: now */
  readonly now?: Date | undefined;
  /** how far its time may be from `now`, 300 when absent */
  readonly toleranceS?: number | undefined;
}

type GivenHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_S = 300;
const PREFIX = "whsec_";

function headerOf(headers: GivenHeaders, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  const text = typeof value === "string" ? value : value?.[0];
  if (text === undefined || text === "") throw refused(`the header ${name} is missing`);
  return text;
}

function refused(state: string): WebhookVerificationError {
  return new WebhookVerificationError(`Cannot trust the webhook: ${state}`);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null; // it is not base64, so it is no signature and no secret
  }
}

async function keyOf(secret: string) {
  const bytes = bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (bytes === null || bytes.length === 0) {
    throw new TypeError(
      "Cannot verify webhooks: the secret must be whsec_ and base64, as the answer to its creation has it",
    );
  }
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function joined(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const before = new TextEncoder().encode(head);
  const whole = new Uint8Array(before.length + body.length);
  whole.set(before);
  whole.set(body, before.length);
  return whole;
}

/**
 * Checks a webhook's signature and time, and reads its body (Standard Webhooks 1.0.0). Comparison takes the same time
 * whatever differs; everything else about the body is looked at after it.
 *
 * @param body as it was received, byte for byte: not parsed and written again
 * @param headers those of the request: `webhook-id`, `webhook-timestamp`, `webhook-signature`
 * @param secret `whsec_…`; several while one is being replaced
 * @throws WebhookVerificationError: answer 401 and do nothing
 * @throws TypeError when the secret is not one
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: GivenHeaders,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookMessage> {
  const { now = new Date(), toleranceS = TOLERANCE_S } = options;
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  if (!/^\d{1,12}$/.test(timestamp)) throw refused("its time is not seconds since 1970");
  const ageS = now.getTime() / 1_000 - Number(timestamp);
  if (!(Math.abs(ageS) <= toleranceS)) {
    throw refused(
      `it was sent ${Math.abs(Math.round(ageS))} s ${ageS < 0 ? "from now" : "ago"}, ${toleranceS} s are allowed`,
    );
  }
  const signatures = headerOf(headers, "webhook-signature")
    .split(" ")
    .flatMap((one) => (one.startsWith("v1,") ? [bytesOf(one.slice(3))] : []))
    .filter((bytes) => bytes !== null);
  if (signatures.length === 0) throw refused("it has no signature of version 1");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = joined(`${id}.${timestamp}.`, bytes);
  const keys = await Promise.all((typeof secret === "string" ? [secret] : secret).map(keyOf));
  const checks = keys.flatMap((key) =>
    signatures.map((signature) => crypto.subtle.verify("HMAC", key, signature, signed)),
  );
  if (!(await Promise.all(checks)).includes(true)) throw refused("its signature is not that of the secret");
  return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body)) as WebhookMessage;
}
