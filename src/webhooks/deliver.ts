import type { WebhookAgents } from "./agents.ts";
import type { AllowList } from "./allow-list.ts";
import { exchange } from "./exchange.ts";
import { failureText } from "./exchange-failure.ts";
import { resolveTarget } from "./guard.ts";
import type { HostResolver } from "./host-resolver.ts";
import type { WebhookRequest } from "./request.ts";

/** One message to one endpoint, as `webhookRequest` makes it. */
export interface Post extends WebhookRequest {
  readonly url: string;
}

/** What it takes to send messages. */
export interface PostTools {
  readonly allow: AllowList;
  readonly resolver: HostResolver;
  readonly agents: WebhookAgents;
  /** of cutwatch, for the User-Agent */
  readonly version: string;
  readonly timeouts?: PostTimeouts;
}

/** Limits in milliseconds. `totalMs` holds from the first question to the resolver to the answer's last byte. */
export interface PostTimeouts {
  readonly resolveMs: number;
  /** TLS included */
  readonly connectMs: number;
  readonly totalMs: number;
}

export const POST_TIMEOUTS: PostTimeouts = { resolveMs: 5_000, connectMs: 5_000, totalMs: 15_000 };

/** How a POST ended. */
export interface PostResult {
  /** of a whole answer, or of one that was cut at 64 KiB; null: there was none */
  readonly status: number | null;
  /** first KiB of the answer's body as text; null: there was none */
  readonly answer: string | null;
  /** why there was no whole answer, in one line without the URL; null: there was one, whatever its status */
  readonly error: string | null;
  readonly durationMs: number;
  /** header Retry-After as it came */
  readonly retryAfter: string | null;
  /** the guard refused the URL or the address it leads to: nothing was sent */
  readonly refused: boolean;
}

// A receiver's second address is tried when the first takes no connection at all: half of the time each.
const MOST_ADDRESSES = 2;

/**
 * Sends one message once. The guard is asked anew, and the connection goes to the address that it approved. Redirects are not
 * followed, the answer is not decompressed, and at most 64 KiB of it are read.
 *
 * A second POST is never sent: another address is tried only where no connection stood. Never throws.
 */
export async function postOnce(post: Post, tools: PostTools): Promise<PostResult> {
  const startedMs = performance.now();
  const timeouts = tools.timeouts ?? POST_TIMEOUTS;
  const leftMs = () => timeouts.totalMs - (performance.now() - startedMs);
  // Members are named one by one, here and below: copying objects took a tenth of a fan-out.
  const failed = (error: string, refused = false): PostResult => {
    const durationMs = performance.now() - startedMs;
    return { status: null, answer: null, error, durationMs, retryAfter: null, refused };
  };
  try {
    const timeoutMs = Math.min(timeouts.resolveMs, timeouts.totalMs);
    const target = await resolveTarget(post.url, { resolver: tools.resolver, allow: tools.allow, timeoutMs });
    if (!target.ok) return failed(`Cannot call this webhook: ${target.reason}`, target.refused);

    const addresses = target.addresses.slice(0, MOST_ADDRESSES);
    let error = "";
    for (const address of addresses) {
      const totalMs = leftMs();
      if (totalMs <= 0) {
        error ||= `no time was left to send it, ${timeouts.totalMs / 1000} s after it began`;
        break;
      }
      const exchanged = await exchange({
        url: target.url,
        address,
        headers: post.headers,
        userAgent: `cutwatch/${tools.version} (+webhooks)`,
        body: post.body,
        agents: tools.agents,
        connectMs: timeouts.connectMs / addresses.length,
        totalMs,
      });
      if (exchanged.answered) {
        const { status, answer, retryAfter } = exchanged;
        return { status, answer, error: null, durationMs: performance.now() - startedMs, retryAfter, refused: false };
      }
      error = exchanged.error;
      if (exchanged.reached) break;
    }
    return failed(`Cannot deliver to ${target.url.host}: ${error}`);
  } catch (error) {
    return failed(`Cannot deliver: ${failureText(error)}`);
  }
}
