-- How fast did each repricing run? Trade dates after its start, to its confirmation, to its first sharp alert and to its extreme.
with dates as materialized (
  select distinct trade_date
  from review.expected_rates
),
first_sharp as (
  select
    repricing_id,
    min(trade_date) as trade_date
  from review.alerts
  where is_standing and kind in ('sharp', 'severe', 'extreme')
  group by repricing_id
)
select
  r.started_on,
  r.extreme_on,
  r.meeting,
  r.path,
  r.direction,
  r.severity,
  round(r.amplitude_bp::numeric, 1)                                                  as amplitude_bp,
  count(*) filter (where d.trade_date <= r.confirmed_on)                             as confirmed_after,
  nullif(count(*) filter (where d.trade_date <= s.trade_date), 0)                    as sharp_after,
  count(*) filter (where d.trade_date <= r.extreme_on)                               as extreme_after,
  round((r.amplitude_bp / nullif(count(*) filter (where d.trade_date <= r.extreme_on), 0))::numeric, 2)
                                                                                     as bp_a_trade_date,
  r.status,
  r.basis,
  r.is_sample
from review.repricings r
left join first_sharp s on s.repricing_id = r.id
left join dates d
  on d.trade_date > r.started_on and d.trade_date <= greatest(r.extreme_on, r.confirmed_on, s.trade_date)
where r.state <> 'withdrawn' and r.severity <> 'notice'
group by
  r.id,
  r.started_on,
  r.extreme_on,
  r.meeting,
  r.path,
  r.direction,
  r.severity,
  r.amplitude_bp,
  r.status,
  r.basis,
  r.is_sample
order by bp_a_trade_date desc, r.started_on, r.meeting, r.basis;
