import { Hono } from "hono";
import type { Sql } from "postgres";
import { type Config, publicUrl } from "../config.ts";
import { allowList } from "../webhooks/allow-list.ts";
import { Answers } from "./answers.ts";
import { Authenticator } from "./auth.ts";
import { docsDocument } from "./docs.ts";
import { DRAWINGS } from "./drawings.ts";
import { problemOf } from "./failure.ts";
import { liveness, readiness } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import { metricsAnswer } from "./metrics-answer.ts";
import { openApiDocument, RESOURCES } from "./openapi.ts";
import { addOperations } from "./operations.ts";
import { problemPage, wantsPage } from "./page/problem-page.ts";
import { addPages } from "./page/routes.ts";
import { Problem, problemResponse } from "./problem.ts";
import { behindKeys } from "./require-key.ts";
import { STREAM, streamAnswer } from "./stream.ts";
import { StreamHub } from "./stream-hub.ts";

/** All that the API needs of the world. */
export interface ApiContext {
  readonly sql: Sql;
  /** for keys and webhooks, which are written too; absent: the same, which must then not be a replica */
  readonly writeSql?: Sql;
  readonly now: () => Date;
  readonly version: string;
  /** `host` and `port` make the address of links where there is no `baseUrl`; with port 0 they are paths */
  readonly config: Pick<Config, "baseUrl" | "withhold" | "host" | "port" | "requireKey" | "webhookAllow">;
  /** announcements that answers may have changed; while not live, answers are kept for a second only */
  readonly changes: { onChange(listener: (what: string) => void): void; isLive(): boolean };
  /** whether the database answers */
  readonly isReady: () => Promise<boolean>;
  /** aborted when the process is told to stop: streams end at once then */
  readonly stopping?: AbortSignal;
  /** what the server counts its answers with; absent: made when figures are first asked for, without those counts */
  readonly metrics?: Metrics;
  /** seals webhook secrets; absent or null: none can be made here */
  readonly secretKey?: Uint8Array | null;
  /** tells who asks; absent: one of its own. Shared with whoever limits how often a key may ask */
  readonly authenticator?: Authenticator;
  /** told of errors that callers see as 500; absent: standard error */
  readonly onError?: (error: unknown, path: string) => void;
}

const VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * The API as a value: `app.request("/v1/probabilities")` answers without a server.
 *
 * Each path has exactly one handler and there is no middleware, so that an answer in memory goes out in the turn the
 * request came in.
 */
export function createApp(context: ApiContext): Hono {
  const { now, version, isReady } = context;
  // Not known: links are paths.
  const baseUrl = publicUrl(context.config) ?? "";
  const report = context.onError ?? ((error, path) => console.error(`Cannot answer ${path}:`, error));
  const { withhold, requireKey, webhookAllow } = context.config;
  const answers = new Answers({ ...context, baseUrl, withhold, isPrivate: withhold || requireKey });
  const writeSql = context.writeSql ?? context.sql;
  const authenticator =
    context.authenticator ??
    new Authenticator({ sql: writeSql, now, report: (error) => report(error, "a key's last use") });
  const app = new Hono();

  for (const resource of RESOURCES) {
    app.get(resource.path.replaceAll(/\{(\w+)\}/g, ":$1"), answers.resource(resource));
  }
  addOperations(app, {
    sql: writeSql,
    now,
    authenticator,
    secretKey: context.secretKey ?? null,
    allow: allowList(webhookAllow),
    withhold,
    baseUrl,
  });
  // Made once: figures that change must not cost the time to write descriptions anew, 0.1 s each.
  const openApi = once(() => ({
    contentType: "application/json",
    text: JSON.stringify(openApiDocument({ version, baseUrl, requireKey })),
    until: null,
  }));
  const docs = once(() => docsDocument({ version, baseUrl }));
  app.get(
    "/openapi.json",
    answers.document([], async () => openApi()),
  );
  app.get(
    "/docs",
    answers.document([], async () => docs()),
  );
  addPages(app, answers, { now });
  const hub = new StreamHub({
    ...context,
    baseUrl,
    withhold: context.config.withhold,
    stopping: context.stopping ?? null,
    onError: (error) => report(error, STREAM.path),
  });
  for (const { path, parameters, draw } of DRAWINGS) {
    const make: Parameters<Answers["document"]>[1] = (texts, c) =>
      draw({ texts, now: now(), get: async (asked) => app.request(asked, undefined, c.env) });
    app.get(path, answers.document(Object.keys(parameters.shape), make));
  }
  app.get(STREAM.path, streamAnswer(hub, context.config));
  const watched = { app, streamClients: () => hub.clientCount, answers: () => answers.counts() };
  app.get("/metrics", metricsAnswer({ ...context, onError: (error) => report(error, "/metrics") }, watched));

  app.get("/healthz", () => liveness(version));
  app.get("/readyz", () => readiness(isReady));

  app.notFound((c) => {
    const { method, path } = c.req;
    const verbs = VERBS.filter((verb) => app.router.match(verb, path)[0].length > 0);
    if (verbs.length === 0) {
      throw new Problem(404, `Cannot find ${path.slice(0, 200)}: no such path, /docs lists them all`);
    }
    const allowed = verbs.flatMap((verb) => (verb === "GET" ? ["GET", "HEAD"] : [verb])).join(", ");
    throw new Problem(405, `Cannot ${method} ${path.slice(0, 200)}: only ${allowed} are answered`, {
      headers: { Allow: allowed },
    });
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status === 500) report(error, c.req.path);
    const isShown = wantsPage(c.req.method, c.req.path, c.req.header("accept"));
    return isShown ? problemPage(problem) : problemResponse(problem, c.req.path);
  });

  return requireKey ? behindKeys(app, authenticator, report) : app;
}
