-- How long did each webhook's messages take from being recorded to being acknowledged? Without those a person asked for.
select
  webhook_id,
  count(*)                                                                          as delivered,
  count(*) filter (where attempts = 1)                                              as at_first_attempt,
  round(percentile_cont(0.5) within group (
    order by extract(epoch from finished_at - recorded_at))::numeric, 3)            as median_s,
  round(percentile_cont(0.99) within group (
    order by extract(epoch from finished_at - recorded_at))::numeric, 3)            as p99_s,
  max(finished_at)                                                                  as newest_at
from review.deliveries
where state = 'delivered' and not asked_for
group by webhook_id
order by webhook_id;
