import postgres, { type Sql } from "postgres";
import { COLUMN_TYPES } from "./column-types.ts";
import { type ConnectionUrl, connectError, parseConnectionUrl } from "./connection-url.ts";
import { withDeadline } from "./deadline.ts";
import { promptSockets } from "./socket.ts";
import { errorCode, StoreError } from "./store-error.ts";

export type DatabaseOptions = {
  readonly url: string;
  /** A streaming replica that answers reads; absent, reads go to `url`. */
  readonly readUrl?: string;
  /** Shown in `pg_stat_activity`; begins with `cutwatch` by custom. */
  readonly applicationName: string;
  /** Connections at most, per URL. */
  readonly max?: number;
  /** False never prepares statements. Behind pgbouncer they are not prepared whatever this says. */
  readonly prepare?: boolean;
  /** Longest that one statement may run; 0 for no limit. Behind pgbouncer the server's own setting holds. */
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutS?: number;
  /** Told of notices and warnings of the server, one line each. */
  readonly onNotice?: (line: string) => void;
};

export type Database = {
  /**
   * Raw client, for everything. Never give it to drizzle, which changes the client it is given: raw dates and arrays
   * then fail. `date` comes and goes as `YYYY-MM-DD`, `bigint` as a number, `numeric` as a string, `timestamptz` as a `Date`.
   */
  readonly sql: Sql;
  /** Raw client for reads that may be a moment old: the replica when there is one, otherwise {@link Database.sql}. */
  readonly readSql: Sql;
  /** True behind pgbouncer: no LISTEN, no session locks, no prepared statements. */
  readonly pooled: boolean;
  /** Such as 150012 for 15.12. */
  readonly serverVersion: number;
  /** Ends the connections, after the queries under way or `timeoutS` seconds (5), whichever is first. */
  readonly close: (timeoutS?: number) => Promise<void>;
};

const OLDEST_SERVER = 150_000;
const DEFAULT_MAX = 10;
const DEFAULT_STATEMENT_TIMEOUT_MS = 30_000;
const DEFAULT_CONNECT_TIMEOUT_S = 10;
const CLOSE_S = 5;
// Through a direct connection the server repeats this value; through pgbouncer it never hears of it.
const PROBE_TIMEOUT_MS = 54_321;

/**
 * Connects and checks that the database answers, lets us in and is new enough. pgbouncer in transaction mode is
 * noticed by itself, or named by `?pgbouncer=true` in the URL.
 *
 * @throws StoreError with one clear line, never with the password, for a URL that cannot be used
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const main = await connect(parseConnectionUrl(options.url, "DATABASE_URL"), options);
  const close = (sql: Sql, timeoutS: number): Promise<void> => sql.end({ timeout: timeoutS });
  if (options.readUrl === undefined) {
    return { ...main, readSql: main.sql, close: (timeoutS = CLOSE_S) => close(main.sql, timeoutS) };
  }
  try {
    const read = await connect(parseConnectionUrl(options.readUrl, "DATABASE_READ_URL"), options);
    return {
      ...main,
      readSql: read.sql,
      close: async (timeoutS = CLOSE_S) => {
        await Promise.all([close(main.sql, timeoutS), close(read.sql, timeoutS)]);
      },
    };
  } catch (error) {
    await close(main.sql, 0);
    throw error;
  }
}

type Connected = Pick<Database, "sql" | "pooled" | "serverVersion">;

async function connect(url: ConnectionUrl, options: DatabaseOptions): Promise<Connected> {
  const connectTimeoutS = options.connectTimeoutS ?? DEFAULT_CONNECT_TIMEOUT_S;
  const probed = await probe(url, options.applicationName, connectTimeoutS);
  if (probed.serverVersion < OLDEST_SERVER) {
    throw new StoreError(
      "old_server",
      `Cannot use ${url.name} ${url.shown}: it is Postgres ${Math.floor(probed.serverVersion / 10_000)}, and 15 or newer is needed`,
    );
  }
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  const sql = postgres(url.url, {
    max: options.max ?? DEFAULT_MAX,
    prepare: probed.pooled ? false : (options.prepare ?? true),
    connect_timeout: connectTimeoutS,
    connection: {
      application_name: options.applicationName,
      // Pgbouncer refuses start-up parameters that it does not know.
      ...(probed.pooled ? {} : { statement_timeout: statementTimeoutMs }),
    },
    types: COLUMN_TYPES,
    fetch_types: false,
    ...promptSockets(),
    onnotice: ({ severity, message }) => options.onNotice?.(`${severity}: ${message}`),
  });
  return { sql: sql as unknown as Sql, ...probed };
}

async function probe(
  url: ConnectionUrl,
  applicationName: string,
  connectTimeoutS: number,
): Promise<{ pooled: boolean; serverVersion: number }> {
  const pooled = url.pgbouncer;
  const sql = postgres(url.url, {
    max: 1,
    prepare: false,
    fetch_types: false,
    connect_timeout: connectTimeoutS,
    connection: { application_name: applicationName, ...(pooled ? {} : { statement_timeout: PROBE_TIMEOUT_MS }) },
    onnotice: () => undefined,
  });
  try {
    // A plain query: what needs the extended protocol can wait for ever behind pgbouncer.
    const [row] = await withDeadline(
      sql<{ version: string; timeout: string }[]>`
        select
          current_setting('server_version_num') as version,
          (select setting from pg_settings where name = 'statement_timeout') as timeout
      `.simple(),
      connectTimeoutS * 1000 + 1000,
      `use ${url.name} ${url.shown}`,
    );
    return { pooled: pooled || row?.timeout !== String(PROBE_TIMEOUT_MS), serverVersion: Number(row?.version) };
  } catch (error) {
    // Pgbouncer's word for a start-up parameter that it does not pass on: protocol_violation.
    if (!pooled && errorCode(error) === "08P01")
      return probe({ ...url, pgbouncer: true }, applicationName, connectTimeoutS);
    throw connectError(url, error);
  } finally {
    await sql.end({ timeout: 0 });
  }
}
