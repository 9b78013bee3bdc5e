import { execFile, spawn } from "node:child_process";
import { copyFile, open, readFile, realpath, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type ClusterPlaces, folderError } from "./data-folder.ts";
import type { ServerBinaries } from "./embedded-binaries.ts";
import { serverProcess } from "./server-process.ts";
import type { ServerUser } from "./server-user.ts";
import { errorCode, StoreError } from "./store-error.ts";

/** What a running server writes about itself in `postmaster.pid`. */
export type Postmaster = {
  readonly pid: number;
  readonly port: number;
  /** True once it takes connections. */
  readonly ready: boolean;
};

/** What became of an attempt to start a server. `locked` and `port_taken` may pass; `failed` will not. */
export type Launch =
  | { readonly outcome: "ready" }
  | { readonly outcome: "locked" | "port_taken" | "failed"; readonly reason: string };

const POLL_MS = 10;
const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 60_000;
const LOG_LIMIT_BYTES = 8 * 1024 * 1024;

/** Reads the text of `postmaster.pid`: pid, folder, start, port, socket folder, address, memory key, status. */
export function parsePostmaster(text: string): Postmaster | null {
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid < 1 || !Number.isInteger(port) || port < 1) return null;
  return { pid, port, ready: lines[7]?.trim() === "ready" };
}

/** The server that says it runs on this cluster; null when none does, or its file is not yet written in full. */
export async function readPostmaster(places: ClusterPlaces): Promise<Postmaster | null> {
  try {
    return parsePostmaster(await readFile(join(places.files, "postmaster.pid"), "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw folderError(places.dataDir, error);
  }
}

/**
 * Starts the server on its own, so that it outlives this process, and waits until it takes connections.
 *
 * @param port on 127.0.0.1
 * @param settings server settings beside those of postgresql.conf
 */
export async function launchServer(
  places: ClusterPlaces,
  binaries: ServerBinaries,
  user: ServerUser | null,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Launch> {
  const all = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    ...settings,
  };
  const options = Object.entries(all).flatMap(([name, setting]) => ["-c", `${name}=${setting}`]);
  await limitLog(places.logFile);
  // Without links, so that what the server calls its folder can be compared.
  const files = await realpath(places.files);
  const log = await open(places.logFile, "a", 0o600);
  try {
    const logStart = (await log.stat()).size;
    const child = spawn(binaries.postgres, ["-D", files, ...options], {
      ...serverProcess(user),
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    const end: { reason: string | null } = { reason: null };
    child.once("error", (error) => {
      end.reason = error.message;
    });
    child.once("exit", (code, signal) => {
      end.reason = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
    });
    child.unref();
    for (let waited = 0; waited < READY_WITHIN_MS; waited += POLL_MS) {
      if (end.reason !== null) return refusal(await ownLines(places.logFile, logStart, child.pid), end.reason);
      const postmaster = await readPostmaster(places);
      if (postmaster?.pid === child.pid && postmaster?.ready) return { outcome: "ready" };
      await pause(POLL_MS);
    }
    return { outcome: "failed", reason: `not ready after ${READY_WITHIN_MS / 1000} s` };
  } finally {
    await log.close();
  }
}

/** Lines of the log from byte `start` that process `pid` wrote, or all when none carries its number. */
async function ownLines(logFile: string, start: number, pid: number | undefined): Promise<string[]> {
  const lines = (await readFile(logFile))
    .subarray(start)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  // log_line_prefix is "%m [%p] "; what the dynamic loader complains of has no prefix.
  const own = lines.filter((line) => line.includes(`[${pid}]`));
  return own.length > 0 ? own : lines;
}

function refusal(lines: readonly string[], ended: string): Launch {
  const fatal = lines.find((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1);
  const reason = fatal?.replace(/^.*?(FATAL|PANIC): +/, "") ?? ended;
  if (/^lock file .* (already exists|is empty)|^pre-existing shared memory block/.test(reason)) {
    return { outcome: "locked", reason };
  }
  const unbound = lines.find((line) => line.includes("could not bind"));
  if (unbound !== undefined && reason.includes("could not create any TCP/IP sockets")) {
    return { outcome: "port_taken", reason: unbound.replace(/^.*?could not bind/, "could not bind") };
  }
  return { outcome: "failed", reason };
}

/**
 * Ends the server at once but in order (`pg_ctl stop -m fast`: sessions are cut, everything is written), and waits
 * up to a minute.
 *
 * @throws StoreError `server_failed` when it goes on
 */
export async function stopServer(
  places: ClusterPlaces,
  binaries: ServerBinaries,
  user: ServerUser | null,
): Promise<void> {
  let reason = `still running after ${STOPPED_WITHIN_MS / 1000} s`;
  let limit = STOPPED_WITHIN_MS;
  try {
    await promisify(execFile)(binaries.pgCtl, ["stop", "-D", places.files, "-m", "fast", "-W"], serverProcess(user));
  } catch (error) {
    // It may have ended by itself a moment ago; if it did not, the reason is reported below.
    reason = error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ", ") : String(error);
    limit = 0;
  }
  for (let waited = 0; ; waited += POLL_MS) {
    if ((await readPostmaster(places)) === null) return;
    if (waited >= limit) break;
    await pause(POLL_MS);
  }
  throw new StoreError(
    "server_failed",
    `Cannot stop the embedded database in ${places.dataDir}: ${reason} (log: ${places.logFile})`,
  );
}

/** Keeps the log of a server that has run for months small: the last 8 MB are kept aside as `server.log.1`. */
async function limitLog(logFile: string): Promise<void> {
  try {
    if ((await stat(logFile)).size <= LOG_LIMIT_BYTES) return;
    await copyFile(logFile, `${logFile}.1`);
    // Emptied in place: a server that has it open goes on at its new end.
    await truncate(logFile);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
