import { ENDPOINT_PLACES } from "./delivery-lanes.ts";

/** Where the walk over the webhooks that wait stands. */
export interface QueueWalk {
  /** look behind this webhook only; 0 for all */
  readonly after: number;
  /** take so many of each webhook */
  readonly each: number;
}

export const WALK_START: QueueWalk = { after: 0, each: 1 };

/** What one look found. */
export interface WalkFound {
  readonly taken: number;
  readonly limit: number;
  readonly lastWebhookId: number | null;
  /** endpoints that fail get one message at a time */
  readonly failing: boolean;
}

/**
 * Where the walk goes on, and whether looking again at once may find more. When more wait than may be taken, each
 * webhook's first message comes before any webhook's second, and the next look begins behind the last webhook: a long
 * backlog of one never stands before the others. Once all have been visited so, or when the room was not filled, each may
 * have as much as it holds: a step to another webhook costs the database as much as two messages.
 */
export function walkOn(walk: QueueWalk, found: WalkFound): { readonly walk: QueueWalk; readonly again: boolean } {
  const { taken, limit, lastWebhookId, failing } = found;
  if (taken >= limit) return { walk: { after: lastWebhookId ?? 0, each: walk.each }, again: true };
  const next = { after: 0, each: failing ? 1 : ENDPOINT_PLACES };
  // It began in the middle: those before were visited a round ago.
  if (walk.after > 0) return { walk: next, again: true };
  return taken === 0 ? { walk: WALK_START, again: false } : { walk: next, again: next.each > walk.each };
}
