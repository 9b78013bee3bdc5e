import type { Logger } from "pino";
import { watchChanges } from "../store/changes.ts";
import { openDatabase } from "../store/connect.ts";
import { freePort } from "../store/free-port.ts";
import { databaseWords, JOBS_GRACE_MS, type Leaving, runService, serviceConfig } from "./lifetime.ts";
import { serviceLog } from "./log.ts";
import { type OpenStore, openStore } from "./open.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";

// A question of the API never takes longer; jobs take as long as they take.
const ANSWER_TIMEOUT_MS = 2_000;
const ANSWER_CONNECTIONS = 8;
const JOB_CONNECTIONS = 6;
const ANSWERS_GRACE_MS = 5_000;

type Listener = (what: string) => void;

/** Announcements of change, from when the database first gives them; nothing waits for that. */
function followChanges(store: OpenStore, log: Logger, { onLeave }: Leaving) {
  const listeners: Listener[] = [];
  const tell: Listener = (what) => {
    for (const listener of listeners) listener(what);
  };
  let isLive = () => false;
  // A pooler in transaction mode passes no announcement on.
  if (!store.pooled) {
    const watching = watchChanges(store.sql, tell);
    watching.then(
      (watch) => {
        isLive = () => watch.isLive();
      },
      (error: unknown) => log.warn({ err: error }, "announcements of change cannot be heard"),
    );
    onLeave(async () => (await watching.catch(() => null))?.close());
  }
  return { onChange: (listener: Listener) => listeners.push(listener), isLive: () => isLive() };
}

/**
 * Serves the API and the page and, unless told otherwise, runs the jobs in the same process.
 *
 * @throws StoreError, ConfigError, or an Error with one line for an address that cannot be listened on
 */
export async function serveCommand(shell: Shell, options: { readonly jobs: boolean }): Promise<number> {
  const given = serviceConfig(shell);
  const config = given.port === 0 ? { ...given, port: await freePort() } : given;
  const log = serviceLog(shell, config);
  const version = programVersion();
  return runService(shell, async (leaving) => {
    const { signal, onLeave } = leaving;
    // 200 ms of modules are loaded while the database server, another process, comes up.
    const [store, { createApp }, { listen }, { prepareStore }] = await Promise.all([
      openStore(config, {
        command: "serve",
        max: JOB_CONNECTIONS,
        statementTimeoutMs: 0,
        onEvent: (line) => log.warn(line),
      }),
      import("../api/app.ts"),
      import("../api/server.ts"),
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
    const app = createApp({
      sql: answers.readSql,
      now: shell.now,
      version,
      config,
      changes: followChanges(store, log, leaving),
      isReady: async () => !signal.aborted && (await answers.readSql`select 1`).length === 1,
      onError: (error, path) => log.error({ err: error, path }, "request failed"),
    });
    const server = await listen({ app, host: config.host, port: config.port });
    onLeave(() => server.close(ANSWERS_GRACE_MS));
    const runsJobs = options.jobs && config.jobs;
    const sample = sampleLoaded ? "; the built-in sample of December 2025 was loaded" : "";
    shell.out.write(`cutwatch ${version} answers at ${server.url}\n`);
    shell.out.write(`database: ${databaseWords(store, config)}\n`);
    shell.out.write(`jobs: ${runsJobs ? "run in this process" : "not in this process"}${sample}\n`);
    if (!runsJobs || signal.aborted) return;
    // The first answer does not wait for these either.
    const [{ startScheduler }, { processName, workContext }] = await Promise.all([
      import("../../jobs/scheduler.ts"),
      import("./work-context.ts"),
    ]);
    const scheduler = startScheduler(workContext(shell, config, store.sql, log), processName(shell.now()));
    onLeave(() => scheduler.stop(JOBS_GRACE_MS));
  });
}
