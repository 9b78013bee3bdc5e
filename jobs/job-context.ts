import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Config } from "../src/config.ts";
import type { SourceHttp } from "../src/sources/http/http.ts";

/** What every job is given. */
export interface JobContext {
  readonly sql: Sql;
  readonly http: SourceHttp;
  readonly config: Config;
  readonly now: () => Date;
  readonly log: Logger;
}

/** What a job did, in words for its row in `job_runs`. */
export interface JobReport {
  readonly detail: string;
  /** true when the source could not be had: the job is neither done nor broken */
  readonly unavailable?: string;
}
