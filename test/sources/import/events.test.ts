import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventKeyOf } from "../../../src/sources/events-csv.ts";
import { type ParsedFile, parseImport } from "../../../src/sources/import-file.ts";
import { ImportFileError } from "../../../src/sources/import-result.ts";

function read(name: string, text: string) {
  const file: ParsedFile = parseImport("events", name, new TextEncoder().encode(text));
  if (file.kind !== "events") throw new Error(`Read as ${file.kind}`);
  return { source: file.source, ...file.events };
}

describe("events as CSV", () => {
  it("reads instants with their zone, whole days as New York's, and what may be left out", () => {
    const { source, kept } = read(
      "e.csv",
      `scheduled_at,what,status,event_key,known_at
2025-11-13T08:30:00-05:00,"CPI, October",cancelled,cpi/2025-10,2025-11-12T15:00Z
2025-11-20 13:30Z,Employment situation,Released,,
2025-07-04,Independence Day,,,
`,
    );
    expect(source).toBe("events-csv");
    expect(kept).toEqual([
      {
        eventKey: "cpi/2025-10",
        what: "CPI, October",
        scheduledAt: new Date("2025-11-13T13:30:00Z"),
        status: "cancelled",
        knownAt: new Date("2025-11-12T15:00:00Z"),
      },
      {
        eventKey: "employment-situation/2025-11-20",
        what: "Employment situation",
        scheduledAt: new Date("2025-11-20T13:30:00Z"),
        status: "released",
        knownAt: null,
      },
      {
        eventKey: "independence-day/2025-07-04",
        what: "Independence Day",
        scheduledAt: new Date("2025-07-04T04:00:00Z"),
        status: "scheduled",
        knownAt: null,
      },
    ]);
  });

  it.each([
    ["2025-11-13T08:30:00,CPI,,,", "bad_time"],
    ["13 Nov 2025,CPI,,,", "bad_time"],
    ["2025-02-30,CPI,,,", "bad_time"],
    ["0025-11-13T13:30Z,CPI,,,", "bad_time"],
    ["2025-11-13T13:30Z,CPI,,,yesterday", "bad_time"],
    ["2025-11-13T13:30Z,,,,", "bad_text"],
    ["2025-11-13T13:30Z,CPI,postponed,,", "bad_status"],
  ])("sets %s aside as %s and keeps the rest", (row, code) => {
    const result = read("e.csv", `scheduled_at,what,status,event_key,known_at\n${row}\n2025-11-14T13:30Z,PPI,,,\n`);
    expect(result.rejected.map((rejected) => [rejected.line, rejected.code])).toEqual([[2, code]]);
    expect(result.kept.map((event) => event.what)).toEqual(["PPI"]);
  });

  it("keeps a repeated event once and neither of two that differ", () => {
    const rows = [
      "2025-11-14T13:30Z,PPI,a",
      "2025-11-14T13:30Z,PPI,a",
      "2025-11-13T13:30Z,CPI,b",
      "2025-11-13T14:30Z,CPI,b",
    ];
    const result = read("e.csv", `scheduled_at,what,event_key\n${rows.join("\n")}\n`);
    expect(result.kept.map((event) => event.eventKey)).toEqual(["a"]);
    expect(result.duplicates).toBe(1);
    expect(result.rejected.map((rejected) => rejected.code)).toEqual(["conflicting_rows", "conflicting_rows"]);
  });
});

describe("eventKeyOf()", () => {
  it("is the same however the words are set, and another one on another day", () => {
    const at = new Date("2025-11-13T13:30:00Z");
    expect(eventKeyOf("CPI,  October", at)).toBe(eventKeyOf("cpi – October!", at));
    // 03:00 UTC is still the evening before in New York.
    expect(eventKeyOf("CPI", new Date("2025-11-14T03:00:00Z"))).toBe("cpi/2025-11-13");
  });
});

const calendar = (...lines: string[]) => ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n");
const event = (...lines: string[]) => ["BEGIN:VEVENT", "UID:one@example", "SUMMARY:CPI", ...lines, "END:VEVENT"];

