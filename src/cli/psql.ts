import { spawn } from "node:child_process";
import { mayActAsReader } from "../store/run-query.ts";
import { errorCode } from "../store/store-error.ts";
import { EXIT } from "./failure.ts";
import { type Role, urlFor } from "./reader-role.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./with-store.ts";

const SIGNAL_EXIT = 128;

// What a connection URL may carry, and where psql looks for it.
const PARAMETERS: Readonly<Record<string, string>> = {
  options: "PGOPTIONS",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  application_name: "PGAPPNAME",
  connect_timeout: "PGCONNECT_TIMEOUT",
};

/** The environment that makes psql connect to `url`: on the command line every user of the machine could read the password. */
export function psqlEnvironment(url: string): Record<string, string> {
  const parts = /^[^/]+:\/\/(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url);
  const [, login = "", hosts = "", database = "", query = ""] = parts ?? [];
  const [user = "", ...password] = login.split(":");
  const each = hosts.split(",").map((host) => /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host));
  const environment: Record<string, string> = {
    PGHOST: each.map((host) => (host?.[1] || "localhost").replace(/^\[(.*)\]$/, "$1")).join(","),
    PGPORT: each.map((host) => host?.[2] ?? "5432").join(","),
    PGDATABASE: decodeURIComponent(database),
  };
  if (user !== "") environment.PGUSER = decodeURIComponent(user);
  if (password.length > 0) environment.PGPASSWORD = decodeURIComponent(password.join(":"));
  for (const [name, value] of new URLSearchParams(query)) {
    const variable = PARAMETERS[name];
    if (variable !== undefined) environment[variable] = value;
  }
  return environment;
}

/** Opens psql on the database in use, as the reader unless told otherwise; ends with psql's own exit code. */
export async function psqlCommand(shell: Shell, args: readonly string[], options: { readonly role: Role }) {
  return withStore(shell, { command: "psql", stops: false }, async (store) => {
    const url = urlFor(store, options.role, store.embedded || (await mayActAsReader(store.sql)));
    // Ctrl-C at the terminal reaches psql too, which cancels its query and goes on.
    process.on("SIGINT", () => undefined);
    const psql = spawn("psql", args, { env: { ...shell.env, ...psqlEnvironment(url) }, stdio: "inherit" });
    return new Promise<number>((resolve, reject) => {
      psql.once("error", (error) => {
        const state = errorCode(error) === "ENOENT" ? "it is not installed" : error.message;
        const line = `Cannot open psql: ${state}; cutwatch sql "select …" needs no other software`;
        reject(new Error(line, { cause: error }));
      });
      psql.once("exit", (code, signal) => resolve(code ?? (signal === null ? EXIT.failed : SIGNAL_EXIT)));
    });
  });
}
