import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Sql } from "postgres";
import { openDatabase } from "../src/store/connect.ts";
import { openEmbedded } from "../src/store/embedded.ts";
import { migrate } from "../src/store/migrate.ts";

/** Market history that the measurements read where it lies; absent on most machines. */
const HISTORY = resolve("../shared/data");

/** Path of a file of market history; ends the program with a message where there is none. */
export function historyFile(name: string): string {
  const path = join(HISTORY, name);
  if (existsSync(path)) return path;
  console.log(`not measured: ${name} is not in ${HISTORY}`);
  process.exit(0);
}

/** The middle of some figures; the mean of the two middle ones of an even number. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** How long `work` takes, in milliseconds. */
export async function timeMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** One line of the report: our figure, what it is held against, and the ratio. */
export function report(
  what: string,
  ours: number,
  unit: string,
  other: { readonly what: string; readonly figure: number },
) {
  const ratio = ours / other.figure;
  console.log(
    `${what}: ${ours.toFixed(2)} ${unit}; ${other.what}: ${other.figure.toFixed(2)} ${unit}; ratio ${ratio.toFixed(2)}`,
  );
}

/** A database of the measurement's own on the embedded server with its usual settings, gone afterwards. */
export async function withDatabase(work: (sql: Sql, url: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "cutwatch-bench-"));
  await chmod(folder, 0o755);
  try {
    const server = await openEmbedded({ dataDir: join(folder, "data"), port: 0 });
    const database = await openDatabase({
      url: server.url("owner"),
      applicationName: "cutwatch bench",
      statementTimeoutMs: 0,
    });
    try {
      await migrate({ sql: database.sql, folder: resolve("drizzle") });
      await work(database.sql, server.url("owner"));
    } finally {
      await database.close();
      await server.release();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
