import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { daysBetween, weekday } from "../../src/calendar/calendar-date.ts";
import { isFedBusinessDay } from "../../src/calendar/fed-business-days.ts";
import type { Meeting } from "../../src/calendar/meetings.ts";
import { dateInZone, NEW_YORK, timeInZone } from "../../src/calendar/zoned-time.ts";
import {
  BUILT_IN_CALENDAR,
  BUILT_IN_END,
  BUILT_IN_MEETINGS,
  scheduledMeeting,
  scheduledStatementInstant,
} from "../../src/sources/built-in/fomc-meetings.ts";

const HISTORY = new URL("../../../shared/data/", import.meta.url);
const MEETINGS = new URL("fomc_meetings_1994_2027.csv", HISTORY);
const FIXINGS = new URL("fed_funds_daily_2000_2026.csv", HISTORY);

function rowsOf(file: URL): string[][] {
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => line.split(","));
}

function meetingOn(date: string): Meeting {
  const meeting = BUILT_IN_MEETINGS.find(({ meetingDate }) => meetingDate === date);
  if (meeting === undefined) throw new Error(`Cannot find a meeting on ${date}: not in the built-in list`);
  return meeting;
}

const percentToBp = (percent: string | undefined) => Math.round(Number(percent) * 100);

describe("BUILT_IN_MEETINGS", () => {
  it("ascends without a repeated day", () => {
    const dates = BUILT_IN_MEETINGS.map(({ meetingDate }) => meetingDate);
    expect(dates).toEqual([...new Set(dates)].sort());
  });

  it("has eight scheduled meetings a year from 2000 to 2027, 2020 with the one that was cancelled", () => {
    for (let year = 2000; year <= 2027; year++) {
      const ofYear = BUILT_IN_MEETINGS.filter((m) => m.scheduled && m.meetingDate.startsWith(String(year)));
      expect(ofYear).toHaveLength(8);
      expect(ofYear.filter((m) => m.cancelledAt !== null)).toHaveLength(year === 2020 ? 1 : 0);
    }
  });

  it("lists the eight unscheduled decisions, known from their announcement", () => {
    const unscheduled = BUILT_IN_MEETINGS.filter((m) => !m.scheduled);
    expect(unscheduled.map(({ meetingDate, knownFrom }) => [meetingDate, knownFrom?.toISOString()])).toEqual([
      ["2001-01-03", "2001-01-03T18:13:00.000Z"],
      ["2001-04-18", "2001-04-18T14:54:00.000Z"],
      ["2001-09-17", "2001-09-17T12:20:00.000Z"],
      ["2007-08-17", "2007-08-17T12:15:00.000Z"],
      ["2008-01-22", "2008-01-22T13:20:00.000Z"],
      ["2008-10-08", "2008-10-08T11:00:00.000Z"],
      ["2020-03-03", "2020-03-03T15:00:00.000Z"],
      ["2020-03-15", "2020-03-15T21:00:00.000Z"],
    ]);
    for (const { knownFrom, decision } of unscheduled) expect(decision?.announcedAt).toEqual(knownFrom);
  });

  it("keeps 18 Mar 2020 as scheduled until it was cancelled on 15 Mar at 17:00 New York", () => {
    expect(meetingOn("2020-03-18")).toEqual({
      ...scheduledMeeting("2020-03-18"),
      cancelledAt: new Date("2020-03-15T21:00:00Z"),
    });
  });

  it("takes effect on the Fed business day after the decision, at most four days later", () => {
    for (const { meetingDate, effectiveDate } of BUILT_IN_MEETINGS) {
      expect(isFedBusinessDay(effectiveDate)).toBe(true);
      expect(daysBetween(meetingDate, effectiveDate)).toBeGreaterThanOrEqual(1);
      expect(daysBetween(meetingDate, effectiveDate)).toBeLessThanOrEqual(4);
    }
    expect(meetingOn("2020-03-15").effectiveDate).toBe("2020-03-16");
    expect(meetingOn("2007-08-17").effectiveDate).toBe("2007-08-20");
  });

  it("announces each decision on its own day in New York, and scheduled ones on weekdays", () => {
    for (const { meetingDate, scheduled, decision } of BUILT_IN_MEETINGS) {
      if (decision !== null) expect(dateInZone(decision.announcedAt, NEW_YORK)).toBe(meetingDate);
      if (scheduled) expect(weekday(meetingDate) % 6).not.toBe(0);
    }
  });

  it("has single targets before 16 Dec 2008 and 25 bp ranges from then on, all on the 25 bp grid", () => {
    for (const { meetingDate, decision } of BUILT_IN_MEETINGS) {
      if (decision === null) continue;
      expect(decision.lowerBp % 25).toBe(0);
      expect(decision.upperBp - decision.lowerBp).toBe(meetingDate < "2008-12-16" ? 0 : 25);
    }
  });

  it("decides every meeting through 16 Sep 2026 but the cancelled one, and none after", () => {
    for (const { meetingDate, cancelledAt, decision } of BUILT_IN_MEETINGS) {
      expect(decision !== null).toBe(meetingDate <= "2026-09-16" && cancelledAt === null);
    }
    expect(meetingOn("2026-09-16").decision).toMatchObject({ lowerBp: 375, upperBp: 400 });
  });
});

