import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { parseConnectionUrl } from "./connection-url.ts";

export type DrizzleClient = {
  readonly db: PostgresJsDatabase;
  readonly close: () => Promise<void>;
};

const CLOSE_S = 5;

/**
 * A drizzle client with connections of its own, made when the first query runs. drizzle changes how the client it
 * is given writes dates and arrays, so it never shares one with raw SQL.
 *
 * @param options.pooled as {@link openDatabase} found it: behind pgbouncer statements are not prepared
 * @throws StoreError `bad_url`
 */
export function openDrizzle(options: {
  readonly url: string;
  readonly applicationName: string;
  readonly max: number;
  readonly pooled: boolean;
}): DrizzleClient {
  const { url } = parseConnectionUrl(options.url, "DATABASE_URL");
  const client = postgres(url, {
    max: options.max,
    prepare: !options.pooled,
    // As for the raw client; drizzle writes its arrays itself.
    fetch_types: false,
    connection: { application_name: options.applicationName },
    onnotice: () => undefined,
  });
  return { db: drizzle(client), close: () => client.end({ timeout: CLOSE_S }) };
}
