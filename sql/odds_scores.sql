-- How good were the odds 1, 7, 30, 60 and 90 days before the decisions?
select
  basis,
  source_class,
  horizon_days,
  count(*)                                                      as meetings,
  round(avg(brier)::numeric, 4)                                 as brier,
  round((stddev_samp(brier) / sqrt(count(*)))::numeric, 4)      as brier_standard_error,
  round(avg(rps)::numeric, 4)                                   as rps,
  round((stddev_samp(rps) / sqrt(count(*)))::numeric, 4)        as rps_standard_error,
  round(avg(log_score)::numeric, 4)                             as log_score,
  round((stddev_samp(log_score) / sqrt(count(*)))::numeric, 4)  as log_score_standard_error,
  count(*) >= 24                                                as enough_to_rank
from review.scores
group by basis, source_class, horizon_days
order by basis, horizon_days;
