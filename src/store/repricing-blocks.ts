/** What assets did beside a repricing: the inputs, and the answers kept. */
import type { TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { AssetMove } from "../markets/asset-move.ts";
import type { LegEnd, MarketWide } from "../markets/market-block.ts";
import type { Basis } from "../pricing/observations.ts";
import type { DetectorStream } from "./detector.ts";

/** A block to be kept. */
export interface BlockDraft {
  readonly repricingId: number;
  readonly evaluatedOn: IsoDate;
  readonly evaluatedAt: Date;
  readonly provisional: boolean;
  readonly contentSha256: Buffer;
  readonly markets: MarketWide;
  readonly assets: readonly AssetMove[];
}

// A block is some 30 KB: 200 of them are a message of 6 MB.
const BLOCKS_AT_ONCE = 200;

/** Stores the blocks that differ from the latest of their leg and evaluation. @returns how many */
export async function recordBlocks(
  tx: TransactionSql,
  drafts: readonly BlockDraft[],
  recordedAt: Date,
): Promise<number> {
  let stored = 0;
  for (let start = 0; start < drafts.length; start += BLOCKS_AT_ONCE) {
    stored += await recordBatch(tx, drafts.slice(start, start + BLOCKS_AT_ONCE), recordedAt);
  }
  return stored;
}

async function recordBatch(tx: TransactionSql, drafts: readonly BlockDraft[], recordedAt: Date): Promise<number> {
  const fresh = await tx<{ id: number; place: number }[]>`
    with given as (
      select r, e, a, p::boolean as p, decode(h, 'hex') as h, m::jsonb as m, place
      from unnest(
        ${drafts.map((draft) => draft.repricingId)}::bigint[],
        ${drafts.map((draft) => draft.evaluatedOn)}::text[]::date[],
        ${drafts.map((draft) => draft.evaluatedAt.toISOString())}::text[]::timestamptz[],
        ${drafts.map((draft) => String(draft.provisional))}::text[],
        ${drafts.map((draft) => draft.contentSha256.toString("hex"))}::text[],
        ${drafts.map((draft) => JSON.stringify(draft.markets))}::text[]
      ) with ordinality as t (r, e, a, p, h, m, place)
    ),
    fresh as materialized (
      select nextval('cutwatch.row_ids') as id, given.*
      from given
      left join lateral (
        select content_sha256 from cutwatch.repricing_blocks b
        where b.repricing_id = given.r and b.evaluated_on = given.e
        order by b.id desc
        limit 1
      ) latest on true
      where latest.content_sha256 is distinct from given.h
    ),
    stored as (
      insert into cutwatch.repricing_blocks
        (id, repricing_id, evaluated_on, evaluated_at, recorded_at, provisional, content_sha256, markets)
      select id, r, e, a, ${recordedAt.toISOString()}::timestamptz, p, h, m from fresh
    )
    select id::float8 as id, place::float8 as place from fresh order by id
  `;
  await recordAssets(
    tx,
    fresh.flatMap(({ id, place }) => drafts[place - 1]?.assets.map((asset) => ({ id, asset })) ?? []),
  );
  return fresh.length;
}

async function recordAssets(
  tx: TransactionSql,
  rows: readonly { readonly id: number; readonly asset: AssetMove }[],
): Promise<void> {
  if (rows.length === 0) return;
  const assets = rows.map(({ asset }) => asset);
  const instants = (values: readonly (Date | null)[]) => values.map((at) => at?.toISOString() ?? null);
  await tx`
    insert into cutwatch.repricing_assets
      (block_id, symbol, return, from_at, to_at, provisional, return_1d, return_5d, return_21d, drawdown, percentile, note, detail)
    select b, s, r, f, t, p::boolean, r1, r5, r21, d, c, n, j::jsonb
    from unnest(
      ${rows.map(({ id }) => id)}::bigint[],
      ${assets.map((a) => a.symbol)}::text[],
      ${assets.map((a) => a.return)}::float8[],
      ${instants(assets.map((a) => a.fromAt))}::text[]::timestamptz[],
      ${instants(assets.map((a) => a.toAt))}::text[]::timestamptz[],
      ${assets.map((a) => String(a.provisional))}::text[],
      ${assets.map((a) => a.return1d)}::float8[],
      ${assets.map((a) => a.return5d)}::float8[],
      ${assets.map((a) => a.return21d)}::float8[],
      ${assets.map((a) => a.drawdown)}::float8[],
      ${assets.map((a) => a.percentile)}::float8[],
      ${assets.map((a) => a.note)}::text[],
      ${assets.map(({ percentiles, next, events, record }) => JSON.stringify({ percentiles, next, events, record }))}::text[]
    ) as v (b, s, r, f, t, p, r1, r5, r21, d, c, n, j)
  `;
}

/**
 * Evaluations that are to be made, or made again, by stream: those that still wait for a close, those at `since` or later, and
 * of each leg that is over the one at its extreme, where none was made. Alerts come along the way, often a week before it.
 */
export async function openBlocks(
  tx: TransactionSql,
  since: IsoDate | null,
): Promise<{ stream: DetectorStream; blocks: { repricingId: number; from: LegEnd; to: LegEnd }[] }[]> {
  const rows = await tx<
    {
      repricing_id: number;
      basis: Basis;
      is_sample: boolean;
      started_on: string;
      started_at: Date;
      evaluated_on: string;
      evaluated_at: Date;
    }[]
  >`
    with waiting as (
      select b.id, b.repricing_id, b.evaluated_on, b.evaluated_at
      from (
        select distinct on (repricing_id, evaluated_on) *
        from cutwatch.repricing_blocks
        order by repricing_id, evaluated_on, id desc
      ) b
      where b.provisional or b.evaluated_on >= ${since}::date
      union all
      select null, r.id, s.extreme_on, s.extreme_at
      from cutwatch.repricings r
      cross join lateral (
        select status, state, extreme_on, extreme_at
        from cutwatch.repricing_states t
        where t.repricing_id = r.id
        order by t.id desc
        limit 1
      ) s
      where s.status = 'closed' and s.state = 'confirmed' and not exists (
        select from cutwatch.repricing_blocks b where b.repricing_id = r.id and b.evaluated_on = s.extreme_on
      )
    )
    select w.repricing_id::float8 as repricing_id, r.basis::text as basis, r.is_sample,
      r.started_on::text as started_on, r.started_at, w.evaluated_on::text as evaluated_on, w.evaluated_at
    from waiting w
    join cutwatch.repricings r on r.id = w.repricing_id
    order by w.id, w.repricing_id
  `;
  const groups = new Map<
    string,
    { stream: DetectorStream; blocks: { repricingId: number; from: LegEnd; to: LegEnd }[] }
  >();
  for (const row of rows) {
    const key = `${row.basis} ${row.is_sample}`;
    const group = groups.get(key) ?? { stream: { basis: row.basis, isSample: row.is_sample }, blocks: [] };
    groups.set(key, group);
    group.blocks.push({
      repricingId: row.repricing_id,
      from: { date: row.started_on, asOf: row.started_at },
      to: { date: row.evaluated_on, asOf: row.evaluated_at },
    });
  }
  return [...groups.values()];
}
