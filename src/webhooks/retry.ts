import { retryAfterMs } from "./retry-after.ts";

const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Wait before each attempt, in seconds, counted from the end of the one before: 11 attempts over 75 h 35 min 5 s, which is
 * from a Friday's settlement to Monday evening.
 */
export const RETRY_DELAYS_S = [
  0,
  5 * SECOND,
  1 * MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/** Share by which a wait is stretched or shortened, so that what failed together does not come back together. */
export const RETRY_JITTER = 0.2;

/** A receiver may ask for a longer wait than the schedule's; beyond this it is not believed. */
export const LONGEST_RETRY_AFTER_S = HOUR;

/** What an answer means: `gone` (410) disables the webhook. No answer at all is a failure. */
export type DeliveryOutcome = "success" | "gone" | "failure";

/**
 * Reads the status of an answer, or null where there was none. Redirects are failures: an address that has moved is a
 * decision of the webhook's owner, and following one could lead anywhere.
 */
export function deliveryOutcome(status: number | null): DeliveryOutcome {
  if (status === null) return "failure";
  if (status >= 200 && status <= 299) return "success";
  return status === 410 ? "gone" : "failure";
}

/** How an attempt ended, and what decides when the next one is due. */
export interface FinishedAttempt {
  /** attempts so far, this one included; 0 for a message that has not been tried */
  readonly tries: number;
  /** HTTP status of the answer; null: there was none */
  readonly status: number | null;
  /** header Retry-After as it came, or null */
  readonly retryAfter: string | null;
  /** when the attempt ended */
  readonly now: Date;
  /** from 0 up to 1 (not included), as Math.random() gives */
  readonly random: number;
}

/**
 * When a message is due again; null when no attempt follows: it was delivered, its endpoint is gone, or the schedule is over.
 *
 * The wait is the schedule's, give or take 20 %. A `Retry-After` can only lengthen it: what is asked is believed up to an
 * hour, and spread over a fifth more (within that hour), since all who were refused together were told the same. One that
 * cannot be read counts as none.
 *
 * @throws RangeError when `tries` or `random` is not what it is said to be
 */
export function nextAttempt(attempt: FinishedAttempt): { readonly dueAt: Date } | null {
  const { tries, random, now } = attempt;
  if (!Number.isSafeInteger(tries) || tries < 0) {
    throw new RangeError(`Cannot schedule an attempt after ${tries} tries: must be a whole number from 0`);
  }
  if (!(random >= 0 && random < 1))
    throw new RangeError(`Cannot spread an attempt by ${random}: must be from 0 up to 1`);
  if (tries > 0 && deliveryOutcome(attempt.status) !== "failure") return null;
  const delayS = RETRY_DELAYS_S[tries];
  if (delayS === undefined) return null;

  const scheduledMs = delayS * 1000 * (1 + RETRY_JITTER * (2 * random - 1));
  const longestMs = LONGEST_RETRY_AFTER_S * 1000;
  const askedMs = Math.min(retryAfterMs(attempt.retryAfter, now) ?? 0, longestMs);
  const spreadMs = Math.min(askedMs * (1 + RETRY_JITTER * random), longestMs);
  return { dueAt: new Date(now.getTime() + Math.round(Math.max(scheduledMs, spreadMs))) };
}
