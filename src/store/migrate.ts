import type { Sql, TransactionSql } from "postgres";
import { type MigrationFile, readMigrations } from "./migration-files.ts";
import { StoreError } from "./store-error.ts";

export type MigrateOptions = {
  /** Client of the owner. One transaction is used, so it may go through pgbouncer. */
  readonly sql: Sql;
  /** Folder of `0001_<content>.sql` files. */
  readonly folder: string;
  /** Four digits: the last number to apply. All by default. */
  readonly targetVersion?: string;
};

export type Migrated = {
  /** Names of the files that this call applied, in order. */
  readonly applied: readonly string[];
  /** Those of them that come before one applied earlier: merged late. */
  readonly late: readonly string[];
};

/** How a database and the files of this program compare. */
export type MigrationState = {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
};

type JournalRow = { readonly name: string; readonly sha256: string };

// Any number that nobody else locks: the bytes of "cutwatch".
const MIGRATING = "7166762438114960232";

/**
 * Applies the migrations that a database lacks, in order of their names, all in one transaction: after a failure
 * it is as before. Any number of processes may call it at once, one does the work. A file that was merged after a
 * later one is applied too, and named in the answer.
 *
 * A migration may not end the transaction itself, hold statements that cannot run in one, or use an enum value that
 * another one adds, as both may run together.
 *
 * @throws StoreError `migration_edited` when an applied file is not what it was
 * @throws StoreError `newer_database` when the database has migrations that `folder` lacks
 * @throws StoreError `migration_failed` with file, line and the server's message
 * @throws StoreError `migration_name` for a file whose name has the wrong form
 */
export async function migrate({ sql, folder, targetVersion }: MigrateOptions): Promise<Migrated> {
  const files = await readMigrations(folder);
  if (targetVersion !== undefined && !/^\d{4}$/.test(targetVersion)) {
    throw new RangeError(`Cannot migrate to version ${targetVersion}: must be four digits`);
  }
  return sql.begin(async (tx) => {
    // Waiting for another process, and a change of a large table, may take longer than a query should.
    await tx`set local statement_timeout = 0`;
    await tx`select pg_advisory_xact_lock(${MIGRATING}::bigint)`;
    await makeJournal(tx);
    const journal = await readJournal(tx);
    const pending = compare(files, journal).filter(
      ({ name }) => targetVersion === undefined || name.slice(0, 4) <= targetVersion,
    );
    for (const file of pending) {
      await apply(tx, file);
      await tx`insert into cutwatch.migrations (name, sha256) values (${file.name}, ${file.sha256})`;
    }
    const applied = pending.map(({ name }) => name);
    const newest = journal.at(-1)?.name ?? "";
    return { applied, late: applied.filter((name) => name < newest) };
  }) as Promise<Migrated>;
}

/**
 * What {@link migrate} would find, without changing anything.
 *
 * @throws StoreError as {@link migrate} does, `migration_failed` excepted
 */
export async function migrationState({ sql, folder }: Pick<MigrateOptions, "sql" | "folder">): Promise<MigrationState> {
  const files = await readMigrations(folder);
  const [journal] = await sql<{ there: boolean }[]>`
    select to_regclass('cutwatch.migrations') is not null as there
  `;
  const rows = journal?.there ? await readJournal(sql) : [];
  return { applied: rows.map(({ name }) => name), pending: compare(files, rows).map(({ name }) => name) };
}

async function makeJournal(tx: TransactionSql): Promise<void> {
  const [journal] = await tx<{ there: boolean }[]>`
    select to_regclass('cutwatch.migrations') is not null as there
  `;
  if (journal?.there) return;
  await tx`create schema if not exists cutwatch`;
  await tx`
    create table cutwatch.migrations (
      name        text         primary key,
      sha256      text         not null,
      applied_at  timestamptz  not null default clock_timestamp()
    )
  `;
  await tx`comment on table cutwatch.migrations is 'Migrations applied to this database, by file name, with the SHA-256 of the file'`;
}

async function readJournal(sql: Sql | TransactionSql): Promise<JournalRow[]> {
  return sql<JournalRow[]>`select name, sha256 from cutwatch.migrations order by name collate "C"`;
}

/** The files that the journal lacks. */
function compare(files: readonly MigrationFile[], journal: readonly JournalRow[]): MigrationFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const unknown = journal.filter(({ name }) => !byName.has(name));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(", ");
    throw new StoreError(
      "newer_database",
      `Cannot use this database: it has ${names}, which this cutwatch does not know; run the cutwatch that made it, or a newer one`,
    );
  }
  for (const { name, sha256 } of journal) {
    if (byName.get(name)?.sha256 === sha256) continue;
    throw new StoreError(
      "migration_edited",
      `Cannot migrate the database: ${name} was edited after it was applied; restore the file and write a new one for the change`,
    );
  }
  const applied = new Set(journal.map(({ name }) => name));
  return files.filter(({ name }) => !applied.has(name));
}

async function apply(tx: TransactionSql, file: MigrationFile): Promise<void> {
  try {
    await tx.unsafe(file.text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = lineOf(file.text, error);
    throw new StoreError(
      "migration_failed",
      `Cannot apply migration ${file.name}${line === null ? "" : `, line ${line}`}: ${message}; nothing was changed`,
      { cause: error },
    );
  }
}

/** Line of the text that the server's `position`, counted in characters from 1, points at. */
function lineOf(text: string, error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("position" in error)) return null;
  const position = Number(error.position);
  return Number.isInteger(position) ? text.slice(0, position - 1).split("\n").length : null;
}
