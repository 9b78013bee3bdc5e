/** Writing down how attempts ended: gathered for a moment, in few statements, and kept until the database has them. */
import { setTimeout as pause } from "node:timers/promises";
import { withDeadline } from "../src/store/deadline.ts";
import { againAtDeadlock } from "../src/store/deadlock.ts";
import { type AttemptEnd, endAttempts } from "../src/store/delivery-ends.ts";
import { errorCode } from "../src/store/store-error.ts";
import { type HealthNote, hasMovedOrRests, noteHealth } from "../src/store/webhook-health.ts";
import type { EndedAttempt } from "./delivery-attempt.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { giveUpWebhook } from "./disable-webhook.ts";

const GATHER_MS = 10;
const MOST_AT_ONCE = 500;
const RETRY_MS = 1_000;
const WRITE_WITHIN_MS = 10_000;
/** A success is noted again only when the last noted one is older. */
const SUCCESS_NOTED_MS = 60_000;
const DAY_MS = 86_400_000;
/** An endpoint that has failed for this long, silence left out, without a success is disabled. */
export const DISABLED_AFTER_DAYS = 5;

/** What some attempts say of their endpoints, as far as it is not noted already. */
export function healthNotes(ended: readonly EndedAttempt[]): HealthNote[] {
  const notes = new Map<number, HealthNote & { changes: boolean }>();
  for (const { claimed, end, verdict } of ended) {
    if (verdict === null) continue;
    const { webhookId, url, failingSince, lastSuccessAt } = claimed;
    const before = notes.get(webhookId);
    const note = before?.url === url ? before : { webhookId, url, succeededAt: null, failedAt: null, changes: false };
    const at = end.endedAt;
    if (verdict === "success") {
      const changes =
        failingSince !== null || lastSuccessAt === null || at.getTime() - lastSuccessAt.getTime() > SUCCESS_NOTED_MS;
      // A failure before it is over.
      notes.set(webhookId, { webhookId, url, succeededAt: at, failedAt: null, changes: note.changes || changes });
    } else {
      const first = note.failedAt === null && (failingSince === null || note.succeededAt !== null);
      notes.set(webhookId, { ...note, failedAt: note.failedAt ?? at, changes: note.changes || first });
    }
  }
  return [...notes.values()].flatMap(({ changes, ...note }) => (changes ? [note] : []));
}

/** The database works but will not have these values. */
function isRefusal(error: unknown): boolean {
  return /^(22|23|42)/.test(errorCode(error) ?? "");
}

function endpointOf({ webhookId, url }: EndedAttempt["claimed"]): string {
  return `${webhookId} ${url}`;
}

export interface DeliveryResults {
  add(ended: EndedAttempt): void;
  /** resolves when all is written, or after `withinMs` */
  drain(withinMs: number): Promise<void>;
}

/**
 * @param onWritten told of each attempt whose end is in the database
 * @param onTrouble told of a database that does not take them, and of one that does again
 */
