-- What odds did the range that was decided have 1, 7 and 30 days before?
select
  m.meeting,
  m.target_after_lower_bp as decided_lower_bp,
  m.target_after_upper_bp as decided_upper_bp,
  horizon.days            as days_before,
  o.trade_date,
  round((100 * coalesce(o.probability, 0))::numeric, 2) as probability_pct,
  o.basis
from review.meetings m
cross join (values (1), (7), (30)) as horizon (days)
join lateral (
  select max(trade_date) as trade_date
  from review.expected_rates
  where meeting = m.meeting and trade_date between m.meeting - horizon.days - 6 and m.meeting - horizon.days
) last_reading on last_reading.trade_date is not null
left join review.odds o
  on o.meeting = m.meeting and o.trade_date = last_reading.trade_date and o.lower_bp = m.target_after_lower_bp
where m.target_after_lower_bp is not null
order by m.meeting, horizon.days;
