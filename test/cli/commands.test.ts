import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/api/app.ts";
import { programVersion } from "../../src/cli/version.ts";
import { readConfig } from "../../src/config.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { NOW, run, type TestShell, testShell } from "./test-shell.ts";

let database: TestDatabase;
let folder: string;
let shell: TestShell;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "cutwatch-cli-"));
  shell = testShell({ DATABASE_URL: database.url });
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

describe("cutwatch now", () => {
  it("tells the story of November 2025 from an empty database", async () => {
    const { code, out } = await run(shell, "now", "--as-of", "2025-11-17", "--meeting", "2025-12-10");
    expect(code).toBe(0);
    // CME FedWatch, settlements of 17 Oct and 17 Nov 2025: 93.6665 % and 42.3571 %.
    expect(out).toMatch(/3\.50-3\.75 % +42\.4 % .* -51\.3\* pp/);
    expect(out).toMatch(/expected rate 3\.769 % .* \+16\.0\* bp/);
    expect(out).toContain("a month before: 3.50-3.75 % at 93.7 %, now at 42.4 %");
    expect(out).toContain("* a decision lies between");
    expect(out).toContain("from the built-in sample");
    expect(out).not.toContain("Only the built-in sample is stored");
  });

  it("shows the sample's last day, and says so, when no time is asked for", async () => {
    const { out } = await run(shell, "now");
    expect(out).toContain("Odds of 2025-11-25, settlement, from the built-in sample");
    expect(out).toContain("Only the built-in sample is stored, and this is its last day");
    expect(out).toMatch(/3\.50-3\.75 % +85\.2 %/);
    expect(out).toMatch(/Without odds: \d+ from 2026-03-18 to .* \(no free month\)/);
  });

  it("stays within 80 characters and without colours where there is no terminal", async () => {
    const { out } = await run(shell, "now", "--as-of", "2025-11-17");
    const longest = Math.max(...out.split("\n").map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(80);
    expect(out).not.toContain("\u001b");
  });

  it("refuses a day without a meeting, and names the nearest", async () => {
    const { code, err } = await run(shell, "now", "--meeting", "2025-12-11");
    expect(code).toBe(2);
    expect(err).toMatch(/^cutwatch: Cannot .*the nearest meetings are 2025-12-10 and 2026-01-28\n$/);
  });

  it("prints the bytes of the API with --json", async () => {
    const app = createApp({
      sql: database.sql,
      now: () => NOW,
      version: programVersion(),
      config: readConfig({}),
      changes: { onChange: () => undefined, isLive: () => false },
      isReady: async () => true,
    });
    const odds = await (await app.request("/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10")).text();
    const question = "meeting=2025-12-10&as_of=2025-11-17&basis=settlement";
    const shifts = ["1d", "1w", "1m"].map(async (window) =>
      (await app.request(`/v1/shifts?${question}&window=${window}`)).text(),
    );
    const { out } = await run(shell, "now", "--as-of", "2025-11-17", "--meeting", "2025-12-10", "--json");
    const repricings = await (
      await app.request("/v1/repricings?meeting=2025-12-10&from=2025-11-17&to=2025-11-17&limit=10")
    ).text();
    const parts = [`"probabilities":${odds}`, `"shifts":[${(await Promise.all(shifts)).join(",")}]`];
    expect(out).toBe(`{${[...parts, `"repricings":${repricings}`].join(",")}}\n`);
  });

  it("fails with one line where nothing is stored", async () => {
    const { code, out, err } = await run(shell, "now", "--as-of", "1995-01-03");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe("cutwatch: Cannot find odds at or before 1995-01-03: no reading is stored\n");
  });
});

describe("cutwatch import", () => {
  const SETTLEMENTS = "trade_date,contract,settle\n2022-03-01,2022-03,99.80\n2022-03-01,2022-04,83.425\n";

  it("counts without writing on a dry run", async () => {
    const path = await file("march.csv", SETTLEMENTS);
    const { code, out } = await run(shell, "import", path, "--kind", "settlements", "--dry-run");
    expect(code).toBe(0);
    expect(out).toContain("2 rows read, 1 would be stored, 0 unchanged, 1 quarantined");
    expect(await database.sql`select 1 from cutwatch.futures_quotes where not is_sample`).toHaveLength(0);
  });

  it("names what it stored and what it put aside, and computes the odds", async () => {
    const { code, out } = await run(shell, "import", join(folder, "march.csv"), "--kind", "settlements");
    expect(code).toBe(0);
    expect(out).toContain("(settlements-csv): 2 rows read, 1 stored, 0 unchanged, 1 quarantined");
    expect(out).toContain("price_out_of_band: 1\n    line 3: ");
    expect(out).toMatch(/odds: 1 trade dates, 1 readings computed, 1 stored/);
    const rows = await database.sql`select 1 from cutwatch.snapshots where trade_date = '2022-03-01'`;
    expect(rows).toHaveLength(1);
  });

  it("changes nothing the second time, and says so", async () => {
    const { out } = await run(shell, "import", join(folder, "march.csv"), "--kind", "settlements", "--json");
    const { files, snapshots } = JSON.parse(out);
    expect(files[0]).toMatchObject({ rows_read: 2, stored: 0, unchanged: 1 });
    // The clock stands still, and each write is stamped a millisecond after the one before.
    expect(Date.parse(files[0].imported_before) - NOW.getTime()).toBeLessThan(1000);
    expect(Date.parse(files[0].imported_before)).toBeGreaterThanOrEqual(NOW.getTime());
    expect(snapshots.stored).toBe(0);
  });

  it("switches a file's source on in the catalogue once something of it is stored", async () => {
    const rows = await database.sql<{ source: string; enabled: boolean }[]>`
      select source, enabled from cutwatch.source_catalog where source in ('settlements-csv', 'closes-csv') order by 1
    `;
    expect([...rows]).toEqual([
      { source: "closes-csv", enabled: false },
      { source: "settlements-csv", enabled: true },
    ]);
  });
});

describe("cutwatch recompute", () => {
  it("leaves no trace when nothing comes out differently", async () => {
    const { code, out, err } = await run(shell, "recompute", "--from", "2025-10-01", "--to", "2025-10-31", "--quiet");
    expect(code).toBe(0);
    expect(out).toMatch(/^23 trade dates, \d+ readings computed, 0 stored; .* 0 alerts.*\n$/);
    expect(err).toBe("");
  });
});

describe("cutwatch sql", () => {
  const cell = "select 1 as n, null as missing, 'a,\"b' as text, array[1,2] as list";

  it("prints a table, CSV or JSON", async () => {
    expect((await run(shell, "sql", "select 7 as days, 'x' as name")).out).toBe(
      "days  name\n----  ----\n   7  x\n(1 row)\n",
    );
    expect((await run(shell, "sql", cell, "--csv")).out).toBe('n,missing,text,list\r\n1,,"a,""b","[1,2]"\r\n');
    expect(JSON.parse((await run(shell, "sql", cell, "--json")).out)).toEqual([
      { n: 1, missing: null, text: 'a,"b', list: [1, 2] },
    ]);
  });

  it("names the columns of an empty answer", async () => {
    const nothing = "select 1 as n where false";
    expect((await run(shell, "sql", nothing)).out).toBe("n\n-\n(0 rows)\n");
    expect((await run(shell, "sql", nothing, "--json")).out).toBe("[]\n");
  });

  it("hands on more rows than a batch holds", async () => {
    const { out } = await run(shell, "sql", "select n from generate_series(1, 2500) as n", "--csv");
    expect(out.trimEnd().split("\r\n")).toEqual(["n", ...Array.from({ length: 2500 }, (_, i) => String(i + 1))]);
  });

  it.each(["do $$ begin end $$", "/* x */ copy (select 1) to program 'true'", "call p()"])(
    "runs no code: %s",
    async (query) => {
      const { code, err } = await run(shell, "sql", query);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringMatching(/^cutwatch: Cannot run this query: \w+ is not/),
      });
    },
  );

  it("reads its query from standard input", async () => {
    const reading = testShell({ DATABASE_URL: database.url }, { readStdin: async () => "select 42 as answer\n" });
    expect((await run(reading, "sql", "-", "--csv")).out).toBe("answer\r\n42\r\n");
  });

  it.each([
    ["select * from cutwatch.snapshots", "permission denied for schema cutwatch"],
    ["create table review.mine (n int)", "read-only transaction"],
    ["commit; create table public.mine (n int)", "cannot insert multiple commands"],
    ["selekt 1", 'syntax error at or near "selekt"'],
  ])("refuses %s with what Postgres says", async (query, words) => {
    const { code, err } = await run(shell, "sql", query);
    expect(err).toMatch(/^cutwatch: Cannot run this query: .*\n$/);
    expect(err).toContain(words);
    expect(code).toBe(1);
  });

  it("cannot write as the owner either", async () => {
    expect((await run(shell, "sql", "--role", "owner", "select count(*) from cutwatch.snapshots")).code).toBe(0);
    const { code, err } = await run(shell, "sql", "--role", "owner", "delete from cutwatch.snapshots");
    expect(err).toContain("cannot execute DELETE in a read-only transaction");
    expect(code).toBe(1);
  });
});

