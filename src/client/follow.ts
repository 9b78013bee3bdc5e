/** The feed of alerts by asking for what is new, for places that no stream reaches. */
import type { AlertsQuery, FeedItem, Page } from "./answers.ts";
import type { Exchange } from "./exchange.ts";
import { pause } from "./pause.ts";
import { mayPass } from "./stream.ts";

export interface FollowOptions extends Pick<AlertsQuery, "after" | "types" | "basis"> {
  /** between two questions when nothing was new, 15,000 when absent */
  readonly intervalMs?: number | undefined;
  /** ends it, without an error */
  readonly signal?: AbortSignal | undefined;
  /** told of each failure that is waited out */
  readonly onTrouble?: ((error: Error, waitMs: number) => void) | undefined;
}

const INTERVAL_MS = 15_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * Every item of the feed after `after` (all when absent), then each new one. Keep the `data.sequence` of the last item that
 * was dealt with and give it as `after` to go on there.
 *
 * @throws ProblemError for what would be refused again
 */
export async function* followFeed(
  exchange: Exchange,
  options: FollowOptions,
): AsyncGenerator<FeedItem, void, undefined> {
  const { types, basis, intervalMs = INTERVAL_MS, signal, onTrouble = () => undefined } = options;
  const stops = [signal, exchange.signal];
  const isStopped = () => stops.some((stop) => stop?.aborted === true);
  let after = options.after ?? 0;
  let failures = 0;
  while (!isStopped()) {
    let waitMs = intervalMs;
    try {
      const page = await exchange.get<Page<FeedItem>>("/v1/alerts", { after, types, basis }, { signal });
      failures = 0;
      yield* page.data;
      if (page.next_cursor !== null) {
        after = Number(page.next_cursor);
        continue;
      }
    } catch (error) {
      if (isStopped()) return;
      if (!mayPass(error)) throw error;
      failures++;
      waitMs = Math.min(LONGEST_WAIT_MS, intervalMs * 2 ** Math.min(failures - 1, 10));
      onTrouble(error, waitMs);
    }
    await pause(waitMs, stops).catch(() => undefined); // stopped meanwhile: the loop ends
  }
}
