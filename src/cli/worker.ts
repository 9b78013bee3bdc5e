import { startScheduler } from "../../jobs/scheduler.ts";
import { databaseWords, JOBS_GRACE_MS, runService, serviceConfig } from "./lifetime.ts";
import { serviceLog } from "./log.ts";
import { openStore } from "./open.ts";
import { prepareStore } from "./prepare.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { processName, workContext } from "./work-context.ts";

const CONNECTIONS = 6;

/** Runs the jobs and nothing else; any number of workers may share a database. `CUTWATCH_JOBS` does not concern it. */
export async function workerCommand(shell: Shell): Promise<number> {
  const config = serviceConfig(shell);
  const log = serviceLog(shell, config);
  return runService(shell, async ({ signal, onLeave }) => {
    const store = await openStore(config, {
      command: "worker",
      max: CONNECTIONS,
      statementTimeoutMs: 0,
      onEvent: (line) => log.warn(line),
    });
    onLeave(store.close);
    await prepareStore(store.sql, config, shell.now);
    if (signal.aborted) return;
    shell.out.write(`cutwatch ${programVersion()} runs jobs\n`);
    shell.out.write(`database: ${databaseWords(store, config)}\n`);
    const scheduler = startScheduler(workContext(shell, config, store.sql, log), processName(shell.now()));
    onLeave(() => scheduler.stop(JOBS_GRACE_MS));
  });
}
