-- When the market changed its mind: legs of the expected rate, the alerts they raised, and what assets did meanwhile.
-- The detector's numbers are kept by version, so that a changed parameter never rewrites what an earlier one found.

create table cutwatch.detector_versions (
  version      text            primary key,
  parameters   jsonb           not null,
  recorded_at  timestamptz(3)  not null
);

-- What the detector remembers after each trade date of a basis, and the snapshot it read that day. A corrected day is
-- computed again from the day before it; the latest row of a date counts.
create table cutwatch.detector_days (
  id                  bigint           primary key default nextval('cutwatch.row_ids'),
  basis               cutwatch.basis   not null,
  is_sample           boolean          not null,
  parameters_version  text             not null references cutwatch.detector_versions,
  trade_date          date             not null,
  snapshot_id         bigint           not null references cutwatch.snapshots,
  recorded_at         timestamptz(3)   not null,
  state               jsonb            not null
);
create index detector_days_latest
  on cutwatch.detector_days (basis, is_sample, parameters_version, trade_date desc, id desc);

-- What of a leg never changes.
create table cutwatch.repricings (
  id                  bigint           primary key default nextval('cutwatch.row_ids'),
  leg_key             text             not null,
  basis               cutwatch.basis   not null,
  is_sample           boolean          not null,
  parameters_version  text             not null references cutwatch.detector_versions,
  meeting_date        date             not null,
  path_year           integer,                          -- of the path to the year's end; null: the meeting's own series
  direction           text             not null check (direction in ('hawkish', 'dovish')),
  started_on          date             not null,
  started_at          timestamptz(3)   not null,
  reverses_id         bigint           references cutwatch.repricings,
  recorded_at         timestamptz(3)   not null,
  unique (leg_key, basis, is_sample, parameters_version)
);
create index repricings_by_meeting on cutwatch.repricings (meeting_date, started_at);

-- A leg as it stood, one row a change.
create table cutwatch.repricing_states (
  id                  bigint           primary key default nextval('cutwatch.row_ids'),
  repricing_id        bigint           not null references cutwatch.repricings,
  recorded_at         timestamptz(3)   not null,
  status              text             not null check (status in ('open', 'closed')),
  state               text             not null check (state in ('provisional', 'confirmed', 'withdrawn')),
  severity            text             not null check (severity in ('notice', 'sharp', 'severe', 'extreme')),
  cluster             text             not null,
  confirmed_on        date             not null,
  confirmed_at        timestamptz(3)   not null,
  extreme_on          date             not null,
  extreme_at          timestamptz(3)   not null,
  ended_on            date,
  ended_at            timestamptz(3),
  end_reason          text,
  start_rate_bp       double precision not null,
  extreme_rate_bp     double precision not null,
  amplitude_bp        double precision not null check (amplitude_bp >= 0),
  sigma_bp            double precision not null,        -- a usual day's move when it was confirmed
  threshold_bp        double precision not null,        -- the move that confirmed it
  at_most_upper_bp    integer,                          -- the fixed range whose cumulative odds moved most
  at_most_start       double precision,
  at_most_extreme     double precision,
  check ((status = 'closed') = (ended_at is not null))
);
create index repricing_states_latest on cutwatch.repricing_states (repricing_id, id desc);

-- Append only, in order of recording; `id` is the feed's position. Written one transaction after the other.
create sequence cutwatch.alert_ids;
create table cutwatch.alerts (
  id                  bigint           primary key default nextval('cutwatch.alert_ids'),
  key                 text             not null,
  repricing_id        bigint           not null references cutwatch.repricings,
  basis               cutwatch.basis   not null,
  is_sample           boolean          not null,
  parameters_version  text             not null references cutwatch.detector_versions,
  kind                text             not null
    check (kind in ('notice', 'sharp', 'severe', 'extreme', 'extension', 'confirmed', 'withdrawn')),
  severity            text             not null check (severity in ('notice', 'sharp', 'severe', 'extreme')),
  extension           integer          not null,
  reverses_id         bigint           references cutwatch.repricings,
  cluster             text             not null,
  trade_date          date             not null,
  as_of               timestamptz(3)   not null,
  recorded_at         timestamptz(3)   not null,
  historical          boolean          not null,        -- raised by sample, import, backfill, recompute, or a day late
  is_primary          boolean          not null,        -- no better basis had a reading of that trade date: one voice a day
  expected_rate_bp    double precision not null,
  amplitude_bp        double precision not null,
  one_day_bp          double precision,
  sigma_bp            double precision not null,
  body                jsonb            not null,        -- what a receiver is told, as it was known then
  provisional         jsonb,                            -- the alert that the day's settlement will confirm or withdraw
  resolves_id         bigint           references cutwatch.alerts,
  unique (key, basis, is_sample, parameters_version)
);
create index alerts_by_repricing on cutwatch.alerts (repricing_id, id);

