// @ts-check
/** A test message: queued, and then what became of it. */
import { note } from "./elements.js";
import { ask, wordsOf } from "./webhook-api.js";

/** An endpoint has 15 s to answer. */
const LOOKS = 20;
const LOOK_MS = 1_000;

/** @typedef {{state: string, last_status: number | null, last_error: string | null, attempt_count: number,
 *   attempts: {duration_ms: number | null}[]}} Tested */

/** What became of it; null: nothing yet. @param {Tested} delivery */
export function outcomeWords({ state, last_status, last_error, attempt_count, attempts }) {
  const took = attempts.findLast(({ duration_ms }) => duration_ms !== null)?.duration_ms ?? null;
  const time = took === null ? "" : ` after ${Math.round(took)} ms`;
  if (state === "delivered") return `The test was delivered: answered ${last_status}${time}.`;
  const isTried = attempt_count > 0 && (last_status !== null || last_error !== null);
  if (state === "pending" && !isTried) return null;
  const why = [last_status === null ? null : `answered ${last_status}`, last_error].filter((part) => part !== null);
  return `The test was not delivered: ${why.join(", ") || state}${time}.${state === "pending" ? " It will be tried again." : ""}`;
}

/** @param {number} deliveryId @param {Element} place @param {() => Promise<void>} onOutcome */
async function follow(deliveryId, place, onOutcome) {
  const told = place.firstElementChild;
  for (let looks = 0; looks < LOOKS; looks++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    // Something else was asked for meanwhile: it stays.
    if (!place.isConnected || place.firstElementChild !== told) return;
    const words = outcomeWords(await ask("GET", `/v1/deliveries/${deliveryId}`));
    if (words === null || place.firstElementChild !== told) continue;
    note(place, words);
    await onOutcome();
    return;
  }
}

/**
 * Sends a test and tells what became of it.
 *
 * @param {number} webhookId
 * @param {Element} place
 * @param {() => Promise<void>} onOutcome
 */
export async function sendTest(webhookId, place, onOutcome) {
  const { delivery_id: deliveryId } = await ask("POST", `/v1/webhooks/${webhookId}/test`);
  note(place, "A test was queued; the deliveries tell what became of it.");
  follow(deliveryId, place, onOutcome).catch((error) => note(place, `${wordsOf(error)}.`));
}
