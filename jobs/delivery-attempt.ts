/** One attempt of one delivery: sign, send, and say what follows from the answer. */
import type { ClaimedDelivery } from "../src/store/delivery-claims.ts";
import type { AttemptEnd } from "../src/store/delivery-ends.ts";
import type { PostResult } from "../src/webhooks/deliver.ts";
import { type WebhookRequest, webhookRequest } from "../src/webhooks/request.ts";
import { deliveryOutcome, nextAttempt } from "../src/webhooks/retry.ts";
import { WITHHELD_ERROR } from "../src/webhooks/withheld-words.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import type { MessageTexts } from "./message-texts.ts";

/** A message that cannot be written or signed is not tried more often than this. */
const TRIES_UNSENT = 3;

/** An attempt that is over. */
export interface EndedAttempt {
  readonly claimed: ClaimedDelivery;
  readonly end: AttemptEnd;
  /** what it says of the endpoint; null: nothing, for nothing was sent */
  readonly verdict: "success" | "failure" | "gone" | null;
}

/** What an attempt needs of its surroundings. */
export interface AttemptTools {
  readonly texts: MessageTexts;
  /** opens a sealed secret, to the bytes that sign */
  readonly open: (sealed: Uint8Array) => Uint8Array;
  /** asked at the last moment: why nothing may be sent any more, or null */
  readonly withheld: () => string | null;
}

const UNSENT = { status: null, answer: null, durationMs: null } as const;

type What = Omit<AttemptEnd, "id" | "fence" | "attempt">;

/** Named member by member: objects that are copied again and again took a tenth of a fan-out. */
function endOf({ id, fence, attempt }: ClaimedDelivery, what: What): AttemptEnd {
  const { state, dueAt, endedAt, released, status, error, answer, durationMs } = what;
  return { id, fence, attempt, state, dueAt, endedAt, released, status, error, answer, durationMs };
}

/** Gives a delivery back as if it had not been claimed: due at once, and this attempt does not count. */
export function released(claimed: ClaimedDelivery, now: Date, why: string): EndedAttempt {
  const end = { ...UNSENT, state: "pending", dueAt: null, endedAt: now, released: true, error: why } as const;
  return { claimed, verdict: null, end: endOf(claimed, end) };
}

/** Ends an attempt whose answer will not be waited for; another process sends again, at once. */
export function cutOff(claimed: ClaimedDelivery, now: Date): EndedAttempt {
  const error = "Stopped before the answer came";
  const end = { ...UNSENT, state: "pending", dueAt: now, endedAt: now, released: false, error } as const;
  return { claimed, verdict: null, end: endOf(claimed, end) };
}

/** Ends a delivery that may not be sent. It is not lost: the log has it, and a person can have it sent once it may be. */
function mayNotPass(claimed: ClaimedDelivery, now: Date): EndedAttempt {
  const error = WITHHELD_ERROR;
  const end = { ...UNSENT, state: "expired", dueAt: null, endedAt: now, released: false, error } as const;
  return { claimed, verdict: null, end: endOf(claimed, end) };
}

function unsendable(context: DeliveryContext, claimed: ClaimedDelivery, error: unknown): EndedAttempt {
  const now = context.now();
  const message = error instanceof Error ? error.message : String(error);
  context.log.error(
    { delivery: claimed.id, webhook: claimed.webhookId, tries: claimed.tries, err: error },
    "message cannot be sent",
  );
  const next =
    claimed.tries >= TRIES_UNSENT
      ? null
      : nextAttempt({ tries: claimed.tries, status: null, retryAfter: null, now, random: context.random() });
  const state = next === null ? "parked" : "pending";
  const end = { ...UNSENT, state, dueAt: next?.dueAt ?? null, endedAt: now, released: false, error: message } as const;
  return { claimed, verdict: null, end: endOf(claimed, end) };
}

/** What follows from a POST. */
function answered(context: DeliveryContext, claimed: ClaimedDelivery, result: PostResult): EndedAttempt {
  const now = context.now();
  const { status, answer, durationMs, retryAfter } = result;
  const verdict = deliveryOutcome(status);
  const ended = (state: AttemptEnd["state"], dueAt: Date | null, error: string | null): EndedAttempt => {
    const end = endOf(claimed, { state, dueAt, endedAt: now, released: false, status, error, answer, durationMs });
    return { claimed, verdict, end };
  };
  if (verdict === "success") return ended("delivered", null, null);
  const error = result.error ?? `Answered ${status}`;
  const next = nextAttempt({ tries: claimed.tries, status, retryAfter, now, random: context.random() });
  return next === null ? ended("failed", null, error) : ended("pending", next.dueAt, error);
}

function signed(context: DeliveryContext, claimed: ClaimedDelivery, { texts, open }: AttemptTools): WebhookRequest {
  const { messageId, secret, previousSecret } = claimed;
  const sealed = previousSecret === null ? [secret] : [secret, previousSecret];
  const secrets = sealed.map(open);
  return webhookRequest({ messageId, body: texts.textOf(claimed), secrets, now: context.now() });
}

/** Sends a claimed delivery, once or not at all. Never throws. */
export async function attemptDelivery(
  context: DeliveryContext,
  claimed: ClaimedDelivery,
  tools: AttemptTools,
): Promise<EndedAttempt> {
  if (tools.texts.isWithheld(claimed)) return mayNotPass(claimed, context.now());
  let request: WebhookRequest;
  try {
    request = signed(context, claimed, tools);
  } catch (error) {
    return unsendable(context, claimed, error);
  }
  const why = tools.withheld();
  if (why !== null) return released(claimed, context.now(), why);
  const startedMs = context.monotonicMs();
  try {
    return answered(
      context,
      claimed,
      await context.post({ url: claimed.url, headers: request.headers, body: request.body }),
    );
  } catch (error) {
    // What is not foreseen counts as a failed attempt: bytes may have left.
    context.log.error({ delivery: claimed.id, webhook: claimed.webhookId, err: error }, "sending broke off");
    const message = error instanceof Error ? error.message : String(error);
    const durationMs = context.monotonicMs() - startedMs;
    const result = { status: null, answer: null, error: message, durationMs, retryAfter: null, refused: false };
    return answered(context, claimed, result);
  }
}
