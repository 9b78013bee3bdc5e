/** The app over a test database, with a clock and a switch for announcements in the test's hand. */
import type { Hono } from "hono";
import type { Sql } from "postgres";
import { createApp } from "../../src/api/app.ts";

export interface Served {
  readonly app: Hono;
  /** the time it is; may be set */
  now: Date;
  /** whether announcements arrive */
  live: boolean;
  readonly announce: (what: string) => void;
  readonly errors: unknown[];
}

export function serveTest(
  sql: Sql,
  options: {
    readonly withhold?: boolean;
    readonly now?: string;
    readonly requireKey?: boolean;
    readonly webhookAllow?: readonly string[];
    readonly secretKey?: Uint8Array;
  } = {},
): Served {
  const listeners: ((what: string) => void)[] = [];
  const errors: unknown[] = [];
  const served: Served = {
    now: new Date(options.now ?? "2025-11-18T12:00:00Z"),
    live: true,
    announce: (what) => {
      for (const listener of listeners) listener(what);
    },
    errors,
    app: createApp({
      sql,
      now: () => served.now,
      version: "0.0.0-test",
      config: {
        baseUrl: "https://odds.example",
        withhold: options.withhold ?? false,
        host: "127.0.0.1",
        port: 8080,
        requireKey: options.requireKey ?? false,
        webhookAllow: options.webhookAllow ?? [],
      },
      changes: { onChange: (listener) => listeners.push(listener), isLive: () => served.live },
      isReady: async () => (await sql`select 1 as one`).length === 1,
      onError: (error) => errors.push(error),
      ...(options.secretKey === undefined ? {} : { secretKey: options.secretKey }),
    }),
  };
  return served;
}

/** The body of a 200 answer. */
export async function readJson<T>(app: Hono, path: string): Promise<T> {
  const response = await app.request(path);
  if (response.status !== 200) throw new Error(`Cannot read ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
