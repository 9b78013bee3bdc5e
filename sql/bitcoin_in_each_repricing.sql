-- What did Bitcoin do in each repricing? From the close dated its start to the close dated its extreme, while it is open to that
-- of its latest alert; null: no close.
select
  r.started_on,
  a.evaluated_on,
  r.meeting,
  r.direction,
  r.severity,
  round(r.amplitude_bp::numeric, 1)                          as amplitude_bp,
  round((100 * a.return)::numeric, 1)                        as btc_return_pct,
  round((100 * n.return)::numeric, 1)                        as ndx_return_pct,
  round((100 * a.drawdown)::numeric, 1)                      as btc_drawdown_pct,
  a.percentile                                               as btc_percentile,
  coalesce(a.note, case when a.provisional then 'a close is still to come' end) as note,
  r.basis,
  r.is_sample
from review.repricings r
join review.repricing_assets a on a.repricing_id = r.id and a.symbol = 'BTC'
left join review.repricing_assets n on n.repricing_id = r.id and n.symbol = 'NDX'
where r.state <> 'withdrawn' and r.severity <> 'notice'
order by r.started_on, r.meeting, r.basis;
