import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createSecureContext } from "node:tls";

/** Open connections to receivers, kept for the next message of the same burst. One a process; close it at the end. */
export interface WebhookAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** closes all connections, those in use too */
  readonly destroy: () => void;
}

// A server may close a connection that lies idle just as the next message is sent on it, and nobody could then tell whether
// that message arrived. Servers wait 2 s (gunicorn) to 75 s (nginx); messages of one burst follow each other far sooner.
const IDLE_MS = 1_000;
// For each address; a burst to one receiver keeps as many connections as it uses at a time.
const MOST_IDLE = 256;

/**
 * @param options.ca certificates to trust in place of the usual ones, in PEM
 */
export function webhookAgents(options: { readonly ca?: readonly string[] } = {}): WebhookAgents {
  const kept = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MOST_IDLE, scheduling: "lifo" } as const;
  const http = new HttpAgent(kept);
  // One context for all: the agent would otherwise make one, and spell out its certificates, for each connection.
  const https = new HttpsAgent({
    ...kept,
    // Said aloud, since NODE_TLS_REJECT_UNAUTHORIZED=0 would change the default.
    rejectUnauthorized: true,
    secureContext: createSecureContext({
      minVersion: "TLSv1.2",
      ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
    }),
  });
  return {
    http,
    https,
    destroy() {
      http.destroy();
      https.destroy();
    },
  };
}
