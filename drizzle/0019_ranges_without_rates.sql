-- FRED's file of the target range alone (DFEDTARU) has no rate: it is a range of that day all the same, beside the rate that another
-- file gives.
alter table cutwatch.effr_fixings alter column effr_pct drop not null;
alter table cutwatch.effr_fixings add check (effr_pct is not null or target_upper_bp is not null);

-- Of a date the latest known rate and the latest known range, whichever rows they stand in.
create or replace view review.fixings as
select
  coalesce(rate.fixing_date, target.fixing_date) as fixing_date,
  rate.effr_pct,
  target.target_lower_bp,
  target.target_upper_bp,
  coalesce(rate.revised, false) as revised,
  coalesce(rate.recorded_at, target.recorded_at) as recorded_at,
  coalesce(rate.source, target.source) as source,
  coalesce(rate.is_sample, target.is_sample) as is_sample
from (
  select distinct on (fixing_date) *
  from cutwatch.effr_fixings
  where effr_pct is not null
  order by fixing_date, is_sample, recorded_at desc, source
) rate
full join (
  select distinct on (fixing_date) *
  from cutwatch.effr_fixings
  where target_upper_bp is not null
  order by fixing_date, is_sample, recorded_at desc, source
) target on target.fixing_date = rate.fixing_date;
