-- What were the odds of one range at one instant: as known then, and as known now?
select
  asked.at,
  asked.meeting,
  asked.lower_bp,
  round((100 * review.probability_at(asked.meeting, asked.lower_bp, asked.at, asked.at))::numeric, 2) as known_then_pct,
  round((100 * review.probability_at(asked.meeting, asked.lower_bp, asked.at))::numeric, 2)           as known_now_pct
from (
  values
    (timestamptz '2025-10-17 21:00+00', date '2025-12-10', 350),
    (timestamptz '2025-11-17 21:00+00', date '2025-12-10', 350)
) as asked (at, meeting, lower_bp)
order by asked.at;
