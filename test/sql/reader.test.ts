/** What docs/database.md tells: the reader reads schema review, by each way in, and nothing else. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openEmbedded } from "../../src/store/embedded.ts";
import { run, testShell } from "../cli/test-shell.ts";
import type { TestDatabase } from "../setup/database.ts";
import { FILES, question, sampleDatabase } from "./asking.ts";

const EMBEDDED = inject("databaseUrl") === null;
const LOGIN = `reader_of_${inject("runName")}_${randomBytes(3).toString("hex")}`;

const PATH = fileURLToPath(new URL("../../docs/database.md", import.meta.url));
const PAGE = readFileSync(PATH, "utf8");
const BLOCKS = [...PAGE.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
const isForAdministrators = (block: string) => /^-- as a/.test(block);

let db: TestDatabase;
beforeAll(async () => {
  db = await sampleDatabase();
  await db.sql.unsafe(`create role ${LOGIN} login password 'a test' in role cutwatch_reader`);
});
afterAll(async () => {
  await db.sql.unsafe(`drop role ${LOGIN}`);
  await db.drop();
});

/** Each way in, as the page tells it. */
const WAYS: Readonly<Record<string, () => Promise<string>>> = {
  "the reader's login of the embedded database": async () => {
    const server = await openEmbedded({ dataDir: inject("databaseFolder"), port: 0 });
    await server.release({ keepRunning: true });
    return server.url("reader", new URL(db.url).pathname.slice(1));
  },
  "cutwatch db-url on a server of one's own": async () =>
    (await run(testShell({ DATABASE_URL: db.url }), "db-url")).out.trim(),
  "a login in role cutwatch_reader": async () => {
    const url = new URL(db.url);
    url.username = LOGIN;
    url.password = "a test";
    return url.href;
  },
};

// Each would be allowed to the owner.
const FORBIDDEN = [
  "select count(*) from cutwatch.futures_quotes",
  "select secret from cutwatch.webhooks",
  "insert into cutwatch.quarantine (recorded_at, source, reason_code, reason, row_text) values (now(), 'x', 'x', 'x', 'x')",
  "update cutwatch.snapshots set source = 'x'",
  "delete from cutwatch.alerts",
  "truncate cutwatch.alerts",
  "insert into review.quarantine (source) values ('x')",
  "update review.quotes set price = 90",
  "delete from review.closes",
  "create table review.mine (id integer)",
  "create table public.mine (id integer)",
  "create schema mine",
  "drop view review.odds",
  "create or replace view review.fixings as select 1 as fixing_date",
  "grant select on cutwatch.webhooks to public",
  "select cutwatch.ensure_months('futures_quotes', date '2030-01-01', date '2030-01-01')",
  "select pg_read_file('postgresql.conf')",
  "copy review.odds to program 'cat'",
  "select rolpassword from pg_authid",
];

describe.each(Object.keys(WAYS))("%s", (way) => {
  if (way.includes("embedded") && !EMBEDDED) {
    it.skip("is not tested: TEST_DATABASE_URL names another server", () => undefined);
    return;
  }
  let sql: Sql;
  beforeAll(async () => {
    sql = postgres((await WAYS[way]?.()) ?? "", { max: 1, onnotice: () => undefined });
  });
  afterAll(() => sql.end());

  it.each(FILES)("runs %s", async (name) => {
    const rows = await sql.unsafe(question(name));
    expect(rows.columns.length).toBeGreaterThan(1);
  });

  it("sees schema review and its function, described, and no other of ours", async () => {
    const seen = await sql<{ schema: string; relations: number; described: boolean }[]>`
      select
        n.nspname as schema,
        count(*)::integer as relations,
        bool_and(obj_description(c.oid) is not null) as described
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
      group by n.nspname
    `;
    expect(seen.map((row) => [row.schema, row.described])).toEqual([["review", true]]);
    const [odds] = await sql`select review.probability_at('2025-12-10', 350, '2025-11-17 21:00+00') as probability`;
    expect(odds?.probability).toBeCloseTo(0.4236, 4);
  });

  it.each(FORBIDDEN)("refuses: %s", async (statement) => {
    await expect(sql.unsafe(statement)).rejects.toThrow(
      /permission denied|must be (owner|superuser)|cannot (insert|update|delete)/,
    );
  });
});

describe("schema review", () => {
  it("has a comment on each view and column, the column's unit first", async () => {
    const columns = await db.sql<{ name: string; comment: string | null }[]>`
      select c.relname || '.' || a.attname as name, col_description(c.oid, a.attnum) as comment
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'review'::regnamespace and c.relkind = 'v'
    `;
    expect(columns.length).toBeGreaterThan(150);
    expect(columns.filter((column) => column.comment === null)).toEqual([]);
    const unit = { bp: /^bp(:|$)/, pp: /^percentage points/, at: /^UTC/, pct: /^per cent/ };
    const wrong = columns.filter(({ name, comment }) => {
      const [, suffix] = /_(bp|pp|at|pct)$/.exec(name) ?? [];
      return suffix !== undefined && !unit[suffix as keyof typeof unit].test(comment ?? "");
    });
    expect(wrong).toEqual([]);
  });
});

describe("docs/database.md", () => {
  it.each([...PAGE.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((match) => match[1]))("the path %s exists", (path) => {
    expect(existsSync(`${dirname(PATH)}/${path}`)).toBe(true);
  });

  it("tells of every view, and of none that is not there", async () => {
    const views = await db.sql<{ name: string }[]>`
      select relname as name from pg_class where relnamespace = 'review'::regnamespace and relkind = 'v'
    `;
    const told = new Set([...PAGE.matchAll(/review\.([a-z_]+)/g)].map((match) => match[1]));
    for (const name of ["probability_at", "known_by"]) told.delete(name);
    expect([...told].toSorted()).toEqual(views.map(({ name }) => name).toSorted());
    expect(PAGE).toContain(`${views.length} views`);
  });

  it.each(BLOCKS.filter((block) => !isForAdministrators(block)))("a reader may run: %s", async (block) => {
    const rows = await db.sql.begin(async (tx) => {
      await tx`set local role cutwatch_reader`;
      return tx.unsafe(block);
    });
    expect(Array.isArray(rows)).toBe(true);
  });

  it("gives the headline by review.probability_at", async () => {
    const [block = ""] = BLOCKS.filter((one) => one.includes("probability_at"));
    const [row] = await db.sql.unsafe(block).values();
    expect(row?.map((p: number) => (100 * p).toFixed(2))).toEqual(["93.67", "42.36"]);
  });

  it("makes a login that is limited as it says", async () => {
    const name = new URL(db.url).pathname.slice(1);
    const undone = new Error("undone");
    const attempt = db.sql.begin(async (tx) => {
      for (const block of BLOCKS.filter(isForAdministrators)) {
        await tx.unsafe(block.replaceAll("database cutwatch ", `database ${name} `));
      }
      const [may] = await tx`
        select pg_has_role('bi', 'cutwatch_reader', 'member') as reads,
          has_database_privilege('bi', current_database(), 'temporary') as temporary,
          has_function_privilege('bi', 'lo_create(oid)', 'execute') as objects,
          (select rolconfig from pg_roles where rolname = 'bi') as settings
      `;
      expect(may).toEqual({
        reads: true,
        temporary: false,
        objects: false,
        settings: ["search_path=review", "TimeZone=UTC", "statement_timeout=60s", "default_transaction_read_only=on"],
      });
      throw undone;
    });
    await expect(attempt).rejects.toBe(undone);
  });
});
