import type { Sql, TransactionSql } from "postgres";
import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { firstOfMonth } from "../calendar/calendar-date.ts";
import type { FuturesQuote } from "../pricing/observations.ts";
import { copyRows } from "./copy.ts";
import { announceChange, dateSpan, type Provenance, requestSnapshots, takeTurn, type Written } from "./write.ts";

const COLUMNS = [
  "trade_date",
  "contract_month",
  "as_of",
  "recorded_at",
  "grid",
  "basis",
  "source",
  "price",
  "open",
  "high",
  "low",
  "volume",
  "open_interest",
  "flags",
  "is_sample",
  "payload_id",
] as const;

interface StoredQuote {
  readonly key: string;
  readonly content: string;
  readonly recordedAt: Date;
}

function keyOf(quote: FuturesQuote): string {
  return `${quote.tradeDate} ${quote.contractMonth} ${quote.basis} ${quote.grid} ${quote.asOf.getTime()}`;
}

/** Prices are compared as numbers: the database prints 99.8850 as 99.88500. */
function contentOf(quote: FuturesQuote): string {
  const price = (text: string | null) => (text === null ? "" : Number(text));
  return [
    price(quote.price),
    price(quote.open),
    price(quote.high),
    price(quote.low),
    quote.volume ?? "",
    quote.openInterest ?? "",
    quote.flags.join(","),
  ].join("|");
}

