-- What was refused, and why?
select
  source,
  reason_code,
  count(*)         as rows,
  min(origin)      as example_origin,
  min(line)        as first_line,
  min(reason)      as example_reason,
  max(recorded_at) as newest_at
from review.quarantine
group by source, reason_code
order by count(*) desc;
