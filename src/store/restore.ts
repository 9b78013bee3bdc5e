import { stat } from "node:fs/promises";
import type { Sql, TransactionSql } from "postgres";
import { type BackupEnd, BackupError, type BackupHeader, type BackupTable } from "./backup-format.ts";
import { columnList, sequenceNames, storedTables, writePlainly } from "./backup-tables.ts";
import { copyIn } from "./copy.ts";
import { migrate, migrationState } from "./migrate.ts";
import { walkBackup } from "./read-backup.ts";
import { refreshStatistics } from "./statistics.ts";
import { announceChange } from "./write.ts";

export interface RestoreOptions {
  readonly file: string;
  /** folder of the migrations */
  readonly migrations: string;
  readonly progress?: (done: number, total: number) => void;
}

/** What was restored, and which cutwatch wrote it when. */
export interface RestoreResult {
  readonly tables: number;
  readonly rows: number;
  readonly madeBy: string;
  readonly madeAt: string;
}

/** Refuses a database that holds anything. */
async function requireEmpty(sql: Sql | TransactionSql, file: string): Promise<void> {
  for (const { table } of await storedTables(sql)) {
    const rows = await sql.unsafe<{ found: boolean }[]>(`select exists (select from cutwatch."${table}") as found`);
    if (rows[0]?.found === true) {
      throw new BackupError(
        `Cannot restore ${file}: table ${table} of this database has rows, and only an empty database is accepted, such as that of a new CUTWATCH_DATA_DIR`,
      );
    }
  }
}

/** Brings the schema to where it was when the backup was made, so that later migrations find its rows as they expect. */
async function migrateTo(sql: Sql, header: BackupHeader, { file, migrations: folder }: RestoreOptions): Promise<void> {
  const { applied, pending } = await migrationState({ sql, folder });
  const known = new Set([...applied, ...pending]);
  const unknown = header.migrations.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new BackupError(
      `Cannot restore ${file}: it was made by a newer cutwatch (${header.madeBy}), with ${unknown.join(", ")}; use that one`,
    );
  }
  if (applied.length > 0) await requireEmpty(sql, file);
  const last = header.migrations.at(-1);
  if (last !== undefined) await migrate({ sql, folder, targetVersion: last.slice(0, 4) });
  const tables = new Map((await storedTables(sql)).map((table) => [table.table, table.columns]));
  for (const { table, columns } of header.tables) {
    if (columns.every((column) => tables.get(table)?.includes(column) === true)) continue;
    throw new BackupError(`Cannot restore ${file}: this database has no table ${table} with the columns of the backup`);
  }
}

/**
 * Makes the partitions, each table's in transactions of their own: 26 years of them in one would take some 5,000 locks,
 * and a server has 6,400.
 */
async function makePartitions(sql: Sql, tables: readonly BackupTable[]): Promise<void> {
  for (const { table, months } of tables) {
    for (const month of months ?? []) {
      await sql`select cutwatch.ensure_months(${table}, ${`${month}-01`}::date, ${`${month}-01`}::date)`;
    }
  }
}

/** Writes one table's rows. @throws BackupError with what the database says against a row */
async function copyTable(tx: TransactionSql, table: BackupTable, rows: AsyncGenerator<Buffer>, file: string) {
  let fault: unknown = null;
  // A stream that fails in the middle of COPY would leave the connection waiting for the rest.
  const sound = async function* () {
    try {
      yield* rows;
    } catch (error) {
      fault = error;
    }
  };
  const statement = `copy cutwatch."${table.table}" (${columnList(table.columns)}) from stdin`;
  await copyIn(tx, statement, sound()).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw new BackupError(`Cannot restore ${file}: the database refuses a row of table ${table.table}: ${said}`, {
      cause: error,
    });
  });
  if (fault !== null) throw fault;
}

async function setSequences(tx: TransactionSql, end: BackupEnd, file: string): Promise<void> {
  const known = new Set(await sequenceNames(tx));
  for (const { name, lastValue, isCalled } of end.sequences) {
    if (!known.has(name)) throw new BackupError(`Cannot restore ${file}: this database has no sequence ${name}`);
    await tx`select setval(${`cutwatch.${name}`}::regclass, ${lastValue}::text::bigint, ${isCalled})`;
  }
}

/**
 * What waited to be sent when the backup was made was sent since, or is old: nobody is told of it again unless a person
 * asks for it.
 */
async function expireDeliveries(tx: TransactionSql, tables: readonly BackupTable[]): Promise<void> {
  if (!tables.some(({ table }) => table === "webhook_deliveries")) return;
  await tx`
    update cutwatch.webhook_deliveries
    set
      state = 'expired',
      finished_at = statement_timestamp(),
      lease_until = null,
      fence = fence + 1,
      last_error = 'Restored from a backup: not sent'
    where state = 'pending'
  `;
}

/**
 * Fills an empty database from a backup: every row with its number and its times, or none. Deliveries that waited are
 * expired, all else is as it was. The file is read twice, the
 * first time only to see that it is whole.
 *
 * @param sql the owner's client; the schema may be missing, or at any version this program knows
 * @throws BackupError with one line for a file that is no backup, cut off, damaged or of a newer program, and for a
 *   database that is not empty
 */
export async function restoreBackup(sql: Sql, options: RestoreOptions): Promise<RestoreResult> {
  const { file, migrations: folder, progress } = options;
  if ((await stat(file).catch(() => null))?.isDirectory() === true) {
    throw new BackupError(`Cannot restore ${file}: it is a folder`);
  }
  const { header } = await walkBackup(file, async (_, rows) => {
    for await (const _chunk of rows); // counted on the way
  });
  await migrateTo(sql, header, options);
  await makePartitions(sql, header.tables);
  const total = header.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  await sql.begin(async (tx) => {
    await writePlainly(tx);
    // Others wait with their writing until the rows are in.
    for (const { table } of header.tables) {
      await tx.unsafe(`lock table cutwatch."${table}" in share row exclusive mode`);
    }
    await requireEmpty(tx, file);
    const { end } = await walkBackup(file, async (table, rows) => {
      await copyTable(tx, table, rows, file);
      done += table.rows;
      progress?.(done, total);
    });
    await setSequences(tx, end, file);
    await expireDeliveries(tx, header.tables);
    await announceChange(tx, "restored");
  });
  await migrate({ sql, folder });
  await refreshStatistics(sql);
  return { tables: header.tables.length, rows: total, madeBy: header.madeBy, madeAt: header.madeAt };
}
