/** Sending what waits in the queue, for as long as the process lives. */
import { setTimeout as pause } from "node:timers/promises";
import { withDeadline } from "../src/store/deadline.ts";
import { claimDeliveries, nextDueAt } from "../src/store/delivery-claims.ts";
import { SIGN_OF_LIFE_MS } from "../src/store/delivery-leases.ts";
import { sealingKeys } from "../src/store/sealing-keys.ts";
import { keyFingerprint } from "../src/webhooks/secret.ts";
import { attemptDelivery, cutOff, type EndedAttempt, released } from "./delivery-attempt.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { deliveryLanes } from "./delivery-lanes.ts";
import { deliveryResults } from "./delivery-results.ts";
import { type Flight, flightList } from "./flights.ts";
import { type MessageTexts, messageTexts } from "./message-texts.ts";
import { WALK_START, walkOn } from "./queue-walk.ts";
import { secretOpener } from "./secret-opener.ts";
import { startWakeable } from "./wakeable.ts";

const ASK_WITHIN_MS = 10_000;
/** Attempts that end together lead to one look at the queue. */
const LOOK_GAP_MS = 10;
/** Places of a lane come free with time. */
const FULL_LANE_MS = 100;
/**
 * Looking for endpoints that fail walks over all that wait, so it is not done with every look: in a fan-out that was half
 * of the work of the database.
 */
const FAILING_EVERY_MS = 100;
/** Due, but held back: its endpoint has as much as it may have. */
const HELD_BACK_MS = 250;
const TROUBLE_MS = 1_000;
const LAST_WRITE_MS = 3_000;

