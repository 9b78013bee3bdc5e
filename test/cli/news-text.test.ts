import { describe, expect, it } from "vitest";
import { changedText } from "../../src/cli/news-text.ts";
import type { MeetingOdds, Probabilities } from "../../src/client/answers.ts";

const DECEMBER: MeetingOdds = {
  meeting: "2025-12-10",
  announced: false,
  expected_rate_bp: 376.8,
  moves: -0.43,
  start_rate_bp: 387.5,
  end_rate_bp: 376.8,
  outcomes: [
    { lower_bp: 350, upper_bp: 375, probability: 0.43, low: null, high: null },
    { lower_bp: 375, upper_bp: 400, probability: 0.57, low: null, high: null },
  ],
  ease: 0.43,
  hold: 0.57,
  hike: 0,
  meeting_move: null,
  tick_sensitivity_pp: null,
  contracts: [],
  unsolved: null,
  unverified: false,
};

const UNSOLVED: MeetingOdds = {
  ...DECEMBER,
  expected_rate_bp: null,
  moves: null,
  outcomes: [],
  ease: null,
  hold: null,
  hike: null,
  unsolved: { reason: "missing_contract", detail: "no price of ZQZ5" },
};

const READING: Probabilities = {
  as_of: "2025-11-14T20:00:00.000Z",
  trade_date: "2025-11-14",
  recorded_at: "2025-11-14T21:00:00.000Z",
  grid: "settlement",
  basis: "settlement",
  method: "cme",
  source: "settlements-csv",
  sample: false,
  undecided_meeting: null,
  target: { lower_bp: 375, upper_bp: 400 },
  effr_bp: 387,
  stale: false,
  priced_by_year_end_bp: null,
  citation: null,
  meetings: [DECEMBER],
};

const NEXT_DAY = { as_of: "2025-11-17T20:00:00.000Z", trade_date: "2025-11-17" };
const MOVED: MeetingOdds = {
  ...DECEMBER,
  expected_rate_bp: 378.8,
  outcomes: [
    { lower_bp: 350, upper_bp: 375, probability: 0.35, low: null, high: null },
    { lower_bp: 375, upper_bp: 400, probability: 0.65, low: null, high: null },
  ],
  ease: 0.35,
  hold: 0.65,
};
const CHANGE = /\([+-]?\d/;

describe("changedText()", () => {
  it("tells nothing of the same odds", () => {
    expect(changedText({ ...READING, ...NEXT_DAY }, READING)).toEqual([]);
  });

  it("tells how far a meeting moved since the reading before", () => {
    expect(changedText({ ...READING, ...NEXT_DAY, meetings: [MOVED] }, READING)).toEqual([
      "2025-11-17 2025-12-10  expected 3.788 % (+2.0 bp)  3.75-4.00 % at 65.0 % (+8.0 pp)  ease 35.0  hold 65.0  hike 0.0 %",
    ]);
  });

  it("takes a range that a solved meeting did not list for 0 %", () => {
    const sure = {
      ...DECEMBER,
      outcomes: [{ ...DECEMBER.outcomes[0], probability: 1 } as (typeof DECEMBER.outcomes)[0]],
    };
    expect(changedText({ ...READING, ...NEXT_DAY }, { ...READING, meetings: [sure] })).toEqual([
      "2025-11-17 2025-12-10  expected 3.768 % (0.0 bp)  3.75-4.00 % at 57.0 % (+57.0 pp)  ease 43.0  hold 57.0  hike 0.0 %",
    ]);
  });

  it.each([
    ["unsolved", { ...READING, meetings: [UNSOLVED] }],
    ["absent", { ...READING, meetings: [] }],
    ["withheld", { ...READING, meetings: [{ ...UNSOLVED, unsolved: null, withheld: true as const }] }],
    ["not read at all", null],
  ])("tells no change of a meeting that was %s before", (_, before) => {
    const [line = "", ...more] = changedText({ ...READING, ...NEXT_DAY }, before);
    expect(more).toEqual([]);
    expect(line).toContain("3.75-4.00 % at 57.0 %");
    expect(line).not.toMatch(CHANGE);
  });

  it("calls another answer for the same time a correction", () => {
    const [line = ""] = changedText({ ...READING, meetings: [MOVED] }, READING);
    expect(line).toMatch(/^2025-11-14 2025-12-10 {2}corrected: expected 3\.788 % \(\+2\.0 bp\)/);
  });

  it.each([
    ["another basis", { ...READING, basis: "last_trade" as const }, "settlement instead of last trade"],
    ["the sample", { ...READING, sample: true }, "settlement instead of settlement, built-in sample"],
    [
      "a later time",
      { ...READING, as_of: "2025-11-18T20:00:00.000Z", trade_date: "2025-11-18" },
      "earlier one than that of 2025-11-18",
    ],
  ])("begins anew after a reading of %s, with every solved meeting and no change", (_, before, why) => {
    const [first = "", ...lines] = changedText({ ...READING, ...NEXT_DAY, meetings: [MOVED] }, before);
    expect(first).toContain(`2025-11-17 begins anew: `);
    expect(first).toContain(why);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toMatch(CHANGE);
  });

  it("tells why a meeting can no longer be solved, once", () => {
    const gone = { ...READING, ...NEXT_DAY, meetings: [UNSOLVED] };
    expect(changedText(gone, READING)).toEqual(["2025-11-17 2025-12-10  unsolved, no price of ZQZ5"]);
    expect(changedText({ ...gone, as_of: "2025-11-18T20:00:00.000Z" }, gone)).toEqual([]);
  });
});
