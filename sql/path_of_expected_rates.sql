-- What rate was expected after each meeting, on one day?
select
  meeting,
  round(expected_rate_bp::numeric, 2) as expected_rate_bp,
  round(moves::numeric, 3)            as moves_of_25_bp,
  round((100 * ease)::numeric, 1)     as ease_pct,
  round((100 * hold)::numeric, 1)     as hold_pct,
  round((100 * hike)::numeric, 1)     as hike_pct,
  target_lower_bp,
  target_upper_bp,
  basis
from review.expected_rates
where trade_date = date '2025-11-17'
order by meeting;
