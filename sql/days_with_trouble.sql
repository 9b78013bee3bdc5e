-- On which days is a reading missing, was a row refused, did a run fail, or has a source been silent?
-- A gap is counted in weekdays, holidays included. The other days are UTC.
with asked (from_date, to_date) as (
  values (date '2025-09-01', current_date)
),
readings as (
  select distinct trade_date
  from review.expected_rates, asked
  where trade_date between from_date and to_date
),
gaps as (
  select
    lag(trade_date) over (order by trade_date) as before,
    trade_date                                 as after
  from readings
),
missing as (
  select
    min(before + n) as first_day,
    max(before + n) as last_day,
    count(*)        as weekdays
  from gaps
  cross join lateral generate_series(1, after - before - 1) as n
  where extract(isodow from before + n) < 6
  group by before
)
select
  first_day                                  as day,
  'no reading'                               as trouble,
  null                                       as source,
  weekdays                                   as how_many,
  'to ' || last_day                          as detail
from missing
union all
select
  (recorded_at at time zone 'UTC')::date,
  'refused: ' || reason_code,
  source,
  count(*),
  min(reason)
from review.quarantine
group by 1, 2, 3
union all
select
  (started_at at time zone 'UTC')::date,
  'run ' || status,
  job,
  count(*),
  max(error)
from review.job_runs
where status in ('failed', 'unavailable', 'lost')
group by 1, 2, 3
union all
select
  (expected_next_at at time zone 'UTC')::date,
  'silent since',
  source,
  null,
  last_error
from review.sources
where enabled and expected_next_at < now()
order by day, trouble, source;
