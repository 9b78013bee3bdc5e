-- When each write of history began and when it was over, so that `known_at` can repeat an answer that was given meanwhile: an
-- import of 5,925 rows took 280 ms, and 27 of 168 answers given during one held none of the rows that are stamped before them.

-- One row for each transaction that stored something of what known_at can be asked of, written by it as its last act. Writers
-- take turns, so the spans from recorded_at to done_at follow each other and never overlap.
create table cutwatch.history_writes (
  recorded_at  timestamptz(3)  primary key,             -- the stamp that all its rows carry
  done_at      timestamptz(3)  not null,                -- from this millisecond on answers hold them
  check (done_at > recorded_at)
);

-- What an answer given at an instant could hold: all that is stamped no later than this. During a write that is the
-- millisecond before its stamp, for its rows were not to be seen yet and nothing else can have been stored meanwhile. The
-- stamp itself means the write with all its rows: links and citations name what they show by it.
create function review.known_by(known_at timestamptz) returns timestamptz
-- With the owner's rights, for the reader may not look into cutwatch itself.
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    (
      select case when asked.at < w.done_at then w.recorded_at - interval '1 millisecond' else asked.at end
      from cutwatch.history_writes w
      where w.recorded_at < asked.at
      order by w.recorded_at desc
      limit 1
    ),
    asked.at
  )
  -- Stamps have milliseconds, and so has an instant that the API is asked.
  from (select date_trunc('milliseconds', known_by.known_at) as at) asked
$$;

comment on function review.known_by(timestamptz) is
  'UTC: compare recorded_at with this to see what could be seen at known_at; a write that was under way then is left out.';

create or replace function review.probability_at(
  meeting date,
  lower_bp integer,
  at timestamptz,
  known_at timestamptz default now()
) returns double precision
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    (
      select p.probability
      from cutwatch.meeting_probabilities p
      where p.trade_date = chosen.trade_date and p.snapshot_id = chosen.id
        and p.meeting_date = probability_at.meeting and p.lower_bp = probability_at.lower_bp
    ),
    0
  )
  from (
    select s.id, s.trade_date
    from cutwatch.snapshots s
    join cutwatch.meeting_readings r on r.trade_date = s.trade_date and r.snapshot_id = s.id
    where s.as_of <= probability_at.at
      -- Asked once, not for each row.
      and s.recorded_at <= (select review.known_by(probability_at.known_at))
      and s.grid = 'settlement'
      and s.method in ('cme', 'published')
      and r.meeting_date = probability_at.meeting
      and r.unsolved_reason is null
    order by s.trade_date desc, s.is_sample, s.basis, s.recorded_at desc, s.id desc
    limit 1
  ) chosen
$$;

do $$
begin
  if exists (select from pg_roles where rolname = 'cutwatch_reader') then
    grant execute on function review.known_by(timestamptz) to cutwatch_reader;
  end if;
end
$$;
