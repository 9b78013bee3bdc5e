import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { erdPage } from "./erd.ts";

const PAGE = fileURLToPath(new URL("../../docs/erd.md", import.meta.url));

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

describe("docs/erd.md", () => {
  it("is what the database says; npm run docs:erd writes it anew", async () => {
    await expect(await erdPage(db.sql)).toMatchFileSnapshot(PAGE);
  });
});
