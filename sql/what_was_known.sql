-- Which readings of a meeting were corrected later, and by how much?
select
  trade_date,
  meeting,
  basis,
  source,
  lower_bp,
  count(*)                                                        as readings,
  min(recorded_at)                                                as first_recorded_at,
  max(recorded_at)                                                as last_recorded_at,
  round((100 * (max(probability) - min(probability)))::numeric, 4) as spread_pp
from review.probabilities
where meeting = date '2025-12-10' and grid = 'settlement'
group by trade_date, meeting, basis, source, lower_bp
having count(*) > 1
order by trade_date, lower_bp;
