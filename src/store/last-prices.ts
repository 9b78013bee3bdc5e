import type { Sql, TransactionSql } from "postgres";
import { addDays, type IsoDate, type Month } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";

/** A price older than this says nothing about what a new one may be. */
const REACH_DAYS = 14;

/** The last stored daily price of each contract before a date, to judge new ones by. */
export async function lastPricesBefore(
  sql: Sql | TransactionSql,
  date: IsoDate,
): Promise<(contractMonth: Month, basis: Basis) => { readonly tradeDate: IsoDate; readonly price: number } | null> {
  const rows = await sql<{ contract_month: string; basis: string; trade_date: string; price: number }[]>`
    select distinct on (contract_month, basis)
      to_char(contract_month, 'YYYY-MM') as contract_month, basis::text as basis,
      trade_date::text as trade_date, price::float8 as price
    from cutwatch.futures_quotes
    where trade_date >= ${addDays(date, -REACH_DAYS)}::date and trade_date < ${date}::date
      and grid = 'settlement' and not is_sample
    order by contract_month, basis, trade_date desc, recorded_at desc
  `;
  const last = new Map(
    rows.map((row) => [`${row.contract_month} ${row.basis}`, { tradeDate: row.trade_date, price: row.price }] as const),
  );
  return (contractMonth, basis) => last.get(`${contractMonth} ${basis}`) ?? null;
}
