-- How sources are asked: hosts that want to be left alone, and how far each series of a source has been fetched. Kept here, so
-- that a restart or another process neither breaks a pause nor asks again for what is there.

-- A host that refused us. Gone after its next good answer; `step` makes the next silence longer.
create table cutwatch.source_pauses (
  host         text            primary key,
  until        timestamptz(3)  not null,
  step         integer         not null check (step >= 0),
  reason       text            not null                 -- the host's own words
);

-- One row a series, such as a contract's daily bars: what was asked for last, and through which date it is there.
create table cutwatch.source_series (
  source        text            not null,
  series        text            not null,
  through_date  date,                                   -- null: the source does not have it
  asked_at      timestamptz(3)  not null,
  primary key (source, series)
);

-- What of a good answer was missing: one symbol that is unknown costs only itself, and is said.
alter table cutwatch.source_checks add column missing text;

drop view review.sources;
create view review.sources as
select
  c.source,
  c.what,
  c.redistributable,
  c.enabled,
  good.checked_at              as last_success_at,
  bad.error                    as last_error,
  bad.checked_at               as last_error_at,
  good.missing,
  good.newest_as_of,
  good.expected_next_at,
  c.terms
from cutwatch.source_catalog c
left join lateral (
  select
    checked_at,
    -- An older file imported later does not make the source older.
    (select max(m.newest_as_of) from cutwatch.source_checks m where m.source = c.source and m.ok) as newest_as_of,
    expected_next_at,
    missing
  from cutwatch.source_checks k
  where k.source = c.source and k.ok
  order by checked_at desc
  limit 1
) good on true
left join lateral (
  select checked_at, error
  from cutwatch.source_checks k
  where k.source = c.source and not k.ok
  order by checked_at desc
  limit 1
) bad on true;

comment on view review.sources is 'Where figures come from, and when each source last answered.';
comment on column review.sources.source is 'where it came from';
comment on column review.sources.what is 'what the source gives';
comment on column review.sources.redistributable is 'boolean: its licence lets figures be passed on';
comment on column review.sources.enabled is 'boolean: asked by this installation';
comment on column review.sources.last_success_at is 'UTC: last good answer';
comment on column review.sources.last_error is 'newest error';
comment on column review.sources.last_error_at is 'UTC: when it happened';
comment on column review.sources.missing is 'what the last good answer lacked; null: nothing';
comment on column review.sources.newest_as_of is 'UTC: newest observation the source had';
comment on column review.sources.expected_next_at is 'UTC: when its next observation is due';
comment on column review.sources.terms is 'caution on its terms of use';

do $$
begin
  if exists (select from pg_roles where rolname = 'cutwatch_reader') then
    grant select on all tables in schema review to cutwatch_reader;
  end if;
end
$$;
