import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientModule } from "./client-module.ts";

interface Reading {
  readonly trade_date: string;
  readonly basis: string;
  readonly method: string;
  readonly source: string;
  readonly sample: boolean;
  readonly target: { readonly lower_bp: number; readonly upper_bp: number };
  readonly probability: number | null;
  readonly expected_rate_bp: number | null;
}
interface Repricing {
  readonly direction: string;
  readonly severity: string;
  readonly confirmed_on: string;
  readonly extreme_on: string;
  readonly extreme_rate_bp: number | null;
  readonly amplitude_bp: number;
  readonly status: string;
  readonly alerts: readonly { readonly kind: string; readonly as_of: string }[];
  readonly [more: string]: unknown;
}
interface Shade {
  readonly min: number;
  readonly max: number;
  readonly label: string;
}
interface Model {
  readonly x: readonly number[];
  readonly panes: readonly {
    readonly key: string;
    readonly series: readonly { readonly key: string; readonly values: readonly (number | null | undefined)[] }[];
  }[];
  readonly shades: readonly Shade[];
  readonly marks: readonly { readonly at: number }[];
  readonly lines: readonly { readonly at: number; readonly kind: string; readonly label: string }[];
}
interface Story {
  readonly readings: readonly Reading[];
  readonly repricings: readonly Repricing[];
  readonly decisions: readonly object[];
  readonly events: readonly object[];
  readonly assets: readonly object[];
  readonly failures: readonly string[];
}
interface StoryModel {
  readonly storyModel: (story: Story, cut: object) => Model;
  readonly shownWords: (readings: readonly Reading[], view: object, cut: object) => string;
}
interface Repricings {
  readonly repricingAt: (repricing: Repricing, readings: readonly Reading[], asOf: string | null) => Repricing | null;
}
interface Panes {
  readonly rebase: (asset: object, from: string | null) => { base: string; byDate: Map<string, number | null> };
}
interface Dates {
  readonly newYorkDate: (instant: string) => string;
}
interface Links {
  readonly storyLink: (shown: object) => string;
  readonly shownOf: (data: Readonly<Record<string, string>>) => object;
}

const { storyModel, shownWords } = await clientModule<StoryModel>("story-model.js");
const { repricingAt } = await clientModule<Repricings>("story-repricing.js");
const { rebase } = await clientModule<Panes>("story-panes.js");
const { newYorkDate } = await clientModule<Dates>("story-dates.js");
const { storyLink, shownOf } = await clientModule<Links>("story-link.js");

const seconds = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000;
const CUT = { asOf: null, from: null, measure: "range", range: "350-375" };

// Odds of 350-375 and the expected rate at settlements of the episode, to six and one decimals.
const READINGS: readonly Reading[] = (
  [
    ["2025-10-16", 0.881928, 359.5, 400],
    ["2025-10-17", 0.936665, 360.9, 400],
    ["2025-10-29", 0.666, 371.6, 400],
    ["2025-11-17", 0.423571, 376.9, 375],
    ["2025-11-19", 0.300714, 380.0, 375],
    ["2025-11-25", 0.852143, 366.2, 375],
  ] as const
).map(([trade_date, probability, expected_rate_bp, lower]) => ({
  trade_date,
  probability,
  expected_rate_bp,
  basis: "settlement",
  method: "cme",
  source: "sample",
  sample: true,
  target: { lower_bp: lower, upper_bp: lower + 25 },
}));

const HAWKISH: Repricing = {
  id: 1,
  path: null,
  direction: "hawkish",
  severity: "severe",
  state: "confirmed",
  status: "closed",
  started_on: "2025-10-16",
  confirmed_on: "2025-10-23",
  extreme_on: "2025-11-19",
  start_rate_bp: 359.5,
  extreme_rate_bp: 380.0,
  amplitude_bp: 20.5,
  alerts: [
    { kind: "notice", as_of: "2025-10-23T19:00:00.000Z" },
    { kind: "sharp", as_of: "2025-10-29T19:00:00.000Z" },
    { kind: "severe", as_of: "2025-11-13T20:00:00.000Z" },
    { kind: "extension", as_of: "2025-11-19T20:00:00.000Z" },
  ],
};

const STORY: Story = {
  readings: READINGS,
  repricings: [HAWKISH],
  decisions: [
    {
      meeting: "2025-10-29",
      announced_at: "2025-10-29T18:00:00.000Z",
      outcome: { lower_bp: 375, upper_bp: 400 },
      change_bp: -25,
    },
  ],
  events: [
    { what: "FOMC press conference", scheduled_at: "2025-10-29T18:30:00.000Z" },
    { what: "Employment Situation", scheduled_at: "2025-11-20T13:30:00.000Z" },
  ],
  assets: [
    {
      symbol: "BTC",
      source: "sample",
      closes: [
        { date: "2025-10-16", close: 108_000 },
        { date: "2025-10-18", close: 107_000 },
        { date: "2025-11-19", close: 91_800 },
        { date: "2025-11-26", close: 90_518.37 },
      ],
    },
  ],
  failures: [],
};

const series = (model: Model, key: string) =>
  model.panes.flatMap((pane) => pane.series).find((one) => one.key === key)?.values ?? [];

