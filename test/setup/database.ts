import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { inject } from "vitest";
import { openDatabase } from "../../src/store/connect.ts";
import { openEmbedded } from "../../src/store/embedded.ts";
import { migrate } from "../../src/store/migrate.ts";

/** A database of one test file's own. */
export type TestDatabase = {
  readonly url: string;
  /** Client as production makes it, without statement timeout. */
  readonly sql: Sql;
  /** Ends the client and drops the database. */
  readonly drop: () => Promise<void>;
};

const MIGRATIONS = fileURLToPath(new URL("../../drizzle", import.meta.url));
const MAKING_TEMPLATE = 1;
// A crash of the machine may lose a test's database.
const SETTINGS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** A database with every migration applied: a copy of a template. */
export async function testDatabase(): Promise<TestDatabase> {
  return create(migrated);
}

/** Name of the template with every migration applied. */
async function migrated(admin: Sql, serverUrl: string): Promise<string> {
  const template = `${inject("runName")}_template`;
  await makeTemplate(admin, template, async (name) => {
    await admin.unsafe(`create database ${name}`);
    await within(serverUrl, name, (sql) => migrate({ sql, folder: MIGRATIONS }));
  });
  return template;
}

/**
 * A database in a state that tests of many files begin with: it is brought about once in a run, by whichever comes first.
 *
 * @param name of the state
 */
export async function sharedDatabase(name: string, prepare: (sql: Sql) => Promise<void>): Promise<TestDatabase> {
  return create(async (admin, serverUrl) => {
    const template = `${inject("runName")}_${name}`;
    await makeTemplate(admin, template, async (unfinished) => {
      // The same turn, taken twice by one session.
      await admin.unsafe(`create database ${unfinished} template ${await migrated(admin, serverUrl)}`);
      const { sql, close } = await openDatabase({
        url: withDatabase(serverUrl, unfinished),
        applicationName: "cutwatch test",
        statementTimeoutMs: 0,
      });
      try {
        await prepare(sql);
      } finally {
        await close();
      }
    });
    return template;
  });
}

/** A state of the database that several tests begin with. */
export interface PreparedDatabase {
  /** A database of a test's own, in that state. */
  readonly copy: () => Promise<TestDatabase>;
  readonly drop: () => Promise<void>;
}

/** A database that is brought into some state once: to copy it takes a third of a second. */
export async function preparedDatabase(prepare: (sql: Sql) => Promise<void>): Promise<PreparedDatabase> {
  const database = await testDatabase();
  await prepare(database.sql);
  // Nobody may be in a database that is copied.
  await database.sql.end();
  const name = new URL(database.url).pathname.slice(1);
  return { copy: () => create(async () => name), drop: database.drop };
}

/** A database with nothing in it. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return create(async () => "template0");
}

/** URL of the run's server; it starts with the first call and goes on until the run ends. */
async function serverUrl(): Promise<string> {
  const given = inject("databaseUrl");
  if (given !== null) return given;
  const server = await openEmbedded({ dataDir: inject("databaseFolder"), port: 0, settings: SETTINGS });
  await server.release({ keepRunning: true });
  return server.url("owner", "postgres");
}

async function create(source: (admin: Sql, serverUrl: string) => Promise<string>): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `${inject("runName")}_${randomBytes(5).toString("hex")}`;
  const admin = postgres(server, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    const template = await source(admin, server);
    await admin.unsafe(`create database ${name} template ${template}`);
  } finally {
    await admin.end();
  }
  const url = withDatabase(server, name);
  const database = await openDatabase({ url, applicationName: "cutwatch test", statementTimeoutMs: 0 });
  return {
    url,
    sql: database.sql,
    drop: async () => {
      await database.close();
      const last = postgres(server, { max: 1, fetch_types: false, onnotice: () => undefined });
      await last.unsafe(`drop database if exists ${name} with (force)`);
      await last.end();
    },
  };
}

/** Makes a template unless it is there. It takes its name when it is complete. */
async function makeTemplate(admin: Sql, template: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  await admin`select pg_advisory_lock(${MAKING_TEMPLATE}::bigint)`;
  try {
    const [found] = await admin`select 1 from pg_database where datname = ${template}`;
    if (found !== undefined) return;
    const unfinished = `${template}_unfinished`;
    await admin.unsafe(`drop database if exists ${unfinished}`);
    await make(unfinished);
    await admin.unsafe(`alter database ${unfinished} rename to ${template}`);
  } finally {
    await admin`select pg_advisory_unlock(${MAKING_TEMPLATE}::bigint)`;
  }
}

async function within(server: string, database: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const client = postgres(withDatabase(server, database), { max: 1, onnotice: () => undefined });
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
