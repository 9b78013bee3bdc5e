-- How far are computed odds from FedWatch's own, on the same day, meeting and range?
with latest as (
  select distinct on (trade_date, meeting, lower_bp, basis)
    trade_date, meeting, lower_bp, basis, probability
  from review.probabilities
  where grid = 'settlement'
  order by trade_date, meeting, lower_bp, basis, recorded_at desc
)
select
  computed.basis,
  count(*)                                                                                   as pairs,
  round((100 * percentile_cont(0.5) within group (
    order by abs(computed.probability - published.probability)))::numeric, 4)                as median_error_pp,
  round((100 * max(abs(computed.probability - published.probability)))::numeric, 4)          as largest_error_pp
from latest published
join latest computed using (trade_date, meeting, lower_bp)
where published.basis = 'published' and computed.basis <> 'published'
group by computed.basis
order by computed.basis;
