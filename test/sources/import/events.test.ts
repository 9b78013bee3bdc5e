import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventKeyOf } from "../../../src/sources/files/events/events-csv.ts";
import { type ParsedFile, parseImport } from "../../../src/sources/files/import-file.ts";
import { ImportFileError } from "../../../src/sources/files/import-result.ts";

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
    ["2101-01-01,CPI,,,", "bad_time"],
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

describe("notices of one event", () => {
  const header = "scheduled_at,what,status,event_key,known_at\n";
  const notice = (status: string, known: string) => `2025-11-13T13:30Z,CPI,${status},cpi,${known}\n`;

  it("are all kept from a CSV where they were known at different times", () => {
    const rows = [
      notice("scheduled", "2025-01-02"),
      notice("cancelled", "2025-11-01"),
      notice("cancelled", "2025-11-01"),
    ];
    const result = read("e.csv", header + rows.join(""));
    expect(result.kept.map(({ status }) => status)).toEqual(["scheduled", "cancelled"]);
    expect([result.rejected, result.duplicates]).toEqual([[], 1]);
  });

  it("are refused where they differ and were known at the same time", () => {
    const result = read("e.csv", header + notice("scheduled", "2025-01-02") + notice("cancelled", "2025-01-02"));
    expect(result.kept).toEqual([]);
    expect(result.rejected.map(({ code }) => code)).toEqual(["conflicting_rows", "conflicting_rows"]);
  });

  const revision = (sequence: number, ...lines: string[]) =>
    event(`SEQUENCE:${sequence}`, "DTSTART:20251113T133000Z", ...lines);

  it("are all kept from a calendar, known by LAST-MODIFIED, else DTSTAMP, else CREATED", () => {
    const { kept, rejected } = read(
      "a.ics",
      calendar(
        ...revision(2, "CREATED:20250101T000000Z", "DTSTAMP:20251102T000000Z", "LAST-MODIFIED:20251101T000000Z"),
        ...revision(1, "CREATED:20250101T000000Z", "DTSTAMP:20250601T000000Z", "STATUS:CANCELLED"),
        ...revision(0, "CREATED:20250101T000000Z"),
      ),
    );
    expect(rejected).toEqual([]);
    expect(kept.map(({ knownAt, status }) => [knownAt?.toISOString().slice(0, 10), status])).toEqual([
      ["2025-11-01", "scheduled"],
      ["2025-06-01", "cancelled"],
      ["2025-01-01", "scheduled"],
    ]);
  });

  it.each([
    ["no stamps", [], []],
    ["one stamp", ["DTSTAMP:20251101T000000Z"], ["DTSTAMP:20251101T000000Z"]],
    ["stamps the other way round", ["DTSTAMP:20251102T000000Z"], ["DTSTAMP:20251101T000000Z"]],
    ["a filler for a stamp", ["DTSTAMP:19700101T000000Z"], ["DTSTAMP:19700101T000000Z"]],
  ])("go by SEQUENCE alone where a calendar has %s", (_, before, after) => {
    const lines = [revision(0, ...before), revision(1, "STATUS:CANCELLED", ...after)];
    for (const order of [lines, lines.toReversed()]) {
      const { kept, rejected } = read("a.ics", calendar(...order.flat()));
      expect(kept.map(({ status }) => status)).toEqual(["cancelled"]);
      expect(rejected.map(({ code }) => code)).toEqual(["superseded"]);
    }
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
    ["DTSTART;TZID=US-Eastern:20251113T083000", "2025-11-13T13:30:00.000Z"],
    ["DTSTART;TZID=Eastern Standard Time:20250711T083000", "2025-07-11T12:30:00.000Z"],
    ['DTSTART;TZID="(UTC-05:00) Eastern Time (US & Canada)":20250711T083000', "2025-07-11T12:30:00.000Z"],
    ["DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20250711T083000", "2025-07-11T12:30:00.000Z"],
    ["DTSTART;TZID=/citadel.org/20250101_1/America/Indiana/Knox:20250711T073000", "2025-07-11T12:30:00.000Z"],
  ])("reads %s as %s", (line, instant) => {
    expect(read("a.ics", calendar(...event(line))).kept[0]?.scheduledAt.toISOString()).toBe(instant);
  });

  it.each([
    ["a time without zone", ["DTSTART:20251113T083000"]],
    ["a zone nobody knows", ["DTSTART;TZID=Bureau Time:20251113T083000"]],
    ["a start in the year 9999", ["DTSTART:99991231T000000Z"]],
    ["two starts", ["DTSTART:20251113T133000Z", "DTSTART:20251114T133000Z"]],
    ["two summaries", ["DTSTART:20251113T133000Z", "SUMMARY:PPI"]],
    ["a sequence that is no number", ["DTSTART:20251113T133000Z", "SEQUENCE:last"]],
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

  it("takes the words without escape sequences and direction marks, and refuses them in a key", () => {
    const start = "DTSTART:20251113T133000Z";
    const words = ["BEGIN:VEVENT", "UID:a", "SUMMARY:\u001b[31mCPI\u202e\u200b up\\n\u0007now", start, "END:VEVENT"];
    const key = ["BEGIN:VEVENT", "UID:b\u202e", "SUMMARY:PPI", start, "END:VEVENT"];
    const { kept, rejected } = read("a.ics", calendar(...words, ...key));
    expect(kept.map(({ what }) => what)).toEqual(["[31mCPI up now"]);
    expect(rejected.map(({ code, reason }) => [code, reason.includes("UID")])).toEqual([["bad_event", true]]);
    const csv = read("e.csv", "scheduled_at,what\n2025-11-13T13:30Z,\u001b[31mCPI\u202e up\n");
    expect(csv.kept.map(({ what }) => what)).toEqual(["[31mCPI up"]);
    const bad = ["CPI,cpi\u202e", "\u202e\u200f,cpi"].map((cells) => `2025-11-13T13:30Z,${cells}\n`);
    const refused = read("e.csv", `scheduled_at,what,event_key\n${bad.join("")}`).rejected;
    expect(refused.map(({ code }) => code)).toEqual(["bad_text", "bad_text"]);
  });

  it("says that a calendar has no events", () => {
    const result = read("a.ics", calendar());
    expect([result.rowsRead, result.kept, result.notes.length]).toEqual([0, [], 1]);
  });

  // With a pattern that can share a text between its parts in several ways, 28 commas took 20 s.
  it.each([
    ["commas in a parameter", `ATTENDEE;CN=${",".repeat(10_000)}"`],
    ["commas before a value", `ATTENDEE;CN=${",".repeat(10_000)};X`],
    ["quotation marks", `ATTENDEE;CN=${'"",'.repeat(10_000)}"`],
    ["parameters", `ATTENDEE${";A=b".repeat(10_000)}`],
    ["letters", "A".repeat(100_000)],
  ])("refuses a line of 10,000 %s in one pass", (_, line) => {
    expect(() => read("a.ics", calendar(...event(line)))).toThrow(ImportFileError);
  });

  it("reads a line of 10,000 commas that is one", () => {
    const lines = event(`ATTENDEE;CN=${",".repeat(10_000)};X="a:b;c",d:mailto:x`, "DTSTART:20251113T133000Z");
    expect(read("a.ics", calendar(...lines)).kept).toHaveLength(1);
  });
});

describe("zones that a calendar defines", () => {
  const part = (name: string, start: string, [from, to]: readonly [string, string], ...lines: string[]) => [
    `BEGIN:${name}`,
    `DTSTART:${start}`,
    `TZOFFSETFROM:${from}`,
    `TZOFFSETTO:${to}`,
    ...lines,
    `END:${name}`,
  ];
  const zone = (...parts: string[]) => ["BEGIN:VTIMEZONE", "TZID:Bureau Time", ...parts, "END:VTIMEZONE"];
  // The rules of New York since 2007, and those from 1987 to 2006 (Energy Policy Act of 2005, section 110).
  const newYork = zone(
    ...part("DAYLIGHT", "20070311T020000", ["-0500", "-0400"], "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
    ...part("STANDARD", "20071104T020000", ["-0400", "-0500"], "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
    ...part(
      "DAYLIGHT",
      "19870405T020000",
      ["-0500", "-0400"],
      "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z",
    ),
    ...part(
      "STANDARD",
      "19871025T020000",
      ["-0400", "-0500"],
      "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z",
    ),
  );
  const stamp = (wallMs: number) => new Date(wallMs).toISOString().replace(/[-:]|\.000Z$/g, "");

  it("are New York's where they have its rules, at any time from 1990 on", () => {
    const minute = 60_000;
    const from = Date.UTC(1990, 0, 1) / minute;
    const to = Date.UTC(2035, 0, 1) / minute;
    // Near the changes of 2006, 2007 and 2025, and anywhere.
    const changes = [
      "2006-04-02T02:00Z",
      "2006-10-29T02:00Z",
      "2007-03-11T02:00Z",
      "2007-11-04T02:00Z",
      "2025-03-09T02:00Z",
    ];
    const near = fc
      .tuple(fc.constantFrom(...changes, "2025-11-02T02:00Z"), fc.integer({ min: -180, max: 180 }))
      .map(([change, minutes]) => Date.parse(change) / minute + minutes);
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: from, max: to }), near), (minutes) => {
        const at = stamp(minutes * minute);
        const own = read("a.ics", calendar(...event(`DTSTART;TZID=Bureau Time:${at}`), ...newYork));
        const iana = read("a.ics", calendar(...event(`DTSTART;TZID=America/New_York:${at}`)));
        expect(own.kept[0]?.scheduledAt).toEqual(iana.kept[0]?.scheduledAt);
      }),
      { seed: 20251102, numRuns: 300 },
    );
  });

  it("may have one offset for good", () => {
    const fixed = zone(...part("STANDARD", "16010101T000000", ["+0530", "+0530"]));
    const { kept } = read("a.ics", calendar(...fixed, ...event("DTSTART;TZID=Bureau Time:20251113T190000")));
    expect(kept[0]?.scheduledAt.toISOString()).toBe("2025-11-13T13:30:00.000Z");
  });

  it.each([
    ["a rule nobody can follow", part("STANDARD", "20070101T000000", ["-0500", "-0500"], "RRULE:FREQ=WEEKLY")],
    ["no offset", ["BEGIN:STANDARD", "DTSTART:20070101T000000", "END:STANDARD"]],
    ["no parts", []],
  ])("set their events aside where they have %s", (_, parts) => {
    const result = read("a.ics", calendar(...zone(...parts), ...event("DTSTART;TZID=Bureau Time:20251113T190000")));
    expect(result.rejected.map(({ code, reason }) => [code, reason.includes("VTIMEZONE")])).toEqual([
      ["bad_event", true],
    ]);
  });
});
