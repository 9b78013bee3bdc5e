import { createHmac } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { OWNER } from "./data-folder.ts";
import { withDeadline } from "./deadline.ts";
import { errorCode, StoreError } from "./store-error.ts";

/** Name of the role that reads schema `review`. */
export const READER = "cutwatch_reader";

// Keys of advisory locks in database `postgres`. A process that uses the server holds the first, shared, as long as
// its session lives, so the server itself forgets a process that was killed.
const IN_USE = 0x6375_7477;
const PREPARING = 0x6375_7478;

const ANSWER_MS = 5_000;
// A database is a copy of a template: about 30 ms, longer on a slow disk.
const PREPARE_MS = 30_000;

/** A process's place among the users of an embedded server: one session that it keeps open. */
export type Membership = {
  readonly port: number;
  readonly serverVersion: number;
  /** Calls `handler` once if the session ends before {@link Membership.leave}. */
  readonly onLost: (handler: () => void) => void;
  /**
   * Gives the place up. True when no other process has one: the caller must then stop the server, which ends
   * this session, and nobody can join in between. Always false with `keepRunning`.
   */
  readonly leave: (keepRunning: boolean) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** `busy`: it starts, recovers or stops, ask again. `absent`: nothing there, or another server. */
export type Joined =
  | { readonly outcome: "joined"; readonly member: Membership }
  | { readonly outcome: "busy" | "absent"; readonly reason: string };

/** The reader's password follows from the owner's, so that one file holds the only secret. */
export function readerPassword(ownerPassword: string): string {
  return createHmac("sha256", ownerPassword).update(READER).digest("base64url").slice(0, 32);
}

/** Joins the server on `port` if it is the one that runs on `files`, and makes the database and roles it lacks. */
export async function joinServer(files: string, port: number, ownerPassword: string): Promise<Joined> {
  let left = false;
  let lost = false;
  let onLost: (() => void) | null = null;
  const sql = postgres({
    host: "127.0.0.1",
    port,
    user: OWNER,
    pass: ownerPassword,
    database: "postgres",
    ssl: false,
    max: 1,
    prepare: false,
    fetch_types: false,
    // This session is the membership: it must not be renewed or put to sleep.
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: ANSWER_MS / 1000,
    connection: { application_name: "cutwatch supervisor" },
    onnotice: () => undefined,
    onclose: () => {
      lost = true;
      if (!left) onLost?.();
    },
  });
  const close = (): Promise<void> => {
    left = true;
    return sql.end({ timeout: 0 });
  };
  try {
    const [server] = await withDeadline(
      sql<{ folder: string; version: string; member: boolean }[]>`
        select
          current_setting('data_directory') as folder,
          current_setting('server_version_num') as version,
          pg_try_advisory_lock_shared(${IN_USE}::bigint) as member
      `,
      ANSWER_MS,
      "join the embedded database",
    );
    if (server === undefined || server.folder !== files) {
      await close();
      return { outcome: "absent", reason: `the server on port ${port} serves ${server?.folder}` };
    }
    if (!server.member) {
      await close();
      return { outcome: "busy", reason: "its last user is stopping it" };
    }
    await prepare(sql, readerPassword(ownerPassword));
    const member: Membership = {
      port,
      serverVersion: Number(server.version),
      onLost: (handler) => {
        onLost = handler;
        if (lost) handler();
      },
      leave: async (keepRunning) => {
        left = true;
        const last = !keepRunning && !lost && (await takeAll(sql));
        if (!last) await close();
        return last;
      },
      close,
    };
    return { outcome: "joined", member };
  } catch (error) {
    await close();
    const reason = error instanceof Error ? error.message : String(error);
    const code = errorCode(error);
    if (code !== null && BUSY.has(code)) return { outcome: "busy", reason };
    if (code !== null && ABSENT.has(code)) return { outcome: "absent", reason };
    throw new StoreError("server_failed", `Cannot join the embedded database on port ${port}: ${reason}`, {
      cause: error,
    });
  }
}

// Starting up or shutting down; a shutdown (57014 while it checks the password), or a crash of another session, that
// reached this one.
const BUSY: ReadonlySet<string> = new Set(["57P03", "57P01", "57P02", "57014", "CONNECTION_CLOSED", "ECONNRESET"]);
// Nobody listens; somebody else does: no Postgres, or one that does not know us.
const ABSENT: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "CONNECT_TIMEOUT", "CONNECTION_DESTROYED", "deadline", "EPIPE"],
  ...["28P01", "28000", "3D000", "SASL_SIGNATURE_MISMATCH"],
]);

/** True when no other process holds a place; then nobody can take one until this session ends. */
async function takeAll(sql: Sql): Promise<boolean> {
  const take = async (): Promise<boolean> => {
    // One's own place goes first: of two that leave together, the later then sees nobody else.
    await sql`select pg_advisory_unlock_shared(${IN_USE}::bigint)`;
    try {
      const [answer] = await sql<{ last: boolean }[]>`select pg_try_advisory_lock(${IN_USE}::bigint) as last`;
      return answer?.last ?? false;
    } catch (error) {
      // Whoever left at the same moment was the last, and the server is stopping already.
      if (BUSY.has(errorCode(error) ?? "")) return false;
      throw error;
    }
  };
  return withDeadline(take(), ANSWER_MS, "leave the embedded database");
}

/** Makes the database and the reader's login unless they are there. */
async function prepare(sql: Sql, password: string): Promise<void> {
  const lacking = async (): Promise<string[]> => {
    const [state] = await sql<{ database: boolean; role: boolean; login: boolean }[]>`
      select
        exists (select from pg_database where datname = ${OWNER}) as database,
        exists (select from pg_roles where rolname = ${READER}) as role,
        exists (select from pg_authid where rolname = ${READER} and rolcanlogin and rolpassword is not null) as login
    `;
    // The password is made of letters, digits, - and _.
    const login = `${state?.role ? "alter" : "create"} role ${READER} login password '${password}'`;
    return [...(state?.login ? [] : [login]), ...(state?.database ? [] : [`create database ${OWNER}`])];
  };
  const make = async (): Promise<void> => {
    if ((await lacking()).length === 0) return;
    await sql`select pg_advisory_lock(${PREPARING}::bigint)`;
    for (const statement of await lacking()) await sql.unsafe(statement);
    await sql`select pg_advisory_unlock(${PREPARING}::bigint)`;
  };
  await withDeadline(make(), PREPARE_MS, "prepare the embedded database");
}
