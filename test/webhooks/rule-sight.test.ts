import { describe, expect, it } from "vitest";
import { settlementInstant } from "../../src/calendar/trade-dates.ts";
import { rulesNotJudged, type SightReading } from "../../src/webhooks/rule-sight.ts";
import { MEETINGS, meetingOn, ruleOn } from "./told.ts";

const UNKNOWN = "2025-10-29";
const LEVEL = ruleOn({ crossesPct: 50 });
const minutesAfter = (date: string, minutes: number) => new Date(settlementInstant(date).getTime() + 60_000 * minutes);

function read(asOf: Date, told: Partial<SightReading> = {}): SightReading {
  const seen = { undecidedMeeting: null, unsolved: null, withheld: false };
  return { meeting: "2025-12-10", asOf, recordedAt: asOf, isSample: false, ...seen, ...told };
}
const daily = (date: string, told: Partial<SightReading> = {}) => read(settlementInstant(date), told);
const blind = { undecidedMeeting: UNKNOWN };

const WEEK = [daily("2025-10-29"), daily("2025-10-30", blind), daily("2025-10-31", blind), daily("2025-11-03", blind)];
const NOW = minutesAfter("2025-11-03", 30);

describe("rulesNotJudged()", () => {
  it("says nothing of a rule whose newest reading can be judged", () => {
    expect(rulesNotJudged([LEVEL], [daily("2025-11-03")], MEETINGS, NOW)).toEqual([]);
    expect(rulesNotJudged([], WEEK, MEETINGS, NOW)).toEqual([]);
  });

  it("names the first reading since the last that could be judged, and why, for each rule", () => {
    const rules = [LEVEL, ruleOn({ meeting: "next", measure: "hold", range: null, shiftPp: 5, window: "1d" })];
    const found = rulesNotJudged(rules, WEEK, MEETINGS, NOW);
    expect(found).toEqual(
      [0, 1].map((rule) => ({
        ...{ rule, kind: "undecided", meeting: "2025-12-10", since: settlementInstant("2025-10-30") },
        ...{ reason: "the outcome of 2025-10-29 is not known", undecidedMeeting: UNKNOWN },
        asOf: settlementInstant("2025-11-03"),
      })),
    );
    // Whatever order they come in, and although all that is known is blind.
    const [first] = rulesNotJudged([LEVEL], WEEK.slice(1).toReversed(), MEETINGS, NOW);
    expect(first?.since).toEqual(settlementInstant("2025-10-30"));
  });

  it("is over with the first reading that can be judged, on whichever basis", () => {
    const noon = read(minutesAfter("2025-11-03", 20));
    expect(rulesNotJudged([LEVEL], [...WEEK, noon], MEETINGS, NOW)).toEqual([]);
    expect(rulesNotJudged([LEVEL], [...WEEK, daily("2025-11-03")], MEETINGS, NOW)).toEqual([]);
  });

  it("gives the reason of an unsolved meeting in words that go on a sentence", () => {
    const unsolved = "Cannot solve the meeting of 2025-12-10: no price of 2026-01";
    expect(
      rulesNotJudged([LEVEL], [daily("2025-10-31"), daily("2025-11-03", { unsolved })], MEETINGS, NOW),
    ).toMatchObject([
      {
        kind: "unsolved",
        since: settlementInstant("2025-11-03"),
        reason: "cannot solve the meeting of 2025-12-10: no price of 2026-01",
      },
    ]);
  });

  it.each([
    ["the sample's", daily("2025-11-03", { isSample: true })],
    ["of another meeting", daily("2025-11-03", { meeting: "2026-01-28" })],
    ["that came a day late", daily("2025-10-30", { recordedAt: minutesAfter("2025-10-31", 1) })],
    ["still to come", daily("2025-11-04")],
  ])("does not count a reading %s", (_, reading) => {
    expect(rulesNotJudged([LEVEL], [reading], MEETINGS, NOW)).toMatchObject([
      { kind: "no_reading", since: null, asOf: null, reason: "no live reading of it is stored" },
    ]);
  });

  it("tells readings that are withheld from none at all", () => {
    const withheld = WEEK.map((reading) => ({ ...reading, withheld: true }));
    expect(rulesNotJudged([LEVEL], withheld, MEETINGS, NOW)).toMatchObject([{ kind: "withheld", since: null }]);
    expect(rulesNotJudged([LEVEL], [...withheld, daily("2025-11-03")], MEETINGS, NOW)).toEqual([]);
  });

  it("says when no reading has come for longer than any holidays", () => {
    const since = settlementInstant("2025-10-29");
    const old = [daily("2025-10-29")];
    const foundAfter = (ms: number) => rulesNotJudged([LEVEL], old, MEETINGS, new Date(since.getTime() + ms));
    expect(foundAfter(5 * 86_400_000)).toEqual([]);
    expect(foundAfter(5 * 86_400_000 + 1)).toMatchObject([
      { kind: "stale", since, reason: "no reading has come since" },
    ]);
  });

  it("tells a rule whose meeting is over, that means none, or that makes no sense", () => {
    const rules = [
      ruleOn({ meeting: UNKNOWN, crossesPct: 50 }),
      ruleOn({ meeting: "2027-01-27", crossesPct: 50 }),
      ruleOn({ crossesPct: 50, range: null }),
    ];
    expect(rulesNotJudged(rules, WEEK, MEETINGS, NOW)).toMatchObject([
      { rule: 0, kind: "over", since: new Date("2025-10-29T18:00:00Z"), reason: "its meeting is over" },
      { rule: 1, kind: "no_meeting", meeting: "2027-01-27" },
      { rule: 2, kind: "broken", meeting: null, reason: "a rule on at_most must name a range" },
    ]);
    const none = rulesNotJudged([ruleOn({ meeting: "next", crossesPct: 50 })], [], [meetingOn("2025-09-17")], NOW);
    expect(none).toMatchObject([{ kind: "no_meeting", meeting: null, reason: "the calendar has no such meeting" }]);
  });
});
