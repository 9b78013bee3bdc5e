import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { run, testShell } from "./test-shell.ts";

let database: TestDatabase;
const asked: string[] = [];

// The New York Fed's shape; the figures of these days are real. Nothing else answers.
const RATES = [
  { effectiveDate: "2025-11-14", percentRate: 3.88 },
  { effectiveDate: "2025-11-17", percentRate: 3.88 },
].map((row) => ({ ...row, type: "EFFR", targetRateFrom: 3.75, targetRateTo: 4, revisionIndicator: "" }));

const onlyNewYorkFed: typeof globalThis.fetch = async (input) => {
  const url = String(input instanceof Request ? input.url : input);
  asked.push(url);
  if (!url.includes("newyorkfed")) return new Response("nothing here", { status: 404 });
  return Response.json({ refRates: RATES });
};

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe("cutwatch backfill", () => {
  const words = ["backfill", "--from", "2025-11-14", "--to", "2025-11-17", "--quiet"];
  const shell = () => testShell({ DATABASE_URL: database.url }, { fetch: onlyNewYorkFed });

  it("keeps what one source gave when another is unavailable, exit 3", async () => {
    const { code, out, err } = await run(shell(), ...words);
    expect(code).toBe(3);
    expect(out).toContain("effr: 1 stretches fetched, 0 stored already\n");
    expect(out).toContain("Yahoo keeps no expired contracts");
    expect(err).toMatch(/cutwatch: Cannot finish the backfill, a source is unavailable: closes from 2025-11-14/);
    const rows = await database.sql<{ date: string }[]>`
      select fixing_date::text as date from cutwatch.effr_fixings order by 1
    `;
    expect(rows.map(({ date }) => date)).toEqual(["2025-11-14", "2025-11-17"]);
  });

  it("does not ask again for what is stored", async () => {
    asked.length = 0;
    const { out } = await run(shell(), ...words);
    expect(out).toContain("effr: 0 stretches fetched, 1 stored already\n");
    expect(asked.filter((url) => url.includes("newyorkfed"))).toEqual([]);
  });
});
