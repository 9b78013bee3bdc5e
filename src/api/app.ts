import { Hono } from "hono";
import type { Sql } from "postgres";
import type { Config } from "../config.ts";
import { Answers } from "./answers.ts";
import { docsDocument } from "./docs.ts";
import { problemOf } from "./failure.ts";
import { liveness, readiness } from "./health.ts";
import { openApiDocument, RESOURCES } from "./openapi.ts";
import { oddsPage } from "./page/odds-page.ts";
import { Problem, problemResponse } from "./problem.ts";

/** All that the API needs of the world. */
export interface ApiContext {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly version: string;
  /** `host` and `port` make the address of links where there is no `baseUrl` */
  readonly config: Pick<Config, "baseUrl" | "withhold" | "host" | "port">;
  /** announcements that answers may have changed; while not live, answers are kept for a second only */
  readonly changes: { onChange(listener: (what: string) => void): void; isLive(): boolean };
  /** whether the database answers */
  readonly isReady: () => Promise<boolean>;
  /** told of errors that callers see as 500; absent: standard error */
  readonly onError?: (error: unknown, path: string) => void;
}

const ALLOWED = "GET, HEAD";

function addressOf({ baseUrl, host, port }: ApiContext["config"]): string {
  if (baseUrl !== null) return baseUrl;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/**
 * The API as a value: `app.request("/v1/probabilities")` answers without a server.
 *
 * Each path has exactly one handler and there is no middleware, so that an answer in memory goes out in the turn the
 * request came in.
 */
export function createApp(context: ApiContext): Hono {
  const { now, version, isReady } = context;
  const baseUrl = addressOf(context.config);
  const report = context.onError ?? ((error, path) => console.error(`Cannot answer ${path}:`, error));
  const answers = new Answers({ ...context, baseUrl, withhold: context.config.withhold });
  const app = new Hono();

  for (const resource of RESOURCES) {
    app.get(resource.path.replaceAll(/\{(\w+)\}/g, ":$1"), answers.resource(resource));
  }
  app.get(
    "/openapi.json",
    answers.document([], async () => ({
      contentType: "application/json",
      text: JSON.stringify(openApiDocument({ version, baseUrl })),
      until: null,
    })),
  );
  app.get(
    "/docs",
    answers.document([], async () => docsDocument(version)),
  );
  app.get(
    "/",
    answers.document(["as_of"], (texts, c) =>
      oddsPage(texts.as_of ?? null, async (path) => app.request(path, undefined, c.env), now()),
    ),
  );
  app.get("/healthz", () => liveness(version));
  app.get("/readyz", () => readiness(isReady));

  app.notFound((c) => {
    const { method, path } = c.req;
    const isKnown = app.router.match("GET", path)[0].length > 0;
    if (!isKnown) {
      throw new Problem(404, `Cannot find ${path.slice(0, 200)}: no such path, /docs lists them all`);
    }
    throw new Problem(405, `Cannot ${method} ${path.slice(0, 200)}: only ${ALLOWED} are answered`, {
      headers: { Allow: ALLOWED },
    });
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status === 500) report(error, c.req.path);
    return problemResponse(problem, c.req.path);
  });

  return app;
}