describe("cutwatch job", () => {
  it("exits 0 with what was done", async () => {
    const { code, out, err } = await run(shell, "job", "snapshot-odds");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^snapshot-odds: 0 dates, 0 readings computed, 0 stored; repricings: .* 0 alerts/);
  });

  it("exits 3 when a source is unavailable", async () => {
    const { code, err } = await run(shell, "job", "ingest-effr");
    expect(err).toContain("cutwatch: Cannot finish job ingest-effr, a source is unavailable: nyfed: ");
    expect(code).toBe(3);
    const [newest] = await database.sql`select status from cutwatch.job_runs order by id desc limit 1`;
    expect(newest?.status).toBe("unavailable");
  });

  it("exits 1 when it fails", async () => {
    await database.sql`alter table cutwatch.job_runs add constraint none_done check (status <> 'done') not valid`;
    const { code, err } = await run(shell, "job", "snapshot-odds");
    await database.sql`alter table cutwatch.job_runs drop constraint none_done`;
    expect(err).toContain("none_done");
    expect(code).toBe(1);
  });
});

describe("cutwatch decide", () => {
  it("records an unscheduled decision once", async () => {
    const words = ["decide", "2025-11-25", "350-375", "--unscheduled"];
    expect((await run(shell, ...words)).out).toMatch(/^2025-11-25: 350-375 bp recorded; \d+ readings changed\b/);
    expect((await run(shell, ...words)).out).toBe("2025-11-25: 350-375 bp was known already\n");
  });

  it("says which outcome it replaces, and from which source, and nothing where it replaces none", async () => {
    const decided = async (range: string) => (await run(shell, "decide", "2025-10-29", range)).out.split("\n");
    const [known, done] = await decided("350-375");
    expect(known).toMatch(/^Replaces the known outcome of 2025-10-29: 375-400 bp, from \S+$/);
    expect(known).not.toContain("by-hand");
    expect(done).toMatch(/^2025-10-29: 350-375 bp recorded; /);
    expect((await decided("375-400"))[0]).toBe("Replaces the known outcome of 2025-10-29: 350-375 bp, from by-hand");
    expect(await decided("375-400")).toEqual(["2025-10-29: 375-400 bp was known already", ""]);
  });
});

