import type { Sql, TransactionSql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";

/** How far a series of a source has been fetched. */
export interface SeriesPosition {
  /** last date that is there; null: the source does not have the series */
  readonly throughDate: IsoDate | null;
  readonly askedAt: Date;
}

/** What was asked of a source before, by series. */
export async function seriesPositions(sql: Sql, source: string): Promise<ReadonlyMap<string, SeriesPosition>> {
  const rows = await sql<(SeriesPosition & { series: string })[]>`
    select series, through_date::text as "throughDate", asked_at as "askedAt"
    from cutwatch.source_series
    where source = ${source}
  `;
  return new Map(rows.map(({ series, throughDate, askedAt }) => [series, { throughDate, askedAt }]));
}

/** Notes what was asked of a source, with what came of it, in the transaction that stores it. */
export async function recordSeries(
  sql: Sql | TransactionSql,
  source: string,
  positions: readonly (SeriesPosition & { readonly series: string })[],
): Promise<void> {
  if (positions.length === 0) return;
  await sql`
    insert into cutwatch.source_series (source, series, through_date, asked_at)
    select ${source}, series, through_date::date, asked_at::timestamptz
    from unnest(
      ${positions.map(({ series }) => series)}::text[],
      ${positions.map(({ throughDate }) => throughDate)}::text[],
      ${positions.map(({ askedAt }) => askedAt.toISOString())}::text[]
    ) as given (series, through_date, asked_at)
    on conflict (source, series) do update set through_date = excluded.through_date, asked_at = excluded.asked_at
  `;
}
