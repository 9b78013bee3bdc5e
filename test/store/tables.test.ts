import { eq, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as tables from "../../src/store/tables.ts";
import { typed } from "../../src/store/typed-query.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly hasDefault: boolean;
}

const TABLES = Object.values(tables)
  .filter((table) => is(table, PgTable))
  .map((table) => getTableConfig(table));

const byName = (a: Column, b: Column) => (a.name < b.name ? -1 : 1);

/** Columns of a table as Postgres has them, its types in drizzle's spelling. */
async function columnsOf(table: string): Promise<Column[]> {
  const rows = await db.sql<Column[]>`
    select
      a.attname::text as name,
      format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as required,
      a.atthasdef as "hasDefault"
    from pg_attribute a
    where a.attrelid = to_regclass(${`cutwatch.${table}`}) and a.attnum > 0 and not a.attisdropped
  `;
  return rows.map((row) => ({ ...row, type: spelled(row.type) })).sort(byName);
}

const spelled = (type: string) =>
  type
    .replaceAll('"', "")
    .replace(/^cutwatch\./, "")
    .replace(/[ ,]+/g, " ")
    .replace(" (", "(");

describe("tables", () => {
  it("are there to compare", () => {
    expect(TABLES.length).toBeGreaterThanOrEqual(10);
  });

  it.each(TABLES)("$name has the columns that the migrations make: names, types, nulls, defaults", async (table) => {
    expect(table.schema).toBe("cutwatch");
    const declared = table.columns.map((column) => ({
      name: column.name,
      type: spelled(column.getSQLType()),
      required: column.notNull,
      hasDefault: column.hasDefault,
    }));
    expect(await columnsOf(table.name)).toEqual(declared.sort(byName));
  });

  it("list the words of each enumeration in the order of Postgres", async () => {
    const declared = new Map(
      TABLES.flatMap(({ columns }) => columns)
        .filter((column) => column.columnType === "PgEnumColumn")
        .map((column) => [column.getSQLType(), column.enumValues]),
    );
    const rows = await db.sql<{ name: string; words: string[] }[]>`
      select t.typname::text as name, array_agg(e.enumlabel::text order by e.enumsortorder) as words
      from pg_type t
      join pg_enum e on e.enumtypid = t.oid
      where t.typnamespace = 'cutwatch'::regnamespace
      group by t.typname
    `;
    expect([...declared].length).toBeGreaterThan(0);
    for (const [name, words] of declared) expect(rows).toContainEqual({ name, words });
  });
});

describe("typed()", () => {
  const at = new Date("2025-11-17T19:00:00.123Z");
  const bytes = Uint8Array.from([0, 1, 254, 255]);
  const payload = { source: "typed", url: "file", sha256: bytes, retrievedAt: at, byteCount: 4, bodyGzip: null };

  it("gives back what it wrote, in the types of the raw client", async () => {
    const { assetCloses, sourcePayloads } = tables;
    const close = { symbol: "BTC", closeDate: "2025-03-09", recordedAt: at, source: "typed", close: "95549.150000" };
    const [stored] = await typed(db.sql, (query) => query.insert(assetCloses).values(close).returning());
    expect(stored).toEqual({ ...close, id: expect.any(Number), isSample: false, payloadId: null });
    const [kept] = await typed(db.sql, (query) => query.insert(sourcePayloads).values(payload).returning());
    expect(kept).toEqual({ ...payload, id: expect.any(Number), sha256: Buffer.from(bytes) });
    const [raw] = await db.sql`select close_date, recorded_at, close from cutwatch.asset_closes where source = 'typed'`;
    expect(raw).toEqual({ close_date: close.closeDate, recorded_at: at, close: close.close });
  });

  it("runs in the transaction it is given, and leaves the client as it was", async () => {
    const { sourceCatalog } = tables;
    const entry = { source: "undone", what: "w", terms: "t", redistributable: true, enabled: true };
    const found = () =>
      typed(db.sql, (query) => query.select().from(sourceCatalog).where(eq(sourceCatalog.source, "undone")));
    await expect(
      db.sql.begin(async (tx) => {
        await typed(tx, (query) => query.insert(sourceCatalog).values(entry));
        expect(await found()).toEqual([]);
        throw new Error("changed our mind");
      }),
    ).rejects.toThrow("changed our mind");
    expect(await found()).toEqual([]);
    const [row] = await db.sql`select ${at}::timestamptz as at, ${["a"]}::text[] as names`;
    expect(row).toEqual({ at, names: ["a"] });
  });

  it("fails in the words of Postgres, without the parameters", async () => {
    const { sourceChecks } = tables;
    const broken = { source: "s3cret", checkedAt: at, ok: true, error: "it failed" };
    const failure = typed(db.sql, (query) => query.insert(sourceChecks).values(broken)).catch((error) => error);
    expect(await failure).toMatchObject({
      code: "23514",
      message: 'new row for relation "source_checks" violates check constraint "source_checks_check"',
    });
  });
});