describe("cutwatch migrate and db-url", () => {
  it("finds nothing to apply", async () => {
    expect((await run(shell, "migrate")).out).toBe("Nothing to apply: the database is up to date\n");
  });

  it("prints a URL as whom it was asked to", async () => {
    const { out } = await run(shell, "db-url");
    const reader = new URL(out.trim());
    expect(reader.searchParams.get("options")).toBe("-c role=cutwatch_reader");
    expect((await run(shell, "db-url", "--role", "owner")).out.trim()).toBe(database.url);
  });
});

describe("cutwatch doctor", () => {
  it("finds nothing broken and changes nothing", async () => {
    // The database tells the time of day, and doctor compares.
    const today = testShell({ DATABASE_URL: database.url }, { now: () => new Date() });
    const { code, out } = await run(today, "doctor", "--json");
    expect(code).toBe(0);
    const { checks } = JSON.parse(out) as { checks: { name: string; state: string; detail: string }[] };
    const stateOf = new Map(checks.map(({ name, state }) => [name, state]));
    expect(stateOf.get("database")).toBe("ok");
    expect(stateOf.get("migrations")).toBe("ok");
    expect(stateOf.get("source nyfed")).toBe("warn");
    expect(checks.find(({ name }) => name === "quarantine")?.detail).toContain("settlements-csv price_out_of_band 1");
  });

  it("exits 1 for a clock that is wrong", async () => {
    const { code, out } = await run(shell, "doctor");
    expect(out).toMatch(/^fail {2}clock /m);
    expect(code).toBe(1);
  });

  it("exits 1 for a database that cannot be had, and goes on with the rest", async () => {
    const away = testShell({ DATABASE_URL: "postgres://me:secret@127.0.0.1:1/db" });
    const { code, out } = await run(away, "doctor");
    expect(code).toBe(1);
    expect(out).toMatch(/^fail {2}database .*nothing listens/m);
    expect(out).toMatch(/^ok +meeting calendar/m);
    expect(out).not.toContain("secret");
  });
});
