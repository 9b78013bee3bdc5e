-- Which notice of an event counts: the one known last, whatever the order in which files came. By the number of the row a
-- calendar of January, imported after the cancellation of November, put the event back on.

create or replace view review.market_events as
select distinct on (event_key)
  event_key,
  what,
  scheduled_at,
  status,
  known_at,
  recorded_at,
  source
from cutwatch.market_events
-- The built-in list yields to what anybody says of one of its events. And nothing is known later than it was recorded.
order by
  event_key,
  (source = 'built-in'),
  least(known_at, recorded_at) desc,
  recorded_at desc,
  id desc;

comment on view review.market_events is
  'Scheduled events, each by the notice that was known last; what was imported counts before the built-in list.';
