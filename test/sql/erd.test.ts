import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../setup/database.ts";
import { sampleDatabase } from "./asking.ts";
import { erdPage, LINKS } from "./erd.ts";

const PAGE = fileURLToPath(new URL("../../docs/erd.md", import.meta.url));

let db: TestDatabase;
beforeAll(async () => {
  db = await sampleDatabase();
});
afterAll(() => db.drop());

describe("docs/erd.md", () => {
  it("is what the database says; npm run docs:erd writes it anew", async () => {
    await expect(await erdPage(db.sql)).toMatchFileSnapshot(PAGE);
  });

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
