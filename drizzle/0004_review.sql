-- What people read: stable, documented, one unit a column. Views select and subtract stored figures, nothing more.

create schema review;

create view review.probabilities as
select
  s.trade_date,
  s.as_of,
  s.recorded_at,
  s.grid::text                 as grid,
  s.basis::text                as basis,
  r.meeting_date               as meeting,
  p.lower_bp,
  p.upper_bp,
  p.probability,
  p.low                        as probability_low,
  p.high                       as probability_high,
  r.expected_rate_bp,
  s.method::text               as method,
  s.source,
  s.is_sample,
  s.id                         as snapshot_id
from cutwatch.snapshots s
join cutwatch.meeting_readings r on r.trade_date = s.trade_date and r.snapshot_id = s.id
join cutwatch.meeting_probabilities p
  on p.trade_date = r.trade_date and p.snapshot_id = r.snapshot_id and p.meeting_date = r.meeting_date;

-- The one reading a trade date and meeting is quoted from: real before sample, best basis, latest known.
create view review.expected_rates as
select distinct on (s.trade_date, r.meeting_date)
  s.trade_date,
  r.meeting_date               as meeting,
  s.as_of,
  s.recorded_at,
  s.basis::text                as basis,
  s.method::text               as method,
  s.source,
  s.is_sample,
  s.target_lower_bp,
  s.target_upper_bp,
  s.effr_bp,
  r.expected_rate_bp,
  r.start_rate_bp,
  r.end_rate_bp,
  r.moves,
  r.ease,
  r.hold,
  r.hike,
  r.meeting_ease,
  r.meeting_hold,
  r.meeting_hike,
  r.tick_sensitivity_pp,
  r.announced,
  s.id                         as snapshot_id
from cutwatch.snapshots s
join cutwatch.meeting_readings r on r.trade_date = s.trade_date and r.snapshot_id = s.id
where s.grid = 'settlement' and s.method in ('cme', 'published') and r.unsolved_reason is null
order by s.trade_date, r.meeting_date, s.is_sample, s.basis, s.recorded_at desc, s.id desc;

create view review.odds as
select
  e.trade_date,
  e.meeting,
  ranges.lower_bp,
  ranges.lower_bp + span.width_bp as upper_bp,
  coalesce(p.probability, 0)   as probability,
  e.basis,
  e.target_lower_bp,
  e.target_upper_bp,
  e.expected_rate_bp,
  e.ease,
  e.hold,
  e.hike,
  e.method,
  e.source,
  e.is_sample,
  e.as_of,
  e.recorded_at
from review.expected_rates e
cross join lateral (
  select
    min(lower_bp)            as lowest_bp,
    max(lower_bp)            as highest_bp,
    max(upper_bp - lower_bp) as width_bp
  from cutwatch.meeting_probabilities
  where trade_date = e.trade_date and snapshot_id = e.snapshot_id and meeting_date = e.meeting
) span
cross join lateral generate_series(span.lowest_bp, span.highest_bp, 25) as ranges (lower_bp)
left join cutwatch.meeting_probabilities p
  on p.trade_date = e.trade_date and p.snapshot_id = e.snapshot_id and p.meeting_date = e.meeting
  and p.lower_bp = ranges.lower_bp;

-- From one trade date to the next within one basis; a change of the range in force does not break it.
create view review.daily_shifts as
with odds as (
  select
    o.trade_date,
    o.meeting,
    o.lower_bp,
    o.upper_bp,
    o.probability,
    o.expected_rate_bp,
    o.basis,
    o.is_sample,
    lag(o.trade_date) over dates       as previous_trade_date,
    lag(o.probability) over dates      as previous_probability,
    lag(o.expected_rate_bp) over dates as previous_expected_rate_bp
  from review.odds o
  window dates as (partition by o.meeting, o.lower_bp, o.basis, o.is_sample order by o.trade_date)
)
select
  trade_date,
  meeting,
  lower_bp,
  upper_bp,
  basis,
  is_sample,
  previous_trade_date,
  previous_probability                                as probability_then,
  probability                                         as probability_now,
  100 * (probability - previous_probability)          as shift_pp,
  expected_rate_bp - previous_expected_rate_bp        as expected_rate_shift_bp
