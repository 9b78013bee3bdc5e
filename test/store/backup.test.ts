import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { snapshotOdds } from "../../jobs/snapshot-odds.ts";
import { createApp } from "../../src/api/app.ts";
import { readConfig } from "../../src/config.ts";
import { writeBackup } from "../../src/store/backup.ts";
import { BackupReader, countRows } from "../../src/store/backup-format.ts";
import { storedTables } from "../../src/store/backup-tables.ts";
import { restoreBackup } from "../../src/store/restore.ts";
import { emptyDatabase, type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2025-11-26T17:00:00Z");
const MIGRATIONS = fileURLToPath(new URL("../../drizzle", import.meta.url));

let database: TestDatabase;
let folder: string;
let file: string;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "cutwatch-backup-"));
  file = join(folder, "first.backup");
  const { sql } = database;
  const now = () => NOW;
  await loadBuiltInMeetings(sql, () => NOW);
  await loadSample(sql, () => NOW);
  // Text that COPY must escape, bytes, an array, a refused row: every kind of value there is.
  const rows =
    "trade_date,contract,settle,note\n2022-03-01,2022-03,99.80,\\N\n2022-03-01,2022-04,83.425,tab\there\\.\n";
  const imported = { fileName: "a\\b.csv", bytes: Buffer.from(rows), kind: "settlements", options: {} } as const;
  await importFile(sql, { ...imported, dryRun: false, again: false }, now);
  await snapshotOdds({ sql, now });
  await writeBackup(sql, { file, force: false, version: "1.2.3", now: NOW });
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function contents(sql: Sql): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const { table } of await storedTables(sql)) {
    const rows = await sql.unsafe<{ row: string }[]>(`select t::text as row from cutwatch."${table}" t order by 1`);
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}

async function answers(sql: Sql): Promise<string[]> {
  const app = createApp({
    sql,
    now: () => NOW,
    version: "1.2.3",
    config: readConfig({}),
    changes: { onChange: () => undefined, isLive: () => false },
    isReady: async () => true,
  });
  const routes = [
    ...["/v1/meetings", "/v1/probabilities", "/v1/probabilities?as_of=2025-11-17", "/v1/assets", "/v1/sources"],
    ...["/v1/meetings/2025-12-10/history?range=350-375", "/v1/assets/BTC/closes"],
    "/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m",
  ];
  return Promise.all(routes.map(async (route) => `${route} ${await (await app.request(route)).text()}`));
}

/** A backup file whose text was changed. */
async function changed(name: string, change: (text: string) => string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, gzipSync(change(gunzipSync(await readFile(file)).toString("utf8"))));
  return path;
}

describe("writeBackup() and restoreBackup()", () => {
  let other: TestDatabase;
  let restored: Awaited<ReturnType<typeof restoreBackup>>;
  beforeAll(async () => {
    other = await emptyDatabase();
    restored = await restoreBackup(other.sql, { file, migrations: MIGRATIONS });
  });
  afterAll(() => other.drop());

  it("bring every row of every table back", async () => {
    expect(restored).toMatchObject({ madeBy: "1.2.3", madeAt: NOW.toISOString() });
    const before = await contents(database.sql);
    expect(restored.rows).toBe(Object.values(before).flat().length);
    expect(before.futures_quotes?.length).toBeGreaterThan(300);
    expect(before.quarantine).toHaveLength(1);
    expect(await contents(other.sql)).toEqual(before);
  });

  it("bring every answer of the API back, byte for byte", async () => {
    expect(await answers(other.sql)).toEqual(await answers(database.sql));
  });

  it("make the partitions, and go on numbering where the backup stopped", async () => {
    const months = await other.sql`select to_regclass('cutwatch.futures_quotes_2022_03') is not null as there`;
    expect(months[0]?.there).toBe(true);
    const [before] = await database.sql<{ last: string }[]>`select last_value::text as last from cutwatch.row_ids`;
    const [next] = await other.sql<{ next: string }[]>`select nextval('cutwatch.row_ids')::text as next`;
    expect(Number(next?.next)).toBe(Number(before?.last) + 1);
  });

  it("restores a backup of an earlier schema and brings it up to date", async () => {
    const later = await emptyDatabase();
    const old = await changed("old.backup", (text) => {
      const [header = "", ...rest] = text.split("\n");
      const parsed = JSON.parse(header);
      const known = new Set(["0001_observations.sql", "0002_snapshots.sql", "0003_jobs.sql", "0004_review.sql"]);
      const empty = new Set<string>();
      parsed.tables = parsed.tables.filter(({ table, rows }: { table: string; rows: number }) => {
        if (rows === 0) empty.add(table);
        return rows > 0;
      });
      parsed.migrations = parsed.migrations.filter((name: string) => known.has(name));
      // Rows of a table that the earlier schema has not, or has with a column less.
      const later = ["history_writes", "source_checks"];
      parsed.tables = parsed.tables.filter(({ table }: { table: string }) => !later.includes(table));
      let body = rest.join("\n");
      for (const table of later)
        body = body.replace(new RegExp(`\\{"table":"${table}"\\}\\n(?:(?!\\\\\\.).*\\n)*\\\\\\.\\n`), "");
      for (const table of empty) body = body.replace(`${JSON.stringify({ table })}\n\\.\n`, "");
      const lines = body.trimEnd().split("\n");
      const end = JSON.parse(lines.pop() ?? "");
      end.sequences = end.sequences.filter(({ name }: { name: string }) => name === "row_ids");
      return `${JSON.stringify(parsed)}\n${[...lines, JSON.stringify(end)].join("\n")}\n`;
    });
    try {
      await restoreBackup(later.sql, { file: old, migrations: MIGRATIONS });
      const [row] = await later.sql<
        { migrations: string }[]
      >`select count(*)::text as migrations from cutwatch.migrations`;
      const [all] = await database.sql<
        { migrations: string }[]
      >`select count(*)::text as migrations from cutwatch.migrations`;
      expect(row).toEqual(all);
      expect((await contents(later.sql)).snapshots).toEqual((await contents(database.sql)).snapshots);
    } finally {
      await later.drop();
    }
  });
});