-- What assets did from a leg's start to an evaluation. Provisional until the closes exist, then a new row.
create table cutwatch.repricing_blocks (
  id              bigint           primary key default nextval('cutwatch.row_ids'),
  repricing_id    bigint           not null references cutwatch.repricings,
  evaluated_on    date             not null,
  evaluated_at    timestamptz(3)   not null,
  recorded_at     timestamptz(3)   not null,
  provisional     boolean          not null,
  content_sha256  bytea            not null,
  markets         jsonb            not null             -- breadth, correlation, betas, leader: each with n, interval, method
);
create index repricing_blocks_latest on cutwatch.repricing_blocks (repricing_id, id desc);

create table cutwatch.repricing_assets (
  block_id       bigint           not null references cutwatch.repricing_blocks,
  symbol         text             not null,
  return         double precision,
  from_at        timestamptz(3),
  to_at          timestamptz(3),
  provisional    boolean          not null,
  return_1d      double precision,
  return_5d      double precision,
  return_21d     double precision,
  drawdown       double precision,
  percentile     double precision,
  note           text,
  detail         jsonb            not null,             -- ranks with their n, the next session, the event study
  primary key (block_id, symbol)
);

-- Things on the calendar that may explain a sharp day. A change of plan is a new row.
create table cutwatch.market_events (
  id            bigint         primary key default nextval('cutwatch.row_ids'),
  event_key     text           not null,                -- the same for each notice of one event
  what          text           not null,
  scheduled_at  timestamptz(3) not null,
  status        text           not null check (status in ('scheduled', 'released', 'rescheduled', 'cancelled')),
  known_at      timestamptz(3) not null,                -- when the world knew; recorded_at is when cutwatch did
  recorded_at   timestamptz(3) not null,
  source        text           not null,
  payload_id    bigint         references cutwatch.source_payloads
);
create index market_events_latest on cutwatch.market_events (event_key, id desc);
create index market_events_by_time on cutwatch.market_events (scheduled_at);

create view review.repricings as
select
  r.id,
  s.cluster                as cluster_id,
  r.meeting_date           as meeting,
  r.path_year              as path,
  r.direction,
  s.status,
  s.state,
  s.severity,
  r.basis::text            as basis,
  r.is_sample,
  r.started_on,
  s.confirmed_on,
  s.extreme_on,
  s.ended_on,
  r.started_at,
  s.confirmed_at,
  s.extreme_at,
  s.ended_at,
  s.end_reason,
  s.start_rate_bp,
  s.extreme_rate_bp,
  s.amplitude_bp,
  s.sigma_bp,
  s.threshold_bp,
  s.at_most_upper_bp,
  s.at_most_start          as at_most_probability_start,
  s.at_most_extreme        as at_most_probability_extreme,
  100 * (s.at_most_extreme - s.at_most_start) as at_most_shift_pp,
  r.reverses_id,
  r.parameters_version,
  s.recorded_at
from cutwatch.repricings r
join lateral (
  select t.*
  from cutwatch.repricing_states t
  where t.repricing_id = r.id
  order by t.id desc
  limit 1
) s on true;

create view review.repricing_assets as
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
  order by repricing_id, id desc
) b
join cutwatch.repricing_assets a on a.block_id = b.id;

create view review.alerts as
select
  a.id,
  a.key,
  a.repricing_id,
  r.meeting_date           as meeting,
  r.path_year              as path,
  r.direction,
  a.kind,
  case
    when a.provisional is not null then 'provisional'
    when a.kind = 'withdrawn' then 'withdrawn'
    else 'confirmed'
  end                      as state,
  a.resolves_id,
  a.severity,
  a.extension,
  a.reverses_id,
  a.cluster                as cluster_id,
  a.trade_date,
  a.as_of,
  a.recorded_at,
  a.historical,
  a.is_primary,
  a.basis::text            as basis,
  a.is_sample,
  a.expected_rate_bp,
  a.amplitude_bp,
  a.one_day_bp,
  a.sigma_bp,
  a.parameters_version
from cutwatch.alerts a
join cutwatch.repricings r on r.id = a.repricing_id;

create view review.market_events as
select distinct on (event_key)
  event_key,
  what,
  scheduled_at,
  status,
  known_at,
  recorded_at,
  source
from cutwatch.market_events
order by event_key, id desc;