describe("events as iCalendar", () => {
  it("unfolds lines, takes escaped commas and named zones, and leaves alarms and zones within alone", () => {
    const { source, kept, rejected } = read(
      "bls.ics",
      calendar(
        "BEGIN:VTIMEZONE",
        "TZID:America/New_York",
        "BEGIN:STANDARD",
        "DTSTART:19701101T020000",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:cpi-2025-10@bls.gov",
        "DTSTAMP:20251001T000000Z",
        "LAST-MODIFIED:20251024T120000Z",
        "SUMMARY:Consumer Price Index\\, Octo",
        " ber 2025\\; all items",
        'DTSTART;VALUE=DATE-TIME;TZID="America/New_York":20251113T083000',
        "STATUS:CANCELLED",
        "BEGIN:VALARM",
        "SUMMARY:wake up",
        "TRIGGER:-PT15M",
        "END:VALARM",
        "END:VEVENT",
      ),
    );
    expect([source, rejected]).toEqual(["events-ics", []]);
    expect(kept).toEqual([
      {
        eventKey: "cpi-2025-10@bls.gov",
        what: "Consumer Price Index, October 2025; all items",
        scheduledAt: new Date("2025-11-13T13:30:00Z"),
        status: "cancelled",
        knownAt: new Date("2025-10-24T12:00:00Z"),
      },
    ]);
  });

  it.each([
    ["DTSTART:20251113T133000Z", "2025-11-13T13:30:00.000Z"],
    ["DTSTART;TZID=America/New_York:20250711T083000", "2025-07-11T12:30:00.000Z"],
    ["DTSTART;TZID=Europe/Berlin:20251113T143015", "2025-11-13T13:30:15.000Z"],
    ["DTSTART;VALUE=DATE:20251113", "2025-11-13T05:00:00.000Z"],
  ])("reads %s as %s", (line, instant) => {
    expect(read("a.ics", calendar(...event(line))).kept[0]?.scheduledAt.toISOString()).toBe(instant);
  });

  it.each([
    ["a time without zone", ["DTSTART:20251113T083000"]],
    ["a zone nobody knows", ["DTSTART;TZID=Eastern Standard Time:20251113T083000"]],
    ["a day that does not exist", ["DTSTART;VALUE=DATE:20250230"]],
    ["no start", []],
    ["a rule of recurrence", ["DTSTART:20251113T133000Z", "RRULE:FREQ=MONTHLY"]],
  ])("sets an event with %s aside and keeps the others", (_, lines) => {
    const other = ["BEGIN:VEVENT", "UID:two", "SUMMARY:PPI", "DTSTART:20251114T133000Z", "END:VEVENT"];
    const result = read("a.ics", calendar(...event(...lines), ...other));
    expect(result.rejected.map(({ line, code }) => [line, code])).toEqual([[3, "bad_event"]]);
    expect(result.kept.map(({ what }) => what)).toEqual(["PPI"]);
  });

  it("refuses a calendar cut off anywhere inside, whole", () => {
    const text = calendar(...event("DTSTART:20251113T133000Z"));
    const end = text.lastIndexOf("END:VCALENDAR");
    fc.assert(
      fc.property(fc.integer({ min: "BEGIN:VCALENDAR\r\n".length, max: end }), (cut) => {
        expect(() => read("a.ics", text.slice(0, cut))).toThrow(ImportFileError);
      }),
      { seed: 20251113, numRuns: 60 },
    );
  });

  it("unfolds at any place: folding changes nothing", () => {
    const lines = event("DTSTART;TZID=America/New_York:20251113T083000", "LOCATION:a;b=c:d");
    const whole = read("a.ics", calendar(...lines)).kept;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (width) => {
        const folded = lines.map((line) => line.match(new RegExp(`.{1,${width}}`, "g"))?.join("\r\n ") ?? line);
        expect(read("a.ics", calendar(...folded)).kept).toEqual(whole);
      }),
      { seed: 7, numRuns: 20 },
    );
  });
});
