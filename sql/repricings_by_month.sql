-- How many hawkish and dovish repricings a month, and how many of them went towards what was decided?
-- Towards: its extreme lay nearer to the middle of the range decided than its start. Each basis on its own.
select
  date_trunc('month', r.confirmed_on)::date                                       as month,
  count(*) filter (where r.direction = 'hawkish')                                 as hawkish,
  count(*) filter (where r.direction = 'dovish')                                  as dovish,
  count(*) filter (where r.severity <> 'notice')                                  as sharp_or_more,
  round(max(r.amplitude_bp)::numeric, 1)                                          as largest_bp,
  count(outcome.middle_bp)                                                        as decided,
  count(*) filter (
    where abs(r.extreme_rate_bp - outcome.middle_bp) < abs(r.start_rate_bp - outcome.middle_bp)
  )                                                                               as towards_outcome,
  round(100.0 * count(*) filter (
    where abs(r.extreme_rate_bp - outcome.middle_bp) < abs(r.start_rate_bp - outcome.middle_bp)
  ) / nullif(count(outcome.middle_bp), 0), 1)                                     as towards_outcome_pct,
  r.basis,
  r.is_sample
from review.repricings r
left join (
  select
    meeting,
    (target_after_lower_bp + target_after_upper_bp) / 2.0 as middle_bp
  from review.meetings
) outcome on outcome.meeting = r.meeting
where r.state <> 'withdrawn'
group by date_trunc('month', r.confirmed_on), r.basis, r.is_sample
order by month, r.basis, r.is_sample;
