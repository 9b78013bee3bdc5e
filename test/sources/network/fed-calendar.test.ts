import { describe, expect, it } from "vitest";
import { fetchFedCalendar, parseFedCalendar } from "../../../src/sources/upstreams/fed-calendar.ts";
import { readCalendarDays } from "../../../src/sources/upstreams/fed-calendar-days.ts";
import { answer, fixture, loopback, testHttp, virtualClock } from "./loopback.ts";

const PAGE = fixture("fomccalendars.htm");

function panel(year: number, rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(
    ([month, date]) =>
      `<div class="row fomc-meeting"><div class="fomc-meeting__month"><strong>${month}</strong></div><div class="fomc-meeting__date">${date}</div></div>`,
  );
  return `<div class="panel panel-default"><div class="panel-heading"><h4>${year} FOMC Meetings</h4></div>${cells.join("")}</div>`;
}

/** The scheduled meetings of 2020 and the two unscheduled ones, in the words the Fed uses for them. */
const YEAR_2020 = [
  ["January", "28-29"],
  ["March", "2 (unscheduled)"],
  ["March", "15 (unscheduled)"],
  ["March", "17-18* (cancelled)"],
  ["March", "19 (notation vote)"],
  ["April", "28-29"],
  ["June", "9-10*"],
  ["July", "28-29"],
  ["September", "15-16*"],
  ["November", "4-5"],
  ["December", "15-16*"],
] as const;

const EIGHT = YEAR_2020.filter(([, days]) => !/unscheduled|notation/.test(days));

describe("readCalendarDays()", () => {
  it.each([
    { year: 2026, month: "January", day: "27-28", start: "2026-01-27", end: "2026-01-28", projections: false },
    { year: 2026, month: "March", day: "17-18*", start: "2026-03-17", end: "2026-03-18", projections: true },
    { year: 2024, month: "Apr/May", day: "30-1", start: "2024-04-30", end: "2024-05-01", projections: false },
    { year: 2023, month: "Jan/Feb", day: "31-1", start: "2023-01-31", end: "2023-02-01", projections: false },
    { year: 2019, month: "April/May", day: "30-1", start: "2019-04-30", end: "2019-05-01", projections: false },
    { year: 2018, month: "Jul/Aug", day: " 31 \u2013 1 ", start: "2018-07-31", end: "2018-08-01", projections: false },
    { year: 2030, month: "Dec/Jan", day: "31-1*", start: "2030-12-31", end: "2031-01-01", projections: true },
    { year: 2011, month: "Mar.", day: "15", start: "2011-03-15", end: "2011-03-15", projections: false },
  ])("reads $month $day of $year", ({ year, month, day, start, end, projections }) => {
    expect(readCalendarDays("fed-calendar", year, month, day)).toEqual({
      startDate: start,
      meetingDate: end,
      scheduled: true,
      cancelled: false,
      hasProjections: projections,
    });
  });

  it.each([
    { day: "15 (unscheduled)", scheduled: false, cancelled: false, hasProjections: false },
    { day: "17-18 (cancelled)", scheduled: true, cancelled: true, hasProjections: false },
    { day: "17-18* (canceled)", scheduled: true, cancelled: true, hasProjections: true },
    { day: "17-18 (Cancelled)*", scheduled: true, cancelled: true, hasProjections: true },
    { day: "3\u00a0(unscheduled)", scheduled: false, cancelled: false, hasProjections: false },
  ])("reads the remark of $day", ({ day, ...rest }) => {
    expect(readCalendarDays("fed-calendar", 2020, "March", day)).toMatchObject(rest);
  });

  it("leaves out a notation vote, and a remark it does not know", () => {
    expect(readCalendarDays("fed-calendar", 2025, "August", "22 (notation vote)")).toEqual({
      skipped: "a notation vote is no meeting",
    });
    expect(readCalendarDays("fed-calendar", 2025, "August", "22 (conference call)")).toEqual({
      skipped: 'the remark "conferencecall" is unknown',
    });
  });

  it.each([
    ["February", "30-31"],
    ["January", "27-30"],
    ["January", "28-27"],
    ["January", "31-1"],
    ["Jan/Feb/Mar", "31-1"],
    ["Ja", "27-28"],
    ["Enero", "27-28"],
    ["", "27-28"],
    ["January", ""],
    ["January", "TBD"],
    ["January", "27-28-29"],
    ["January", "27-28**x"],
  ])("refuses %j %j", (month, day) => {
    expect(() => readCalendarDays("fed-calendar", 2026, month, day)).toThrow(
      `Cannot read the FOMC calendar of 2026: expected days such as April and 28-29*, got "${month}" and "${day}"`,
    );
  });
});

