import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";

/** What `doctor` asks of a database whose schema is in place. */
export interface DatabaseState {
  /** the server's clock */
  readonly now: Date;
  readonly sizeBytes: number;
  /** the role `cutwatch_reader` is there and may read schema `review` */
  readonly readerReads: boolean;
  /** monthly partitions, of all tables that are split */
  readonly partitions: number;
  readonly openRequests: number;
  readonly firstTradeDate: IsoDate | null;
  readonly lastTradeDate: IsoDate | null;
  /** odds of anything but the sample are stored */
  readonly hasRealOdds: boolean;
  readonly lastRunAt: Date | null;
  /** jobs whose newest run failed, with the reason */
  readonly failedJobs: readonly { readonly job: string; readonly error: string }[];
}

/** State of a migrated database. */
export async function databaseState(sql: Sql): Promise<DatabaseState> {
  const [row] = await sql<
    {
      now: Date;
      size: number;
      reader: boolean;
      partitions: number;
      requests: number;
      first: string | null;
      last: string | null;
      real: boolean;
      last_run: Date | null;
    }[]
  >`
    select
      clock_timestamp() as now,
      pg_database_size(current_database())::float8 as size,
      exists (
        select from pg_roles where rolname = 'cutwatch_reader' and has_schema_privilege(oid, 'review', 'usage')
      ) as reader,
      (
        select count(*)::integer
        from pg_inherits i
        join pg_class parent on parent.oid = i.inhparent
        where parent.relnamespace = 'cutwatch'::regnamespace and parent.relkind = 'p'
      ) as partitions,
      (select count(*)::integer from cutwatch.snapshot_requests) as requests,
      (select min(trade_date)::text from cutwatch.snapshots) as first,
      (select max(trade_date)::text from cutwatch.snapshots) as last,
      exists (select from cutwatch.snapshots where not is_sample) as real,
      (select max(started_at) from cutwatch.job_runs) as last_run
  `;
  if (row === undefined) throw new Error("Cannot read the state of the database: it returned no row");
  const failed = await sql<{ job: string; error: string | null }[]>`
    select job, error
    from (
      select distinct on (job) job, status, error
      from cutwatch.job_runs
      where status <> 'running'
      order by job, started_at desc
    ) newest
    where status in ('failed', 'lost')
    order by job
  `;
  return {
    now: row.now,
    sizeBytes: row.size,
    readerReads: row.reader,
    partitions: row.partitions,
    openRequests: row.requests,
    firstTradeDate: row.first,
    lastTradeDate: row.last,
    hasRealOdds: row.real,
    lastRunAt: row.last_run,
    failedJobs: failed.map(({ job, error }) => ({ job, error: error ?? "no reason was noted" })),
  };
}
