-- What are the odds of each meeting, range by range, on one day, and what were they a day, a week and a month before?
-- A range without odds is 0; null: no reading of the same basis at or within a week before that date.
with asked (trade_date) as (
  values (date '2025-11-17')
),
horizons as (
  select
    h.ago,
    (select max(trade_date) from review.expected_rates where trade_date between h.latest - 7 and h.latest) as trade_date
  from asked a
  cross join lateral (
    values
      ('now', a.trade_date),
      ('day', a.trade_date - 1),
      ('week', a.trade_date - 7),
      ('month', (a.trade_date - interval '1 month')::date)
  ) as h (ago, latest)
),
odds as materialized (
  select
    h.ago,
    o.trade_date,
    o.meeting,
    o.lower_bp,
    o.upper_bp,
    o.probability,
    o.basis,
    max(o.basis) filter (where h.ago = 'now') over (partition by o.meeting) as basis_now
  from horizons h
  cross join lateral (
    select
      trade_date,
      meeting,
      lower_bp,
      upper_bp,
      probability,
      basis
    from review.odds
    where trade_date = h.trade_date
    offset 0
  ) o
  where o.meeting >= (select trade_date from asked)
),
readings as (
  select distinct
    ago,
    trade_date,
    meeting
  from odds
  where basis = basis_now
),
ranges as (
  select distinct
    meeting,
    lower_bp,
    upper_bp
  from odds
  where basis = basis_now
)
select
  r.meeting,
  r.lower_bp,
  r.upper_bp,
  round((100 * sum(coalesce(o.probability, 0)) filter (where q.ago = 'now'))::numeric, 2)   as probability_pct,
  round((100 * sum(coalesce(o.probability, 0)) filter (where q.ago = 'day'))::numeric, 2)   as day_before_pct,
  round((100 * sum(coalesce(o.probability, 0)) filter (where q.ago = 'week'))::numeric, 2)  as week_before_pct,
  round((100 * sum(coalesce(o.probability, 0)) filter (where q.ago = 'month'))::numeric, 2) as month_before_pct,
  max(q.trade_date) filter (where q.ago = 'now')                                            as trade_date,
  max(o.basis)                                                                              as basis
from readings q
join ranges r on r.meeting = q.meeting
left join odds o on o.ago = q.ago and o.meeting = r.meeting and o.lower_bp = r.lower_bp
group by r.meeting, r.lower_bp, r.upper_bp
order by r.meeting, r.lower_bp;
