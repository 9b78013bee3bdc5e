-- What was on the calendar on the days of sharp alerts? Dates as in New York; nothing listed is not proof of nothing.
-- Without alerts that were taken back.
select
  a.trade_date,
  a.meeting,
  a.direction,
  a.kind,
  round(a.one_day_bp::numeric, 1)                                           as one_day_bp,
  string_agg(e.what, '; ' order by e.scheduled_at, e.what)                  as events,
  a.basis,
  a.is_sample
from review.alerts a
left join review.market_events e
  on (e.scheduled_at at time zone 'America/New_York')::date = a.trade_date and e.status <> 'cancelled'
where a.is_primary and a.is_standing and a.kind in ('sharp', 'severe', 'extreme', 'extension')
group by a.id, a.trade_date, a.meeting, a.direction, a.kind, a.one_day_bp, a.basis, a.is_sample
order by a.trade_date, a.meeting;
