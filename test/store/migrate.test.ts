import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { migrate, migrationState } from "../../src/store/migrate.ts";
import { emptyDatabase, type TestDatabase } from "../setup/database.ts";

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cutwatch-migrations-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await database.sql.unsafe(
    "drop schema if exists cutwatch cascade; drop schema public cascade; create schema public;",
  );
});

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
const journal = async (): Promise<string[]> => {
  const rows = await database.sql<{ name: string }[]>`select name from cutwatch.migrations order by name`;
  return rows.map(({ name }) => name);
};

describe("migrate()", () => {
  it("applies every file in order of name and nothing the second time", async () => {
    await write("0002_more.sql", "alter table quotes add column settle numeric; insert into quotes values (1, 95.5);");
    await write("0001_quotes.sql", "create table quotes (id int);");
    await write("schema.sql", "this is no migration");

    const first = await migrate({ sql: database.sql, folder });
    expect(first).toEqual({ applied: ["0001_quotes.sql", "0002_more.sql"], late: [] });
    expect(await database.sql`select id, settle from quotes`).toEqual([{ id: 1, settle: "95.5" }]);

    expect(await migrate({ sql: database.sql, folder })).toEqual({ applied: [], late: [] });
    expect(await journal()).toEqual(["0001_quotes.sql", "0002_more.sql"]);
  });

  it("applies each file once when twenty clients start together", async () => {
    await write("0001_counter.sql", "create table runs (n int); insert into runs values (1);");
    await write("0002_counter.sql", "insert into runs values (2);");
    const clients = Array.from({ length: 20 }, () => postgres(database.url, { max: 1, onnotice: () => undefined }));

    const results = await Promise.all(clients.map((sql) => migrate({ sql, folder })));
    await Promise.all(clients.map((sql) => sql.end()));

    expect(results.flatMap(({ applied }) => applied).sort()).toEqual(["0001_counter.sql", "0002_counter.sql"]);
    expect(await database.sql`select n from runs order by n`).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("applies a file that was merged late, and says so", async () => {
    await write("0001_a.sql", "create table a ();");
    await write("0003_c.sql", "create table c ();");
    await migrate({ sql: database.sql, folder });
    await write("0002_b.sql", "create table b ();");
    await write("0004_d.sql", "create table d ();");

    expect(await migrate({ sql: database.sql, folder })).toEqual({
      applied: ["0002_b.sql", "0004_d.sql"],
      late: ["0002_b.sql"],
    });
  });

  it("stops at the target version", async () => {
    for (const n of [1, 2, 3]) await write(`000${n}_t.sql`, `create table t${n} ();`);
    expect((await migrate({ sql: database.sql, folder, targetVersion: "0002" })).applied).toHaveLength(2);
    expect((await migrate({ sql: database.sql, folder })).applied).toEqual(["0003_t.sql"]);
    await expect(migrate({ sql: database.sql, folder, targetVersion: "2" })).rejects.toThrow("must be four digits");
  });

  it("names an applied file that was edited, and changes nothing", async () => {
    await write("0001_a.sql", "create table a ();");
    await migrate({ sql: database.sql, folder });
    await write("0001_a.sql", "create table a (id int);");
    await write("0002_b.sql", "create table b ();");

    await expect(migrate({ sql: database.sql, folder })).rejects.toMatchObject({
      code: "migration_edited",
      message: expect.stringContaining("0001_a.sql was edited"),
    });
    expect(await journal()).toEqual(["0001_a.sql"]);
  });

  it("does not mind how a checkout ends its lines", async () => {
    await write("0001_a.sql", "create table a ();\ncreate table b ();\n");
    await migrate({ sql: database.sql, folder });
    await write("0001_a.sql", "create table a ();\r\ncreate table b ();\r\n");
    expect((await migrate({ sql: database.sql, folder })).applied).toEqual([]);
  });

  it("refuses a database that has migrations it does not know", async () => {
    await write("0001_a.sql", "create table a ();");
    await write("0002_future.sql", "create table b ();");
    await migrate({ sql: database.sql, folder });
    await rm(join(folder, "0002_future.sql"));

    await expect(migrate({ sql: database.sql, folder })).rejects.toMatchObject({
      code: "newer_database",
      message: expect.stringMatching(/^Cannot use this database: it has 0002_future\.sql, [^\n]+$/),
    });
  });

  it("undoes the whole run when a file fails, naming file and line", async () => {
    await write("0001_a.sql", "create table a ();");
    await write("0002_wrong.sql", "create table b ();\ncreate table c ();\ncreate tabel d ();\n");

    await expect(migrate({ sql: database.sql, folder })).rejects.toMatchObject({
      code: "migration_failed",
      message: expect.stringMatching(/^Cannot apply migration 0002_wrong\.sql, line 3: syntax error [^\n]+$/),
    });
    expect(await database.sql`select to_regclass('a') as a, to_regclass('cutwatch.migrations') as journal`).toEqual([
      { a: null, journal: null },
    ]);
  });

  it.each(["1_short.sql", "0001-dash.sql", "0001_Upper.sql", "0001.sql"])("refuses the name %s", async (name) => {
    await write(name, "select 1;");
    await expect(migrate({ sql: database.sql, folder })).rejects.toMatchObject({ code: "migration_name" });
  });
});

describe("migrationState()", () => {
  it("lists what is applied and what is pending, and leaves an empty database empty", async () => {
    await write("0001_a.sql", "create table a ();");
    await write("0002_b.sql", "create table b ();");
    const sql = database.sql;
    expect(await migrationState({ sql, folder })).toEqual({ applied: [], pending: ["0001_a.sql", "0002_b.sql"] });
    expect(await sql`select to_regnamespace('cutwatch') as schema`).toEqual([{ schema: null }]);

    await migrate({ sql, folder, targetVersion: "0001" });
    expect(await migrationState({ sql, folder })).toEqual({ applied: ["0001_a.sql"], pending: ["0002_b.sql"] });
  });
});
