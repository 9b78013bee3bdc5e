-- On which days did one range of a meeting gain or lose most?
select
  previous_trade_date,
  trade_date,
  round((100 * probability_then)::numeric, 2) as then_pct,
  round((100 * probability_now)::numeric, 2)  as now_pct,
  round(shift_pp::numeric, 2)                 as shift_pp,
  round(expected_rate_shift_bp::numeric, 2)   as expected_rate_shift_bp,
  basis,
  is_sample
from review.daily_shifts
where meeting = date '2025-12-10' and lower_bp = 350
order by abs(shift_pp) desc, trade_date
limit 10;
