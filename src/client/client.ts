/** The door of `cutwatch/client`: everything a program needs that asks the API. Runs in Node 20 and in browsers. */
import type {
  AlertsQuery,
  AssetSummary,
  AssetsQuery,
  Close,
  ClosesQuery,
  Decision,
  DecisionsQuery,
  FeedItem,
  HistoryPage,
  HistoryPoint,
  HistoryQuery,
  KnownAtQuery,
  MarketsBetween,
  MarketsQuery,
  Meeting,
  MeetingsQuery,
  PanelSymbol,
  Probabilities,
  ProbabilitiesQuery,
  QuarantinedRow,
  QuarantineQuery,
  Repricing,
  RepricingDetail,
  RepricingsPage,
  RepricingsQuery,
  Score,
  ScoresPage,
  ScoresQuery,
  Shift,
  ShiftQuery,
  Source,
  SourcesQuery,
} from "./answers.ts";
import { type CallOptions, type ClientOptions, Exchange } from "./exchange.ts";
import { type FollowOptions, followFeed } from "./follow.ts";
import { List } from "./list.ts";
import { type StreamEvent, type StreamOptions, streamOf } from "./stream.ts";
import { type DeliveriesClient, deliveriesClient, type WebhooksClient, webhooksClient } from "./webhooks.ts";

export type * from "./answers.ts";
export { ConnectionError } from "./connection-error.ts";
export type { CallOptions, ClientOptions } from "./exchange.ts";
export type { FollowOptions } from "./follow.ts";
export { List } from "./list.ts";
export { ProblemError } from "./problem-error.ts";
export type { SnapshotTold, StreamEvent, StreamOptions, StreamReset, StreamState } from "./stream.ts";
export { type VerifyOptions, verifyWebhook, WebhookVerificationError } from "./verify-webhook.ts";
export type { RuleMatched, RuleSight, WebhookDisabled, WebhookMessage, WebhookTest } from "./webhook-messages.ts";
export type { DeliveriesClient, WebhooksClient } from "./webhooks.ts";

