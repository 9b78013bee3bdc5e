import { and, between, desc, eq, gt, lte, sql as part } from "drizzle-orm";
import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { AssetClose } from "../pricing/observations.ts";
import { assetCloses } from "./tables.ts";
import { typed } from "./typed-query.ts";
import { announceChange, dateSpan, type Provenance, takeTurn, type Written } from "./write.ts";

/** Stores closes that are new or differ from the latest of the same source. */
export async function recordCloses(
  tx: TransactionSql,
  closes: readonly AssetClose[],
  provenance: Provenance,
): Promise<Written> {
  const span = dateSpan(closes.map((close) => close.date));
  if (span === null) return { stored: 0, unchanged: 0 };
  await takeTurn(tx, "asset_closes");
  const rows = await tx<{ key: string; source: string; close: number; recorded_at: Date }[]>`
    select distinct on (symbol, close_date, source)
      symbol || ' ' || close_date as key, source, close::float8 as close, recorded_at
    from cutwatch.asset_closes
    where is_sample = ${provenance.isSample} and close_date between ${span.from}::date and ${span.to}::date
    order by symbol, close_date, source, recorded_at desc
  `;
  const latest = new Map<string, (typeof rows)[number]>();
  const shown = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    if (row.source === provenance.source) latest.set(row.key, row);
    const before = shown.get(row.key);
    // As readers choose: the latest, among equals in time the first by name.
    if (before === undefined || row.recorded_at > before.recorded_at) shown.set(row.key, row);
  }
  // numeric(18, 6) keeps six decimals: more of a source's float noise is no difference.
  const sixDecimals = (text: string) => Number(Number(text).toFixed(6));
  const fresh = closes.filter((close) => {
    const key = `${close.symbol} ${close.date}`;
    const figure = sixDecimals(close.close);
    if (latest.get(key)?.close === figure) return false;
    const other = shown.get(key);
    // A source that repeats another's figure adds nothing, unless its name comes first: so that the order in which
    // sources were read leaves no trace.
    return other === undefined || other.close !== figure || provenance.source < other.source;
  });
  if (fresh.length === 0) return { stored: 0, unchanged: closes.length };
  await tx`
    insert into cutwatch.asset_closes (symbol, close_date, recorded_at, source, close, is_sample, payload_id)
    select s, d, greatest(${provenance.recordedAt.toISOString()}::timestamptz, before + interval '1 millisecond'), ${provenance.source}, c,
      ${provenance.isSample}, ${provenance.payloadId}
    from unnest(
      ${fresh.map((c) => c.symbol)}::text[],
      ${fresh.map((c) => c.date)}::text[]::date[],
      ${fresh.map((c) => c.close)}::text[]::numeric[],
      ${fresh.map((c) => latest.get(`${c.symbol} ${c.date}`)?.recorded_at.toISOString() ?? null)}::text[]::timestamptz[]
    ) as t (s, d, c, before)
  `;
  await announceChange(tx, "closes");
  return { stored: fresh.length, unchanged: closes.length - fresh.length };
}

/** A close as stored. */
export interface CloseRow extends AssetClose {
  readonly recordedAt: Date;
  readonly source: string;
  readonly isSample: boolean;
}

/** Closes of one asset, ascending, one a date: latest known, real before sample. At most `limit` after `after`. */
export async function closesOf(
  sql: Sql,
  query: {
    readonly symbol: string;
    readonly from: IsoDate;
    readonly to: IsoDate;
    readonly knownAt: Date | null;
    readonly after: IsoDate | null;
    readonly limit: number;
  },
): Promise<CloseRow[]> {
  const { symbol, closeDate, close, recordedAt, source, isSample } = assetCloses;
  return typed(sql, (db) =>
    db
      .selectDistinctOn([closeDate], {
        symbol,
        date: closeDate,
        close: part<string>`trim_scale(${close})`,
        recordedAt,
        source,
        isSample,
      })
      .from(assetCloses)
      .where(
        and(
          eq(symbol, query.symbol),
          between(closeDate, query.from, query.to),
          query.after === null ? undefined : gt(closeDate, query.after),
          query.knownAt === null ? undefined : lte(recordedAt, query.knownAt),
        ),
      )
      .orderBy(closeDate, isSample, desc(recordedAt), source)
      .limit(query.limit),
  );
}

/** The last close of each asset and how many there are. */
export async function assetSummaries(
  sql: Sql,
  knownAt: Date | null,
): Promise<
  {
    symbol: string;
    first: IsoDate;
    last: IsoDate;
    lastClose: string;
    count: number;
    source: string;
    isSample: boolean;
  }[]
> {
  const at = knownAt?.toISOString() ?? null;
  const rows = await sql<
    {
      symbol: string;
      first: string;
      last: string;
      last_close: string;
      count: number;
      source: string;
      is_sample: boolean;
    }[]
  >`
    with latest as (
      select distinct on (symbol, close_date) symbol, close_date, close, source, is_sample
      from cutwatch.asset_closes
      where ${at}::timestamptz is null or recorded_at <= ${at}::timestamptz
      order by symbol, close_date, is_sample, recorded_at desc, source
    )
    select
      symbol,
      min(close_date)::text as first,
      max(close_date)::text as last,
      (array_agg(trim_scale(close)::text order by close_date desc))[1] as last_close,
      count(*)::integer as count,
      (array_agg(source order by close_date desc))[1] as source,
      (array_agg(is_sample order by close_date desc))[1] as is_sample
    from latest
    group by symbol
    order by symbol
  `;
  return rows.map((row) => ({
    symbol: row.symbol,
    first: row.first,
    last: row.last,
    lastClose: row.last_close,
    count: row.count,
    source: row.source,
    isSample: row.is_sample,
  }));
}

/** A close and its date. */
export interface NearestClose {
  readonly date: IsoDate;
  readonly close: number;
}

const NEAREST_DAYS = 21;

/** Of some closes the nearest real one that is stored of the same asset, of another date within three weeks; null: there is none. */
export async function nearestCloses(
  sql: Sql,
  closes: readonly { readonly symbol: string; readonly date: IsoDate }[],
): Promise<(NearestClose | null)[]> {
  if (closes.length === 0) return [];
  const rows = await sql<{ date: IsoDate | null; close: number | null }[]>`
    select n.close_date::text as date, n.close::float8 as close
    from unnest(
      ${closes.map(({ symbol }) => symbol)}::text[],
      ${closes.map(({ date }) => date)}::text[]::date[]
    ) with ordinality as g (symbol, d, i)
    left join lateral (
      select c.close_date, c.close
      from cutwatch.asset_closes c
      where c.symbol = g.symbol and not c.is_sample
        and c.close_date between g.d - ${NEAREST_DAYS}::integer and g.d + ${NEAREST_DAYS}::integer
      order by abs(c.close_date - g.d), c.recorded_at desc
      limit 1
    ) n on true
    order by g.i
  `;
  return rows.map(({ date, close }) => (date === null || close === null ? null : { date, close }));
}
