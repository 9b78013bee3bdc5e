import { type Config, readConfig } from "../config.ts";
import { databaseState } from "../store/database-state.ts";
import { meetingsKnown } from "../store/meetings.ts";
import { migrationState } from "../store/migrate.ts";
import { quarantineCounts } from "../store/quarantine.ts";
import { sourceHealth } from "../store/source-health.ts";
import { StoreError } from "../store/store-error.ts";
import { type Check, calendarChecks, clockCheck, configurationChecks, meetingChecks } from "./doctor-checks.ts";
import { quarantineCheck, sourceChecks, stateChecks } from "./doctor-database.ts";
import { reachabilityChecks } from "./doctor-online.ts";
import { readWebhookChecks } from "./doctor-webhooks.ts";
import { EXIT } from "./failure.ts";
import { databaseWords } from "./lifetime.ts";
import { MIGRATIONS, openStore } from "./open.ts";
import type { Shell } from "./shell.ts";

/** The database's part; one failed check when it cannot be had. */
async function databaseChecks(shell: Shell, config: Config): Promise<Check[]> {
  let store: Awaited<ReturnType<typeof openStore>>;
  try {
    store = await openStore(config, { command: "doctor", max: 2, migrate: false });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [{ name: "database", state: "fail", detail: error.message }];
  }
  try {
    const { sql } = store;
    const checks: Check[] = [{ name: "database", state: "ok", detail: databaseWords(store, config) }];
    const { applied, pending } = await migrationState({ sql, folder: MIGRATIONS });
    if (pending.length > 0) {
      const state = applied.length === 0 ? "none is applied" : `not applied: ${pending.join(", ")}`;
      const detail = `${state}; cutwatch migrate applies them, and so does every other command`;
      return [...checks, { name: "migrations", state: "warn", detail }];
    }
    checks.push({ name: "migrations", state: "ok", detail: `${applied.length} applied, up to date` });
    const now = shell.now();
    const state = await databaseState(sql);
    checks.push(clockCheck(now, state.now, "database"), ...stateChecks(state, now));
    checks.push(...meetingChecks(await meetingsKnown(sql, null), now));
    checks.push(...sourceChecks(await sourceHealth(sql), now));
    checks.push(quarantineCheck(await quarantineCounts(sql)));
    checks.push(...(await readWebhookChecks(sql, config, now)));
    return checks;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [{ name: "migrations", state: "fail", detail: error.message }];
  } finally {
    await store.close();
  }
}

/**
 * Checks configuration, database, sources, clock and built-in calendars, and changes nothing but to make or start an embedded
 * database that does not run.
 *
 * @returns 0, or 1 when a check failed; warnings do not count
 */
export async function doctorCommand(
  shell: Shell,
  options: { readonly json: boolean; readonly online: boolean },
): Promise<number> {
  const config = readConfig(shell.env);
  const now = shell.now();
  const checks = [
    ...configurationChecks(config, process.versions.node),
    ...(await databaseChecks(shell, config)),
    ...calendarChecks(now),
    ...(options.online ? await reachabilityChecks(shell, config) : []),
  ];
  if (options.json) shell.out.write(`${JSON.stringify({ checked_at: now.toISOString(), checks }, null, 2)}\n`);
  else {
    const { wrappedTable } = await import("./table.ts");
    shell.out.write(
      wrappedTable(
        checks.map(({ name, state, detail }) => [state, name, detail]),
        shell.out.columns,
      ),
    );
    const count = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
    shell.out.write(`${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed\n`);
  }
  return checks.some(({ state }) => state === "fail") ? EXIT.failed : EXIT.done;
}
