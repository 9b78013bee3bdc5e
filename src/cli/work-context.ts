import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { JobContext } from "../../jobs/job-context.ts";
import type { Config } from "../config.ts";
import { createSourceHttp } from "../sources/http/http.ts";
import { sourcePauses } from "../store/source-pauses.ts";
import type { Shell } from "./shell.ts";
import { programVersion } from "./version.ts";

/** What the jobs of this process are given. One a process: it remembers how each host answered. */
export function workContext(shell: Shell, config: Config, sql: Sql, log: Logger): JobContext {
  const http = createSourceHttp({
    fetch: shell.fetch,
    sleep: (ms) => sleep(ms),
    now: shell.now,
    random: Math.random,
    version: programVersion(),
    contact: config.contact ?? config.baseUrl,
    userAgent: config.userAgent,
    pauses: sourcePauses(sql),
  });
  return { sql, http, config, now: shell.now, log };
}

/** Names this process in `job_runs`: host, process and start. */
export function processName(now: Date): string {
  return `${hostname()} ${process.pid} ${now.toISOString()}`;
}
