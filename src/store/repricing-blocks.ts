/** What assets did beside a repricing: the inputs, and the answers kept. */
import type { Sql, TransactionSql } from "postgres";
import type { AssetMove } from "../markets/asset-move.ts";
import type { DailyClose } from "../markets/close-history.ts";
import type { LegEnd, MarketWide } from "../markets/market-block.ts";
import type { IsoDate } from "../pricing/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import type { DetectorStream } from "./detector.ts";

/** Closes of the panel in a period, the latest known of each; the sample and real figures never together. */
export async function closesBetween(
  sql: Sql | TransactionSql,
  query: { readonly from: IsoDate; readonly to: IsoDate; readonly isSample: boolean },
): Promise<DailyClose[]> {
  return sql<{ symbol: string; date: string; close: number }[]>`
    select distinct on (symbol, close_date) symbol, close_date::text as date, close::float8 as close
    from cutwatch.asset_closes
    where close_date between ${query.from}::date and ${query.to}::date and is_sample = ${query.isSample}
    order by symbol, close_date, recorded_at desc, source
  `;
}

/** The rate expected after each year's December meeting, one a trade date of that year. */
export async function pathRates(
  sql: Sql | TransactionSql,
  stream: DetectorStream,
  period: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<{ readonly year: string; readonly date: IsoDate; readonly expectedRateBp: number | null }[]> {
  return sql<{ year: string; date: string; expectedRateBp: number | null }[]>`
    with latest as (
      select distinct on (trade_date) id, trade_date
      from cutwatch.snapshots
      where grid = 'settlement' and basis = ${stream.basis}::cutwatch.basis and is_sample = ${stream.isSample}
        and trade_date between ${period.from}::date and ${period.to}::date
      order by trade_date, recorded_at desc, id desc
    )
    select
      to_char(r.meeting_date, 'YYYY') as year, l.trade_date::text as date, r.expected_rate_bp as "expectedRateBp"
    from latest l
    join cutwatch.meeting_readings r on r.trade_date = l.trade_date and r.snapshot_id = l.id
    where r.trade_date between ${period.from}::date and ${period.to}::date
      and extract(month from r.meeting_date) = 12
      and extract(year from r.meeting_date) = extract(year from l.trade_date)
    order by l.trade_date
  `;
}

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

/** Stores the blocks that differ from the latest of their leg and evaluation. @returns how many */
export async function recordBlocks(
  tx: TransactionSql,
  drafts: readonly BlockDraft[],
  recordedAt: Date,
): Promise<number> {
  let stored = 0;
  for (const draft of drafts) {
    const rows = await tx<{ id: number }[]>`
      insert into cutwatch.repricing_blocks
        (repricing_id, evaluated_on, evaluated_at, recorded_at, provisional, content_sha256, markets)
      select ${draft.repricingId}, ${draft.evaluatedOn}::date, ${draft.evaluatedAt.toISOString()}::timestamptz,
        ${recordedAt.toISOString()}::timestamptz, ${draft.provisional}, ${draft.contentSha256},
        ${JSON.stringify(draft.markets)}::text::jsonb
      where not exists (
        select from (
          select content_sha256 from cutwatch.repricing_blocks
          where repricing_id = ${draft.repricingId} and evaluated_on = ${draft.evaluatedOn}::date
          order by id desc
          limit 1
        ) latest
        where latest.content_sha256 = ${draft.contentSha256}
      )
      returning id::float8 as id
    `;
    const id = rows[0]?.id;
    if (id === undefined) continue;
    stored += 1;
    await recordAssets(tx, id, draft.assets);
  }
  return stored;
}

async function recordAssets(tx: TransactionSql, blockId: number, assets: readonly AssetMove[]): Promise<void> {
  const instants = (values: readonly (Date | null)[]) => values.map((at) => at?.toISOString() ?? null);
  await tx`
    insert into cutwatch.repricing_assets
      (block_id, symbol, return, from_at, to_at, provisional, return_1d, return_5d, return_21d, drawdown, percentile, note, detail)
    select ${blockId}, s, r, f, t, p::boolean, r1, r5, r21, d, c, n, j::jsonb
    from unnest(
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
    ) as v (s, r, f, t, p, r1, r5, r21, d, c, n, j)
  `;
}

/** The latest block of each leg and evaluation that still waits for a close, by stream. */
export async function provisionalBlocks(
  tx: TransactionSql,
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
    select b.repricing_id::float8 as repricing_id, r.basis::text as basis, r.is_sample,
      r.started_on::text as started_on, r.started_at, b.evaluated_on::text as evaluated_on, b.evaluated_at
    from (
      select distinct on (repricing_id, evaluated_on) *
      from cutwatch.repricing_blocks
      order by repricing_id, evaluated_on, id desc
    ) b
    join cutwatch.repricings r on r.id = b.repricing_id
    where b.provisional
    order by b.id
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
