-- What odds did the range that was decided have 1, 7 and 30 days before?
with asked as (
  select
    m.meeting,
    m.target_after_lower_bp,
    m.target_after_upper_bp,
    horizon.days,
    max(e.trade_date) as trade_date
  from review.meetings m
  cross join (values (1), (7), (30)) as horizon (days)
  join review.expected_rates e
    on e.meeting = m.meeting and e.trade_date between m.meeting - horizon.days - 6 and m.meeting - horizon.days
  where m.target_after_lower_bp is not null
  group by m.meeting, m.target_after_lower_bp, m.target_after_upper_bp, horizon.days
)
select
  a.meeting,
  a.target_after_lower_bp as decided_lower_bp,
  a.target_after_upper_bp as decided_upper_bp,
  a.days                  as days_before,
  a.trade_date,
  round((100 * coalesce(max(o.probability) filter (where o.lower_bp = a.target_after_lower_bp), 0))::numeric, 2)
                          as probability_pct,
  min(o.basis)            as basis
from asked a
join review.odds o on o.meeting = a.meeting and o.trade_date = a.trade_date
group by a.meeting, a.target_after_lower_bp, a.target_after_upper_bp, a.days, a.trade_date
order by a.meeting, a.days;
