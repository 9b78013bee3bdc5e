import type { Logger } from "pino";
import { type Deliveries, startDeliveries } from "../../jobs/deliver.ts";
import { type Config, publicUrl } from "../config.ts";
import { webhookAgents } from "../webhooks/agents.ts";
import { allowList } from "../webhooks/allow-list.ts";
import { postOnce } from "../webhooks/deliver.ts";
import { hostResolver } from "../webhooks/host-resolver.ts";
import type { Changes } from "./follow-changes.ts";
import type { OpenStore } from "./open.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";

/** A POST under way ends within 15 s by itself; the few that take longer than this are given back. */
const GRACE_MS = 12_000;
/** Announcements may be lost; behind a pooler there are none. */
const POLL_MS = { heard: 5_000, unheard: 1_000 } as const;
/** What is announced when there may be something to send. */
const WAKING: ReadonlySet<string> = new Set(["deliveries", "connected", "restored"]);

/** Sends webhooks from this process until {@link Sending.stop}. */
export interface Sending {
  readonly stop: () => Promise<void>;
}

/** Starts sending webhooks, as a process of the given name. */
export function sendDeliveries(
  given: {
    readonly shell: Shell;
    readonly config: Config;
    readonly store: OpenStore;
    readonly log: Logger;
    readonly changes: Changes;
    readonly secretKey: Uint8Array;
  },
  worker: string,
): Sending {
  const { shell, config, store, log, changes, secretKey } = given;
  const agents = webhookAgents();
  const tools = { allow: allowList(config.webhookAllow), resolver: hostResolver(), agents, version: programVersion() };
  const deliveries: Deliveries = startDeliveries(
    {
      sql: store.sql,
      log,
      now: shell.now,
      monotonicMs: () => performance.now(),
      random: Math.random,
      secretKey,
      withhold: config.withhold,
      baseUrl: publicUrl(config),
      post: (outgoing) => postOnce(outgoing, tools),
      pollMs: store.pooled ? POLL_MS.unheard : POLL_MS.heard,
    },
    worker,
  );
  changes.onChange((what) => {
    if (WAKING.has(what)) deliveries.wake();
  });
  return {
    stop: async () => {
      await deliveries.stop(GRACE_MS);
      agents.destroy();
    },
  };
}
