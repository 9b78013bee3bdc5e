import { signatures } from "./sign.ts";

/** One message as it goes over the wire: the body's bytes are those that the headers sign. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Makes one message ready to be sent. Each attempt is signed anew with its own time, so that a receiver may refuse old ones;
 * the id stays the same.
 *
 * @param message.messageId header webhook-id
 * @param message.body JSON text, sent as UTF-8 exactly as it stands, or its bytes
 * @param message.secrets `whsec_…` or the bytes it stands for, each of which signs
 * @throws RangeError on an id or a secret that cannot sign
 * @see Standard Webhooks 1.0.0, "Webhook headers"
 */
export function webhookRequest(message: {
  readonly messageId: string;
  readonly body: string | Uint8Array;
  readonly secrets: readonly (string | Uint8Array)[];
  readonly now: Date;
}): WebhookRequest {
  const body = typeof message.body === "string" ? Buffer.from(message.body, "utf8") : message.body;
  const timestamp = Math.floor(message.now.getTime() / 1000);
  return {
    headers: {
      "content-type": "application/json",
      "webhook-id": message.messageId,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signatures({ id: message.messageId, timestamp, body, secrets: message.secrets }),
    },
    body,
  };
}
