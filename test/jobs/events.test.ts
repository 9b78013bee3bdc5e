import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { loadEvents } from "../../jobs/load-events.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2025-10-01T12:00:00Z");
const LATER = new Date("2025-12-01T12:00:00Z");

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, NOW);
});
afterAll(() => db.drop());

const latest = (key: string) =>
  db.sql`select what, scheduled_at, status, known_at, source from review.market_events where event_key = ${key}`;

function take(text: string, at: Date, again = false) {
  const bytes = new TextEncoder().encode(text);
  const file = { fileName: "e.csv", bytes, kind: "events", options: {}, dryRun: false, again } as const;
  return importFile(db.sql, file, () => at);
}

describe("loadEvents()", () => {
  it("writes the calendar once, and later only what has been released since", async () => {
    expect(await loadEvents(db.sql, NOW)).toBeGreaterThan(500);
    expect(await loadEvents(db.sql, NOW)).toBe(0);
    expect(await latest("fomc-decision/2025-10-29")).toMatchObject([{ status: "scheduled", source: "built-in" }]);
    // Until 1 December: minutes of September and October, a decision and a press conference.
    expect(await loadEvents(db.sql, LATER)).toBe(4);
    expect(await latest("fomc-decision/2025-10-29")).toMatchObject([{ status: "released" }]);
  });

  it("does not overrule what was imported about one of its events", async () => {
    const header = "scheduled_at,what,status,event_key\n";
    await take(`${header}2025-12-31T19:00:00Z,FOMC minutes put off,rescheduled,fomc-minutes/2025-12-10\n`, LATER);
    expect(await loadEvents(db.sql, LATER)).toBe(0);
    expect(await latest("fomc-minutes/2025-12-10")).toMatchObject([{ status: "rescheduled", source: "events-csv" }]);
  });
});

describe("importFile() of events", () => {
  const CPI =
    "scheduled_at,what,status,event_key\n2025-11-13T13:30:00Z,CPI October,scheduled,cpi/2025-10\nsoon,PPI,,\n";

  it("stores an event with its source, and the row that is none in quarantine", async () => {
    const summary = await take(CPI, NOW);
    expect(summary).toMatchObject({ source: "events-csv", rowsRead: 2, stored: 1, unchanged: 0 });
    expect(summary.quarantined).toMatchObject([{ line: 3, code: "bad_time" }]);
    // The world's knowledge is not said, so it is when the file came.
    expect(await latest("cpi/2025-10")).toMatchObject([{ what: "CPI October", status: "scheduled", known_at: NOW }]);
  });

  it("keeps a change of plan as a further row and changes nothing for the same file again", async () => {
    const cancelled = CPI.replace(",scheduled,", ",cancelled,");
    expect(await take(cancelled, LATER)).toMatchObject({ stored: 1 });
    expect(await take(cancelled, LATER)).toMatchObject({ stored: 0, unchanged: 1 });
    expect(await take(CPI, LATER)).toMatchObject({ stored: 0, importedBefore: NOW });
    expect(await latest("cpi/2025-10")).toMatchObject([
      { status: "cancelled", known_at: new Date("2025-11-13T13:30:00Z") },
    ]);
    const rows = await db.sql`select status from cutwatch.market_events where event_key = 'cpi/2025-10' order by id`;
    expect(rows.map((row) => row.status)).toEqual(["scheduled", "cancelled"]);
  });
});