comment on view review.repricings is 'Each leg of the expected rate as it stands: one direction, from one extreme to the next.';
comment on view review.repricing_assets is 'What each asset did from a leg''s start to its latest evaluation: same-date closes, simple returns.';
comment on view review.alerts is 'Alerts in order of recording; never changed.';
comment on view review.market_events is 'Scheduled events as last known.';

do $$
declare
  known constant jsonb := '{
    "id": "number of the row",
    "key": "the same however often the alert is raised",
    "repricing_id": "number of the repricing",
    "cluster_id": "alerts of one direction within three trade dates, across targets",
    "meeting": "date: the decision day whose expected rate moved",
    "path": "year of the path to the year''s end; null: the meeting''s own series",
    "direction": "hawkish (the expected rate rises) or dovish",
    "status": "open or closed",
    "state": "provisional, confirmed or withdrawn",
    "severity": "notice, sharp, severe or extreme",
    "kind": "notice, sharp, severe, extreme, extension, confirmed or withdrawn",
    "extension": "extensions of the leg so far",
    "basis": "settlement, published, last_trade or mid: the kind of price it rests on",
    "is_sample": "boolean: the built-in sample, not live data",
    "is_primary": "boolean: no better basis had a reading of that trade date",
    "historical": "boolean: raised by sample, import, backfill or recompute, or a day late; never sent by itself",
    "started_on": "date: trade date of the extreme it starts at",
    "confirmed_on": "date: trade date on which it was confirmed",
    "extreme_on": "date: trade date of its extreme so far",
    "ended_on": "date: trade date on which it ended; null while open",
    "started_at": "UTC: the extreme it starts at",
    "confirmed_at": "UTC: when it was confirmed in the market",
    "extreme_at": "UTC: its extreme so far",
    "ended_at": "UTC: when it ended; null while open",
    "end_reason": "reversed, quiet, decision, cancelled, path_ended or corrected",
    "start_rate_bp": "bp: expected rate at its start",
    "extreme_rate_bp": "bp: expected rate at its extreme",
    "expected_rate_bp": "bp: expected rate when the alert was raised",
    "amplitude_bp": "bp: distance from start to extreme",
    "one_day_bp": "bp: change from the trade date before",
    "sigma_bp": "bp: a usual day''s move",
    "threshold_bp": "bp: the move that confirmed it",
    "at_most_upper_bp": "bp: upper end of the fixed range whose cumulative odds moved most",
    "at_most_probability_start": "0 to 1: at or below that range, at the start",
    "at_most_probability_extreme": "0 to 1: at or below that range, at the extreme",
    "at_most_shift_pp": "percentage points: change of those odds",
    "resolves_id": "number of the provisional alert that this one confirms or withdraws",
    "reverses_id": "number of the repricing it reverses",
    "parameters_version": "version of the detector''s parameters",
    "trade_date": "date: the exchange''s trade date",
    "as_of": "UTC: when it was true in the market",
    "recorded_at": "UTC: when cutwatch recorded it",
    "symbol": "asset of the panel",
    "return": "fraction: close of the leg''s start to close of the evaluation; null where a market was closed",
    "from_at": "UTC: instant of the first close",
    "to_at": "UTC: instant of the second close",
    "provisional": "boolean: a close is still to come",
    "return_1d": "fraction: last session",
    "return_5d": "fraction: last five sessions",
    "return_21d": "fraction: last 21 sessions",
    "drawdown": "fraction: from the record close",
    "percentile": "0 to 1: rank of the return among those as long over five years",
    "note": "why a figure is null",
    "evaluated_on": "date: the closes it was evaluated at",
    "event_key": "the same for each notice of one event",
    "what": "the event, in words",
    "scheduled_at": "UTC: when it is due or was",
    "known_at": "UTC: when the world knew",
    "source": "where it came from"
  }';
  c record;
begin
  for c in
    select a.attrelid::regclass as view_name, a.attname::text as column_name
    from pg_attribute a
    where a.attnum > 0 and a.attrelid in (
      'review.repricings'::regclass, 'review.repricing_assets'::regclass, 'review.alerts'::regclass,
      'review.market_events'::regclass
    )
  loop
    if not known ? c.column_name then
      raise exception 'Cannot describe column %.%: it has no comment', c.view_name, c.column_name;
    end if;
    execute format('comment on column %s.%I is %L', c.view_name, c.column_name, known ->> c.column_name);
  end loop;
  if exists (select from pg_roles where rolname = 'cutwatch_reader') then
    grant select on all tables in schema review to cutwatch_reader;
  end if;
end $$;
