import type { Sql } from "postgres";
import type { IsoDate } from "../calendar/calendar-date.ts";

/**
 * What is stored of a period, as `<date> <what>`: `2025-11-17 effr`, `2025-11-17 futures`, `2025-11-17 BTC`. The sample does
 * not count.
 *
 * @param query.sources whose futures prices or published odds count
 */
export async function storedDates(
  sql: Sql,
  query: {
    readonly from: IsoDate;
    readonly to: IsoDate;
    readonly what: "effr" | "closes" | "futures";
    readonly sources: readonly string[];
  },
): Promise<Set<string>> {
  const { from, to } = query;
  const statements = {
    effr: () => sql<{ mark: string }[]>`
      select distinct fixing_date || ' effr' as mark
      from cutwatch.effr_fixings
      where fixing_date between ${from}::date and ${to}::date and not is_sample
    `,
    closes: () => sql<{ mark: string }[]>`
      select distinct close_date || ' ' || symbol as mark
      from cutwatch.asset_closes
      where close_date between ${from}::date and ${to}::date and not is_sample
    `,
    futures: () => sql<{ mark: string }[]>`
      select trade_date || ' futures' as mark
      from cutwatch.futures_quotes
      where trade_date between ${from}::date and ${to}::date and grid = 'settlement'
        and source = any(${query.sources}::text[])
      union
      select trade_date || ' futures'
      from cutwatch.published_probabilities
      where trade_date between ${from}::date and ${to}::date and grid = 'settlement'
        and source = any(${query.sources}::text[])
    `,
  };
  return new Set((await statements[query.what]()).map((row) => row.mark));
}
