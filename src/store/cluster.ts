import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ClusterPlaces, clusterVersion, folderError, OWNER } from "./data-folder.ts";
import type { ServerBinaries } from "./embedded-binaries.ts";
import { serverProcess } from "./server-process.ts";
import type { ServerUser } from "./server-user.ts";
import { errorCode, StoreError } from "./store-error.ts";

const LEFTOVER_MS = 10 * 60_000;

/**
 * Makes the cluster unless it is there. It is built in a folder beside its place and renamed: of two processes that
 * start at once, one wins and the other finds it made.
 *
 * @param durable false leaves flushing to the operating system
 */
export async function makeCluster(
  places: ClusterPlaces,
  binaries: ServerBinaries,
  user: ServerUser | null,
  durable: boolean,
): Promise<void> {
  await removeLeftovers(places);
  const fresh = clusterPlacesAt(places, `${places.cluster}.new-${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(fresh.cluster, { mode: 0o700 });
    // initdb reads the password from the file that stays, so no copy is left anywhere.
    const file = await open(fresh.passwordFile, "wx", 0o600);
    try {
      await file.writeFile(randomBytes(24).toString("base64url"));
      await file.sync();
    } finally {
      await file.close();
    }
    if (user !== null) {
      await chown(fresh.passwordFile, user.uid, user.gid);
      await chown(fresh.cluster, user.uid, user.gid);
    }
    await promisify(execFile)(binaries.initdb, initdbArguments(fresh, durable), serverProcess(user));
    await rename(fresh.cluster, places.cluster);
  } catch (error) {
    const lost = errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST" || errorCode(error) === "EPERM";
    if (lost && (await clusterVersion(places)) !== null) return;
    throw initdbError(places, binaries, error);
  } finally {
    await rm(fresh.cluster, { recursive: true, force: true });
  }
}

function clusterPlacesAt(places: ClusterPlaces, cluster: string): ClusterPlaces {
  return { ...places, cluster, files: join(cluster, "data"), passwordFile: join(cluster, "owner-password") };
}

function initdbArguments(places: ClusterPlaces, durable: boolean): string[] {
  // Written into postgresql.conf, where the owner of the machine may change them.
  const settings = {
    shared_buffers: "128MB",
    max_connections: "100",
    max_wal_size: "512MB",
    timezone: "UTC",
    log_timezone: "UTC",
    jit: "off",
    // Three worker processes fewer on a small machine.
    io_method: "sync",
    max_logical_replication_workers: "0",
    log_checkpoints: "off",
    // The text of a failed statement may hold a secret.
    log_min_error_statement: "panic",
  };
  return [
    ...["-D", places.files, "--username", OWNER, "--pwfile", places.passwordFile, "--auth", "scram-sha-256"],
    // The builtin locale sorts the same on every machine and after every upgrade of its libraries.
    ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
    "--no-instructions",
    // Flushing file by file takes 0.6 s here, flushing the file system 0.2 s. Only Linux can.
    ...(durable ? (process.platform === "linux" ? ["--sync-method", "syncfs"] : []) : ["--no-sync"]),
    ...Object.entries(settings).flatMap(([name, setting]) => ["-c", `${name}=${setting}`]),
  ];
}

/** Removes what a process that died while it made a cluster left behind. */
async function removeLeftovers(places: ClusterPlaces): Promise<void> {
  for (const name of await readdir(places.dataDir)) {
    if (!name.startsWith("postgres.new-")) continue;
    const path = join(places.dataDir, name);
    try {
      const age = Date.now() - (await stat(path)).mtimeMs;
      if (age > LEFTOVER_MS) await rm(path, { recursive: true, force: true });
    } catch (error) {
      // Another process may have finished with it just now.
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }
}

function initdbError(places: ClusterPlaces, binaries: ServerBinaries, error: unknown): StoreError {
  if (error instanceof Error && "syscall" in error && String(error.syscall).startsWith("spawn")) {
    return new StoreError(
      "server_failed",
      `Cannot run ${binaries.initdb}: ${errorCode(error)}, the system cannot load it or this user may not run it; set DATABASE_URL to a Postgres 15 or newer`,
      { cause: error },
    );
  }
  if (typeof error !== "object" || error === null || !("stderr" in error)) return folderError(places.dataDir, error);
  const lines = String(error.stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const reason = lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? String(errorCode(error));
  return new StoreError("server_failed", `Cannot create the embedded database in ${places.dataDir}: ${reason}`, {
    cause: error,
  });
}
