-- How far are computed odds from FedWatch's own, on the same day, meeting and range?
with latest as (
  select distinct on (trade_date, meeting, lower_bp, basis)
    trade_date,
    meeting,
    lower_bp,
    basis,
    probability
  from review.probabilities
  where grid = 'settlement'
    and trade_date >= (select min(trade_date) from review.probabilities where basis = 'published')
  order by trade_date, meeting, lower_bp, basis, recorded_at desc
),
paired as (
  select
    basis,
    abs(probability - max(probability) filter (where basis = 'published') over same) as error
  from latest
  window same as (partition by trade_date, meeting, lower_bp)
)
select
  basis,
  count(*)                                                                      as pairs,
  round((100 * percentile_cont(0.5) within group (order by error))::numeric, 4) as median_error_pp,
  round((100 * max(error))::numeric, 4)                                         as largest_error_pp
from paired
where basis <> 'published' and error is not null
group by basis
order by basis;
