-- Which were the sharpest repricings of a year? Each basis on its own: a move that two saw is there twice.
select
  started_on,
  extreme_on,
  meeting,
  path,
  direction,
  severity,
  status,
  round(start_rate_bp::numeric, 1)      as from_bp,
  round(extreme_rate_bp::numeric, 1)    as to_bp,
  round(amplitude_bp::numeric, 1)       as amplitude_bp,
  round((amplitude_bp / nullif(sigma_bp, 0))::numeric, 1) as usual_days,
  at_most_upper_bp,
  round(at_most_shift_pp::numeric, 1)   as at_most_shift_pp,
  basis,
  is_sample
from review.repricings
where state <> 'withdrawn' and started_on between date '2025-01-01' and date '2025-12-31'
order by amplitude_bp desc, started_on
limit 20;
