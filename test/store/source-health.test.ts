import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgetRuns } from "../../src/store/job-runs.ts";
import { type CatalogEntry, recordCatalog, recordCheck, sourceHealth } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

const entry = (source: string, changed: Partial<CatalogEntry> = {}): CatalogEntry => ({
  source,
  what: "closes",
  terms: "ask",
  redistributable: false,
  enabled: true,
  ...changed,
});
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute));
const check = (source: string, minute: number, error: string | null) =>
  recordCheck(db.sql, { source, checkedAt: at(minute), error, newestAsOf: null, expectedNextAt: null });

describe("recordCatalog()", () => {
  it("changes what differs, writes nothing else, and switches off what is gone", async () => {
    const versions = () => db.sql<{ source: string; xmin: string }[]>`
      select source, xmin::text from cutwatch.source_catalog order by source
    `;
    await recordCatalog(db.sql, [entry("a"), entry("b"), entry("c")]);
    const before = await versions();
    await recordCatalog(db.sql, [entry("a"), entry("b", { terms: "free", redistributable: true })]);
    const after = await versions();
    const rewritten = after.filter((row, index) => row.xmin !== before[index]?.xmin);
    expect(rewritten.map((row) => row.source)).toEqual(["b", "c"]);
    const known = await sourceHealth(db.sql);
    expect(
      known.map(({ source, terms, redistributable, enabled }) => [source, terms, redistributable, enabled]),
    ).toEqual([
      ["a", "ask", false, true],
      ["b", "free", true, true],
      ["c", "ask", false, false],
    ]);
  });

  it("switches all off for an empty list", async () => {
    await recordCatalog(db.sql, []);
    expect((await sourceHealth(db.sql)).some((source) => source.enabled)).toBe(false);
  });
});

describe("sourceHealth()", () => {
  it("tells the last error until a later answer is good", async () => {
    const healthOf = async (name: string) => (await sourceHealth(db.sql)).find(({ source }) => source === name);
    await recordCatalog(db.sql, [entry("a")]);
    await check("a", 1, null);
    await check("a", 2, "no answer");
    expect(await healthOf("a")).toMatchObject({ lastCheckAt: at(2), lastSuccessAt: at(1), lastError: "no answer" });
    await check("a", 3, null);
    expect(await healthOf("a")).toMatchObject({ lastCheckAt: at(3), lastErrorAt: at(2), lastError: null });
    expect(await healthOf("b")).toMatchObject({ lastCheckAt: null, lastSuccessAt: null, lastErrorAt: null });
  });
});

describe("forgetRuns()", () => {
  it("keeps the newest good and the newest bad check of each source however old", async () => {
    await check("b", 0, "no answer");
    await forgetRuns(db.sql, at(59));
    const kept = await db.sql`select source, checked_at, ok from cutwatch.source_checks order by source, checked_at`;
    expect([...kept]).toEqual([
      { source: "a", checked_at: at(2), ok: false },
      { source: "a", checked_at: at(3), ok: true },
      { source: "b", checked_at: at(0), ok: false },
    ]);
  });
});
