/** What the database's catalogue says of views and tables. */
import type { Sql } from "postgres";

/** A column of a view or table. */
export interface Column {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
  readonly isKey: boolean;
}

/** A foreign key. */
export interface Reference {
  readonly from: string;
  readonly columns: readonly string[];
  readonly to: string;
}

/** Columns of a schema's views (`v`) or tables (`r`, `p`), monthly partitions left out. */
export function columnsOf(sql: Sql, schema: string, kinds: readonly string[]): Promise<Column[]> {
  return sql<Column[]>`
    select
      c.relname as relation,
      a.attname as name,
      format_type(a.atttypid, a.atttypmod) as type,
      col_description(c.oid, a.attnum) as comment,
      coalesce(a.attnum = any(k.conkey), false) as "isKey"
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
    where c.relnamespace = ${schema}::regnamespace and c.relkind::text = any(${kinds}::text[]) and not c.relispartition
    order by c.relname collate "C", a.attnum
  `;
}

/** Foreign keys between the program's own tables. */
export function foreignKeys(sql: Sql): Promise<Reference[]> {
  return sql<Reference[]>`
    select
      c.relname as "from",
      array(select attname::text from pg_attribute where attrelid = c.oid and attnum = any(k.conkey) order by attnum)
        as columns,
      t.relname as "to"
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and c.relnamespace = 'cutwatch'::regnamespace and not c.relispartition
    order by c.relname collate "C", 2, t.relname collate "C"
  `;
}

/** Which tables each view reads, through other views too. */
export function tablesRead(sql: Sql): Promise<{ view: string; tables: string[] }[]> {
  return sql<{ view: string; tables: string[] }[]>`
    with recursive reads as (
      select r.ev_class as view, d.refobjid as relation
      from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      where d.refobjid <> r.ev_class
    ),
    through as (
      select view, relation from reads
      union
      select t.view, r.relation from through t join reads r on r.view = t.relation
    )
    select v.relname as view, array_agg(distinct c.relname::text collate "C") as tables
    from through t
    join pg_class v on v.oid = t.view and v.relnamespace = 'review'::regnamespace
    join pg_class c on c.oid = t.relation and c.relnamespace = 'cutwatch'::regnamespace and c.relkind in ('r', 'p')
    group by v.relname
    order by v.relname collate "C"
  `;
}

/** Tables that are split by month. */
export async function partitioned(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select relname as name
    from pg_class
    where relnamespace = 'cutwatch'::regnamespace and relkind = 'p'
    order by relname collate "C"
  `;
  return rows.map((row) => row.name);
}
