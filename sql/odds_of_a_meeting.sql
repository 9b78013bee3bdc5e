-- How did the odds of a meeting's ranges go, day by day?
select
  trade_date,
  lower_bp,
  upper_bp,
  round((100 * probability)::numeric, 2)        as probability_pct,
  round(expected_rate_bp::numeric, 2)           as expected_rate_bp,
  basis
from review.odds
where meeting = date '2025-12-10'
order by trade_date, lower_bp;