/** Sending, under way. */
export interface Deliveries {
  /** Tells that there may be something to send. */
  wake(): void;
  /** Claims nothing more, waits `graceMs` at most for what is being sent, and gives the rest back. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts sending. Any number of processes may do so against one database: a delivery is held by one of them at a time.
 *
 * @param worker names this process in `webhook_attempts`
 */
export function startDeliveries(context: DeliveryContext, worker: string): Deliveries {
  const { sql, log, now, monotonicMs, pollMs } = context;
  const fingerprint = keyFingerprint(context.secretKey);
  const lanes = deliveryLanes();
  const flights = flightList(context);
  const textsOf = messageTexts(sql, context);
  const open = secretOpener(context.secretKey);
  const underWay = new Set<Promise<void>>();
  // Endpoints that fail are walked over on their own.
  const walks = { healthy: WALK_START, failing: WALK_START };
  let stopped = false;
  let key: "unknown" | "ours" | "other" = "unknown";
  let trouble = false;
  let failingLookedMs = Number.NEGATIVE_INFINITY;

  const onDatabase = (error: unknown): void => {
    if (!trouble && !stopped) log.error({ err: error }, "deliveries wait: the database does not answer");
    trouble = true;
  };
  const onAnswer = (): void => {
    if (trouble) log.warn("deliveries go on: the database answers again");
    trouble = false;
  };
  const results = deliveryResults(context, {
    onDatabase,
    onWritten: (ended) => {
      onAnswer();
      for (const { claimed } of ended) flights.land(claimed);
      // When it is due again is known from now on.
      if (ended.some(({ end }) => end.state === "pending")) loop.wake();
    },
  });

  const end = (flight: Flight, ended: EndedAttempt): void => {
    if (flight.ended) return;
    flight.ended = true;
    lanes.leave(flight.number);
    results.add(ended);
    loop.wake();
  };
  const begin = (flight: Flight, texts: MessageTexts): void => {
    const withheld = () => {
      if (stopped) return "released: the process stops";
      return flights.maySend(flight) ? null : "released: the lease had run out";
    };
    const work = attemptDelivery(context, flight.claimed, { texts, open, withheld }).then((ended) =>
      end(flight, ended),
    );
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };

  /** Takes what may be begun now of one kind. `again`: looking again at once may find more. */
  const take = async (kind: "healthy" | "failing"): Promise<{ taken: number; again: boolean; full: boolean }> => {
    const failing = kind === "failing";
    const asked = { forwardMs: monotonicMs(), at: now() };
    const limit = lanes.room(asked.forwardMs, failing);
    if (limit === 0) return { taken: 0, again: false, full: true };
    const query = { worker, now: asked.at, failing, limit, free: lanes.free(asked.forwardMs), ...walks[kind] };
    const claim = await withDeadline(claimDeliveries(sql, query), ASK_WITHIN_MS, "claim deliveries");
    const fresh = claim.claimed.map((claimed) => {
      const flight = flights.board(claimed, asked);
      lanes.enter({ id: flight.number, webhookId: claimed.webhookId, failing, startedMs: asked.forwardMs });
      return flight;
    });
    if (claim.expired > 0) {
      log.warn({ messages: claim.expired }, "messages were older than their webhooks want: not sent");
    }
    if (fresh.length > 0) {
      try {
        const texts = await withDeadline(textsOf(claim.claimed), ASK_WITHIN_MS, "read messages");
        for (const flight of fresh) begin(flight, texts);
      } catch (error) {
        const why = "released: the message could not be read";
        for (const flight of fresh) end(flight, released(flight.claimed, now(), why));
        throw error;
      }
    }
    const taken = claim.claimed.length + claim.expired;
    const { walk, again } = walkOn(walks[kind], { taken, limit, lastWebhookId: claim.lastWebhookId, failing });
    walks[kind] = walk;
    return { taken, again, full: taken >= limit };
  };

  const takeAll = async (kind: "healthy" | "failing"): Promise<{ any: boolean; full: boolean }> => {
    for (let any = false; ; ) {
      const took = await take(kind);
      any ||= took.taken > 0;
      if (!took.again || stopped) return { any, full: took.full };
    }
  };

  /** Whether secrets can be opened here; told once when not. */
  const keyFits = async (): Promise<boolean> => {
    if (key === "ours") return true;
    const known = await withDeadline(sealingKeys(sql), ASK_WITHIN_MS, "read which key seals secrets");
    const before = key;
    key = known.length === 0 ? "unknown" : known.includes(fingerprint) ? "ours" : "other";
    if (key === "other" && before !== "other") {
      const words = "this process sends nothing: webhook secrets were sealed with another key; set CUTWATCH_SECRET_KEY";
      log.error({ sealedWith: known, key: fingerprint }, words);
    }
    return key !== "other";
  };

  /** How long until something is due, in ms; below 0 when it is, null when nothing waits. */
  const untilDueMs = async (): Promise<number | null> => {
    const due = await withDeadline(nextDueAt(sql), ASK_WITHIN_MS, "read when something is due");
    return due === null ? null : due.getTime() - now().getTime();
  };

  /** Looks at the queue until nothing more can be begun. @returns how long to wait for the next look, in ms */
  const look = async (woken: boolean): Promise<number> => {
    try {
      if (!woken) {
        // An idle process asks this one question, and nothing else.
        const dueMs = await untilDueMs();
        if (dueMs === null || dueMs > 0) {
          onAnswer();
          return Math.min(dueMs ?? pollMs, pollMs);
        }
      }
      if (!(await keyFits())) return pollMs;
      const isTurn = monotonicMs() - failingLookedMs >= FAILING_EVERY_MS;
      if (isTurn) failingLookedMs = monotonicMs();
      const [healthy, failing] = await Promise.all([takeAll("healthy"), isTurn ? takeAll("failing") : null]);
      onAnswer();
      if (healthy.full || failing === null) return FULL_LANE_MS;
      if (healthy.any || failing.any) return HELD_BACK_MS;
      const dueMs = await untilDueMs();
      if (dueMs === null) return pollMs;
      return dueMs > 0 ? Math.min(dueMs, pollMs) : HELD_BACK_MS;
    } catch (error) {
      onDatabase(error);
      return TROUBLE_MS;
    }
  };
  const loop = startWakeable(look, LOOK_GAP_MS);
  const beat = setInterval(() => {
    flights.showLife().catch(onDatabase);
  }, SIGN_OF_LIFE_MS);
  beat.unref();

  return {
    wake: () => loop.wake(),
    async stop(graceMs) {
      stopped = true;
      await loop.stop();
      const grace = new AbortController();
      const late = pause(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
      await Promise.race([Promise.all([...underWay]), late]);
      grace.abort();
      for (const flight of flights.all()) end(flight, cutOff(flight.claimed, now()));
      await results.drain(LAST_WRITE_MS);
      clearInterval(beat);
    },
  };
}
