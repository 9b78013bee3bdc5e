import type { Config } from "../config.ts";
import { type ApiContext, createApp } from "./app.ts";
import { Authenticator } from "./auth.ts";
import { corsChecks } from "./cors.ts";
import { Metrics } from "./metrics.ts";
import { rateLimitChecks } from "./rate-limit.ts";
import { type Listening, listen } from "./server.ts";

/** The app with what stands before it: other origins, limits, and counts of its answers. */
export interface ServeContext extends Omit<ApiContext, "config" | "metrics" | "authenticator" | "onError"> {
  readonly config: ApiContext["config"] & Pick<Config, "corsOrigins" | "rateLimit">;
  readonly onError: (error: unknown, path: string) => void;
}

/**
 * Serves the API and the page on the configured address.
 *
 * @throws Error with one line for a port in use or a host that cannot be used
 */
export async function serveApp(context: ServeContext): Promise<Listening> {
  const { sql, writeSql = sql, now, version, config, onError } = context;
  const authenticator = new Authenticator({
    sql: writeSql,
    now,
    report: (error) => onError(error, "a key's last use"),
  });
  const metrics = new Metrics({ sql, now, version, onError: (error) => onError(error, "/metrics") });
  const app = createApp({ ...context, authenticator, metrics });
  const isKnownKey = (headers: Headers) =>
    authenticator.identify(headers, "bearer or basic").then(
      () => true,
      () => false, // also while keys cannot be checked: then the app says so itself
    );
  const checks = [...corsChecks(config.corsOrigins), ...rateLimitChecks({ limit: config.rateLimit, isKnownKey })];
  return listen({ app, host: config.host, port: config.port, checks, observe: metrics.observe, onError });
}
