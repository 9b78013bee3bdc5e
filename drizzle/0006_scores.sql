-- How good the odds were, once a decision is known. And three indexes, so that looking for what is new costs the same however
-- much is stored.

create index snapshots_daily on cutwatch.snapshots (basis, is_sample, id) where grid = 'settlement';
create index detector_days_snapshots on cutwatch.detector_days (basis, is_sample, parameters_version, snapshot_id desc);
create index asset_closes_numbers on cutwatch.asset_closes (id);

-- One row a meeting, horizon and basis; a corrected reading or decision is a new row. The sample is never scored.
create table cutwatch.meeting_scores (
  id              bigint           primary key default nextval('cutwatch.row_ids'),
  meeting_date    date             not null,
  horizon_days    integer          not null check (horizon_days > 0),
  basis           cutwatch.basis   not null,
  source_class    text             not null check ((source_class = 'published') = (basis = 'published')),
  trade_date      date             not null,
  snapshot_id     bigint           not null references cutwatch.snapshots,
  lower_bp        integer          not null,              -- the range that was decided
  upper_bp        integer          not null check (upper_bp >= lower_bp),
  outcomes        integer          not null check (outcomes > 0),
  brier           double precision not null check (brier >= 0),
  rps             double precision not null check (rps >= 0),
  log_score       double precision not null check (log_score > -0.01),
  recorded_at     timestamptz(3)   not null,
  check (source_class in ('chain', 'published')),
  check (trade_date <= meeting_date - horizon_days)
);
create index meeting_scores_latest on cutwatch.meeting_scores (meeting_date, basis, horizon_days, id desc);

create view review.scores as
select distinct on (meeting_date, basis, horizon_days)
  meeting_date   as meeting,
  horizon_days,
  basis::text    as basis,
  source_class,
  trade_date,
  lower_bp       as decided_lower_bp,
  upper_bp       as decided_upper_bp,
  outcomes,
  brier,
  rps,
  log_score,
  recorded_at
from cutwatch.meeting_scores
order by meeting_date, basis, horizon_days, id desc;

-- A leg's assets are those of its latest evaluation; a block of an earlier one that was completed late is not.
create or replace view review.repricing_assets as
select
  b.repricing_id,
  a.symbol,
  a.return,
  a.from_at,
  a.to_at,
  a.provisional,
  a.return_1d,
  a.return_5d,
  a.return_21d,
  a.drawdown,
  a.percentile,
  a.note,
  b.evaluated_on,
  b.recorded_at
from (
  select distinct on (repricing_id) *
  from cutwatch.repricing_blocks
  order by repricing_id, evaluated_on desc, id desc
) b
join cutwatch.repricing_assets a on a.block_id = b.id;
create index repricing_blocks_evaluations on cutwatch.repricing_blocks (repricing_id, evaluated_on desc, id desc);

comment on view review.scores is 'How good the odds of each decided meeting were, by horizon and basis: lower is better in all three.';
comment on column review.scores.meeting is 'date: the decision day';
comment on column review.scores.horizon_days is 'days: calendar days before the decision';
comment on column review.scores.basis is 'settlement, published, last_trade or mid: the kind of price the odds rest on';
comment on column review.scores.source_class is 'chain (computed from prices) or published (FedWatch''s own)';
comment on column review.scores.trade_date is 'date: the reading that was scored, at most five days older than the horizon';
comment on column review.scores.decided_lower_bp is 'bp: lower end of the range that was decided';
comment on column review.scores.decided_upper_bp is 'bp: upper end of the range that was decided';
comment on column review.scores.outcomes is 'count: ranges that had a probability';
comment on column review.scores.brier is '0 to 2: sum over ranges of (probability - outcome) squared';
comment on column review.scores.rps is '0 and up: the same on cumulative probabilities, a step being 25 bp';
comment on column review.scores.log_score is '0 to 9.21: minus the natural logarithm of the outcome''s probability, floored at 0.0001';
comment on column review.scores.recorded_at is 'UTC: when cutwatch recorded it';

do $$
begin
  if exists (select from pg_roles where rolname = 'cutwatch_reader') then
    grant select on all tables in schema review to cutwatch_reader;
  end if;
end $$;
