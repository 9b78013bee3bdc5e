import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importFile } from "../../jobs/import-file.ts";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { loadEvents } from "../../jobs/load-events.ts";
import { eventsKnown } from "../../src/store/repricing-detail.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";

const NOW = new Date("2025-10-01T12:00:00Z");
/** After what was recorded by a clock that stands still: each write is a millisecond after the one before. */
const SOON = new Date("2025-10-01T12:00:01Z");
const LATER = new Date("2025-12-01T12:00:00Z");

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  await loadBuiltInMeetings(db.sql, () => NOW);
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
    expect(await loadEvents(db.sql, () => NOW)).toBeGreaterThan(500);
    expect(await loadEvents(db.sql, () => NOW)).toBe(0);
    expect(await latest("fomc-decision/2025-10-29")).toMatchObject([{ status: "scheduled", source: "built-in" }]);
    // Until 1 December: minutes of September and October, a decision and a press conference.
    expect(await loadEvents(db.sql, () => LATER)).toBe(4);
    expect(await latest("fomc-decision/2025-10-29")).toMatchObject([{ status: "released" }]);
  });

  it("does not overrule what was imported about one of its events", async () => {
    const header = "scheduled_at,what,status,event_key\n";
    await take(`${header}2025-12-31T19:00:00Z,FOMC minutes put off,rescheduled,fomc-minutes/2025-12-10\n`, LATER);
    expect(await loadEvents(db.sql, () => LATER)).toBe(0);
    expect(await latest("fomc-minutes/2025-12-10")).toMatchObject([{ status: "rescheduled", source: "events-csv" }]);
  });
});

describe("importFile() of events", () => {
  const CPI =
    "scheduled_at,what,status,event_key\n2025-11-13T13:30:00Z,CPI October,scheduled,cpi/2025-10\nsoon,PPI,,\n";

  it("stores an event with its source, and the row that is none in quarantine", async () => {
    const summary = await take(CPI, SOON);
    expect(summary).toMatchObject({ source: "events-csv", rowsRead: 2, stored: 1, unchanged: 0 });
    expect(summary.quarantined).toMatchObject([{ line: 3, code: "bad_time" }]);
    // The world's knowledge is not said, so it is when the file came.
    expect(await latest("cpi/2025-10")).toMatchObject([{ what: "CPI October", status: "scheduled", known_at: SOON }]);
  });

  it("keeps a change of plan as a further row and changes nothing for the same file again", async () => {
    const cancelled = CPI.replace(",scheduled,", ",cancelled,");
    expect(await take(cancelled, LATER)).toMatchObject({ stored: 1 });
    expect(await take(cancelled, LATER)).toMatchObject({ stored: 0, unchanged: 1 });
    expect(await take(CPI, LATER)).toMatchObject({ stored: 0, importedBefore: SOON });
    expect(await latest("cpi/2025-10")).toMatchObject([
      { status: "cancelled", known_at: new Date("2025-11-13T13:30:00Z") },
    ]);
    const rows = await db.sql`select status from cutwatch.market_events where event_key = 'cpi/2025-10' order by id`;
    expect(rows.map((row) => row.status)).toEqual(["scheduled", "cancelled"]);
  });

  it("counts the notice known last, in whatever order the files come", async () => {
    const header = "scheduled_at,what,status,event_key,known_at\n";
    const notices = [
      ["scheduled", "2025-01-10"],
      ["cancelled", "2025-09-10"],
      ["scheduled", "2025-09-20"],
    ] as const;
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ] as const;
    for (const [i, order] of orders.entries()) {
      const key = `speech/${i}`;
      for (const at of order) {
        const [status, known] = notices[at];
        expect(await take(`${header}2025-11-12T15:00Z,Speech,${status},${key},${known}\n`, NOW)).toMatchObject({
          stored: 1,
        });
      }
      expect(await latest(key)).toMatchObject([{ status: "scheduled", known_at: new Date("2025-09-20T04:00:00Z") }]);
    }
    const whole = notices.map(([status, known]) => `2025-11-12T15:00Z,Speech,${status},speech/whole,${known}\n`);
    expect(await take(header + whole.slice(0, 2).join(""), NOW)).toMatchObject({ stored: 2 });
    expect(await latest("speech/whole")).toMatchObject([{ status: "cancelled" }]);
    expect(await take(header + whole.toReversed().join(""), NOW)).toMatchObject({ stored: 1, unchanged: 2 });
    expect(await latest("speech/whole")).toMatchObject([{ status: "scheduled" }]);
  });

  it("lets a correction without a date count before what it corrects", async () => {
    const header = "scheduled_at,what,status,event_key,known_at\n";
    await take(`${header}2025-11-12T15:00Z,Remarks,scheduled,remarks,2025-11-20\n`, LATER);
    expect(await take(`${header}2025-11-12T15:00Z,Remarks,cancelled,remarks,\n`, LATER)).toMatchObject({ stored: 1 });
    expect(await latest("remarks")).toMatchObject([{ status: "cancelled" }]);
  });

  it("lets no stamp in the future hold off what comes after it", async () => {
    const header = "scheduled_at,what,status,event_key,known_at\n";
    await take(`${header}2026-11-12T15:00Z,Panel,scheduled,panel,2099-01-01\n`, NOW);
    await take(`${header}2026-11-12T15:00Z,Panel,cancelled,panel,2025-11-01\n`, LATER);
    expect(await latest("panel")).toMatchObject([{ status: "cancelled" }]);
  });

  it("counts what was imported about a built-in event also when it comes late", async () => {
    const header = "scheduled_at,what,status,event_key,known_at\n";
    const key = "fomc-press-conference/2025-10-29";
    await loadEvents(db.sql, () => LATER);
    expect(await latest(key)).toMatchObject([{ status: "released", source: "built-in" }]);
    await take(`${header}2025-10-29T18:30Z,FOMC press conference,cancelled,${key},2025-10-28\n`, LATER);
    expect(await loadEvents(db.sql, () => LATER)).toBe(0);
    expect(await latest(key)).toMatchObject([{ status: "cancelled", source: "events-csv" }]);
  });

  it("sets aside what was released and is yet to come, and keeps the rest", async () => {
    const text = "scheduled_at,what,status,event_key\n2099-01-02,CPI,released,cpi/2099\n2099-01-03,PPI,,ppi/2099\n";
    const summary = await take(text, NOW);
    expect(summary).toMatchObject({ stored: 1, quarantined: [{ line: 2, code: "future_date" }] });
    expect(await latest("cpi/2099")).toEqual([]);
  });
});

