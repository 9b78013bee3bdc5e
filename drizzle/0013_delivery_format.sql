-- In which form a message was first attempted: a receiver that gets it twice gets the same bytes, whatever its webhook has
-- become meanwhile. Null: never attempted, so that it takes the webhook's own at its first attempt.
alter table cutwatch.webhook_deliveries
  add column format text check (format in ('standard', 'slack', 'discord', 'telegram'));

-- What was attempted before this was noted keeps the form that its webhook has now.
update cutwatch.webhook_deliveries d
set format = w.format
from cutwatch.webhooks w
where w.id = d.webhook_id and d.state = 'pending' and d.attempts > 0;
