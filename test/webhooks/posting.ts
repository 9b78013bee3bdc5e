import { onTestFinished } from "vitest";
import { webhookAgents } from "../../src/webhooks/agents.ts";
import { allowList } from "../../src/webhooks/allow-list.ts";
import { type Post, type PostResult, type PostTools, postOnce } from "../../src/webhooks/deliver.ts";
import { hostResolver } from "../../src/webhooks/host-resolver.ts";
import { webhookRequest } from "../../src/webhooks/request.ts";

export const SECRET = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
export const BODY = JSON.stringify({
  type: "webhook.test",
  timestamp: "2025-11-21T21:00:00.000Z",
  data: { note: "≥ 25 bp" },
});

// Long enough for any answer on loopback that comes at all.
const PATIENT = { resolveMs: 10_000, connectMs: 10_000, totalMs: 10_000 };

type Given = Partial<Omit<Post & PostTools, "allow">> & { readonly allow?: readonly string[] };

/** Posts one signed message, by default to anywhere on loopback. Connections close when the test is over. */
export function poster(defaults: Given = {}): (url: string, given?: Given) => Promise<PostResult> {
  const agents = defaults.agents ?? webhookAgents();
  onTestFinished(agents.destroy);
  const resolver = hostResolver();
  return (url, given = {}) => {
    const { allow = ["127.0.0.0/8", "localhost"], ...rest } = { ...defaults, ...given };
    const request = webhookRequest({ messageId: "msg_7_a42", body: BODY, secrets: [SECRET], now: new Date() });
    return postOnce(
      { ...request, ...rest, url },
      { resolver, agents, version: "1.2.3", timeouts: PATIENT, ...rest, allow: allowList(allow) },
    );
  };
}
