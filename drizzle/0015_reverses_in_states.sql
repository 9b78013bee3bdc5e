-- Which leg one reverses may change when earlier days are corrected, or imported after it: it belongs to how the leg stands,
-- not to what it is. `repricings.reverses_id` stays what was found first.
alter table cutwatch.repricing_states
  add column reverses_id bigint references cutwatch.repricings;

update cutwatch.repricing_states s
set reverses_id = r.reverses_id
from cutwatch.repricings r
where r.id = s.repricing_id and r.reverses_id is not null;

create or replace view review.repricings as
select
  r.id,
  s.cluster                as cluster_id,
  r.meeting_date           as meeting,
  r.path_year              as path,
  r.direction,
  s.status,
  s.state,
  s.severity,
  r.basis::text            as basis,
  r.is_sample,
  r.started_on,
  s.confirmed_on,
  s.extreme_on,
  s.ended_on,
  r.started_at,
  s.confirmed_at,
  s.extreme_at,
  s.ended_at,
  s.end_reason,
  s.start_rate_bp,
  s.extreme_rate_bp,
  s.amplitude_bp,
  s.sigma_bp,
  s.threshold_bp,
  s.at_most_upper_bp,
  s.at_most_start          as at_most_probability_start,
  s.at_most_extreme        as at_most_probability_extreme,
  100 * (s.at_most_extreme - s.at_most_start) as at_most_shift_pp,
  s.reverses_id,
  r.parameters_version,
  s.recorded_at
from cutwatch.repricings r
join lateral (
  select t.*
  from cutwatch.repricing_states t
  where t.repricing_id = r.id
  order by t.id desc
  limit 1
) s on true;
