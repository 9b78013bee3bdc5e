-- What did Bitcoin, stocks and gold close at beside the odds of one range? A closed market is null.
select
  o.trade_date,
  round((100 * o.probability)::numeric, 2)          as probability_pct,
  round(o.expected_rate_bp::numeric, 2)             as expected_rate_bp,
  max(c.close) filter (where c.symbol = 'BTC')      as btc,
  max(c.close) filter (where c.symbol = 'NDX')      as ndx,
  max(c.close) filter (where c.symbol = 'SPX')      as spx,
  max(c.close) filter (where c.symbol = 'GOLD')     as gold,
  max(c.close) filter (where c.symbol = 'HSI')      as hsi
from review.odds o
left join review.closes c on c.close_date = o.trade_date
where o.meeting = date '2025-12-10' and o.lower_bp = 350
group by o.trade_date, o.probability, o.expected_rate_bp
order by o.trade_date;
