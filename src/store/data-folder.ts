import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { closedFolder, type ServerUser, unreachableFolder } from "./server-user.ts";
import { errorCode, StoreError } from "./store-error.ts";

/** The places of an embedded database inside a data folder. */
export type ClusterPlaces = {
  readonly dataDir: string;
  /** Made in one rename, so it is either whole or absent. */
  readonly cluster: string;
  /** What Postgres itself calls the data directory. */
  readonly files: string;
  readonly passwordFile: string;
  readonly logFile: string;
  readonly binaries: string;
};

/** Name of the owner's role and of the database. */
export const OWNER = "cutwatch";

/** The places of the database in `dataDir`, an absolute path. */
export function clusterPlaces(dataDir: string): ClusterPlaces {
  const cluster = join(dataDir, "postgres");
  return {
    dataDir,
    cluster,
    files: join(cluster, "data"),
    passwordFile: join(cluster, "owner-password"),
    logFile: join(dataDir, "server.log"),
    binaries: join(dataDir, "binaries"),
  };
}

/** Makes the data folder when it is absent. As root, others may pass through it to the database but not list it. */
export async function makeDataFolder(dataDir: string, user: ServerUser | null): Promise<void> {
  try {
    if (user !== null) await refuseClosed(dataDir, await nearestFolder(dataDir), user);
    const made = await mkdir(dataDir, { recursive: true, mode: user === null ? 0o700 : 0o711 });
    if (user === null) return;
    if (made !== undefined) await chmod(dataDir, 0o711);
    await refuseClosed(dataDir, dataDir, user);
  } catch (error) {
    throw error instanceof StoreError ? error : folderError(dataDir, error);
  }
}

async function refuseClosed(dataDir: string, folder: string, user: ServerUser): Promise<void> {
  const closed = await closedFolder(folder, user);
  if (closed !== null) throw unreachableFolder(dataDir, closed, user);
}

/** `path`, or the innermost folder above it that exists. */
async function nearestFolder(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    return nearestFolder(dirname(path));
  }
}

/** Major version of the server that made the cluster, as text; null when there is no cluster yet. */
export async function clusterVersion(places: ClusterPlaces): Promise<string | null> {
  try {
    return (await readFile(join(places.files, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw folderError(places.dataDir, error);
  }
}

/** The owner's password, made once with the cluster. */
export async function ownerPassword(places: ClusterPlaces): Promise<string> {
  try {
    return (await readFile(places.passwordFile, "utf8")).trim();
  } catch (error) {
    throw folderError(places.dataDir, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not read or write it",
  EPERM: "this user may not change it",
  ENOENT: "part of it is missing",
  ENOTDIR: "it, or a folder above it, is a file",
  EEXIST: "it is a file",
  EROFS: "it is on a file system that cannot be written",
  ENOSPC: "the disk is full",
};

/** One line for a data folder that the file system refuses. */
export function folderError(dataDir: string, error: unknown): StoreError {
  const code = errorCode(error) ?? "";
  const message = error instanceof Error ? error.message : String(error);
  const path = typeof error === "object" && error !== null && "path" in error ? ` (${code} ${String(error.path)})` : "";
  return new StoreError(
    "folder_unusable",
    `Cannot use data folder ${dataDir}: ${REASONS[code] ?? message}${path}; CUTWATCH_DATA_DIR names another`,
    { cause: error },
  );
}