describe("storyModel()", () => {
  it("tells a date without a figure from a figure that is missing", () => {
    const readings = READINGS.map((row) => (row.trade_date === "2025-11-17" ? { ...row, probability: null } : row));
    const model = storyModel({ ...STORY, readings }, CUT);
    const odds = series(model, "odds");
    expect(odds[model.x.indexOf(seconds("2025-10-18"))]).toBeUndefined(); // a Saturday: only crypto closes
    expect(odds[model.x.indexOf(seconds("2025-11-17"))]).toBeNull();
    expect(odds[model.x.indexOf(seconds("2025-11-19"))]).toBe(0.300714);
  });

  it("keeps to the dates that have readings, in order, each once", () => {
    const { x } = storyModel(STORY, CUT);
    expect(x).toEqual([...new Set(x)].sort((a, b) => a - b));
    expect(x.at(-1)).toBe(seconds("2025-11-25")); // not Bitcoin's close a day later
  });

  it("draws a decision once, not again as the events around it", () => {
    expect(storyModel(STORY, CUT).lines.map(({ at, kind, label }) => [at, kind, label])).toEqual([
      [seconds("2025-10-29"), "decision", "Fed −25 bp"],
      [seconds("2025-11-20"), "event", "Employment Situation"],
    ]);
  });

  it("holds nothing later than the date looked from, whatever that date is", () => {
    const dates = fc
      .integer({ min: 0, max: 80 })
      .map((day) => new Date(Date.UTC(2025, 9, 1 + day)).toISOString().slice(0, 10));
    fc.assert(
      fc.property(dates, (asOf) => {
        const model = storyModel(STORY, { ...CUT, asOf });
        const times = [
          ...model.x,
          ...model.shades.flatMap(({ min, max }) => [min, max]),
          ...model.marks.map(({ at }) => at),
          ...model.lines.map(({ at }) => at),
        ];
        expect(Math.max(0, ...times)).toBeLessThanOrEqual(seconds(asOf));
      }),
      { seed: 20251117, numRuns: 81 },
    );
  });
});

describe("repricingAt()", () => {
  it("is not there before it was confirmed", () => {
    expect(repricingAt(HAWKISH, READINGS, "2025-10-22")).toBeNull();
  });

  it("had gone as far as its readings had, and was as severe as its alerts had said", () => {
    expect(repricingAt(HAWKISH, READINGS, "2025-10-30")).toMatchObject({
      severity: "sharp",
      status: "open",
      extreme_on: "2025-10-29",
      extreme_rate_bp: 371.6,
      amplitude_bp: expect.closeTo(12.1, 9),
    });
  });

  it("is what it became once its extreme is past", () => {
    expect(repricingAt(HAWKISH, READINGS, "2025-11-19")).toEqual(HAWKISH);
    expect(repricingAt(HAWKISH, READINGS, null)).toEqual(HAWKISH);
  });
});

describe("rebase()", () => {
  const asset = {
    symbol: "X",
    source: null,
    closes: [
      ["2025-10-16", 50],
      ["2025-10-17", null],
      ["2025-10-20", 80],
    ].map(([date, close]) => ({ date, close })),
  };

  it("makes the first close shown 100 and keeps what is missing missing", () => {
    const { base, byDate } = rebase(asset, null);
    expect(base).toBe("2025-10-16");
    expect([...byDate.values()]).toEqual([100, null, 160]);
  });

  it.each([
    ["2025-10-16", "2025-10-16"],
    ["2025-10-17", "2025-10-16"], // nothing on that day: a holiday of its market
    ["2025-10-19", "2025-10-16"],
    ["2025-10-20", "2025-10-20"],
    ["2025-11-20", "2025-10-20"],
    ["2025-10-01", "2025-10-16"], // nothing as old: the first there is
  ])("starts from the last close there is on or before %s", (from, base) => {
    expect(rebase(asset, from).base).toBe(base);
  });
});

describe("shownWords()", () => {
  it("gives the headline of the episode for its month", () => {
    const view = { min: seconds("2025-10-17"), max: seconds("2025-11-17") };
    expect(shownWords(READINGS, view, CUT)).toBe(
      "17 Oct 2025 to 17 Nov 2025, 3 readings; odds of 3.50-3.75 % 93.7 % → 42.4 %, expected rate 360.9 → 376.9 bp (+16.0)",
    );
  });
});

describe("newYorkDate()", () => {
  it.each([
    ["2025-11-19T20:00:00.000Z", "2025-11-19"],
    ["2025-11-20T03:00:00.000Z", "2025-11-19"],
    ["2025-07-01T04:30:00.000Z", "2025-07-01"],
  ])("dates %s %s", (instant, date) => {
    expect(newYorkDate(instant)).toBe(date);
  });
});

describe("storyLink()", () => {
  it("leads back to what is shown, whatever is shown", () => {
    const day = fc
      .integer({ min: 0, max: 9000 })
      .map((n) => new Date(n * 86_400_000 + 1e12).toISOString().slice(0, 10));
    const optional = fc.option(day, { nil: null });
    const states = fc.record({
      meeting: day,
      range: fc.constantFrom("350-375", "-25-0", "100-100"),
      measure: fc.constantFrom("range", "at_most", "at_least"),
      from: optional,
      to: optional,
      assets: fc.subarray(["BTC", "ETH", "NDX", "GOLD"]),
      asOf: fc.option(fc.constantFrom("2025-11-17", "2025-11-17T20:00:00.000Z"), { nil: null }),
      knownAt: optional,
    });
    fc.assert(
      fc.property(states, (shown) => {
        const query = new URL(storyLink(shown), "http://x").searchParams;
        const text = (name: string) => query.get(name) ?? "";
        const data = {
          meeting: text("meeting"),
          range: text("range"),
          measure: text("measure"),
          from: text("from"),
          to: text("to"),
          assets: text("asset"),
          asOf: text("as_of"),
          knownAt: text("known_at"),
        };
        expect(shownOf(data)).toEqual(shown);
      }),
      { seed: 20251117, numRuns: 200 },
    );
  });
});
