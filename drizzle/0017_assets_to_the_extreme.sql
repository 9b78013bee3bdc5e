-- The block that speaks for a leg: once it is over, the one from its start to its extreme; until then of its latest evaluation
-- whose alert still stands, as before.
create or replace function cutwatch.block_of(leg bigint, known_at timestamptz default 'infinity') returns bigint
-- With the owner's rights, for the reader looks through a view and not into cutwatch itself.
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select b.id
  from cutwatch.repricing_blocks b
  left join lateral (
    select t.status, t.state, t.extreme_on
    from cutwatch.repricing_states t
    where t.repricing_id = leg and t.recorded_at <= known_at
    order by t.id desc
    limit 1
  ) stood on true
  where b.repricing_id = leg and b.recorded_at <= known_at
  order by
    coalesce(stood.status = 'closed' and stood.state = 'confirmed' and b.evaluated_on = stood.extreme_on, false) desc,
    exists (
      select
      from cutwatch.alerts a
      join cutwatch.repricings r on r.id = a.repricing_id
      where a.repricing_id = leg and a.trade_date = b.evaluated_on and a.recorded_at <= known_at
        and a.kind <> 'withdrawn' and a.provisional is null
        and not exists (
          select
          from cutwatch.alerts w
          where w.repricing_id = leg and w.id > a.id and w.kind = 'withdrawn' and w.recorded_at <= known_at
            and (w.resolves_id = a.id or starts_with(w.key, r.leg_key || '/withdrawn/'))
        )
    ) desc,
    b.evaluated_on desc,
    b.id desc
  limit 1
$$;

comment on view review.repricing_assets is
  'What each asset did from a leg''s start to its extreme, while it is open to its latest alert: same-date closes, simple returns.';
