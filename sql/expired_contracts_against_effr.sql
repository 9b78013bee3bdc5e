-- How near did each contract's last price come to 100 minus the mean EFFR of its month, to which it settles?
with months as (
  select
    min(contract_month) as first_month,
    (select max(fixing_date) from review.fixings) as last_fixing
  from review.quotes
),
-- Days without a fixing carry the last one: the mean is over calendar days.
carried as (
  select
    first_month + n                     as day,
    f.effr_pct,
    count(f.effr_pct) over (order by n) as fixing_number
  from months
  cross join lateral generate_series(-7, last_fixing - first_month) as n
  left join review.fixings f on f.fixing_date = first_month + n
),
daily as (
  select
    day,
    max(effr_pct) over (partition by fixing_number) as effr_pct
  from carried
),
averages as (
  select
    date_trunc('month', day)::date as contract_month,
    100 - avg(effr_pct)            as final_settlement
  from daily
  group by date_trunc('month', day)
  having count(effr_pct) = extract(day from date_trunc('month', max(day)) + interval '1 month' - interval '1 day')
),
last_prices as (
  select distinct on (contract_month, basis)
    contract_month,
    contract,
    trade_date,
    price,
    basis,
    is_sample
  from review.quotes
  where grid = 'settlement' and date_trunc('month', trade_date) = contract_month
  order by contract_month, basis, is_sample, trade_date desc, recorded_at desc
)
select
  p.contract,
  p.trade_date                                                as last_trade_date,
  round(p.price, 4)                                           as last_price,
  round(a.final_settlement, 4)                                as final_settlement,
  round(100 * (p.price - a.final_settlement), 2)              as last_price_above_bp,
  p.basis,
  p.is_sample
from last_prices p
join averages a using (contract_month)
order by contract_month, p.basis;
