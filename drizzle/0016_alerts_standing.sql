-- Which alerts still stand. Before, a reader saw withdrawals and not what they took back.

create or replace view review.alerts as
select
  a.id,
  a.key,
  a.repricing_id,
  r.meeting_date           as meeting,
  r.path_year              as path,
  r.direction,
  a.kind,
  case
    when a.provisional is not null then 'provisional'
    when a.kind = 'withdrawn' then 'withdrawn'
    else 'confirmed'
  end                      as state,
  a.resolves_id,
  a.severity,
  a.extension,
  a.reverses_id,
  a.cluster                as cluster_id,
  a.trade_date,
  a.as_of,
  a.recorded_at,
  a.historical,
  a.is_primary,
  a.basis::text            as basis,
  a.is_sample,
  a.expected_rate_bp,
  a.amplitude_bp,
  a.one_day_bp,
  a.sigma_bp,
  a.parameters_version,
  -- A withdrawal names one alert, or by its key the whole leg with all that was told of it before. What takes back a
  -- confirmation takes back the provisional alert that it confirmed.
  a.kind <> 'withdrawn' and not exists (
    select
    from cutwatch.alerts w
    where w.repricing_id = a.repricing_id and w.id > a.id and w.kind = 'withdrawn'
      and (
        w.resolves_id = a.id
        or starts_with(w.key, r.leg_key || '/withdrawn/')
        or a.provisional is not null and exists (
          select
          from cutwatch.alerts c
          where c.id = w.resolves_id and c.kind = 'confirmed' and c.resolves_id = a.id
        )
      )
  )                        as is_standing
from cutwatch.alerts a
join cutwatch.repricings r on r.id = a.repricing_id;

comment on view review.alerts is 'Alerts in order of recording; never changed, but for is_standing, which later ones end.';
comment on column review.alerts.is_standing is
  'boolean: not taken back by a later alert, provisional ones too; false for withdrawals themselves';
comment on column review.alerts.resolves_id is
  'number of the alert that this one confirms or withdraws: a provisional one, or of a withdrawal also a confirmed one';
