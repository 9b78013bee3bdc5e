-- On which days did the market change its mind most? Ranked by the expected rate, which a decision in between does not move.
with days as (
  select
    trade_date,
    lag(trade_date) over series                           as previous_trade_date,
    meeting,
    expected_rate_bp - lag(expected_rate_bp) over series  as expected_rate_shift_bp,
    basis,
    is_sample
  from review.expected_rates
  where basis <> 'published'
  window series as (partition by meeting, basis, is_sample order by trade_date)
),
largest as (
  select
    trade_date,
    previous_trade_date,
    meeting,
    expected_rate_shift_bp,
    basis,
    is_sample
  from days
  where expected_rate_shift_bp is not null
  order by abs(expected_rate_shift_bp) desc, trade_date
  limit 20
)
select
  d.trade_date,
  d.previous_trade_date,
  d.meeting,
  round(d.expected_rate_shift_bp::numeric, 2) as expected_rate_shift_bp,
  round(range.shift_pp::numeric, 1)           as largest_range_shift_pp,
  range.lower_bp || '-' || range.upper_bp     as of_range_bp,
  d.basis,
  d.is_sample
from largest d
cross join lateral (
  select
    o.lower_bp,
    o.upper_bp,
    100 * sum(case when o.trade_date = d.trade_date then o.probability else -o.probability end) as shift_pp
  from review.odds o
  where o.meeting = d.meeting and o.trade_date in (d.trade_date, d.previous_trade_date)
  group by o.lower_bp, o.upper_bp
  order by
    round(abs(sum(case when o.trade_date = d.trade_date then o.probability else -o.probability end))::numeric, 6) desc,
    o.lower_bp
  limit 1
) range
order by abs(d.expected_rate_shift_bp) desc, d.trade_date;
