-- How much was priced by the end of the year, day by day? Below 0 is easing; after the year's last meeting it is next year's.
with open_meetings as (
  select
    trade_date,
    min(meeting) as next_meeting
  from review.expected_rates
  where meeting >= trade_date
  group by trade_date
)
select
  e.trade_date,
  e.meeting                                                                               as last_meeting,
  e.target_lower_bp,
  e.target_upper_bp,
  round(e.expected_rate_bp::numeric, 2)                                                   as expected_rate_bp,
  round((e.expected_rate_bp - (e.target_lower_bp + e.target_upper_bp) / 2.0)::numeric, 2) as priced_by_year_end_bp,
  e.basis,
  e.is_sample
from open_meetings o
join review.expected_rates e on e.trade_date = o.trade_date
where to_char(e.meeting, 'YYYY-MM') = to_char(o.next_meeting, 'YYYY') || '-12'
order by e.trade_date;
