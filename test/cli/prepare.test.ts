import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadBuiltInMeetings, loadSample } from "../../jobs/load-built-in.ts";
import { prepareStore } from "../../src/cli/prepare.ts";
import { readConfig } from "../../src/config.ts";
import { hasObservations } from "../../src/store/observations.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { NOW, run, testShell } from "./test-shell.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const envOf = (sample: "on" | "off") => ({ DATABASE_URL: database.url, CUTWATCH_SAMPLE: sample });
const serve = (sample: "on" | "off") => prepareStore(database.sql, readConfig(envOf(sample)), () => NOW);

describe("cutwatch now", () => {
  it("shows the built-in sample on a database that nothing has run on", async () => {
    const { code, out, err } = await run(testShell(envOf("on")), "now");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("built-in sample");
  });

  it("does not load the sample into a database that serves without it", async () => {
    await serve("off");
    const { code } = await run(testShell(envOf("on")), "now");
    expect(code).toBe(1);
    expect(await hasObservations(database.sql)).toBe(false);
  });

  it("writes nothing where the sample is off", async () => {
    const { code } = await run(testShell(envOf("off")), "now");
    expect(code).toBe(1);
    const rows = await database.sql`select from cutwatch.meeting_notices union all select from cutwatch.source_catalog`;
    expect(rows).toHaveLength(0);
  });

  it("ends what a first start did not come to", async () => {
    // As it is when a process dies after the observations, before the odds.
    await loadBuiltInMeetings(database.sql, () => NOW);
    await loadSample(database.sql, () => NOW);
    const { code, out, err } = await run(testShell(envOf("on")), "now");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("built-in sample");
  });
});
