import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESOURCES } from "../../src/api/openapi.ts";
import { recordCheck } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { DAYS, draftOf, seedEpisode, store } from "./episode.ts";
import { readJson, type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

describe("/", () => {
  it("shows the API's own numbers of the reading asked for", async () => {
    const page = await (await served.app.request("/?as_of=2025-11-17")).text();
    expect(page).toContain("What does the market expect of the Fed?");
    expect(page).toContain("<td>42.4</td>");
    expect(page).toContain("3.75-4.00 %");
    expect(page).toContain("+16.0 bp");
  });

  it("loads nothing: no script, no address elsewhere but the citation's link in words, a strict policy", async () => {
    for (const path of ["/", "/docs"]) {
      const response = await served.app.request(path);
      const page = await response.text();
      expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(page).not.toMatch(/<script|<iframe|<img|(src|href)="(?!data:|\/)/);
    }
  });

  it("opens on the episode, and says so, when the sample is all there is", async () => {
    const other = await testDatabase();
    try {
      await store(
        other.sql,
        DAYS.map((day) => ({ ...draftOf(day), isSample: true })),
        new Date("2026-11-01T00:00:00Z"),
      );
      const page = await (await serveTest(other.sql, { now: "2026-11-22T00:00:00Z" }).app.request("/")).text();
      expect(page).toContain("built-in sample");
      expect(page).toContain("Reading of <strong>17 Nov 2025</strong>");
    } finally {
      await other.drop();
    }
  });

  it("is a page, not an error, over an empty database, and shows text of sources as text", async () => {
    const other = await testDatabase();
    try {
      await other.sql`insert into cutwatch.source_catalog values ('<b>bold</b>', 'a & b', '', true, true)`;
      const response = await serveTest(other.sql).app.request("/");
      const page = await response.text();
      expect(response.status).toBe(200);
      expect(page).toContain("No reading is stored");
      expect(page).toContain("&lt;b&gt;bold&lt;/b&gt;");
    } finally {
      await other.drop();
    }
  });
});

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 and names every resource and its parameters", async () => {
    const document = await readJson<{
      openapi: string;
      paths: Record<string, { get: { parameters: { name: string; in: string }[] } }>;
    }>(served.app, "/openapi.json");
    expect(document.openapi).toBe("3.1.0");
    for (const { path } of RESOURCES) {
      const parameters = document.paths[path]?.get.parameters ?? [];
      expect(parameters.length).toBeGreaterThan(0);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
        expect(parameters).toContainEqual(expect.objectContaining({ name, in: "path", required: true }));
      }
      expect(new Set(parameters.map((parameter) => parameter.name)).size).toBe(parameters.length);
    }
  });

  it("gives examples that the API takes", async () => {
    const page = await (await served.app.request("/docs")).text();
    const examples = [...page.matchAll(/<a href="(\/v1\/[^"]*)"/g)].map((match) =>
      (match[1] ?? "").replaceAll("&amp;", "&"),
    );
    expect(examples.length).toBeGreaterThanOrEqual(RESOURCES.length);
    for (const example of examples)
      expect([example, (await served.app.request(example)).status]).toEqual([example, 200]);
  });
});

describe("/v1/sources", () => {
  const CHECKED = new Date("2025-11-18T10:00:00Z");
  const statusAt = async (now: string, source: string) => {
    const { data } = await readJson<{ data: { source: string; status: string; last_error: string | null }[] }>(
      serveTest(database.sql, { now }).app,
      "/v1/sources",
    );
    return data.find((row) => row.source === source);
  };

  it("says off, stale before the first answer, ok, stale when overdue, failing, and ok again", async () => {
    const check = {
      source: "test-open",
      checkedAt: CHECKED,
      error: null,
      newestAsOf: CHECKED,
      expectedNextAt: new Date("2025-11-18T12:00:00Z"),
    };
    expect(await statusAt("2025-11-18T11:00:00Z", "test-off")).toMatchObject({ status: "off" });
    expect(await statusAt("2025-11-18T11:00:00Z", "test-open")).toMatchObject({ status: "stale", last_error: null });
    await recordCheck(database.sql, check);
    expect(await statusAt("2025-11-18T12:00:00Z", "test-open")).toMatchObject({ status: "ok" });
    expect(await statusAt("2025-11-18T12:00:01Z", "test-open")).toMatchObject({ status: "stale" });
    await recordCheck(database.sql, {
      ...check,
      checkedAt: new Date("2025-11-18T12:30:00Z"),
      error: "no route",
      newestAsOf: null,
      expectedNextAt: null,
    });
    expect(await statusAt("2025-11-18T12:31:00Z", "test-open")).toMatchObject({
      status: "failing",
      last_error: "no route",
    });
    await recordCheck(database.sql, { ...check, checkedAt: new Date("2025-11-18T13:00:00Z"), expectedNextAt: null });
    expect(await statusAt("2025-11-18T13:01:00Z", "test-open")).toMatchObject({ status: "ok", last_error: null });
  });
});