export function deliveryResults(
  context: DeliveryContext,
  tell: {
    readonly onWritten: (ended: readonly EndedAttempt[]) => void;
    readonly onDatabase: (error: unknown) => void;
  },
): DeliveryResults {
  const { sql, log, now } = context;
  let waiting: EndedAttempt[] = [];
  let writing: Promise<void> | null = null;

  /** @returns the endpoints that are disabled by these attempts, as `number address` */
  const giveUps = async (ended: readonly EndedAttempt[]): Promise<ReadonlySet<string>> => {
    const by = new Date(now().getTime() - DISABLED_AFTER_DAYS * DAY_MS);
    const ending = ended.filter(({ end }) => end.state !== "pending").map(({ end }) => end.id);
    const [done, disabled] = [new Set<string>(), new Set<string>()];
    for (const { claimed, verdict } of ended) {
      if (verdict === null || verdict === "success") continue;
      const { webhookId, url, failingSince } = claimed;
      const endpoint = endpointOf(claimed);
      if (done.has(endpoint)) continue;
      let givenUp: boolean;
      if (verdict === "gone") {
        const reason = "The endpoint answered 410 Gone";
        givenUp = await giveUpWebhook(context, { webhookId, url, ending, reason, failingBy: null });
      } else if (failingSince !== null && failingSince <= by) {
        const reason = `Failed for ${DISABLED_AFTER_DAYS} days without a success since ${failingSince.toISOString()}`;
        givenUp = await giveUpWebhook(context, { webhookId, url, ending, reason, failingBy: by });
      } else continue;
      done.add(endpoint);
      if (givenUp) disabled.add(endpoint);
    }
    return disabled;
  };

  /**
   * An address that is gone says nothing of the one that its webhook has since: the message goes there. Nor does it end what
   * was on its way when the webhook was disabled: people were told that it waits.
   */
  const endsOf = async (ended: readonly EndedAttempt[], disabled: ReadonlySet<string>): Promise<AttemptEnd[]> => {
    const ends: AttemptEnd[] = [];
    for (const { claimed, verdict, end } of ended) {
      const isLate =
        verdict === "gone" &&
        !disabled.has(endpointOf(claimed)) &&
        (await hasMovedOrRests(sql, claimed.webhookId, claimed.url));
      ends.push(isLate ? { ...end, state: "pending", dueAt: end.endedAt } : end);
    }
    return ends;
  };

  const write = async (ended: readonly EndedAttempt[]): Promise<void> => {
    // Health first: what fails is claimed as such from the moment its deliveries may be claimed again.
    await withDeadline(noteHealth(sql, healthNotes(ended)), WRITE_WITHIN_MS, "note how endpoints do");
    const disabled = await withDeadline(giveUps(ended), WRITE_WITHIN_MS, "disable a webhook").catch(
      (error: unknown) => {
        if (!isRefusal(error)) throw error;
        // What was sent is written down all the same; the next failure asks again.
        log.error({ err: error }, "webhook cannot be disabled");
        return new Set<string>();
      },
    );
    const ends = await withDeadline(endsOf(ended, disabled), WRITE_WITHIN_MS, "read addresses");
    const stored = await withDeadline(
      againAtDeadlock(() => endAttempts(sql, ends)),
      WRITE_WITHIN_MS,
      "end attempts",
    );
    for (const { end, claimed } of ended) {
      if (!stored.has(end.id)) logRefusal(end, claimed.webhookId);
    }
    tell.onWritten(ended);
  };
  const logRefusal = ({ id, attempt, state }: AttemptEnd, webhook: number): void => {
    log.warn({ delivery: id, webhook, attempt, state }, "acknowledgement refused: the delivery is no longer held");
  };

  const writeAll = async (): Promise<void> => {
    await pause(GATHER_MS);
    let most = MOST_AT_ONCE;
    while (waiting.length > 0) {
      // Of one delivery one end at a time: a statement changes a row once.
      const batch = new Map<number, EndedAttempt>();
      for (const ended of waiting) {
        if (batch.size < most && !batch.has(ended.end.id)) batch.set(ended.end.id, ended);
      }
      const now = new Set(batch.values());
      try {
        await write([...now]);
        waiting = waiting.filter((ended) => !now.has(ended));
        most = MOST_AT_ONCE;
      } catch (error) {
        if (!isRefusal(error)) {
          tell.onDatabase(error);
          await pause(RETRY_MS);
        } else if (now.size > 1) {
          // One of them is at fault and must not keep the others: from here one by one.
          most = 1;
        } else {
          for (const { end, claimed } of now) {
            log.error(
              { delivery: end.id, webhook: claimed.webhookId, err: error },
              "end of an attempt cannot be written",
            );
          }
          // Nobody holds it any more: when its lease has run out, it is sent again.
          tell.onWritten([...now]);
          waiting = waiting.filter((ended) => !now.has(ended));
        }
      }
    }
  };
  const start = (): void => {
    writing ??= writeAll().finally(() => {
      writing = null;
      if (waiting.length > 0) start();
    });
  };
  return {
    add(ended) {
      waiting.push(ended);
      start();
    },
    async drain(withinMs) {
      const limit = new AbortController();
      const late = pause(withinMs, undefined, { signal: limit.signal }).catch(() => undefined);
      while (writing !== null && !limit.signal.aborted) {
        const ended = await Promise.race([writing.then(() => true), late.then(() => false)]);
        if (!ended) break;
      }
      limit.abort();
      if (waiting.length > 0) log.error({ attempts: waiting.length }, "ends of attempts could not be written");
    },
  };
}