describe("writeBackup()", () => {
  it("replaces a file only when told to, and leaves no half-written one", async () => {
    const options = { file, version: "1.2.3", now: NOW };
    await expect(writeBackup(database.sql, { ...options, force: false })).rejects.toThrow(/exists already; --force/);
    const before = (await stat(file)).ino;
    await writeBackup(database.sql, { ...options, force: true });
    expect((await stat(file)).ino).not.toBe(before);
    expect((await readdir(folder)).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("ends in order when it is stopped in the middle of a table", async () => {
    const target = join(folder, "stopped.backup");
    const options = { file: target, force: false, version: "1.2.3", now: NOW };
    const progress = (done: number) => {
      if (done > 1000) throw new Error("enough");
    };
    await expect(writeBackup(database.sql, { ...options, progress })).rejects.toThrow("enough");
    expect(existsSync(target)).toBe(false);
    expect((await readdir(folder)).filter((name) => name.includes("partial"))).toEqual([]);
    // The connection is fit for use again.
    expect(await database.sql`select 1 as one`).toHaveLength(1);
  });

  it("keeps the file from other users of the machine", async () => {
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
  });
});

describe("restoreBackup()", () => {
  let target: TestDatabase;
  beforeAll(async () => {
    target = await testDatabase();
  });
  afterAll(() => target.drop());

  const cut = async (share: number): Promise<string> => {
    const path = join(folder, `cut-${share}`);
    const bytes = await readFile(file);
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * share)));
    return path;
  };
  const flipped = async (): Promise<string> => {
    const path = join(folder, "flipped");
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x55;
    await writeFile(path, bytes);
    return path;
  };
  const plain = async (): Promise<string> => {
    const path = join(folder, "plain");
    await writeFile(path, "no backup at all\n");
    return path;
  };

  it.each([
    ["cut off", () => cut(0.5), /it is cut off/],
    ["cut off before its checksum", () => cut(0.9999), /it is cut off/],
    ["of no backup", plain, /it is no cutwatch backup/],
    ["of another program's text", () => changed("foreign", () => "a,b\n1,2\n"), /it is no cutwatch backup/],
    ["changed in its middle", flipped, /it is damaged/],
    ["ending early", () => changed("early", (text) => text.slice(0, text.length / 2)), /ends in the middle of a table/],
    ["with a table's end missing", () => changed("end", (text) => text.replace("\n\\.\n", "\n")), /it is damaged/],
    [
      "with a row missing",
      () => changed("row", (text) => text.replace(/\n[^\n{]*\tBTC\t[^\n]*/, "")),
      /rows instead of/,
    ],
    ["without its last line", () => changed("last", (text) => text.replace(/\{"end".*\n/, "")), /its last line is not/],
    ["with more after its last line", () => changed("more", (text) => `${text}more\n`), /its last line is not/],
    [
      "of a later format",
      () => changed("format", (text) => text.replace('"format":1', '"format":2')),
      /formats up to 1/,
    ],
    [
      "of a newer cutwatch",
      () => changed("newer", (text) => text.replace("0004_", "9004_")),
      /a newer cutwatch \(1\.2\.3\)/,
    ],
    [
      "whose row the database refuses",
      () => changed("refused", (text) => text.replace("\tBTC\t", "\tBTC\\\t")),
      /refuses a row of table asset_closes/,
    ],
    ["that is not there", async () => join(folder, "absent"), /there is no such file/],
    ["that is a folder", async () => folder, /it is a folder/],
  ])("refuses a file %s, with one line and nothing written", async (_, make, words) => {
    const refused = restoreBackup(target.sql, { file: await make(), migrations: MIGRATIONS });
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.toThrow(/^Cannot restore .*$/);
    expect(Object.values(await contents(target.sql)).flat()).toEqual([]);
  });

  it("refuses a database that holds anything", async () => {
    await expect(restoreBackup(database.sql, { file, migrations: MIGRATIONS })).rejects.toThrow(
      /table asset_closes of this database has rows, and only an empty database is accepted/,
    );
  });
});

describe("BackupReader", () => {
  const text = '{"table":"a"}\n1\tx\n\\\\.\n2\t\\\\.y\n\\.\n{"table":"b"}\n\\.\n{"end":1}\n';
  const bytes = Buffer.from(text);

  it("reads the same whatever the chunks the bytes come in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 })), async (cuts) => {
        const at = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
        const chunks = async function* () {
          for (const [i, start] of at.slice(0, -1).entries()) yield bytes.subarray(start, at[i + 1]);
        };
        const reader = new BackupReader(chunks(), "x");
        const rows = async (): Promise<[string, number]> => {
          const parts: Buffer[] = [];
          for await (const part of reader.rows()) parts.push(part);
          return [Buffer.concat(parts).toString(), parts.reduce((sum, part) => sum + countRows(part), 0)];
        };
        expect(await reader.line()).toBe('{"table":"a"}');
        expect(await rows()).toEqual(["1\tx\n\\\\.\n2\t\\\\.y\n", 3]);
        expect(await reader.line()).toBe('{"table":"b"}');
        expect(await rows()).toEqual(["", 0]);
        expect(await reader.line()).toBe('{"end":1}');
        expect(await reader.line()).toBeNull();
      }),
      { seed: 20251117, numRuns: 300 },
    );
  });
});