describe("parseFedCalendar()", () => {
  it("reads both kinds of rows of all panels, ascending, with eight scheduled meetings a year", () => {
    const { meetings, warnings } = parseFedCalendar(PAGE);
    // Decision days as the Federal Reserve announced them.
    expect(meetings.map(({ meetingDate }) => meetingDate)).toEqual([
      ...[
        "2025-01-29",
        "2025-03-19",
        "2025-05-07",
        "2025-06-18",
        "2025-07-30",
        "2025-09-17",
        "2025-10-29",
        "2025-12-10",
      ],
      ...[
        "2026-01-28",
        "2026-03-18",
        "2026-04-29",
        "2026-06-17",
        "2026-07-29",
        "2026-09-16",
        "2026-10-28",
        "2026-12-09",
      ],
      ...[
        "2027-01-27",
        "2027-03-17",
        "2027-04-28",
        "2027-06-09",
        "2027-07-28",
        "2027-09-15",
        "2027-10-27",
        "2027-12-08",
      ],
    ]);
    expect(meetings[7]).toEqual({
      meetingDate: "2025-12-10",
      startDate: "2025-12-09",
      scheduled: true,
      cancelled: false,
      hasProjections: true,
      statementPath: "/newsevents/pressreleases/monetary20251210a.htm",
    });
    expect(meetings.at(-1)).toMatchObject({ startDate: "2027-12-07", hasProjections: true, statementPath: null });
    expect(meetings.filter(({ hasProjections }) => hasProjections)).toHaveLength(12);
    expect(warnings).toEqual(["Left out August 22 (notation vote) 2025: a notation vote is no meeting"]);
  });

  it("counts a cancelled meeting among the eight, an unscheduled one not", () => {
    const { meetings, warnings } = parseFedCalendar(panel(2020, YEAR_2020));
    expect(meetings).toHaveLength(10);
    expect(meetings.filter(({ scheduled }) => !scheduled).map(({ meetingDate }) => meetingDate)).toEqual([
      "2020-03-02",
      "2020-03-15",
    ]);
    expect(meetings.filter(({ cancelled }) => cancelled)).toMatchObject([
      { meetingDate: "2020-03-18", scheduled: true },
    ]);
    expect(warnings).toHaveLength(1);
  });

  it("dates an unscheduled meeting by a statement of the day after, as that of 3 March 2020", () => {
    const link = '<a href="/newsevents/pressreleases/monetary20200303a.htm">HTML</a></div>';
    const html = panel(2020, YEAR_2020).replace("2 (unscheduled)</div>", `2 (unscheduled)</div>${link.slice(0, -6)}`);
    const { meetings } = parseFedCalendar(html);
    expect(meetings[1]).toMatchObject({ meetingDate: "2020-03-03", startDate: "2020-03-02", scheduled: false });
  });

  it("warns of a statement that is dated otherwise", () => {
    const { warnings } = parseFedCalendar(PAGE.replaceAll("monetary20250129a.htm", "monetary20250131a.htm"));
    expect(warnings).toContain("The statement of the meeting of 2025-01-29 is dated 2025-01-31");
  });

  it("takes a year that is only begun after a full one, and says so", () => {
    const { meetings, warnings } = parseFedCalendar(panel(2028, [["January", "25-26"]]) + PAGE);
    expect(meetings.at(-1)?.meetingDate).toBe("2028-01-26");
    expect(warnings).toContain("The calendar of 2028 has 1 of 8 scheduled meetings so far");
  });

  it.each([
    {
      name: "a row gone from a year before the last",
      html: panel(2026, EIGHT.slice(1)) + panel(2027, EIGHT),
      says: /of 2026: expected 8 scheduled meetings, got 7/,
    },
    {
      name: "only a begun year",
      html: panel(2028, [["January", "25-26"]]),
      says: /of 2028: expected 8 scheduled meetings, got 1/,
    },
    {
      name: "nine meetings",
      html: PAGE.replace("22 (notation vote)", "21-22"),
      says: /of 2025: expected 8 scheduled meetings, got 9/,
    },
    { name: "an empty page", html: "", says: /expected panels headed "2026 FOMC Meetings", got none/ },
    { name: "a challenge page", html: '<html><meta name="robots" content="noindex"></html>', says: /got none/ },
    {
      name: "renamed rows",
      html: PAGE.replaceAll("fomc-meeting__month", "meeting-month"),
      says: /expected 8 scheduled meetings, got 0/,
    },
    {
      name: "renamed dates",
      html: PAGE.replaceAll("fomc-meeting__date", "meeting-date"),
      says: /expected days such as/,
    },
    { name: "a day that is none", html: PAGE.replace("27-28", "27-82"), says: /expected days such as/ },
    { name: "a year twice", html: PAGE + PAGE, says: /appears twice/ },
    {
      name: "a page cut in the middle",
      html: PAGE.slice(0, PAGE.indexOf("2025 FOMC Meetings") - 3000),
      says: /it speaks of 2026 but has no complete panel of it/,
    },
  ])("refuses $name", ({ html, says }) => {
    expect(() => parseFedCalendar(html)).toThrow(says);
  });
});

describe("fetchFedCalendar()", () => {
  it("reads the page below the base URL and keeps its bytes", async () => {
    const server = await loopback(answer(200, "text/html", PAGE));
    const result = await fetchFedCalendar({
      http: testHttp(virtualClock("2026-01-02T00:00:00Z")),
      baseUrl: server.baseUrl,
    });
    expect(server.seen[0]?.path).toBe("/monetarypolicy/fomccalendars.htm");
    expect(result.rows).toHaveLength(24);
    expect(Buffer.from(result.payloads[0]?.bytes ?? []).toString()).toBe(PAGE);
  });
});