/** Every question the API answers and every command it takes. Errors: `ProblemError`, `ConnectionError`. */
export interface Client {
  /** Odds of each range after each coming meeting: the newest reading, or the last at or before `as_of`. */
  probabilities(query?: ProbabilitiesQuery, options?: CallOptions): Promise<Probabilities>;
  /** How far one meeting's odds moved. */
  shifts(query: ShiftQuery, options?: CallOptions): Promise<Shift>;
  /** FOMC meetings and their decisions. */
  meetings(query?: MeetingsQuery, options?: CallOptions): List<Meeting>;
  /** One meeting's odds, or its expected rate, over time. */
  history(meeting: string, query?: HistoryQuery, options?: CallOptions): List<HistoryPoint, HistoryPage>;
  /** Each decision beside what the market had expected of it. */
  decisions(query?: DecisionsQuery, options?: CallOptions): List<Decision>;
  /** When the market changed its mind, latest start first. */
  repricings(query?: RepricingsQuery, options?: CallOptions): List<Repricing, RepricingsPage>;
  /** One repricing, with what assets did meanwhile. */
  repricing(id: number, query?: KnownAtQuery, options?: CallOptions): Promise<RepricingDetail>;
  readonly alerts: {
    /** The feed of all that was told, in order of recording. */
    list(query?: AlertsQuery, options?: CallOptions): List<FeedItem>;
    /** The feed and then each new item, by asking every 15 s. Where events arrive, `stream` is quicker. */
    follow(options?: FollowOptions): AsyncGenerator<FeedItem, void, undefined>;
  };
  /** What assets did between any two times. */
  markets(query: MarketsQuery, options?: CallOptions): Promise<MarketsBetween>;
  /** How good the odds were, once the decision is known. */
  scores(query?: ScoresQuery, options?: CallOptions): List<Score, ScoresPage>;
  /** The assets followed beside the odds. */
  assets(query?: AssetsQuery, options?: CallOptions): List<AssetSummary>;
  /** Daily closes of one asset. */
  closes(symbol: PanelSymbol, query?: ClosesQuery, options?: CallOptions): List<Close>;
  /** Where figures come from, and how each source does. */
  sources(query?: SourcesQuery, options?: CallOptions): List<Source>;
  /** Rows that were refused, each with its reason. */
  quarantine(query?: QuarantineQuery, options?: CallOptions): List<QuarantinedRow>;
  /** What is recorded, as it is recorded. Connections that break are made again where they stopped. */
  stream(options?: StreamOptions): AsyncGenerator<StreamEvent, void, undefined>;
  /** Subscriptions; they need a key of scope `webhooks`. */
  readonly webhooks: WebhooksClient;
  readonly deliveries: DeliveriesClient;
  /** Whether the process lives, and its version. */
  health(options?: CallOptions): Promise<{ readonly status: string; readonly version: string }>;
  /** Whether questions can be answered. @throws ProblemError 503 while they cannot */
  ready(options?: CallOptions): Promise<{ readonly status: string }>;
  /** The API's own description, OpenAPI 3.1. */
  openApi(options?: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  /** Figures about the service, as Prometheus reads them. */
  metrics(options?: CallOptions): Promise<string>;
  /** A badge or a chart as SVG; its parameters are those of `/v1/badge.svg` and `/v1/chart.svg`. */
  drawing(
    name: "badge" | "chart",
    query?: Readonly<Record<string, string | number>>,
    options?: CallOptions,
  ): Promise<string>;
}

/**
 * A client of one server.
 *
 * @throws TypeError for a `baseUrl` or a `key` that cannot be one
 * @example
 * const client = createClient({ baseUrl: "http://127.0.0.1:8080" });
 * const { meetings } = await client.probabilities({ as_of: "2025-11-17", meeting: "2025-12-10" });
 */
export function createClient(options: ClientOptions): Client {
  const exchange = new Exchange(options);
  const list = <Row, Page extends { data: readonly Row[]; next_cursor: string | null }>(
    path: string,
    query: object = {},
    call: CallOptions = {},
  ) => new List<Row, Page>(exchange, path, query, call);
  return {
    probabilities: (query, call) => exchange.get("/v1/probabilities", query, call),
    shifts: (query, call) => exchange.get("/v1/shifts", query, call),
    meetings: (query, call) => list("/v1/meetings", query, call),
    history: (meeting, query, call) => list(`/v1/meetings/${encodeURIComponent(meeting)}/history`, query, call),
    decisions: (query, call) => list("/v1/decisions", query, call),
    repricings: (query, call) => list("/v1/repricings", query, call),
    repricing: (id, query, call) => exchange.get(`/v1/repricings/${id}`, query, call),
    alerts: {
      list: (query, call) => list("/v1/alerts", query, call),
      follow: (follow = {}) => followFeed(exchange, follow),
    },
    markets: (query, call) => exchange.get("/v1/markets", query, call),
    scores: (query, call) => list("/v1/scores", query, call),
    assets: (query, call) => list("/v1/assets", query, call),
    closes: (symbol, query, call) => list(`/v1/assets/${encodeURIComponent(symbol)}/closes`, query, call),
    sources: (query, call) => list("/v1/sources", query, call),
    quarantine: (query, call) => list("/v1/quarantine", query, call),
    stream: (stream = {}) => streamOf(exchange, stream),
    webhooks: webhooksClient(exchange),
    deliveries: deliveriesClient(exchange),
    health: (call) => exchange.get("/healthz", {}, call),
    ready: (call) => exchange.get("/readyz", {}, call),
    openApi: (call) => exchange.get("/openapi.json", {}, call),
    metrics: async (call) => (await exchange.text("/metrics", {}, call)).text,
    drawing: async (name, query, call) => (await exchange.text(`/v1/${name}.svg`, query, call)).text,
  };
}
