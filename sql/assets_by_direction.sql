-- What did each asset do, on average, in hawkish and in dovish repricings? An association, whatever its size.
-- Sharp ones and above; what moved several meetings at once counts once, by its largest leg.
with legs as (
  select distinct on (basis, is_sample, cluster_id)
    id,
    direction,
    basis,
    is_sample
  from review.repricings
  where state <> 'withdrawn' and severity <> 'notice'
  order by basis, is_sample, cluster_id, amplitude_bp desc, id
)
select
  a.symbol,
  l.direction,
  count(a.return)                                                                      as n,
  round((100 * avg(a.return))::numeric, 1)                                             as mean_return_pct,
  round((100 * percentile_cont(0.5) within group (order by a.return))::numeric, 1)     as median_return_pct,
  round(100.0 * count(*) filter (where a.return > 0) / nullif(count(a.return), 0), 0)  as rose_pct,
  count(a.return) >= 30                                                                as enough_to_compare,
  l.basis,
  l.is_sample
from legs l
join review.repricing_assets a on a.repricing_id = l.id
group by a.symbol, l.direction, l.basis, l.is_sample
order by l.basis, l.is_sample, a.symbol, l.direction;
