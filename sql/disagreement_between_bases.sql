-- Where did settlements, last trades and FedWatch's own odds disagree most in a year, on the same day and meeting?
-- By the expected rate: between two neighbouring ranges 1 bp is 4 percentage points.
with latest as (
  select distinct on (trade_date, meeting, basis)
    trade_date,
    meeting,
    basis,
    expected_rate_bp
  from review.probabilities
  where grid = 'settlement' and trade_date between date '2025-01-01' and date '2025-12-31'
  order by trade_date, meeting, basis, recorded_at desc
)
select
  trade_date,
  meeting,
  round(max(expected_rate_bp) filter (where basis = 'settlement')::numeric, 3) as settlement_bp,
  round(max(expected_rate_bp) filter (where basis = 'last_trade')::numeric, 3) as last_trade_bp,
  round(max(expected_rate_bp) filter (where basis = 'published')::numeric, 3)  as published_bp,
  round((max(expected_rate_bp) - min(expected_rate_bp))::numeric, 3)           as difference_bp
from latest
group by trade_date, meeting
having count(*) > 1
order by max(expected_rate_bp) - min(expected_rate_bp) desc, trade_date, meeting
limit 50;
