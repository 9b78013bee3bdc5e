-- Telling people: API keys, who subscribed to what, and each delivery with its attempts. A delivery's state and its place in
-- the queue are one row; a worker holds it by a lease and completes it with the fence it was given.

create table cutwatch.api_keys (
  id            bigint          primary key default nextval('cutwatch.row_ids'),
  name          text            not null check (name <> ''),
  tenant        text            not null check (tenant <> ''),   -- keys of one tenant share its webhooks
  scope         text            not null check (scope in ('read', 'webhooks', 'admin')),
  shown         text            not null,                        -- its first characters, to tell keys apart
  sha256        bytea           not null unique,                 -- the key itself is not kept
  created_at    timestamptz(3)  not null,
  last_used_at  timestamptz(3),
  revoked_at    timestamptz(3)
);

-- Which key seals the secrets below; a process that has another one must not write any.
create table cutwatch.secret_keys (
  fingerprint  text            primary key,
  recorded_at  timestamptz(3)  not null
);

create table cutwatch.webhooks (
  id                   bigint          primary key default nextval('cutwatch.row_ids'),
  tenant               text            not null,
  url                  text            not null,
  min_severity         text            not null check (min_severity in ('notice', 'sharp', 'severe', 'extreme')),
  meetings             text[],                                   -- dates, next, next+1, year_end; null: every meeting
  rules                jsonb           not null,
  events               text[],                                   -- null: repricings and matches of its rules
  format               text            not null check (format in ('standard', 'slack', 'discord', 'telegram')),
  max_age_s            integer         check (max_age_s > 0),
  description          text            not null,
  enabled              boolean         not null,
  disabled_reason      text,                                     -- null while enabled or when a person disabled it
  disabled_at          timestamptz(3),
  failing_since        timestamptz(3),                           -- first failure after the last success
  last_success_at      timestamptz(3),
  secret               bytea           not null,                 -- sealed
  previous_secret      bytea,                                    -- sealed; signs too until previous_until
  previous_until       timestamptz(3),
  created_at           timestamptz(3)  not null,
  updated_at           timestamptz(3)  not null,
  deleted_at           timestamptz(3),
  check ((previous_secret is null) = (previous_until is null))
);
create index webhooks_by_tenant on cutwatch.webhooks (tenant, id) where deleted_at is null;

-- What is told to everyone besides alerts of repricings; numbered in the feed's one order.
create table cutwatch.notices (
  id           bigint          primary key default nextval('cutwatch.alert_ids'),
  key          text            not null unique,
  type         text            not null
    check (type in ('meeting.decided', 'digest.daily', 'data.stale', 'data.recovered')),
  as_of        timestamptz(3)  not null,
  recorded_at  timestamptz(3)  not null,
  historical   boolean         not null,
  source       text            not null,
  body         jsonb           not null
);

create sequence cutwatch.delivery_ids;
create table cutwatch.webhook_deliveries (
  id            bigint          primary key default nextval('cutwatch.delivery_ids'),
  webhook_id    bigint          not null references cutwatch.webhooks,
  message_id    text            not null,                        -- header webhook-id, the same on every attempt
  type          text            not null,
  alert_id      bigint          references cutwatch.alerts,
  notice_id     bigint          references cutwatch.notices,
  body          jsonb,                                           -- of what is told to this endpoint alone
  as_of         timestamptz(3)  not null,
  recorded_at   timestamptz(3)  not null,                        -- when what it tells of was recorded
  created_at    timestamptz(3)  not null,
  state         text            not null check (state in ('pending', 'delivered', 'failed', 'expired', 'parked')),
  asked_for     boolean         not null,                        -- a person wants it sent, however old it is
  tries         integer         not null,                        -- attempts since it was last put in the queue
  attempts      integer         not null,                        -- attempts in all
  due_at        timestamptz(3)  not null,
  lease_until   timestamptz(3),
  fence         bigint          not null,
  finished_at   timestamptz(3),
  last_status   integer,
  last_error    text,
  unique (webhook_id, message_id),
  check (num_nonnulls(alert_id, notice_id, body) = 1),
  check ((state = 'pending') = (finished_at is null))
)
-- Each row is written again at a claim, at a sign of life and at the end: room for that on its page spares the indexes.
with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
-- The queue, webhook by webhook: workers step from one webhook that waits to the next, however long either backlog is.
create index webhook_deliveries_pending on cutwatch.webhook_deliveries (webhook_id, due_at, id) where state = 'pending';
create index webhook_deliveries_dead on cutwatch.webhook_deliveries (webhook_id, id) where state in ('failed', 'parked');
create index webhook_deliveries_by_webhook on cutwatch.webhook_deliveries (webhook_id, id desc);

-- One row a POST, written before it is sent; without an end: its process did not live to write it.
create table cutwatch.webhook_attempts (
  delivery_id  bigint          not null references cutwatch.webhook_deliveries,
  number       integer         not null,
  fence        bigint          not null,
  worker       text            not null,
  started_at   timestamptz(3)  not null,
  finished_at  timestamptz(3),
  duration_ms  double precision,
  status       integer,                                          -- of the answer; null: there was none
  error        text,
  answer       text,                                             -- first KiB
  primary key (delivery_id, number)
);

-- How far each rule of a webhook was followed: what it has to remember between two readings.
create table cutwatch.webhook_rule_states (
  webhook_id   bigint          not null references cutwatch.webhooks,
  rule_key     text            not null,
  as_of        timestamptz(3)  not null,                         -- of the last reading it looked at
  recorded_at  timestamptz(3)  not null,
  state        jsonb           not null,
  primary key (webhook_id, rule_key)
);

-- Without addresses, which are secrets in chat services, and without bodies.
create view review.deliveries as
select
  d.id,
  d.webhook_id,
  d.message_id,
  d.type,
  d.alert_id,
  d.as_of,
  d.recorded_at,
  d.created_at,
  d.state,
  d.asked_for,
  d.attempts,
  case when d.state = 'pending' then d.due_at end as due_at,
  d.finished_at,
  d.last_status,
  d.last_error
from cutwatch.webhook_deliveries d;

comment on view review.deliveries is 'Each message to each webhook as it stands, with its last answer.';
comment on column review.deliveries.id is 'number of the delivery';
comment on column review.deliveries.webhook_id is 'number of the webhook';
comment on column review.deliveries.message_id is 'header webhook-id, the same on every attempt';
comment on column review.deliveries.type is 'type of the message, such as repricing.sharp';
comment on column review.deliveries.alert_id is 'number of the alert; null for other messages';
comment on column review.deliveries.as_of is 'UTC: when it was true in the market';
comment on column review.deliveries.recorded_at is 'UTC: when cutwatch recorded what it tells of';
comment on column review.deliveries.created_at is 'UTC: when it was put in the queue';
comment on column review.deliveries.state is 'pending, delivered, failed, expired or parked';
comment on column review.deliveries.asked_for is 'boolean: a replay or redelivery that a person asked for';
comment on column review.deliveries.attempts is 'POSTs so far';
comment on column review.deliveries.due_at is 'UTC: next attempt; null when there is none';
comment on column review.deliveries.finished_at is 'UTC: when it left the queue; null while pending';
comment on column review.deliveries.last_status is 'HTTP status of the last answer; null: none came';
comment on column review.deliveries.last_error is 'why the last attempt failed';

do $$
begin
  if exists (select from pg_roles where rolname = 'cutwatch_reader') then
    grant select on all tables in schema review to cutwatch_reader;
  end if;
end
$$;
