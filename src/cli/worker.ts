import { startScheduler } from "../../jobs/scheduler.ts";
import { readConfig } from "../config.ts";
import { sendDeliveries } from "./deliveries.ts";
import { followChanges } from "./follow-changes.ts";
import { databaseWords, JOBS_GRACE_MS, runService } from "./lifetime.ts";
import { serviceLog } from "./log.ts";
import { openStore } from "./open.ts";
import { prepareStore } from "./prepare.ts";
import { secretKeyOf } from "./secret-key-of.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";
import { processName, workContext } from "./work-context.ts";

const CONNECTIONS = 6;

/** Runs the jobs and sends webhooks, nothing else; any number of workers may share a database. `CUTWATCH_JOBS` does not concern it. */
export async function workerCommand(shell: Shell): Promise<number> {
  const config = readConfig(shell.env);
  const log = serviceLog(shell, config);
  return runService(shell, async (leaving) => {
    const { signal, onLeave } = leaving;
    const store = await openStore(config, {
      command: "worker",
      max: CONNECTIONS,
      statementTimeoutMs: 0,
      onEvent: (line) => log.warn(line),
    });
    onLeave(store.close);
    await prepareStore(store.sql, config, shell.now);
    if (signal.aborted) return;
    shell.out.write(`cutwatch ${programVersion()} runs jobs and sends webhooks\n`);
    shell.out.write(`database: ${databaseWords(store, config)}\n`);
    const changes = followChanges(store, log, leaving);
    const secretKey = await secretKeyOf(config, log);
    const name = processName(shell.now());
    const scheduler = startScheduler(workContext(shell, config, store.sql, log), name);
    const sending = secretKey === null ? null : sendDeliveries({ shell, config, store, log, changes, secretKey }, name);
    onLeave(async () => {
      await Promise.all([scheduler.stop(JOBS_GRACE_MS), sending?.stop()]);
    });
  });
}
