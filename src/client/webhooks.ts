/** Webhooks and what was sent to them. */
import type {
  DeliveriesQuery,
  Delivery,
  DryRun,
  DryRunRequest,
  NewWebhook,
  QueuedDelivery,
  Replayed,
  ReplayQuery,
  Webhook,
  WebhookChange,
  WebhooksQuery,
  WebhookWithSecret,
} from "./answers.ts";
import type { CallOptions, Exchange } from "./exchange.ts";
import { List } from "./list.ts";

/** How a secret is rotated. */
export interface RotateOptions extends CallOptions {
  /** also while the secret before still signs, which ends that one at once; otherwise that is a ProblemError of status 409 */
  readonly force?: boolean | undefined;
}

export interface WebhooksClient {
  /** Subscribes an address to alerts. The answer has the signing secret, this once. */
  create(webhook: NewWebhook, options?: CallOptions): Promise<WebhookWithSecret>;
  list(query?: WebhooksQuery, options?: CallOptions): List<Webhook>;
  get(id: number, options?: CallOptions): Promise<Webhook>;
  /** What is absent stays as it is; null is back to the default. */
  update(id: number, change: WebhookChange, options?: CallOptions): Promise<Webhook>;
  delete(id: number, options?: CallOptions): Promise<void>;
  /** Sends a `webhook.test`; `deliveries.get` tells what became of it. */
  test(id: number, options?: CallOptions): Promise<QueuedDelivery>;
  /** Another secret, told this once. For 24 hours messages are signed with both, and it is not rotated again unless forced. */
  rotateSecret(id: number, options?: RotateOptions): Promise<WebhookWithSecret>;
  /** Sends again all that it wants since a time in the market, history too. */
  replay(id: number, query: ReplayQuery, options?: CallOptions): Promise<Replayed>;
  /** What was sent to it, newest first, with every attempt. */
  deliveries(id: number, query?: DeliveriesQuery, options?: CallOptions): List<Delivery>;
  /** What such a subscription would have been told by now. Nothing is stored or sent. */
  dryRun(request: DryRunRequest, options?: CallOptions): Promise<DryRun>;
}

export interface DeliveriesClient {
  get(id: number, options?: CallOptions): Promise<Delivery>;
  /** Sends one message again, with the same `webhook-id`. */
  redeliver(id: number, options?: CallOptions): Promise<QueuedDelivery>;
}

const PATH = "/v1/webhooks";

export function webhooksClient(exchange: Exchange): WebhooksClient {
  return {
    create: (body, call) => exchange.send({ method: "POST", path: PATH, body, ...call }),
    list: (query = {}, call = {}) => new List(exchange, PATH, query, call),
    get: (id, call) => exchange.get(`${PATH}/${id}`, {}, call),
    update: (id, body, call) => exchange.send({ method: "PATCH", path: `${PATH}/${id}`, body, ...call }),
    delete: (id, call) => exchange.send({ method: "DELETE", path: `${PATH}/${id}`, ...call }),
    test: (id, call) => exchange.send({ method: "POST", path: `${PATH}/${id}/test`, ...call }),
    rotateSecret: (id, { force = false, ...call } = {}) => {
      const query = force ? { force } : {};
      return exchange.send({ method: "POST", path: `${PATH}/${id}/rotate-secret`, query, ...call });
    },
    replay: (id, query, call) => exchange.send({ method: "POST", path: `${PATH}/${id}/replay`, query, ...call }),
    deliveries: (id, query = {}, call = {}) => new List(exchange, `${PATH}/${id}/deliveries`, query, call),
    dryRun: (body, call) => exchange.send({ method: "POST", path: `${PATH}/dry-run`, body, ...call }),
  };
}

export function deliveriesClient(exchange: Exchange): DeliveriesClient {
  return {
    get: (id, call) => exchange.get(`/v1/deliveries/${id}`, {}, call),
    redeliver: (id, call) => exchange.send({ method: "POST", path: `/v1/deliveries/${id}/redeliver`, ...call }),
  };
}
