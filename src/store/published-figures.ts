/**
 * Whose published figures are in what was told, in SQL: a column `published` of sources joined by `+`; null where there are
 * none. Empty where nobody can say, which may then not be passed on.
 */
import type { Sql, TransactionSql } from "postgres";

/** Of an alert `a`: of its day's reading as it was known when the alert was recorded. */
export function publishedInAlert(sql: Sql | TransactionSql) {
  return sql`
    case when a.basis = 'published' then coalesce((
      select x.source
      from cutwatch.snapshots x
      where x.trade_date = a.trade_date and x.grid = 'settlement' and x.is_sample = a.is_sample and x.basis = a.basis
        and x.recorded_at <= a.recorded_at
      order by x.recorded_at desc, x.id desc
      limit 1
    ), '') end
  `;
}

/** Of a notice `n`: of the odds that it tells. A digest tells of repricings and alerts too, which may rest on other ones. */
export function publishedInNotice(sql: Sql | TransactionSql) {
  return sql`
    case
      when coalesce(n.body -> 'data' ->> 'basis', n.body #>> '{data,odds_before,basis}') = 'published' then n.source
      when n.type = 'digest.daily' and (
        exists (
          select
          from jsonb_array_elements(n.body #> '{data,open_repricings}') as o (told)
          join cutwatch.repricings r on r.id = (o.told ->> 'id')::bigint
          where r.basis = 'published'
        )
        or exists (
          select
          from jsonb_array_elements(n.body #> '{data,alerts}') as o (told)
          join cutwatch.alerts a on a.id = (o.told ->> 'id')::bigint
          where a.basis = 'published'
        )
      ) then ''
    end
  `;
}
