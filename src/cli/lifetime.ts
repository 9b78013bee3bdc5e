/** The life of a process that serves: signals, the order of leaving, and its time limit. */

import type { Config } from "../config.ts";
import { parseConnectionUrl } from "../store/connection-url.ts";
import type { OpenStore } from "./open.ts";
import type { Shell } from "./shell.ts";

/** From the signal to the end of the process at most. */
const LEAVE_WITHIN_MS = 19_000;

/** Runs under way may take this long to end; what is cut then is found by the next sweep and run again. */
export const JOBS_GRACE_MS = 10_000;

/** Things to undo on leaving, last one first. */
export interface Leaving {
  /** aborted when the process is told to stop */
  readonly signal: AbortSignal;
  readonly onLeave: (undo: () => Promise<void>) => void;
}

/**
 * Runs a service until SIGTERM or SIGINT, then undoes its parts in reverse order, for 19 s at most.
 *
 * @returns the exit code, 0
 */
export async function runService(shell: Shell, start: (leaving: Leaving) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  const told = new Promise<void>((resolve) => {
    stop.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  shell.onStop(() => {
    stop.abort();
    setTimeout(() => shell.exit(0), LEAVE_WITHIN_MS).unref();
  });
  const undos: (() => Promise<void>)[] = [];
  try {
    await start({ signal: stop.signal, onLeave: (undo) => undos.push(undo) });
    await told;
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
  return 0;
}

function versionText(serverVersion: number): string {
  return `${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
}

/** `embedded Postgres 18.4 in /srv/cutwatch, port 54329`, or the address of the one in use; no password. */
export function databaseWords(store: OpenStore, config: Config): string {
  const { shown } = parseConnectionUrl(store.url("owner"), "DATABASE_URL");
  const version = versionText(store.serverVersion);
  return store.embedded
    ? `embedded Postgres ${version} in ${config.dataDir}, ${shown}`
    : `Postgres ${version} at ${shown}`;
}
