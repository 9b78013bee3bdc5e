-- Alerts by trade date: whether a day was told of already, and what was told during it, is asked at every settlement.
create index alerts_by_date on cutwatch.alerts (trade_date);

-- The newest daily reading of a basis by its number: without it, looking for one where there is none walks the whole table.
create index snapshots_daily_by_number on cutwatch.snapshots (basis, is_sample, id desc) where grid = 'settlement';

-- The block that speaks for a leg: of its latest evaluation whose alert still stands, as last completed. An alert stands
-- until one that withdraws it, or its whole leg, is recorded; of a leg that is gone altogether it is the latest evaluation.
create function cutwatch.block_of(leg bigint, known_at timestamptz default 'infinity') returns bigint
-- With the owner's rights, for the reader looks through a view and not into cutwatch itself.
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select b.id
  from cutwatch.repricing_blocks b
  where b.repricing_id = leg and b.recorded_at <= known_at
  order by
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

create or replace view review.repricing_assets as
select
  b.repricing_id,
  a.symbol,
  a.return,
  a.from_at,
  a.to_at,
  a.provisional,
  a.return_1d,
  a.return_5d,
  a.return_21d,
  a.drawdown,
  a.percentile,
  a.note,
  b.evaluated_on,
  b.recorded_at
from cutwatch.repricings r
join cutwatch.repricing_blocks b on b.id = cutwatch.block_of(r.id)
join cutwatch.repricing_assets a on a.block_id = b.id;
