-- Odds as computed (or as published), one snapshot an instant, grid, basis and method. Derived rows name their
-- inputs and are never changed: a new computation that differs is a new snapshot with a later recorded_at.

create table cutwatch.snapshots (
  id                     bigint           primary key default nextval('cutwatch.row_ids'),
  trade_date             date             not null,
  as_of                  timestamptz(3)   not null,
  recorded_at            timestamptz(3)   not null,
  grid                   cutwatch.grid    not null,
  basis                  cutwatch.basis   not null,
  method                 cutwatch.method  not null,
  source                 text             not null,     -- several joined by '+'
  is_sample              boolean          not null,
  target_lower_bp        integer          not null,     -- the range in force at as_of
  target_upper_bp        integer          not null,
  undecided_meeting      date,                          -- in effect, outcome unknown: the range in force is assumed
  effr_bp                double precision,              -- last fixing public at as_of
  priced_by_year_end_bp  double precision,              -- signed: below 0 is easing
  quote_ids              bigint[]         not null,     -- the futures_quotes or published_probabilities it rests on
  content_sha256         bytea            not null
);
create index snapshots_by_date on cutwatch.snapshots (trade_date desc, grid, is_sample, basis, recorded_at desc);
create index snapshots_by_instant on cutwatch.snapshots (as_of desc, is_sample, basis, recorded_at desc);
create index snapshots_by_recording on cutwatch.snapshots (recorded_at, id);

-- snapshot_id has no foreign key here and below: rows are written with their snapshot in one transaction by one
-- function, and the check would cost a look-up for each of some 150 outcomes a snapshot.
create table cutwatch.meeting_readings (
  snapshot_id                bigint           not null,
  trade_date                 date             not null,
  meeting_date               date             not null,
  announced                  boolean          not null,
  expected_rate_bp           double precision,
  moves                      double precision,
  start_rate_bp              double precision,
  end_rate_bp                double precision,
  ease                       double precision,
  hold                       double precision,
  hike                       double precision,
  meeting_ease               double precision,
  meeting_hold               double precision,
  meeting_hike               double precision,
  tick_sensitivity_pp        double precision,
  own_tick_bp                double precision,
  contract_months            date[]           not null default '{}',
  contract_prices            numeric(9, 5)[]  not null default '{}',
  contract_sensitivities_pp  double precision[] not null default '{}',
  unsolved_reason            text,
  unsolved_detail            text,
  unverified                 boolean          not null default false,
  primary key (trade_date, snapshot_id, meeting_date),
  check ((unsolved_reason is null) = (expected_rate_bp is not null))
) partition by range (trade_date);
create index meeting_readings_by_meeting on cutwatch.meeting_readings (meeting_date, trade_date);

create table cutwatch.meeting_probabilities (
  snapshot_id   bigint            not null,
  trade_date    date              not null,
  meeting_date  date              not null,
  lower_bp      integer           not null check (lower_bp % 25 = 0),
  upper_bp      integer           not null check (upper_bp % 25 = 0 and upper_bp >= lower_bp),
  probability   double precision  not null check (probability > 0 and probability <= 1.000000001),
  low           double precision,
  high          double precision,
  primary key (trade_date, snapshot_id, meeting_date, lower_bp)
) partition by range (trade_date);

-- What has to be computed again, written with the observation that makes it necessary and deleted by the snapshot
-- job in the transaction that stores the result: a crash between the two loses nothing.
create table cutwatch.snapshot_requests (
  id         bigint         primary key default nextval('cutwatch.row_ids'),
  grid       cutwatch.grid  not null,
  from_date  date           not null,
  to_date    date           not null check (to_date >= from_date),
  at         timestamptz(3)                              -- the instant of an intraday reading
);
