import type { Sql } from "postgres";

/** What cutwatch knows of a source besides its figures. */
export interface CatalogEntry {
  readonly source: string;
  readonly what: string;
  readonly terms: string;
  readonly redistributable: boolean;
  readonly enabled: boolean;
}

/** Writes the catalogue of this installation; entries it no longer has stay, switched off. */
export async function recordCatalog(sql: Sql, entries: readonly CatalogEntry[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('cutwatch.source_catalog', 0))`;
    await tx`
      update cutwatch.source_catalog set enabled = false
      where enabled and source <> all(${entries.map((entry) => entry.source)}::text[])
    `;
    for (const entry of entries) {
      await tx`
        insert into cutwatch.source_catalog as c (source, what, terms, redistributable, enabled)
        values (${entry.source}, ${entry.what}, ${entry.terms}, ${entry.redistributable}, ${entry.enabled})
        on conflict (source) do update
        set what = excluded.what, terms = excluded.terms, redistributable = excluded.redistributable,
          enabled = excluded.enabled
        where (c.what, c.terms, c.redistributable, c.enabled)
          is distinct from (excluded.what, excluded.terms, excluded.redistributable, excluded.enabled)
      `;
    }
  });
}

/** Notes that a source was asked, and what came of it. */
export async function recordCheck(
  sql: Sql,
  check: {
    readonly source: string;
    readonly checkedAt: Date;
    readonly error: string | null;
    readonly newestAsOf: Date | null;
    /** when its next observation is due */
    readonly expectedNextAt: Date | null;
  },
): Promise<void> {
  await sql`
    insert into cutwatch.source_checks (source, checked_at, ok, error, newest_as_of, expected_next_at)
    values (
      ${check.source}, ${check.checkedAt.toISOString()}::timestamptz, ${check.error === null}, ${check.error},
      ${check.newestAsOf?.toISOString() ?? null}::timestamptz, ${check.expectedNextAt?.toISOString() ?? null}::timestamptz
    )
  `;
  await sql`select pg_notify('cutwatch_data', 'sources')`;
}

/** A source with its newest good and bad answers. */
export interface SourceHealth extends CatalogEntry {
  readonly lastCheckAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastErrorAt: Date | null;
  readonly lastError: string | null;
  readonly newestAsOf: Date | null;
  readonly expectedNextAt: Date | null;
}

/** Every source of the catalogue by name. `lastError` is null once a later answer was good. */
export async function sourceHealth(sql: Sql): Promise<SourceHealth[]> {
  const rows = await sql<
    {
      source: string;
      what: string;
      terms: string;
      redistributable: boolean;
      enabled: boolean;
      last_success_at: Date | null;
      newest_as_of: Date | null;
      expected_next_at: Date | null;
      last_error_at: Date | null;
      last_error: string | null;
    }[]
  >`
    select c.source, c.what, c.terms, c.redistributable, c.enabled,
      good.checked_at as last_success_at, good.newest_as_of, good.expected_next_at, bad.checked_at as last_error_at, bad.error as last_error
    from cutwatch.source_catalog c
    left join lateral (
      select checked_at, newest_as_of, expected_next_at from cutwatch.source_checks k
      where k.source = c.source and k.ok order by checked_at desc limit 1
    ) good on true
    left join lateral (
      select checked_at, error from cutwatch.source_checks k
      where k.source = c.source and not k.ok order by checked_at desc limit 1
    ) bad on true
    order by c.source
  `;
  return rows.map((row) => {
    const good = row.last_success_at;
    const bad = row.last_error_at;
    const failing = bad !== null && (good === null || bad > good);
    return {
      source: row.source,
      what: row.what,
      terms: row.terms,
      redistributable: row.redistributable,
      enabled: row.enabled,
      lastCheckAt: failing ? bad : good,
      lastSuccessAt: good,
      lastErrorAt: bad,
      lastError: failing ? row.last_error : null,
      newestAsOf: row.newest_as_of,
      expectedNextAt: row.expected_next_at,
    };
  });
}
