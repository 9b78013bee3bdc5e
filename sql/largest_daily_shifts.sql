-- On which days did the market change its mind most? Ranked by the expected rate, which a decision in between does not move.
select
  trade_date,
  meeting,
  round(min(expected_rate_shift_bp)::numeric, 2)                         as expected_rate_shift_bp,
  round(max(abs(shift_pp))::numeric, 1)                                  as largest_range_shift_pp,
  (array_agg(lower_bp || '-' || upper_bp order by abs(shift_pp) desc))[1] as of_range_bp,
  basis
from review.daily_shifts
where basis <> 'published'
group by trade_date, meeting, basis
order by abs(min(expected_rate_shift_bp)) desc, trade_date
limit 20;
