create type cutwatch.job_status as enum ('running', 'done', 'failed', 'unavailable', 'lost');

-- One row a run. A scheduled run has a slot, claimed by inserting its row: several processes, one run a slot.
create table cutwatch.job_runs (
  id            bigint              primary key default nextval('cutwatch.row_ids'),
  job           text                not null,
  slot          timestamptz(3),                          -- null: run by hand
  owner         text                not null,            -- host, process and start of the process that runs it
  status        cutwatch.job_status not null,
  started_at    timestamptz(3)      not null,
  heartbeat_at  timestamptz(3)      not null,
  finished_at   timestamptz(3),
  detail        text,
  error         text,
  attempt       integer             not null default 1
);
create unique index job_runs_slot on cutwatch.job_runs (job, slot, attempt) where slot is not null;
create index job_runs_newest on cutwatch.job_runs (job, started_at desc);
create index job_runs_running on cutwatch.job_runs (heartbeat_at) where status = 'running';

-- One row each time a source was asked. `unchanged` is a success.
create table cutwatch.source_checks (
  id            bigint         primary key default nextval('cutwatch.row_ids'),
  source        text           not null,
  checked_at    timestamptz(3) not null,
  ok            boolean        not null,
  error         text,
  newest_as_of  timestamptz(3),                          -- newest observation the source had
  expected_next_at timestamptz(3),                       -- when the next observation is due; later than that is stale
  check (ok = (error is null))
);
create index source_checks_newest on cutwatch.source_checks (source, checked_at desc);
create index source_checks_as_of on cutwatch.source_checks (source, newest_as_of) where ok;

-- What cutwatch knows of each source besides its observations; written at start from the built-in catalogue.
create table cutwatch.source_catalog (
  source           text     primary key,
  what             text     not null,
  terms            text     not null,
  redistributable  boolean  not null,
  enabled          boolean  not null
);
