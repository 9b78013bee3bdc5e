-- What did the feed of alerts tell in a month? One voice a day: the best basis that had a reading.
-- is_standing: not taken back since.
select
  id,
  as_of,
  recorded_at,
  meeting,
  path,
  direction,
  kind,
  severity,
  round(amplitude_bp::numeric, 1)       as amplitude_bp,
  round(one_day_bp::numeric, 1)         as one_day_bp,
  round(expected_rate_bp::numeric, 1)   as expected_rate_bp,
  reverses_id,
  cluster_id,
  is_standing,
  historical,
  basis,
  is_sample
from review.alerts
where is_primary and trade_date between date '2025-11-01' and date '2025-11-30'
order by id;
