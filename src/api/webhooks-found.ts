import type { Sql } from "postgres";
import { type Webhook, type WebhookRef, webhookOf } from "../store/webhooks.ts";
import { parameter } from "./parameters.ts";
import { Problem } from "./problem.ts";

const MOST_DIGITS = 15;

function numberIn(what: string) {
  return parameter<number>({
    accepted: "a whole number",
    description: `Number of the ${what}`,
    example: 1,
    // Nothing has the number 0: one that is too long to be a number of ours is not found either.
    parse: (text) => (/^\d+$/.test(text) ? (text.length > MOST_DIGITS ? 0 : Number(text)) : null),
    schema: { type: "integer", minimum: 1 },
  });
}

export const webhookId = numberIn("webhook");
export const deliveryId = numberIn("delivery");

/** 404 for a webhook that does not exist, or is another tenant's: which of the two is not told. */
export function webhookNotFound(id: number): Problem {
  return new Problem(404, `Cannot find webhook ${id}: there is none of that number`);
}

/** 404 for a delivery that does not exist, or is another tenant's. */
export function deliveryNotFound(id: number): Problem {
  return new Problem(404, `Cannot find delivery ${id}: there is none of that number`);
}

/** 409: what would be queued would wait until somebody enables the webhook. */
export function webhookDisabled(action: string, id: number): Problem {
  return new Problem(409, `Cannot ${action}: webhook ${id} is disabled; enable it first`);
}

/**
 * A webhook that messages can be sent to.
 *
 * @param action in words, for the refusal
 * @throws Problem 404, and 409 when it is disabled
 */
export async function enabledWebhook(sql: Sql, ref: WebhookRef, action: string, now: Date): Promise<Webhook> {
  const webhook = await webhookOf(sql, ref, now);
  if (webhook === null) throw webhookNotFound(ref.id);
  if (!webhook.enabled) throw webhookDisabled(action, ref.id);
  return webhook;
}
