-- Which messages to webhooks wait, failed or were not sent, and why?
select
  webhook_id,
  state,
  type,
  last_status,
  last_error,
  count(*)        as messages,
  sum(attempts)   as attempts,
  min(created_at) as oldest_created_at,
  min(due_at)     as next_attempt_at
from review.deliveries
where state <> 'delivered'
group by webhook_id, state, type, last_status, last_error
order by webhook_id, state, type, messages desc;
