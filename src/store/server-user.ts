import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, StoreError } from "./store-error.ts";

/** An account of this machine that runs the database server. */
export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number };

const ROOT_UID = 0;

// In this order when root starts a server for the first time: the account that Postgres packages make, else the
// one without rights that every Linux has.
const ACCOUNTS = ["postgres", "nobody"] as const;

/** The accounts of a passwd file, in its order. Lines that are not accounts are left out. */
export function parseAccounts(passwd: string): ServerUser[] {
  return passwd.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (!name || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

/**
 * Who must run the server: null for the user of this process, another account when this process is root, because
 * Postgres refuses root. Files made before keep their owner.
 *
 * @param folder where the database is or will be
 * @throws StoreError `folder_unusable` when the owner of the files has no name on this machine (the server refuses such a user)
 * @throws StoreError `server_failed` when no account fits
 */
export async function serverUser(folder: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== ROOT_UID) return null;
  const accounts = parseAccounts(await readFile("/etc/passwd", "utf8"));
  const ownerUid = await ownerOf(folder);
  if (ownerUid !== null && ownerUid !== ROOT_UID) {
    const owner = accounts.find((account) => account.uid === ownerUid);
    if (owner !== undefined) return owner;
    throw new StoreError(
      "folder_unusable",
      `Cannot use the database in ${folder}: it belongs to uid ${ownerUid}, which has no name on this machine; chown it to an account of /etc/passwd other than root`,
    );
  }
  for (const name of ACCOUNTS) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== ROOT_UID);
    if (account !== undefined) return account;
  }
  throw new StoreError(
    "server_failed",
    `Cannot start the embedded database as root: Postgres refuses root and /etc/passwd has none of ${ACCOUNTS.join(", ")}; run cutwatch as another user or set DATABASE_URL`,
  );
}

async function ownerOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).uid;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * The outermost folder on the way to `path`, itself included, that `user` may not enter; null when the way is open.
 * Judged by mode bits with no supplementary groups, which is how the server is started.
 */
export async function closedFolder(path: string, user: ServerUser): Promise<string | null> {
  let folder = await realpath(path);
  let closed: string | null = null;
  for (;;) {
    const { uid, gid, mode } = await stat(folder);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    if (((mode >> shift) & 0o1) === 0) closed = folder;
    const parent = dirname(folder);
    if (parent === folder) return closed;
    folder = parent;
  }
}

/** One line for a data folder that the server's account cannot reach. */
export function unreachableFolder(folder: string, closed: string, user: ServerUser): StoreError {
  return new StoreError(
    "folder_unusable",
    `Cannot keep the database in ${folder}: root may not run Postgres, and user ${user.name}, who runs it instead, may not enter ${closed}; set CUTWATCH_DATA_DIR to a folder outside it such as ${join("/var/lib", "cutwatch")}, or run cutwatch as another user`,
  );
}
