import { readConfig } from "../config.ts";
import { openDatabase } from "../store/connect.ts";
import { freePort } from "../store/free-port.ts";
import { followChanges } from "./follow-changes.ts";
import { databaseWords, JOBS_GRACE_MS, runService } from "./lifetime.ts";
import { serviceLog } from "./log.ts";
import { openStore } from "./open.ts";
import { secretKeyOf } from "./secret-key-of.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";

// A question of the API never takes longer; jobs take as long as they take.
const ANSWER_TIMEOUT_MS = 2_000;
const ANSWER_CONNECTIONS = 8;
const JOB_CONNECTIONS = 6;
const ANSWERS_GRACE_MS = 5_000;

/**
 * Serves the API and the page and, unless told otherwise, runs the jobs in the same process.
 *
 * @throws StoreError, ConfigError, or an Error with one line for an address that cannot be listened on
 */
export async function serveCommand(shell: Shell, options: { readonly jobs: boolean }): Promise<number> {
  const given = readConfig(shell.env);
  // Chosen before anything is written: links carry it, in what the sample raises too.
  const config = given.port === 0 ? { ...given, port: await freePort() } : given;
  const log = serviceLog(shell, config);
  const version = programVersion();
  return runService(shell, async (leaving) => {
    const { signal, onLeave } = leaving;
    // 200 ms of modules are loaded while the database server, another process, comes up.
    const [store, { serveApp }, { prepareStore }] = await Promise.all([
      openStore(config, {
        command: "serve",
        max: JOB_CONNECTIONS,
        statementTimeoutMs: 0,
        onEvent: (line) => log.warn(line),
      }),
      import("../api/serve-app.ts"),
      import("./prepare.ts"),
    ]);
    onLeave(store.close);
    const sampleLoaded = await prepareStore(store.sql, config, shell.now);
    if (signal.aborted) return;
    const answers = await openDatabase({
      url: store.url("owner"),
      ...(store.embedded || config.databaseReadUrl === null ? {} : { readUrl: config.databaseReadUrl }),
      applicationName: "cutwatch api",
      max: ANSWER_CONNECTIONS,
      statementTimeoutMs: ANSWER_TIMEOUT_MS,
    });
    onLeave(() => answers.close());
    const changes = followChanges(store, log, leaving);
    const secretKey = await secretKeyOf(config, log);
    const server = await serveApp({
      sql: answers.readSql,
      writeSql: answers.sql,
      now: shell.now,
      version,
      config,
      changes,
      secretKey,
      stopping: signal,
      isReady: async () => !signal.aborted && (await answers.readSql`select 1`).length === 1,
      onError: (error, path) => log.error({ err: error, path }, "request failed"),
    });
    onLeave(() => server.close(ANSWERS_GRACE_MS));
    const runsJobs = options.jobs && config.jobs;
    const sample = sampleLoaded ? "; the built-in sample of December 2025 was loaded" : "";
    shell.out.write(`cutwatch ${version} answers at ${server.url}\n`);
    shell.out.write(`database: ${databaseWords(store, config)}\n`);
    shell.out.write(`jobs: ${runsJobs ? "run in this process" : "not in this process"}${sample}\n`);
    if (!runsJobs || signal.aborted) return;
    // The first answer does not wait for these either.
    const [{ startScheduler }, { sendDeliveries }, { processName, workContext }] = await Promise.all([
      import("../../jobs/scheduler.ts"),
      import("./deliveries.ts"),
      import("./work-context.ts"),
    ]);
    const name = processName(shell.now());
    const scheduler = startScheduler(workContext(shell, config, store.sql, log), name);
    const sending = secretKey === null ? null : sendDeliveries({ shell, config, store, log, changes, secretKey }, name);
    onLeave(async () => {
      await Promise.all([scheduler.stop(JOBS_GRACE_MS), sending?.stop()]);
    });
  });
}
