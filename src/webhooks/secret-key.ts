import { randomBytes } from "node:crypto";
import { link, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;
// Modes of group and others: what they may read is no secret any more.
const OTHERS = 0o077;

/**
 * The key that seals webhook secrets: the one given, else that of the file `secret.key` in the data folder, which whoever is
 * first makes. Several processes that start at once end with one key.
 *
 * @param from.given 32 bytes of CUTWATCH_SECRET_KEY, or null
 * @param from.dataDir absolute path; made when it is absent and needed
 * @throws Error when others may read the file, or when it holds no key
 */
export async function loadSecretKey(from: {
  readonly given: Uint8Array | null;
  readonly dataDir: string;
}): Promise<Uint8Array> {
  if (from.given !== null) return from.given;
  const path = join(from.dataDir, "secret.key");
  return (await readKey(path)) ?? (await makeKey(from.dataDir, path));
}

async function makeKey(dataDir: string, path: string): Promise<Uint8Array> {
  const draft = join(dataDir, `.secret.key.${randomBytes(8).toString("hex")}`);
  try {
    // As root the embedded database runs as another user, who must be able to pass through to its own folder.
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const file = await open(draft, "wx", OWNER_ONLY);
    try {
      await file.writeFile(`${randomBytes(KEY_BYTES).toString("base64")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link is made whole or not at all, and never over a key that another process made meanwhile.
    await link(draft, path);
    await syncFolder(dataDir);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw unusable(path, error);
  } finally {
    await rm(draft, { force: true });
  }
  const key = await readKey(path);
  if (key === null) throw new Error(`Cannot use secret key ${path}: it vanished just after it was made`);
  return key;
}

/** Secrets sealed with a key that a power cut then took away could never be opened again. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readKey(path: string): Promise<Uint8Array | null> {
  try {
    const file = await open(path, "r");
    try {
      const { mode } = await file.stat();
      // Windows has no such modes.
      if (process.platform !== "win32" && (mode & OTHERS) !== 0) throw openToOthers(path, mode);
      return keyOf(path, await file.readFile("utf8"));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error instanceof SecretKeyError ? error : unusable(path, error);
  }
}

function keyOf(path: string, text: string): Uint8Array {
  const given = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, "hex") : Buffer.from(given, "base64");
  if (bytes.length === KEY_BYTES) return bytes;
  throw new SecretKeyError(
    `Cannot use secret key ${path}: must be 32 random bytes in base64 or as 64 hex digits, was ${given.length} characters`,
  );
}

/** One line for people: the sealing key cannot be used as it is. */
export class SecretKeyError extends Error {
  override readonly name = "SecretKeyError";
}

function openToOthers(path: string, mode: number): SecretKeyError {
  const was = (mode & 0o777).toString(8).padStart(3, "0");
  return new SecretKeyError(
    `Cannot use secret key ${path}: others may read it (mode ${was}), must be 600; run chmod 600 on it, or set CUTWATCH_SECRET_KEY`,
  );
}

function unusable(path: string, error: unknown): SecretKeyError {
  const message = error instanceof Error ? error.message : String(error);
  return new SecretKeyError(`Cannot use secret key ${path}: ${message}; CUTWATCH_SECRET_KEY gives one without a file`, {
    cause: error,
  });
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