describe("eventsKnown()", () => {
  const from = new Date("2025-11-19T21:00:00Z");
  const to = new Date("2025-11-20T21:00:00Z");
  const header = "scheduled_at,what,status,event_key,known_at\n";

  it("goes by the notice known last of those recorded by then", async () => {
    const names = async (knownAt: Date | null) =>
      (await eventsKnown(db.sql, { from, to, knownAt })).map(({ what }) => what);
    await take(`${header}2025-11-20T13:30Z,Jobs,cancelled,jobs,2025-09-20\n`, NOW);
    expect(await names(null)).not.toContain("Jobs");
    await take(`${header}2025-11-20T13:30Z,Jobs,scheduled,jobs,2025-01-01\n`, LATER);
    expect(await names(null)).not.toContain("Jobs");
    await take(`${header}2025-11-20T13:30Z,Jobs back,rescheduled,jobs,2025-10-20\n`, LATER);
    expect(await names(null)).toContain("Jobs back");
    expect(await names(NOW)).not.toContain("Jobs back");
    // Put off to another day, it is not on this one, though an earlier notice still is.
    await take(`${header}2025-12-16T13:30Z,Jobs put off,rescheduled,jobs,2025-10-25\n`, LATER);
    expect((await names(null)).filter((what) => what.startsWith("Jobs"))).toEqual([]);
  });

  it("lists 100 and counts them all, the built-in ones among them", async () => {
    const many = Array.from({ length: 250 }, (_, i) => `2025-10-29T17:00Z,Talk ${i},scheduled,talk/${i},2025-10-01\n`);
    await take(header + many.join(""), LATER);
    const day = { from: new Date("2025-10-28T19:00:00Z"), to: new Date("2025-10-29T19:00:00Z") };
    const listed = await eventsKnown(db.sql, { ...day, knownAt: null });
    expect([listed.length, new Set(listed.map(({ ofAll }) => ofAll))]).toEqual([100, new Set([251])]);
    expect(listed.at(-1)).toMatchObject({ what: "FOMC decision", source: "built-in" });
    const times = listed.map(({ scheduledAt }) => scheduledAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});
