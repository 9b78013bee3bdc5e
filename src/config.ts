import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { UPSTREAMS, type UpstreamId } from "./sources/catalog.ts";

/** Futures sources that `CUTWATCH_FUTURES` may name, in any order. */
export const FUTURES_SOURCES = ["cme-fedwatch", "databento", "yahoo"] as const;
export type FuturesSource = (typeof FUTURES_SOURCES)[number];

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const SOURCE_URL = /^CUTWATCH_([A-Z0-9_]+)_URL$/;

/** Everything the environment decides, read once at start. */
export interface Config {
  readonly databaseUrl: string | null;
  readonly databaseReadUrl: string | null;
  readonly dataDir: string;
  readonly dbPort: number;
  readonly host: string;
  readonly port: number;
  readonly sample: boolean;
  readonly jobs: boolean;
  readonly futures: readonly FuturesSource[];
  /** address under which people reach this server, without a trailing slash; null: the one it listens on */
  readonly baseUrl: string | null;
  readonly requireKey: boolean;
  readonly withhold: boolean;
  readonly heartbeatUrl: string | null;
  /** hosts and networks that webhooks may reach although private, and over http */
  readonly webhookAllow: readonly string[];
  /** 32 bytes that seal webhook secrets; null: a file of the data folder */
  readonly secretKey: Uint8Array | null;
  /** origins whose pages may read the API; `*` for all */
  readonly corsOrigins: readonly string[];
  /** requests a minute for one client; null: the default, from which this machine itself is free; 0: no limit */
  readonly rateLimit: number | null;
  readonly payloadDays: number;
  /** where the operators of sources can reach ours: an address or URL; null: nothing is said */
  readonly contact: string | null;
  /** said to sources in place of our own name; null: ours */
  readonly userAgent: string | null;
  /** upstreams that are not asked */
  readonly sourcesOff: readonly UpstreamId[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly keys: {
    readonly cmeFedwatchId: string | null;
    readonly cmeFedwatchSecret: string | null;
    readonly databento: string | null;
    readonly fred: string | null;
  };
  /** base URLs by source id: `CUTWATCH_FED_PRESS_URL` is `fed-press` */
  readonly sourceUrls: Readonly<Record<string, string>>;
}

/** A value of the environment that cannot be used; the message is one line for people. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

function fail(variable: string, was: string, accepted: string): never {
  throw new ConfigError(`Cannot use ${variable}: was "${was}", may be ${accepted}`);
}

/** Addresses may carry passwords: what was given is named without them. */
function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//***@");
}

function integer(env: Env, variable: string, fallback: number, range: { min: number; max: number }): number {
  const text = env[variable];
  if (text === undefined || text === "") return fallback;
  const parsed = z.coerce.number().int().min(range.min).max(range.max).safeParse(text);
  return parsed.success && /^\d+$/.test(text)
    ? parsed.data
    : fail(variable, text, `a whole number from ${range.min} to ${range.max}`);
}

const SWITCH: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  "1": true,
  off: false,
  false: false,
  "0": false,
};

function onOff(env: Env, variable: string, fallback: boolean): boolean {
  const text = env[variable];
  if (text === undefined || text === "") return fallback;
  return SWITCH[text.toLowerCase()] ?? fail(variable, text, "on or off");
}

function url(env: Env, variable: string, schemes: readonly string[]): string | null {
  const text = env[variable];
  if (text === undefined || text === "") return null;
  const scheme = URL.canParse(text) ? new URL(text).protocol : "";
  if (!schemes.includes(scheme)) fail(variable, shown(text), `a URL that starts with ${schemes.join("// or ")}//`);
  return text.replace(/\/+$/, "");
}

