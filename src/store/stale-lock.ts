import { readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ClusterPlaces, folderError } from "./data-folder.ts";
import { errorCode } from "./store-error.ts";

// A server writes its lock file within milliseconds of making it; one that stays empty was left by a crash.
const EMPTY_FOR_MS = 2_000;

/**
 * Removes `postmaster.pid` when no server on this cluster can be behind it: it stays empty, the process it names is a
 * zombie, or its number belongs to another program since (after a restart in a container numbers come again).
 * Postgres itself only asks whether the number is in use, and would refuse for ever.
 *
 * @returns true when the file is gone; false also where the system does not tell (no /proc)
 */
export async function removeStaleLock(places: ClusterPlaces): Promise<boolean> {
  const lock = join(places.files, "postmaster.pid");
  const aside = `${lock}.stale-${process.pid}`;
  try {
    const named = await readFile(lock, "utf8");
    const pid = Number.parseInt(named, 10);
    const stale = named === "" ? (await ageMs(lock)) > EMPTY_FOR_MS : await isOtherProcess(pid, places);
    if (!stale) return false;
    await rename(lock, aside);
    // Another process may have removed it first and started a server: give that one its file back.
    if ((await readFile(aside, "utf8")) !== named) await rename(aside, lock);
    await rm(aside, { force: true });
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw folderError(places.dataDir, error);
  }
}

async function ageMs(path: string): Promise<number> {
  return Date.now() - (await stat(path)).mtimeMs;
}

async function isOtherProcess(pid: number, places: ClusterPlaces): Promise<boolean> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    // The state is the first letter after the program's name, which is in brackets and may hold any character.
    const state = status.charAt(status.lastIndexOf(")") + 2);
    if (state === "Z" || state === "X") return true;
    // A server's working directory is its data directory.
    return (await readlink(`/proc/${pid}/cwd`)) !== (await realpath(places.files));
  } catch {
    // No such process (Postgres sees that by itself), another user's, or no /proc: nothing can be said, and the
    // caller reports the lock.
    return false;
  }
}
