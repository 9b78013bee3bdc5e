-- How did the odds converge in the last 30 days before each decision?
select
  o.meeting,
  o.meeting - o.trade_date                                                                 as days_before,
  o.trade_date,
  (array_agg(o.lower_bp order by o.probability desc, o.lower_bp))[1]                       as likeliest_lower_bp,
  round((100 * max(o.probability))::numeric, 2)                                            as likeliest_pct,
  m.target_after_lower_bp                                                                  as decided_lower_bp,
  round((100 * coalesce(
    max(o.probability) filter (where o.lower_bp = m.target_after_lower_bp), 0))::numeric, 2) as decided_pct,
  round((o.expected_rate_bp - (m.target_after_lower_bp + m.target_after_upper_bp) / 2.0)::numeric, 2)
                                                                                           as expected_above_outcome_bp,
  o.basis,
  o.is_sample
from review.odds o
join review.meetings m on m.meeting = o.meeting
where m.target_after_lower_bp is not null and o.trade_date between o.meeting - 30 and o.meeting - 1
group by
  o.meeting,
  o.trade_date,
  m.target_after_lower_bp,
  m.target_after_upper_bp,
  o.expected_rate_bp,
  o.basis,
  o.is_sample
order by o.meeting, o.trade_date;
