-- What the market and the institutions printed, as received and as validated. Append only: a correction is a new
-- row with a later recorded_at. as_of is when it was true in the market, recorded_at when cutwatch learned it.
-- recorded_at has milliseconds, the precision programs outside the database can name, so that known_at can repeat it.

create schema if not exists cutwatch;

-- Enumerations sort best first: `order by basis` prefers a settlement.
create type cutwatch.basis as enum ('settlement', 'published', 'last_trade', 'mid');
create type cutwatch.grid as enum ('settlement', 'intraday');
create type cutwatch.method as enum ('cme', 'published', 'cme_article', 'aggregated');

create sequence cutwatch.row_ids;

-- Monthly partitions are made when the first row of a month arrives. Call it in a transaction of its own:
-- creating a partition locks the parent until commit.
create function cutwatch.ensure_months(parent text, from_date date, to_date date) returns integer
language plpgsql as $$
declare
  month date := date_trunc('month', from_date);
  child text;
  made integer := 0;
begin
  while month <= to_date loop
    child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
    if to_regclass('cutwatch.' || child) is null then
      perform pg_advisory_xact_lock(hashtext('cutwatch.ensure_months'));
      execute format(
        'create table if not exists cutwatch.%I partition of cutwatch.%I for values from (%L) to (%L)',
        child, parent, month, month + interval '1 month'
      );
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;

create table cutwatch.source_payloads (
  id            bigint         primary key default nextval('cutwatch.row_ids'),
  source        text           not null,
  url           text           not null,                -- secrets removed; a file's name for an import
  sha256        bytea          not null,
  retrieved_at  timestamptz(3) not null,
  byte_count    integer        not null,
  body_gzip     bytea,                                  -- null once past its retention
  unique (source, sha256)
);

create table cutwatch.imports (
  id            bigint         primary key default nextval('cutwatch.row_ids'),
  payload_id    bigint         not null references cutwatch.source_payloads,
  kind          text           not null,
  options       text           not null,                -- what was said beside the file: the same bytes may mean two things
  file_name     text           not null,
  recorded_at   timestamptz(3) not null,
  rows_read     integer        not null,
  stored        integer        not null,
  unchanged     integer        not null,
  quarantined   integer        not null
);
create index imports_payload on cutwatch.imports (payload_id);

create table cutwatch.quarantine (
  id            bigint         primary key default nextval('cutwatch.row_ids'),
  recorded_at   timestamptz(3) not null,
  source        text           not null,
  payload_id    bigint         references cutwatch.source_payloads,
  line          integer,                                -- line of the file, where there is one
  reason_code   text           not null,
  reason        text           not null,
  row_text      text           not null
);
create unique index quarantine_once on cutwatch.quarantine (payload_id, line, md5(reason));
create index quarantine_newest on cutwatch.quarantine (id desc);

create table cutwatch.futures_quotes (
  id              bigint           not null default nextval('cutwatch.row_ids'),
  trade_date      date             not null,
  contract_month  date             not null check (extract(day from contract_month) = 1),
  as_of           timestamptz(3)   not null,
  recorded_at     timestamptz(3)   not null,
  grid            cutwatch.grid    not null,
  basis           cutwatch.basis   not null check (basis <> 'published'),
  source          text             not null,
  price           numeric(9, 5)    not null,            -- index points
  open            numeric(9, 5),
  high            numeric(9, 5),
  low             numeric(9, 5),
  volume          bigint,                               -- contracts
  open_interest   bigint,                               -- contracts
  flags           text[]           not null default '{}',
  is_sample       boolean          not null default false,
  payload_id      bigint,
  primary key (trade_date, contract_month, basis, grid, source, as_of, recorded_at)
) partition by range (trade_date);

create table cutwatch.published_probabilities (
  id            bigint           not null default nextval('cutwatch.row_ids'),
  trade_date    date             not null,
  meeting_date  date             not null,
  lower_bp      integer          not null check (lower_bp % 25 = 0),
  upper_bp      integer          not null check (upper_bp % 25 = 0 and upper_bp >= lower_bp),
  as_of         timestamptz(3)   not null,
  recorded_at   timestamptz(3)   not null,
  grid          cutwatch.grid    not null,
  source        text             not null,
  probability   numeric(12, 10)  not null check (probability between 0 and 1),
  decimals      smallint         not null,              -- printed decimals of the fraction
  is_sample     boolean          not null default false,
  payload_id    bigint,
  primary key (trade_date, meeting_date, lower_bp, grid, source, as_of, recorded_at)
) partition by range (trade_date);

create table cutwatch.effr_fixings (
  id               bigint           not null default nextval('cutwatch.row_ids'),
  fixing_date      date             not null,
  recorded_at      timestamptz(3)   not null,
  source           text             not null,
  effr_pct         numeric(7, 4)    not null check (effr_pct between -5 and 50),
  target_lower_bp  integer,
  target_upper_bp  integer,
  revised          boolean          not null default false,
  is_sample        boolean          not null default false,
  payload_id       bigint,
  primary key (fixing_date, source, recorded_at),
  check ((target_lower_bp is null) = (target_upper_bp is null) and target_lower_bp <= target_upper_bp)
);

create table cutwatch.meeting_notices (
  id              bigint           primary key default nextval('cutwatch.row_ids'),
  meeting_date    date             not null,
  kind            text             not null check (kind in ('scheduled', 'unscheduled', 'cancelled', 'decided')),
  effective_date  date             not null,
  known_from      timestamptz(3),                       -- announcement; null: long before it mattered
  lower_bp        integer,
  upper_bp        integer,
  recorded_at     timestamptz(3)   not null,
  source          text             not null,
  payload_id      bigint,
  check ((kind = 'decided') = (lower_bp is not null) and (lower_bp is null) = (upper_bp is null) and lower_bp <= upper_bp)
);
create index meeting_notices_latest on cutwatch.meeting_notices (meeting_date, kind, recorded_at desc);

create table cutwatch.asset_closes (
  id           bigint           not null default nextval('cutwatch.row_ids'),
  symbol       text             not null,
  close_date   date             not null,               -- in the asset's own zone
  recorded_at  timestamptz(3)   not null,
  source       text             not null,
  close        numeric(18, 6)   not null check (close > 0),
  is_sample    boolean          not null default false,
  payload_id   bigint,
  primary key (symbol, close_date, source, recorded_at)
);
