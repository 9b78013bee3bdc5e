import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../../src/cli/program.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { run, type TestShell, testShell } from "./test-shell.ts";

// The names of the public contract; `keys` comes with API keys.
const COMMANDS = [
  ...["serve", "worker", "job", "import", "decide", "backfill", "recompute", "now", "watch"],
  ...["sql", "psql", "db-url", "migrate", "doctor", "backup", "restore", "keys", "webhooks"],
];

let database: TestDatabase;
let folder: string;
let shell: TestShell;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "cutwatch-cli-"));
  shell = testShell({ DATABASE_URL: database.url });
  await writeFile(join(folder, "words.csv"), "this,is\nno,table\n");
  await writeFile(join(folder, "effr.csv"), "date,effr_pct\n2025-11-17,3.88\n");
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

/** The words of each command, and of each that one of them has. */
function everyCommand(parent: Command): string[][] {
  return parent.commands.flatMap((command) => [
    [command.name()],
    ...everyCommand(command).map((words) => [command.name(), ...words]),
  ]);
}

describe("commandLine()", () => {
  it("has every command of the contract, each with a line and an example", async () => {
    const program = commandLine(shell, () => undefined);
    expect(program.commands.map((command) => command.name()).sort()).toEqual([...COMMANDS].sort());
    for (const words of everyCommand(program)) {
      const { code, out } = await run(shell, ...words, "--help");
      expect(code, words.join(" ")).toBe(0);
      expect(out, words.join(" ")).toContain(`Example:\n  $ cutwatch ${words.join(" ")}`);
      expect(out, words.join(" ")).not.toContain("(default: false)");
    }
  });

  it("prints its help when asked nothing", async () => {
    const { code, out } = await run(shell);
    expect(code).toBe(0);
    expect(out).toContain("Usage: cutwatch");
    expect((await run(shell, "--help")).out).toContain("Examples:\n  $ cutwatch serve\n");
  });
});

describe("unusable input", () => {
  it.each([
    [["nonsense"], /unknown command 'nonsense'/],
    [["serve", "--nonsense"], /unknown option '--nonsense'/],
    [["migrate", "extra"], /too many arguments/],
    [["job"], /missing required argument 'name'/],
    [["job", "nonsense"], /the jobs are ingest-futures, /],
    [["job", "prune", "--as-of", "2025-02-29"], /a date from 1990 to 2100 such as 2025-11-17/],
    [["import", "x.csv"], /Cannot import x.csv: there is no such file/],
    [["import", "x.csv", "--map", "colour=red"], /it must be pairs such as contract=ZQX26/i],
    [["import", "x.csv", "--map", "dates=ymd"], /dates must be mdy or dmy/i],
    [["import", "drizzle"], /Cannot import drizzle: the folder has no csv, xlsx, json, ics, zip or gz files/],
    [["import", "x.csv", "--kind", "prices"], /settlements, fedwatch, closes, effr/],
    [["import", "absent.csv", "--kind", "effr"], /Cannot import absent.csv: there is no such file/],
    [["decide", "2025-12-10", "350-374"], /on the 25 bp grid/],
    [["decide", "2025-12-10", "350-400"], /25 bp wide/],
    [["decide", "2025-12-11", "350-375"], /neighbours are 2025-12-10 and 2026-01-28/],
    [["decide", "2025-12-10", "350-375"], /its statement is due at 2025-12-10T19:00:00.000Z/],
    [["backfill"], /'--from <date>' not specified/],
    [["backfill", "--from", "2025-11-01", "--to", "2025-10-01"], /ends before it begins/],
    [["backfill", "--from", "2025-11-01", "--to", "2025-11-27"], /today is 2025-11-26/],
    [["recompute", "--from", "2025-11-01", "--to", "2025-10-01"], /ends before it begins/],
    [["now", "--as-of", "yesterday"], /Cannot read as_of: was "yesterday"/],
    [["sql", " "], /it is empty/],
    [["sql", "select 1", "--json", "--csv"], /give one of them/],
    [["db-url", "--role", "admin"], /reader, owner/],
    [["restore", "absent.backup"], /Cannot restore absent.backup: there is no such file/],
    [["backup", "absent/x.backup"], /its folder does not exist/],
  ])("%j: one line, exit 2", async (argv, line) => {
    const { code, out, err } = await run(shell, ...argv);
    expect(err).toMatch(line);
    expect(err.trimEnd()).not.toContain("\n");
    expect(err).toMatch(/^cutwatch: Cannot /);
    expect(out).toBe("");
    expect(code).toBe(2);
  });

  it.each([
    [{ PORT: "http" }, "Cannot use PORT"],
    [{ DATABASE_URL: "mysql://localhost/db" }, "Cannot use DATABASE_URL"],
    [{ DATABASE_URL: "postgres://user:secret#1@localhost/db" }, "DATABASE_URL"],
  ])("%j: serve names the variable and shows no password, exit 2", async (env, words) => {
    const { code, err } = await run(testShell({ DATABASE_URL: database.url, ...env }), "serve");
    expect(err).toContain(words);
    expect(err).not.toContain("secret");
    expect(err.trimEnd()).not.toContain("\n");
    expect(code).toBe(2);
  });

  it("says of a database that does not answer, exit 1", async () => {
    const { code, err } = await run(testShell({ DATABASE_URL: "postgres://me:secret@127.0.0.1:1/db" }), "migrate");
    expect(err).toBe("cutwatch: Cannot use DATABASE_URL 127.0.0.1:1/db: nothing listens there\n");
    expect(code).toBe(1);
  });

  it("imports the other files when one cannot be used, names it, and ends with 2", async () => {
    const files = ["effr.csv", "words.csv"].map((name) => join(folder, name));
    const { code, err } = await run(shell, "import", ...files);
    expect(err).toMatch(/^cutwatch: Cannot import .*words\.csv/m);
    expect(err).toContain("1 of 2 files refused");
    expect(code).toBe(2);
    expect(await database.sql`select 1 from cutwatch.effr_fixings where not is_sample`).not.toHaveLength(0);
  });

  it("shows where an error comes from only when asked to", async () => {
    const quiet = await run(shell, "import", join(folder, "words.csv"), "--kind", "effr");
    expect(quiet.err).not.toContain("    at ");
    const debug = testShell({ DATABASE_URL: database.url, LOG_LEVEL: "debug" });
    const loud = await run(debug, "import", join(folder, "words.csv"), "--kind", "effr");
    expect(loud.err).toContain("    at ");
  });
});
