/** What sending is given in tests: a clock that the test moves, and whatever stands for the network. */
import { setTimeout as pause } from "node:timers/promises";
import { pino } from "pino";
import type { Sql } from "postgres";
import { type Deliveries, startDeliveries } from "../../jobs/deliver.ts";
import type { DeliveryContext } from "../../jobs/delivery-context.ts";
import type { Post, PostResult } from "../../src/webhooks/deliver.ts";
import { SEALING_KEY, START } from "../store/webhook-rows.ts";

/** How an endpoint answers. */
export function answer(status: number | null, part: Partial<PostResult> = {}): PostResult {
  return { status, answer: "", error: null, durationMs: 1, retryAfter: null, refused: false, ...part };
}

/** An answer that comes when the test gives it. */
export function openAnswer() {
  let resolve: (result: PostResult) => void = () => undefined;
  const promise = new Promise<PostResult>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export interface Sending extends Deliveries {
  /** every POST in order */
  readonly posts: (Post & { readonly id: string })[];
  /** messages of the log at warn and above */
  readonly log: string[];
}

/** Starts sending over `post`. The clocks are those of the context given, or stand at the start. */
export function startSending(
  sql: Sql,
  post: (outgoing: Post) => PostResult | Promise<PostResult>,
  given: Partial<DeliveryContext> & { readonly worker?: string } = {},
): Sending {
  const posts: (Post & { id: string })[] = [];
  const log: string[] = [];
  const write = (line: string) => log.push((JSON.parse(line) as { msg: string }).msg);
  const deliveries = startDeliveries(
    {
      sql,
      log: pino({ level: "warn" }, { write }),
      now: () => START,
      monotonicMs: () => performance.now(),
      random: () => 0.5,
      secretKey: SEALING_KEY,
      withhold: false,
      baseUrl: null,
      pollMs: 100,
      ...given,
      post: async (outgoing) => {
        posts.push({ ...outgoing, id: outgoing.headers["webhook-id"] ?? "" });
        return post(outgoing);
      },
    },
    given.worker ?? "w",
  );
  return { ...deliveries, posts, log };
}

/** Resolves when the condition holds; a test that waits in vain is ended by its own time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(5);
}
