import { errorCode, StoreError, type StoreErrorCode } from "./store-error.ts";

/** A database URL that has the right form. */
export type ConnectionUrl = {
  /** The environment variable it came from, for messages. */
  readonly name: string;
  /** For postgres.js, without the parameters that are ours. */
  readonly url: string;
  /** `host:port/database`: for messages and logs, without user and password. */
  readonly shown: string;
  /** True when the URL says `pgbouncer=true`. */
  readonly pgbouncer: boolean;
};

const EXAMPLE = "postgres://user:password@host:5432/database";
const DEFAULT_PORT = "5432";

/**
 * Reads a database URL. Several hosts, `postgres://a:5432,b:5432/db`, are allowed.
 *
 * @param name the environment variable, for messages
 * @throws StoreError `bad_url`; the text itself is not repeated, as it may hold a password
 */
export function parseConnectionUrl(text: string, name: string): ConnectionUrl {
  const bad = (state: string): StoreError =>
    new StoreError("bad_url", `Cannot read ${name}: ${state}; it must be like ${EXAMPLE}`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text.trim());
  if (scheme === null) throw bad("no postgres:// at its start");
  if (scheme[1] !== "postgres" && scheme[1] !== "postgresql") throw bad(`its scheme is ${scheme[1]}://`);
  // User and password end at the last @ before the path; a URL parser knows one host only.
  const parts = /^[^/]+:\/\/(?:([^/?#]*)@)?([^/?#@]*)([/?].*)?$/.exec(text.trim());
  if (parts === null) throw bad("a / ? # or @ in the password must be written %2F %3F %23 %40");
  const [, login = "", hosts = "", rest = ""] = parts;
  let path: URL;
  try {
    path = new URL(`postgres://${hosts.split(",")[0]}${rest}`);
    decodeURIComponent(login);
  } catch {
    // The parser's own message repeats the whole text.
    throw bad("host, port or a percent sign is malformed");
  }
  const pgbouncer = path.searchParams.get("pgbouncer");
  if (pgbouncer !== null && pgbouncer !== "true" && pgbouncer !== "false") {
    throw bad(`pgbouncer is ${JSON.stringify(pgbouncer)} and may be true or false`);
  }
  path.searchParams.delete("pgbouncer");
  const shownHosts = hosts
    .split(",")
    .map((host) => (/:\d+$/.test(host) ? host : `${host || "localhost"}:${DEFAULT_PORT}`))
    .join(",");
  return {
    name,
    url: `postgres://${login === "" ? "" : `${login.replaceAll("@", "%40")}@`}${hosts}${path.pathname}${path.search}`,
    shown: `${shownHosts}${path.pathname}`,
    pgbouncer: pgbouncer === "true",
  };
}

// By the code of Node, of postgres.js or of the server. What the server says is added where it tells more.
const STATES: Readonly<Record<string, { code: StoreErrorCode; state: string; quote?: true }>> = {
  ECONNREFUSED: { code: "unreachable", state: "nothing listens there" },
  ENOTFOUND: { code: "unreachable", state: "no host of that name" },
  EAI_AGAIN: { code: "unreachable", state: "the host's name cannot be looked up" },
  EHOSTUNREACH: { code: "unreachable", state: "no way to the host" },
  ENETUNREACH: { code: "unreachable", state: "no way to the host" },
  ETIMEDOUT: { code: "unreachable", state: "the host does not answer" },
  CONNECT_TIMEOUT: { code: "unreachable", state: "no answer in time" },
  CONNECTION_CLOSED: { code: "unreachable", state: "it closed the connection; is it a Postgres" },
  CONNECTION_DESTROYED: { code: "unreachable", state: "it closed the connection; is it a Postgres" },
  ECONNRESET: { code: "unreachable", state: "it closed the connection; is it a Postgres" },
  "28P01": { code: "login_refused", state: "user or password refused" },
  "28000": { code: "login_refused", state: "login refused", quote: true },
  "3D000": { code: "missing_database", state: "the server has no database of that name" },
  "42501": { code: "login_refused", state: "this user may not use that database", quote: true },
  "53300": { code: "unreachable", state: "too many connections", quote: true },
  "57P03": { code: "unreachable", state: "the server is starting or stopping", quote: true },
};

/** One line for a connection that failed, without the password. */
export function connectError(url: ConnectionUrl, error: unknown): StoreError {
  if (error instanceof StoreError) {
    if (error.code !== "deadline") return error;
    return new StoreError("unreachable", `Cannot use ${url.name} ${url.shown}: no answer in time`, { cause: error });
  }
  const known = STATES[errorCode(error) ?? ""];
  const said = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ", ") : String(error);
  const state = known === undefined ? said : known.quote ? `${known.state} (${said})` : known.state;
  return new StoreError(known?.code ?? "unreachable", `Cannot use ${url.name} ${url.shown}: ${state}`, {
    cause: error,
  });
}