async function latestOf(
  tx: TransactionSql,
  source: string,
  span: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<Map<string, StoredQuote>> {
  const rows = await tx<{ key: string; content: string; recorded_at: Date }[]>`
    select distinct on (trade_date, contract_month, basis, grid, as_of)
      concat_ws(
        ' ', trade_date, to_char(contract_month, 'YYYY-MM'), basis, grid, (extract(epoch from as_of) * 1000)::bigint
      ) as key,
      concat(
        price::float8, '|', open::float8, '|', high::float8, '|', low::float8, '|',
        volume, '|', open_interest, '|', array_to_string(flags, ',')
      ) as content,
      recorded_at
    from cutwatch.futures_quotes
    where source = ${source} and trade_date between ${span.from}::date and ${span.to}::date
    order by trade_date, contract_month, basis, grid, as_of, recorded_at desc
  `;
  return new Map(
    rows.map((row) => [row.key, { key: row.key, content: row.content, recordedAt: row.recorded_at }] as const),
  );
}

/**
 * Stores quotes that are new or differ from the latest of the same source; the rest is unchanged.
 * The partitions must exist. Readings of the dates concerned are requested in the same transaction.
 */
export async function recordQuotes(
  tx: TransactionSql,
  quotes: readonly FuturesQuote[],
  provenance: Provenance,
): Promise<Written> {
  const span = dateSpan(quotes.map((quote) => quote.tradeDate));
  if (span === null) return { stored: 0, unchanged: 0 };
  await takeTurn(tx, "futures_quotes");
  const latest = await latestOf(tx, provenance.source, span);
  const fresh = latest.size === 0 ? quotes : quotes.filter((q) => latest.get(keyOf(q))?.content !== contentOf(q));
  if (fresh.length === 0) return { stored: 0, unchanged: quotes.length };
  await copyRows(tx, "cutwatch.futures_quotes", COLUMNS, rowsOf(fresh, latest, provenance));
  await requestReadings(tx, fresh);
  await announceChange(tx, "quotes");
  return { stored: fresh.length, unchanged: quotes.length - fresh.length };
}

function* rowsOf(quotes: readonly FuturesQuote[], latest: Map<string, StoredQuote>, provenance: Provenance) {
  for (const quote of quotes) {
    const before = latest.get(keyOf(quote))?.recordedAt.getTime() ?? Number.NEGATIVE_INFINITY;
    yield [
      quote.tradeDate,
      firstOfMonth(quote.contractMonth),
      quote.asOf,
      // A correction within the same millisecond still comes after what it corrects.
      before >= provenance.recordedAt.getTime() ? new Date(before + 1) : provenance.recordedAt,
      quote.grid,
      quote.basis,
      provenance.source,
      quote.price,
      quote.open,
      quote.high,
      quote.low,
      quote.volume,
      quote.openInterest,
      quote.flags,
      provenance.isSample,
      provenance.payloadId,
    ];
  }
}

async function requestReadings(tx: TransactionSql, quotes: readonly FuturesQuote[]): Promise<void> {
  const daily = dateSpan(quotes.filter((quote) => quote.grid === "settlement").map((quote) => quote.tradeDate));
  if (daily !== null) await requestSnapshots(tx, { grid: "settlement", ...daily, at: null });
  // Intraday quotes of one curve have instants of their own; the reading is dated by the newest of them.
  const newest = new Map<IsoDate, Date>();
  for (const quote of quotes) {
    if (quote.grid !== "intraday") continue;
    const seen = newest.get(quote.tradeDate);
    if (seen === undefined || quote.asOf > seen) newest.set(quote.tradeDate, quote.asOf);
  }
  for (const [tradeDate, at] of newest) {
    await requestSnapshots(tx, { grid: "intraday", from: tradeDate, to: tradeDate, at });
  }
}

/** A stored quote, as the chain takes it. */
export interface QuoteRow {
  readonly id: number;
  readonly tradeDate: IsoDate;
  readonly contractMonth: Month;
  readonly asOf: Date;
  readonly recordedAt: Date;
  readonly basis: FuturesQuote["basis"];
  readonly source: string;
  readonly price: number;
  readonly isSample: boolean;
}

/**
 * Quotes of the daily grid from `from` to `to`, one a date, contract, basis and sample flag: the latest known. Where
 * sources agree the first by name is taken, so that the order in which they were read leaves no trace.
 */
export async function dailyQuotes(
  sql: Sql | TransactionSql,
  range: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<QuoteRow[]> {
  return quoteRows(sql, { ...range, grid: "settlement", until: null });
}

/** The newest intraday quote of each contract of a trade date at or before `until`. */
export async function intradayQuotes(sql: Sql | TransactionSql, tradeDate: IsoDate, until: Date): Promise<QuoteRow[]> {
  return quoteRows(sql, { from: tradeDate, to: tradeDate, grid: "intraday", until });
}

async function quoteRows(
  sql: Sql | TransactionSql,
  query: { from: IsoDate; to: IsoDate; grid: "settlement" | "intraday"; until: Date | null },
): Promise<QuoteRow[]> {
  const rows = await sql<
    {
      id: number;
      trade_date: string;
      contract_month: string;
      as_of: Date;
      recorded_at: Date;
      basis: FuturesQuote["basis"];
      source: string;
      price: number;
      is_sample: boolean;
    }[]
  >`
    with latest as (
      select distinct on (trade_date, contract_month, basis, source, is_sample)
        id, trade_date, contract_month, as_of, recorded_at, basis, source, price, is_sample
      from cutwatch.futures_quotes
      where trade_date between ${query.from}::date and ${query.to}::date
        and grid = ${query.grid}::cutwatch.grid
        and (${query.until?.toISOString() ?? null}::timestamptz is null or as_of <= ${query.until?.toISOString() ?? null}::timestamptz)
      order by trade_date, contract_month, basis, source, is_sample, as_of desc, recorded_at desc
    ),
    -- A source that repeats another's price adds nothing; one that differs later is a correction.
    ranked as (
      select
        latest.*,
        min(recorded_at) over (partition by trade_date, contract_month, basis, is_sample, price) as price_since
      from latest
    )
    select distinct on (trade_date, contract_month, basis, is_sample)
      id, trade_date::text, to_char(contract_month, 'YYYY-MM') as contract_month, as_of, recorded_at,
      basis::text as basis, source, price::float8 as price, is_sample
    from ranked
    order by trade_date, contract_month, basis, is_sample, as_of desc, price_since desc, source
  `;
  return rows.map((row) => ({
    id: Number(row.id),
    tradeDate: row.trade_date,
    contractMonth: row.contract_month,
    asOf: row.as_of,
    recordedAt: row.recorded_at,
    basis: row.basis,
    source: row.source,
    price: row.price,
    isSample: row.is_sample,
  }));
}

/** Trade dates of a period on which a source has quotes of the daily grid. */
export async function datesQuotedBy(
  tx: TransactionSql,
  source: string,
  span: { readonly from: IsoDate; readonly to: IsoDate },
): Promise<Set<IsoDate>> {
  const rows = await tx<{ trade_date: string }[]>`
    select distinct trade_date::text as trade_date
    from cutwatch.futures_quotes
    where source = ${source} and grid = 'settlement' and trade_date between ${span.from}::date and ${span.to}::date
  `;
  return new Set(rows.map((row) => row.trade_date));
}
