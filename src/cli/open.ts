import { fileURLToPath } from "node:url";
import type { Sql } from "postgres";
import type { Config } from "../config.ts";
import { openDatabase } from "../store/connect.ts";
import { openEmbedded } from "../store/embedded.ts";
import { migrate } from "../store/migrate.ts";

/** Migrations lie beside the compiled program's folder as they do beside the source's. */
export const MIGRATIONS = fileURLToPath(
  new URL(import.meta.url.includes("/dist/src/") ? "../../../drizzle" : "../../drizzle", import.meta.url),
);

/** The database a command works on. */
export interface OpenStore {
  readonly sql: Sql;
  /** for reads that may be a moment old */
  readonly readSql: Sql;
  /** no LISTEN behind a transaction pooler */
  readonly pooled: boolean;
  readonly serverVersion: number;
  readonly embedded: boolean;
  /** true when this command started the embedded server, which then stops with it */
  readonly startedHere: boolean;
  readonly url: (role: "owner" | "reader") => string;
  /** names of the migrations that were applied on opening */
  readonly migrated: readonly string[];
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  /** shown in `pg_stat_activity` */
  readonly command: string;
  readonly max?: number;
  /** 0 for none: imports and recomputations take as long as they take */
  readonly statementTimeoutMs?: number;
  /** false leaves the schema as it is */
  readonly migrate?: boolean;
  readonly onEvent?: (line: string) => void;
}

/**
 * Opens the database of this installation: `DATABASE_URL`, otherwise the embedded server of the data folder, joined if
 * it runs and started if not. Migrations are applied.
 *
 * @throws StoreError with one clear line
 */
export async function openStore(config: Config, options: OpenOptions): Promise<OpenStore> {
  const embedded =
    config.databaseUrl === null
      ? await openEmbedded({
          dataDir: config.dataDir,
          port: config.dbPort,
          ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
        })
      : null;
  const url = embedded?.url("owner") ?? config.databaseUrl ?? "";
  try {
    const database = await openDatabase({
      url,
      applicationName: `cutwatch ${options.command}`,
      ...(embedded === null && config.databaseReadUrl !== null ? { readUrl: config.databaseReadUrl } : {}),
      ...(options.max === undefined ? {} : { max: options.max }),
      ...(options.statementTimeoutMs === undefined ? {} : { statementTimeoutMs: options.statementTimeoutMs }),
    });
    try {
      const migrated =
        options.migrate === false ? [] : (await migrate({ sql: database.sql, folder: MIGRATIONS })).applied;
      return {
        sql: database.sql,
        readSql: database.readSql,
        pooled: database.pooled,
        serverVersion: database.serverVersion,
        embedded: embedded !== null,
        startedHere: embedded?.startedHere ?? false,
        url: (role) => embedded?.url(role) ?? url,
        migrated,
        close: async () => {
          await database.close();
          await embedded?.release();
        },
      };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    await embedded?.release();
    throw error;
  }
}
