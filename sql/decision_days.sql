-- How far did the next meeting's expected rate move on the day of each decision?
with moves as (
  select
    trade_date,
    meeting,
    expected_rate_bp,
    lag(expected_rate_bp) over series as before_bp,
    lag(trade_date) over series       as before_date,
    basis,
    is_sample,
    row_number() over (partition by trade_date, meeting > trade_date order by meeting) as place
  from review.expected_rates
  window series as (partition by meeting, basis, is_sample order by trade_date)
)
select
  m.meeting                                              as decided_on,
  m.target_after_lower_bp,
  m.target_after_upper_bp,
  n.meeting                                              as next_meeting,
  n.before_date,
  round(n.before_bp::numeric, 2)                         as before_bp,
  round(n.expected_rate_bp::numeric, 2)                  as after_bp,
  round((n.expected_rate_bp - n.before_bp)::numeric, 2)  as shift_bp,
  n.basis,
  n.is_sample
from review.meetings m
join moves n on n.trade_date = m.meeting and n.meeting > m.meeting and n.place = 1
where m.target_after_lower_bp is not null and n.before_bp is not null
order by m.meeting;
