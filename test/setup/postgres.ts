import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { openEmbedded } from "../../src/store/embedded.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the run's own server, which starts when the first test asks for a database. */
    databaseFolder: string;
    /** A Postgres to use instead, from TEST_DATABASE_URL; its user must be allowed to create databases. */
    databaseUrl: string | null;
    /** Names what this run makes on a server that others use too. */
    runName: string;
  }
}

/** One server for the whole run, in a temporary folder that is gone afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const databaseFolder = await mkdtemp(join(tmpdir(), "cutwatch-test-"));
  // Root may not run Postgres; the account that does must get through.
  await chmod(databaseFolder, 0o755);
  const databaseUrl = process.env.TEST_DATABASE_URL ?? null;
  const runName = `cutwatch_test_${process.pid}`;
  project.provide("databaseFolder", databaseFolder);
  project.provide("databaseUrl", databaseUrl);
  project.provide("runName", runName);
  return async () => {
    if (databaseUrl !== null) await dropDatabases(databaseUrl, runName);
    if (await serverWasUsed(databaseFolder)) {
      const server = await openEmbedded({ dataDir: databaseFolder, port: 0 });
      await server.release();
    }
    await rm(databaseFolder, { recursive: true, force: true });
  };
}

async function dropDatabases(databaseUrl: string, runName: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const names = await sql<{ datname: string }[]>`
    select datname
    from pg_database
    where starts_with(datname, ${`${runName}_`})
  `;
  for (const { datname } of names) await sql.unsafe(`drop database ${datname} with (force)`);
  await sql.end();
}

async function serverWasUsed(databaseFolder: string): Promise<boolean> {
  return stat(join(databaseFolder, "postgres")).then(
    () => true,
    () => false,
  );
}