from odds
where previous_trade_date is not null;

create view review.meetings as
select
  known.meeting_date           as meeting,
  known.effective_date,
  known.kind = 'scheduled'     as scheduled,
  case
    when cancelled.known_from is not null then 'cancelled'
    when decided.lower_bp is null and statement_due then 'announced'
    when decided.lower_bp is null then 'upcoming'
    when decided.effective_date > (now() at time zone 'America/New_York')::date then 'announced'
    else 'decided'
  end                          as status,
  decided.lower_bp             as target_after_lower_bp,
  decided.upper_bp             as target_after_upper_bp,
  decided.known_from           as announced_at,
  cancelled.known_from         as cancelled_at,
  known.recorded_at,
  known.source
from (
  select distinct on (meeting_date)
    meeting_date, effective_date, kind, recorded_at, source,
    (meeting_date + time '14:00') at time zone 'America/New_York' <= now() as statement_due
  from cutwatch.meeting_notices
  where kind in ('scheduled', 'unscheduled')
  order by meeting_date, recorded_at desc, id desc
) known
left join lateral (
  select n.lower_bp, n.upper_bp, n.known_from, n.effective_date
  from cutwatch.meeting_notices n
  where n.meeting_date = known.meeting_date and n.kind = 'decided' and n.known_from <= now()
  order by n.recorded_at desc, n.id desc
  limit 1
) decided on true
left join lateral (
  select n.known_from
  from cutwatch.meeting_notices n
  where n.meeting_date = known.meeting_date and n.kind = 'cancelled'
  order by n.recorded_at desc, n.id desc
  limit 1
) cancelled on true;

create view review.quotes as
select
  trade_date,
  contract_month,
  'ZQ' || substr('FGHJKMNQUVXZ', extract(month from contract_month)::integer, 1) || to_char(contract_month, 'YY')
                               as contract,
  as_of,
  recorded_at,
  grid::text                   as grid,
  basis::text                  as basis,
  source,
  price,
  open,
  high,
  low,
  volume,
  open_interest,
  flags,
  is_sample
from cutwatch.futures_quotes;

create view review.closes as
select distinct on (symbol, close_date)
  symbol,
  close_date,
  close,
  recorded_at,
  source,
  is_sample
from cutwatch.asset_closes
order by symbol, close_date, is_sample, recorded_at desc, source;

create view review.fixings as
select distinct on (fixing_date)
  fixing_date,
  effr_pct,
  target_lower_bp,
  target_upper_bp,
  revised,
  recorded_at,
  source,
  is_sample
from cutwatch.effr_fixings
order by fixing_date, is_sample, recorded_at desc, source;

create view review.job_runs as
select id, job, slot, status::text as status, started_at, finished_at, detail, error, attempt, owner
from cutwatch.job_runs;

create view review.sources as
select
  c.source,
  c.what,
  c.redistributable,
  c.enabled,
  good.checked_at              as last_success_at,
  bad.error                    as last_error,
  bad.checked_at               as last_error_at,
  good.newest_as_of,
  good.expected_next_at,
  c.terms
from cutwatch.source_catalog c
left join lateral (
  select
    checked_at,
    -- An older file imported later does not make the source older.
    (select max(m.newest_as_of) from cutwatch.source_checks m where m.source = c.source and m.ok) as newest_as_of,
    expected_next_at
  from cutwatch.source_checks k
  where k.source = c.source and k.ok
  order by checked_at desc
  limit 1
) good on true
left join lateral (
  select checked_at, error
  from cutwatch.source_checks k
  where k.source = c.source and not k.ok
  order by checked_at desc
  limit 1
) bad on true;

create view review.quarantine as
select q.id, q.recorded_at, q.source, p.url as origin, q.line, q.reason_code, q.reason, q.row_text
from cutwatch.quarantine q
left join cutwatch.source_payloads p on p.id = q.payload_id;