/** The address that people are sent to: paths are put behind it, and every message shows it. */
function baseUrl(env: Env): string | null {
  const text = url(env, "CUTWATCH_BASE_URL", WEB);
  if (text === null) return null;
  const { username, password, search, hash } = new URL(text);
  if (username !== "" || password !== "" || search !== "" || hash !== "" || /[?#]/.test(text)) {
    fail("CUTWATCH_BASE_URL", shown(text), "an address without user name, password, query and fragment");
  }
  return text;
}

function futures(env: Env): FuturesSource[] {
  const text = env.CUTWATCH_FUTURES;
  if (text === undefined || text === "") return ["yahoo"];
  if (text === "none") return [];
  const names = text.split(",").map((name) => name.trim());
  const known = z.array(z.enum(FUTURES_SOURCES)).safeParse(names);
  if (!known.success || new Set(names).size !== names.length) {
    fail("CUTWATCH_FUTURES", text, `none, or each of ${FUTURES_SOURCES.join(", ")} at most once, separated by commas`);
  }
  return known.data;
}

function sourceUrls(env: Env): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const variable of Object.keys(env)) {
    const name = SOURCE_URL.exec(variable)?.[1];
    if (name === undefined || name === "BASE" || name === "HEARTBEAT") continue;
    const value = url(env, variable, ["https:", "http:"]);
    if (value !== null) urls[name.toLowerCase().replaceAll("_", "-")] = value;
  }
  return urls;
}

function listOf(env: Env, variable: string): string[] {
  const given = text(env, variable);
  return given === null ? [] : given.split(",").map((item) => item.trim());
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i;

function webhookAllow(env: Env): string[] {
  const items = listOf(env, "CUTWATCH_WEBHOOK_ALLOW").map((item) => item.toLowerCase());
  for (const item of items) {
    const isName = HOST_NAME.test(item) && !/^[\d.]+$/.test(item);
    if (!isName && !ipaddr.isValid(item) && !ipaddr.isValidCIDR(item)) {
      const accepted = "host names, addresses and networks, separated by commas, such as 127.0.0.0/8,n8n.internal";
      fail("CUTWATCH_WEBHOOK_ALLOW", item, accepted);
    }
  }
  return items;
}

const SECRET_KEY_BYTES = 32;

function secretKey(env: Env): Uint8Array | null {
  const given = text(env, "CUTWATCH_SECRET_KEY");
  if (given === null) return null;
  const bytes = /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, "hex") : Buffer.from(given, "base64");
  if (bytes.length === SECRET_KEY_BYTES) return bytes;
  // What was given may be most of a secret: it is not repeated.
  return fail("CUTWATCH_SECRET_KEY", `${given.length} characters`, "32 random bytes in base64 or as 64 hex digits");
}

function corsOrigins(env: Env): string[] {
  const items = listOf(env, "CUTWATCH_CORS_ORIGINS");
  for (const item of items) {
    if (item === "*" && items.length === 1) continue;
    const origin = URL.canParse(item) ? new URL(item).origin : null;
    if (origin !== item || !/^https?:/.test(item)) {
      fail("CUTWATCH_CORS_ORIGINS", item, "*, or origins separated by commas, such as https://desk.example.com");
    }
  }
  return items;
}

/** A line that goes into a header of every request. */
function headerText(env: Env, variable: string): string | null {
  const given = text(env, variable);
  if (given !== null && !/^[\x20-\x7e]{1,200}$/.test(given)) {
    fail(variable, given.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 80), "up to 200 printable ASCII characters");
  }
  return given;
}

function sourcesOff(env: Env): UpstreamId[] {
  const named = listOf(env, "CUTWATCH_SOURCES_OFF");
  return named.map((name) => {
    const known = UPSTREAMS.find(({ id }) => id === name);
    if (known !== undefined) return known.id;
    return fail("CUTWATCH_SOURCES_OFF", name, `names of sources, of ${UPSTREAMS.map(({ id }) => id).join(", ")}`);
  });
}