describe("BUILT_IN_CALENDAR", () => {
  it("is complete through January 2028, whose meeting is its last", () => {
    expect(BUILT_IN_CALENDAR).toEqual({ meetings: BUILT_IN_MEETINGS, completeThrough: "2028-01" });
    expect(BUILT_IN_MEETINGS.at(-1)?.meetingDate).toBe("2028-01-26");
    expect(BUILT_IN_END).toBe("2028-01-31");
  });
});

describe("scheduledStatementInstant()", () => {
  // Board press releases of 24 March 2011 (12:30 with a press conference) and 13 March 2013 (14:00 for all).
  it.each([
    { date: "2008-12-16", hour: 14, minute: 15 },
    { date: "2011-04-27", hour: 12, minute: 30 },
    { date: "2011-08-09", hour: 14, minute: 15 },
    { date: "2012-12-12", hour: 12, minute: 30 },
    { date: "2013-01-30", hour: 14, minute: 15 },
    { date: "2013-03-20", hour: 14, minute: 0 },
    { date: "2025-10-29", hour: 14, minute: 0 },
  ])("is $hour h $minute New York on $date", ({ date, hour, minute }) => {
    expect(timeInZone(scheduledStatementInstant(date), NEW_YORK)).toEqual({ hour, minute });
  });
});

describe.skipIf(!existsSync(MEETINGS))(
  "BUILT_IN_MEETINGS against the meeting history (skipped without ../shared)",
  () => {
    const rows = existsSync(MEETINGS) ? rowsOf(MEETINGS) : [];
    const rateRows = rows.filter(([, date = "", kind]) => date >= "2000" && kind !== "notation_vote");
    // The history lists no meeting that was never held, and ends with 2027.
    const held = BUILT_IN_MEETINGS.filter((m) => m.cancelledAt === null && m.meetingDate < "2028");

    it("has the same days and kinds", () => {
      const listed = held.map((m) => [m.meetingDate, m.scheduled ? "scheduled" : "unscheduled"]);
      expect(listed).toEqual(rateRows.map(([, date, kind]) => [date, kind]));
    });

    it("has the same ranges", () => {
      const listed = held.map(({ decision }) => (decision === null ? null : [decision.lowerBp, decision.upperBp]));
      const want = rateRows.map(([, , , lower, upper]) =>
        lower === "" ? null : [percentToBp(lower), percentToBp(upper)],
      );
      expect(listed).toEqual(want);
    });

    it("has differences of consecutive upper bounds equal to the changes, but where a target became a range", () => {
      let before: number | null = null;
      for (const [i, { meetingDate, decision }] of held.entries()) {
        if (decision === null) continue;
        const changeBp = Number(rateRows[i]?.[5]);
        // 1.00 % to 0-0.25 %: 75 bp at the upper bound, "-75 to -100" in words.
        if (before !== null) expect([meetingDate, decision.upperBp - before]).toEqual([meetingDate, changeBp]);
        before = decision.upperBp;
      }
    });
  },
);

describe.skipIf(!existsSync(FIXINGS))("BUILT_IN_MEETINGS against the daily target (skipped without ../shared)", () => {
  const rows = existsSync(FIXINGS) ? rowsOf(FIXINGS) : [];

  it("has on each effective date the range published for it, and none other between decisions", () => {
    const target = new Map(rows.map(([date = "", , lower, upper]) => [date, [percentToBp(lower), percentToBp(upper)]]));
    const decided = BUILT_IN_MEETINGS.filter((m) => m.decision !== null && target.has(m.effectiveDate));
    expect(decided.length).toBeGreaterThan(215);
    for (const { effectiveDate, decision } of decided) {
      expect([effectiveDate, ...(target.get(effectiveDate) ?? [])]).toEqual([
        effectiveDate,
        decision?.lowerBp,
        decision?.upperBp,
      ]);
    }
  });

  it("explains every change of the published target by a decision announced by then and in effect since", () => {
    let before = "";
    for (const [date = "", , lower, upper] of rows) {
      const range = `${lower}-${upper}`;
      if (before !== "" && range !== before) {
        // FRED's early days are decision days; 11 Nov 2004, a bank holiday, lies between the two.
        const decided = BUILT_IN_MEETINGS.some((m) => m.meetingDate <= date && date <= m.effectiveDate);
        expect([date, decided]).toEqual([date, true]);
      }
      before = range;
    }
  });
});