-- The probability that the range after `meeting` starts at `lower_bp`, by the best reading known at `known_at` of
-- the last settlement at or before `at`. 0 where the range has no odds, null where nothing is known.
create function review.probability_at(
  meeting date,
  lower_bp integer,
  at timestamptz,
  known_at timestamptz default now()
) returns double precision
-- With the owner's rights, for the reader may not look into cutwatch itself.
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    (
      select p.probability
      from cutwatch.meeting_probabilities p
      where p.trade_date = chosen.trade_date and p.snapshot_id = chosen.id
        and p.meeting_date = probability_at.meeting and p.lower_bp = probability_at.lower_bp
    ),
    0
  )
  from (
    select s.id, s.trade_date
    from cutwatch.snapshots s
    join cutwatch.meeting_readings r on r.trade_date = s.trade_date and r.snapshot_id = s.id
    where s.as_of <= probability_at.at
      and s.recorded_at <= probability_at.known_at
      and s.grid = 'settlement'
      and s.method in ('cme', 'published')
      and r.meeting_date = probability_at.meeting
      and r.unsolved_reason is null
    order by s.trade_date desc, s.is_sample, s.basis, s.recorded_at desc, s.id desc
    limit 1
  ) chosen
$$;

comment on schema review is 'Stable, documented views of cutwatch. Rates in basis points (bp), probabilities 0 to 1, changes of probability in percentage points (pp), times UTC.';
comment on view review.odds is 'Exactly one row per trade date, meeting and range: settlement grid, default method, best basis, latest known; zeros filled in between.';
comment on view review.probabilities is 'Every reading ever recorded, superseded ones included.';
comment on view review.expected_rates is 'One row per trade date and meeting: the reading that review.odds is made of.';
comment on view review.daily_shifts is 'Change of each range''s probability from the previous trade date, within one basis.';
comment on view review.meetings is 'FOMC meetings with what was decided.';
comment on view review.quotes is 'Every fed-funds futures price ever recorded.';
comment on view review.closes is 'Latest known daily close of each asset and date.';
comment on view review.fixings is 'Latest known effective federal funds rate of each date.';
comment on view review.job_runs is 'Each run of a job.';
comment on view review.sources is 'Where figures come from, and when each source last answered.';
comment on view review.quarantine is 'Rows that were refused, each with its reason.';
comment on function review.probability_at(date, integer, timestamptz, timestamptz) is 'Probability 0 to 1 that the range after the meeting starts at lower_bp (bp), from the last settlement at or before at, as known at known_at.';

