import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../setup/database.ts";
import { ask, FILES, FOLDER, question, sampleDatabase } from "./asking.ts";
import { LINKS } from "./erd.ts";

const LISTED = readFileSync(`${FOLDER}README.md`, "utf8");

let db: TestDatabase;
beforeAll(async () => {
  db = await sampleDatabase();
});
afterAll(() => db.drop());

describe("sql/", () => {
  it("has at least 15 questions", () => {
    expect(FILES.length).toBeGreaterThanOrEqual(15);
  });

  it.each(FILES)("%s is listed in sql/README.md with the question it begins with, and what a row is", (name) => {
    const asked = question(name)
      .split("\n")[0]
      ?.match(/^-- ([^?]*\?)/)?.[1];
    expect(asked).toBeDefined();
    const line = LISTED.split("\n").find((one) => one.startsWith(`| [${name}](${name}) |`));
    expect(line?.split("|").map((cell) => cell.trim())[2]).toBe(asked);
    expect(line).toMatch(/\| (a|an) [^|]+ \|$/);
  });

  it.each(FILES)("%s names its columns, in lower case, and reads schema review only", (name) => {
    const text = question(name)
      .replaceAll(/--.*$/gm, "")
      .replaceAll(/'[^']*'/g, "''");
    expect(text).not.toMatch(/\*\s*(,|from)|\bcutwatch\./i);
    expect(text).toBe(text.toLowerCase());
  });

  it("lists no question that is not there", () => {
    const listed = [...LISTED.matchAll(/^\| \[([^\]]+)\]/gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual(FILES.toSorted());
  });

  it("asks every view of schema review", async () => {
    const views = await db.sql<{ name: string }[]>`
      select c.relname as name
      from pg_class c
      where c.relnamespace = 'review'::regnamespace and c.relkind = 'v'
    `;
    const all = FILES.map(question).join("\n");
    expect(views.length).toBeGreaterThan(10);
    expect(views.map(({ name }) => name).filter((name) => !new RegExp(`review\\.${name}\\b`).test(all))).toEqual([]);
  });

  it.each(FILES)("%s gives no figure that is not a number, and each row once", async (name) => {
    const rows = await ask(db.sql, name);
    const shown = rows.map((row) => JSON.stringify(row));
    expect(shown.filter((row) => /"(NaN|-?Infinity)"/.test(row))).toEqual([]);
    expect(new Set(shown).size).toBe(rows.length);
  });

  // Santiago's clock skips midnight on 7 Sep 2025: a day counted in the session's own time would be lost there.
  it.each(FILES)("%s answers the same wherever the session's clock is", async (name) => {
    const rows = await ask(db.sql, name);
    for (const zone of ["Asia/Tokyo", "America/Santiago"]) expect(await ask(db.sql, name, zone)).toEqual(rows);
  });
});

describe("lines between views in docs/erd.md", () => {
  it.each(LINKS)("$from belongs to $to by $columns: each row to one", async ({ from, columns, to, toColumns }) => {
    const name = (column: string, of: string) => `${of}.${column}`;
    const pairs = columns.map((column, i) => `${name(column, "f")} = ${name(toColumns[i] ?? "", "t")}`);
    const [orphans] = await db.sql.unsafe<{ count: number }[]>(`
      select count(*) as count
      from review.${from} f
      where ${columns.map((column) => `${name(column, "f")} is not null`).join(" and ")}
        and not exists (select from review.${to} t where ${pairs.join(" and ")})
    `);
    const [target] = await db.sql.unsafe<{ rows: number; keys: number }[]>(`
      select count(*) as rows, count(distinct (${toColumns.join(", ")})) as keys
      from review.${to}
    `);
    expect(orphans?.count).toBe(0);
    expect(target?.rows).toBeGreaterThan(0);
    expect(target?.keys).toBe(target?.rows);
  });
});
