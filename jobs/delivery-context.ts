import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Post, PostResult } from "../src/webhooks/deliver.ts";

/** What sending is given. */
export interface DeliveryContext {
  readonly sql: Sql;
  readonly log: Logger;
  readonly now: () => Date;
  /** a clock that only goes forward, in ms */
  readonly monotonicMs: () => number;
  /** from 0 up to 1 (not included) */
  readonly random: () => number;
  /** opens the secrets that sign */
  readonly secretKey: Uint8Array;
  /** leaves out what may not be passed on */
  readonly withhold: boolean;
  /** where cutwatch is served, without a trailing slash; null: not known */
  readonly baseUrl: string | null;
  /** sends once and never throws for what the other side does */
  readonly post: (outgoing: Post) => Promise<PostResult>;
  /** how often the queue is looked at when nobody tells of new messages */
  readonly pollMs: number;
}