-- One comment a column, with its unit; the same word means the same thing in every view.
do $$
declare
  known constant jsonb := '{
    "trade_date": "date: the exchange''s trade date",
    "as_of": "UTC: when it was true in the market",
    "recorded_at": "UTC: when cutwatch learned or computed it",
    "grid": "settlement (one a trade date) or intraday",
    "basis": "settlement, published, last_trade or mid: the kind of price it rests on",
    "method": "cme (computed from prices) or published (computed by CME)",
    "source": "where it came from",
    "is_sample": "boolean: the built-in sample, not live data",
    "meeting": "date: the decision day, the meeting''s last",
    "lower_bp": "bp: lower end of the target range after the meeting",
    "upper_bp": "bp: upper end of the target range after the meeting",
    "probability": "0 to 1: the range after the meeting is exactly this one",
    "probability_low": "0 to 1: lowest with one contract moved by half its tick",
    "probability_high": "0 to 1: highest with one contract moved by half its tick",
    "probability_then": "0 to 1: on the previous trade date",
    "probability_now": "0 to 1: on the trade date",
    "previous_trade_date": "date: the trade date compared with",
    "shift_pp": "percentage points: now minus then",
    "expected_rate_bp": "bp: mean of the distribution of the range midpoint after the meeting",
    "expected_rate_shift_bp": "bp: change of the expected rate",
    "target_lower_bp": "bp: lower end of the range in force",
    "target_upper_bp": "bp: upper end of the range in force",
    "target_after_lower_bp": "bp: lower end of the range decided; null while open",
    "target_after_upper_bp": "bp: upper end of the range decided; null while open",
    "effr_bp": "bp: last effective federal funds rate public at as_of",
    "start_rate_bp": "bp: EFFR before the meeting, as the chain solves it",
    "end_rate_bp": "bp: EFFR after the meeting, as the chain solves it",
    "moves": "moves of 25 bp priced at this meeting, signed",
    "ease": "0 to 1: range below the one in force, cumulative",
    "hold": "0 to 1: range equal to the one in force, cumulative",
    "hike": "0 to 1: range above the one in force, cumulative",
    "meeting_ease": "0 to 1: this meeting itself lowers the range",
    "meeting_hold": "0 to 1: this meeting itself leaves the range",
    "meeting_hike": "0 to 1: this meeting itself raises the range",
    "tick_sensitivity_pp": "percentage points: largest change of the likeliest range for one tick of one contract",
    "announced": "boolean: the decision was public at as_of",
    "snapshot_id": "number of the snapshot it belongs to",
    "effective_date": "date: first day the new range applies",
    "scheduled": "boolean: on the published calendar",
    "status": "state, in words",
    "announced_at": "UTC: when the decision was announced",
    "cancelled_at": "UTC: when the meeting was cancelled",
    "contract_month": "date: first day of the contract month",
    "contract": "exchange symbol",
    "price": "index points: 100 minus the rate in per cent",
    "open": "index points",
    "high": "index points",
    "low": "index points",
    "volume": "contracts",
    "open_interest": "contracts",
    "flags": "oddities of a row that was kept",
    "symbol": "asset of the panel",
    "close_date": "date in the asset''s own zone",
    "close": "price in the asset''s own currency or index points",
    "fixing_date": "date the trades were made",
    "effr_pct": "per cent",
    "revised": "boolean: replaced an earlier figure",
    "id": "number of the row",
    "job": "name of the job",
    "slot": "UTC: the scheduled instant; null for a run by hand",
    "started_at": "UTC",
    "finished_at": "UTC",
    "detail": "what the run did",
    "error": "why it failed",
    "attempt": "1 for the first try of a slot",
    "owner": "process that ran it",
    "what": "what the source gives",
    "redistributable": "boolean: its licence lets figures be passed on",
    "enabled": "boolean: asked by this installation",
    "last_success_at": "UTC: last good answer",
    "last_error": "newest error",
    "last_error_at": "UTC: when it happened",
    "newest_as_of": "UTC: newest observation the source had",
    "expected_next_at": "UTC: when its next observation is due",
    "terms": "caution on its terms of use",
    "origin": "file name or address, secrets removed",
    "line": "line of the file",
    "reason_code": "reason, as a word",
    "reason": "reason, as a sentence",
    "row_text": "the row as received"
  }';
  c record;
begin
  for c in
    select a.attrelid::regclass as view_name, a.attname::text as column_name
    from pg_attribute a
    join pg_class v on v.oid = a.attrelid
    where v.relnamespace = 'review'::regnamespace and v.relkind = 'v' and a.attnum > 0
  loop
    if not known ? c.column_name then
      raise exception 'Cannot describe column %.%: it has no comment', c.view_name, c.column_name;
    end if;
    execute format('comment on column %s.%I is %L', c.view_name, c.column_name, known ->> c.column_name);
  end loop;
end $$;

-- The reader sees review and nothing else. The role belongs to the whole server: it may exist already, and the
-- owner of a managed database may not be allowed to make roles, in which case the views are there without it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'cutwatch_reader') then
    create role cutwatch_reader nologin;
  end if;
exception
  when insufficient_privilege then
    raise warning 'Role cutwatch_reader was not made: this user may not create roles';
  when duplicate_object or unique_violation then
    null;
end $$;

do $$
begin
  if exists (select from pg_roles where rolname = 'cutwatch_reader') then
    grant usage on schema review to cutwatch_reader;
    grant select on all tables in schema review to cutwatch_reader;
    grant execute on all functions in schema review to cutwatch_reader;
  end if;
end $$;