function oneOf<T extends string>(env: Env, variable: string, fallback: T, accepted: readonly T[]): T {
  const text = env[variable];
  if (text === undefined || text === "") return fallback;
  return accepted.find((value) => value === text) ?? fail(variable, text, accepted.join(", "));
}

function text(env: Env, variable: string): string | null {
  const value = env[variable];
  return value === undefined || value === "" ? null : value;
}

/**
 * Address for links that people follow: `CUTWATCH_BASE_URL`, otherwise that of a server on this machine.
 *
 * @returns null where `PORT` is 0: which port a server took is known to it alone, and links are paths
 */
export function publicUrl({ baseUrl, host, port }: Pick<Config, "baseUrl" | "host" | "port">): string | null {
  if (baseUrl !== null) return baseUrl;
  if (port === 0) return null;
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

type Env = Readonly<Record<string, string | undefined>>;

const POSTGRES = ["postgres:", "postgresql:"] as const;
const WEB = ["https:", "http:"] as const;

/**
 * Reads the environment: the only place that does.
 *
 * @param env names and values, as `process.env` has them; an empty value counts as unset
 * @throws ConfigError naming the variable, what it was and what it may be
 */
export function readConfig(env: Env): Config {
  const config: Config = {
    databaseUrl: url(env, "DATABASE_URL", POSTGRES),
    databaseReadUrl: url(env, "DATABASE_READ_URL", POSTGRES),
    dataDir: resolve(text(env, "CUTWATCH_DATA_DIR") ?? ".cutwatch"),
    dbPort: integer(env, "CUTWATCH_DB_PORT", 54329, { min: 1, max: 65535 }),
    host: text(env, "HOST") ?? "127.0.0.1",
    port: integer(env, "PORT", 8080, { min: 0, max: 65535 }),
    sample: onOff(env, "CUTWATCH_SAMPLE", true),
    jobs: onOff(env, "CUTWATCH_JOBS", true),
    futures: futures(env),
    baseUrl: baseUrl(env),
    requireKey: onOff(env, "CUTWATCH_REQUIRE_KEY", false),
    withhold: onOff(env, "CUTWATCH_WITHHOLD", false),
    heartbeatUrl: url(env, "CUTWATCH_HEARTBEAT_URL", WEB),
    webhookAllow: webhookAllow(env),
    secretKey: secretKey(env),
    corsOrigins: corsOrigins(env),
    rateLimit:
      text(env, "CUTWATCH_RATE_LIMIT") === null
        ? null
        : integer(env, "CUTWATCH_RATE_LIMIT", 0, { min: 0, max: 1_000_000 }),
    contact: headerText(env, "CUTWATCH_CONTACT"),
    userAgent: headerText(env, "CUTWATCH_USER_AGENT"),
    sourcesOff: sourcesOff(env),
    payloadDays: integer(env, "CUTWATCH_PAYLOAD_DAYS", 30, { min: 0, max: 36500 }),
    logLevel: oneOf(env, "LOG_LEVEL", "info", LOG_LEVELS),
    keys: {
      cmeFedwatchId: text(env, "CME_FEDWATCH_ID"),
      cmeFedwatchSecret: text(env, "CME_FEDWATCH_SECRET"),
      databento: text(env, "DATABENTO_KEY"),
      fred: text(env, "FRED_API_KEY"),
    },
    sourceUrls: sourceUrls(env),
  };
  if (config.futures.includes("databento") && config.keys.databento === null) {
    fail("DATABENTO_KEY", "", "the key of a Databento account, since CUTWATCH_FUTURES names databento");
  }
  if (config.futures.includes("cme-fedwatch")) {
    const why = "the API id and secret of a CME account, since CUTWATCH_FUTURES names cme-fedwatch";
    if (config.keys.cmeFedwatchId === null) fail("CME_FEDWATCH_ID", "", why);
    if (config.keys.cmeFedwatchSecret === null) fail("CME_FEDWATCH_SECRET", "", why);
  }
  return config;
}
