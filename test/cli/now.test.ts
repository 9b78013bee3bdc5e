import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barOf, type Look, lookOf, wrapped } from "../../src/cli/look.ts";
import { repricingLines } from "../../src/cli/now-repricings.ts";
import { oddsLines } from "../../src/cli/now-table.ts";
import { readNow } from "../../src/cli/now-view.ts";
import { createClient, type Page, type Probabilities, type Repricing, type Shift } from "../../src/client/client.ts";
import { importOwnDays } from "../api/real-beside-sample.ts";
import { ASKED, sampleDatabase } from "../api/sample-repricings.ts";
import { type Served, serveTest } from "../api/served.ts";
import type { TestDatabase } from "../setup/database.ts";
import { run, testShell } from "./test-shell.ts";

const PLAIN: Look & { now: Date | null } = {
  coloured: false,
  blocks: false,
  columns: 80,
  now: new Date("2026-09-18T20:02:00Z"),
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin
const COLOURS = /\u001b\[\d+m/g;

/** What the table reads of an answer; the rest of it is not looked at. */
const ODDS = {
  as_of: "2026-09-18T19:32:00.000Z",
  trade_date: "2026-09-18",
  grid: "intraday",
  basis: "last_trade",
  source: "yahoo",
  sample: false,
  undecided_meeting: null,
  stale: true,
  target: { lower_bp: 375, upper_bp: 400 },
  effr_bp: null,
  priced_by_year_end_bp: -0.04,
  meetings: [
    {
      meeting: "2026-10-28",
      announced: false,
      expected_rate_bp: 387.5,
      outcomes: [{ lower_bp: 375, upper_bp: 400, probability: 1 }],
      ease: 0,
      hold: 1,
      hike: 0,
      unsolved: null,
    },
  ],
} as unknown as Probabilities;

const shift = (window: string, shiftPp: number | null, changes: object = {}) =>
  ({
    meeting: "2026-10-28",
    window,
    sample: false,
    from: null,
    crosses_decision: false,
    expected_rate_shift_bp: null,
    // biome-ignore lint/suspicious/noThenProperty: a member of the API's answer; nothing awaits it
    outcomes: [{ lower_bp: 375, upper_bp: 400, then: 1, shift_pp: shiftPp }],
    ...changes,
  }) as unknown as Shift;

describe("oddsLines()", () => {
  const text = (shifts: readonly Shift[] = [], look: object = {}, odds = ODDS) =>
    oddsLines({ odds, shifts }, { ...PLAIN, ...look }).join("\n");

  it("says that the range in force is assumed, and what to do, where an outcome is not known", () => {
    const unknown = text([], {}, { ...ODDS, undecided_meeting: "2026-10-28" }).replaceAll("\n", " ");
    expect(unknown).toContain("Unverified: the outcome of 2026-10-28 is not known.");
    expect(unknown).toContain("cutwatch decide 2026-10-28 LOWER-UPPER");
    expect(unknown).toContain("% (assumed),");
    expect(text()).not.toMatch(/Unverified|assumed/);
  });

  it("shows what is missing as a dash, never as 0, and no change without a sign", () => {
    const table = text([shift("1d", -0.04), shift("1w", null)]);
    expect(table).toMatch(/100\.0 % #{31} +0\.0 +- +- +pp/);
    expect(table).toContain("EFFR not known, priced by year's end 0.0 bp");
  });

  it("says how old odds are, of which instant and basis, that they are stale, and when the next decision is", () => {
    const table = text();
    expect(table).toContain("Odds of 2026-09-18T19:32Z, last trade, from yahoo, 30 min old");
    expect(table).toContain("Stale: newer odds were due");
    expect(table).toContain("Next decision 2026-10-28, in 40 days");
  });

  it.each([
    ["2026-10-27T23:00:00Z", "tomorrow"],
    ["2026-10-28T12:00:00Z", "today"],
  ])("counts the days to a decision: at %s it is %s", (now, when) => {
    expect(text([], { now: new Date(now) })).toContain(`Next decision 2026-10-28, ${when}`);
  });

  it("says nothing of age and of what is next where a time was asked for", () => {
    const table = text([], { now: null });
    expect(table).not.toContain(" old");
    expect(table).not.toContain("Next decision");
  });

  it("colours only where asked to, and changes nothing but colours", () => {
    const shifts = [shift("1d", 12), shift("1w", -0.2)];
    const coloured = text(shifts, { coloured: true });
    expect(text(shifts)).not.toMatch(COLOURS);
    expect(coloured).toContain("\u001b[1m2026-10-28");
    expect(coloured.replaceAll(COLOURS, "").replaceAll(/ +$/gm, "")).toBe(text(shifts));
  });

  const meeting = ODDS.meetings[0];
  const wide = {
    ...ODDS,
    meetings: [{ ...meeting, outcomes: [{ lower_bp: 1025, upper_bp: 1050, probability: 1, low: null, high: null }] }],
  } as Probabilities;

  it.each([46, 60, 79, 80, 100, 200])("fits %i columns, long ranges and full shifts too", (columns) => {
    // biome-ignore lint/suspicious/noThenProperty: a member of the API's answer; nothing awaits it
    const full = { outcomes: [{ lower_bp: 1025, upper_bp: 1050, then: 0, now: 1, shift_pp: 100 }] };
    const starred = { ...full, crosses_decision: true, expected_rate_shift_bp: -100 };
    const shifts = ["1d", "1w", "1m"].map((window) => shift(window, null, starred));
    const table = text(shifts, { columns }, wide);
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(table).toMatch(/^ {2}10\.25-10\.50 % 100\.0 % /m);
    expect(table).toMatch(/\+100\.0\*/);
  });

  it("does not explain a star in a column that there was no room for", () => {
    const month = [shift("1m", 1, { crosses_decision: true })];
    expect(text(month)).toContain("* a decision lies between");
    expect(text(month, { columns: 45 })).not.toContain("* a decision lies between");
  });

  it("says since when a change counts that spans days without a reading, and nothing where it spans none", () => {
    // A week before Friday, 18 Sep 2026 is the 11th, a month before it the 18th of August.
    const since = (date: string) => ({ from: { trade_date: date } });
    const table = text([shift("1w", 12, since("2026-08-20")), shift("1m", 20, since("2026-08-18"))]);
    expect(table).toContain("Across days without a reading: 1w since 2026-08-20");
    expect(table).not.toContain("1m since");
    expect(table).toContain("a month before: 3.75-4.00 % at 100.0 %");
    expect(text([shift("1m", 20, since("2026-08-17"))])).toContain("on 2026-08-17: 3.75-4.00 % at 100.0 %");
    expect(text([shift("1w", 12, since("2026-09-11"))])).not.toContain("Across days");
    // A column that is not shown, or has no figure, is not explained.
    expect(text([shift("1m", 20, since("2026-07-01"))], { columns: 45 })).not.toContain("Across days");
    expect(text([shift("1w", null, { ...since("2026-08-20"), outcomes: [] })])).not.toContain("Across days");
  });

  it("names the meetings of which a column spans days without a reading, where others' does not", () => {
    const other = { ...meeting, meeting: "2026-12-09" } as Probabilities["meetings"][number];
    const shifts = ["2026-08-20", "2026-09-11"].map((date, i) =>
      shift("1w", 1, { meeting: i === 0 ? "2026-10-28" : "2026-12-09", from: { trade_date: date } }),
    );
    const table = text(shifts, {}, { ...ODDS, meetings: [...ODDS.meetings, other] });
    expect(table).toContain("1w since 2026-08-20 (2026-10-28)");
  });

  it("shows no change of the sample's under real odds, and says so", () => {
    const sample = [shift("1d", 3), shift("1w", 12.3, { sample: true }), shift("1m", 45.6, { sample: true })];
    const table = text(sample);
    expect(table).toMatch(/\+3\.0 +- +- +pp/);
    expect(table).toContain("Not shown over 1w, 1m: the readings before are only of the built-in sample");
    expect(table).not.toContain("a month before");
    expect(text(sample, {}, { ...ODDS, sample: true })).toContain("+45.6");
    expect(text([shift("1d", 3)])).not.toContain("Not shown");
  });

  it("names how many meetings it left out", () => {
    const second = { ...meeting, meeting: "2026-12-09" } as Probabilities["meetings"][number];
    const table = text([], { mostMeetings: 1 }, { ...ODDS, meetings: [...ODDS.meetings, second] });
    expect(table).toContain("and 1 more meeting,");
    expect(table).not.toContain("2026-12-09");
  });
});

describe("lookOf()", () => {
  const look = (env: Record<string, string>, isTty: boolean) => {
    const { coloured, blocks } = lookOf({ env }, { write: () => undefined, isTty, columns: 80 });
    return { coloured, blocks };
  };

  it.each([
    ["a terminal", {}, true, true],
    ["a pipe", {}, false, false],
    ["a terminal with NO_COLOR", { NO_COLOR: "1" }, true, false],
    ["a terminal with an empty NO_COLOR", { NO_COLOR: "" }, true, true],
    ["a terminal that can do nothing", { TERM: "dumb" }, true, false],
    ["a pipe with FORCE_COLOR", { FORCE_COLOR: "1" }, false, true],
    ["a terminal with FORCE_COLOR=0", { FORCE_COLOR: "0" }, true, false],
    ["a pipe with both", { FORCE_COLOR: "1", NO_COLOR: "1" }, false, false],
  ])("colours at %s as the environment asks", (_, env, isTty, coloured) => {
    expect(look({ ...env }, isTty).coloured).toBe(coloured);
  });

  it.each([
    [{}, true, true],
    [{ LANG: "en_US.UTF-8" }, true, true],
    [{ LANG: "C" }, true, false],
    [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, true, false],
    [{ LANG: "en_US.UTF-8" }, false, false],
  ])("draws blocks where they can be shown: %j", (env, isTty, blocks) => {
    expect(look({ ...env }, isTty).blocks).toBe(blocks);
  });
});

describe("barOf()", () => {
  it("is always as wide as asked for, full at 1 and empty at 0", () => {
    for (const blocks of [true, false]) {
      for (let i = 0; i <= 100; i++) expect(barOf(i / 100, 10, { ...PLAIN, blocks })).toHaveLength(10);
      expect(barOf(0, 10, { ...PLAIN, blocks }).trim()).toBe("");
      expect(barOf(1, 10, { ...PLAIN, blocks })).not.toContain(" ");
    }
  });

  it("shows an eighth of a character", () => {
    expect(barOf(0.0125, 10, { ...PLAIN, blocks: true }).trimEnd()).toBe("▏");
    expect(barOf(0.55, 10, { ...PLAIN, blocks: true }).trimEnd()).toBe("█████▌");
  });
});

describe("wrapped()", () => {
  it("breaks between words, and gives a word that is too long a line of its own", () => {
    expect(wrapped("one two-three four", 9, "  ")).toEqual(["one", "  two-three", "  four"]);
  });
});

describe("repricings of the command now", () => {
  let database: TestDatabase;
  let served: Served;

  beforeAll(async () => {
    database = await sampleDatabase();
    served = serveTest(database.sql, { now: ASKED });
  });
  afterAll(() => database.drop());

  const SAMPLE = { sample: true, basis: "settlement", undecided_meeting: null } as const;
  const view = (asOf?: string, meeting?: string) => {
    const fetch: typeof globalThis.fetch = async (input, init) => served.app.request(String(input), init);
    return readNow(createClient({ baseUrl: "http://odds.example", fetch }), { asOf, meeting });
  };

  // Of the sample's last day: its meetings have been decided since, so that none is open now.
  const LAST = "2025-11-25";

  it("are none of a meeting that is decided, though no reading after it ended them", async () => {
    expect((await view()).repricings.data).toEqual([]);
  });

  it("are those of the API, at most 80 characters wide", async () => {
    expect(repricingLines((await view(LAST)).repricings, null, SAMPLE, PLAIN)).toEqual([
      "Open repricings",
      "  2025-12-10  sharp    2025-11-19  380.0 -> 366.2  -13.8 bp  +55.1 pp <= 3.75 %",
      "  2026-01-28  notice   2025-11-17  367.5 -> 359.0   -8.5 bp  +25.4 pp <= 3.75 %",
    ]);
  });

  it("are only the meeting's where one is asked for", async () => {
    const { repricings } = await view(LAST, "2026-01-28");
    expect(repricings.data.map(({ meeting }) => meeting)).toEqual(["2026-01-28"]);
  });

  it("stand apart, as the sample's, beside real odds and beside real repricings", async () => {
    const { repricings } = await view(LAST);
    const lines = (odds: Parameters<typeof repricingLines>[2], real: number) => {
      const data = repricings.data.map((row, i) => ({ ...row, sample: i >= real }));
      return repricingLines({ data, next_cursor: null }, null, odds, PLAIN).map((line) => line.slice(0, 40).trim());
    };
    expect(lines({ ...SAMPLE, sample: false }, 0)[0]).toBe("Open repricings of the built-in sample");
    for (const sample of [true, false]) {
      expect(lines({ ...SAMPLE, sample }, 1)).toEqual([
        "Open repricings",
        "2025-12-10  sharp    2025-11-19  380.0",
        "Open repricings of the built-in sample",
        "2026-01-28  notice   2025-11-17  367.5",
      ]);
    }
  });

  it("say from when on none can be found, where an outcome is not known, though none is open", () => {
    const odds = { ...SAMPLE, sample: false, undecided_meeting: "2026-10-28" };
    expect(repricingLines({ data: [], next_cursor: null }, null, odds, PLAIN)).toEqual([
      "Days after 2026-10-28 are not judged for repricings: its outcome is not known",
    ]);
  });

  it("are at another date those that were going on then, and nothing where none was", async () => {
    const { repricings } = await view("2025-11-17");
    const lines = repricingLines(repricings, "2025-11-17", SAMPLE, PLAIN);
    expect(lines[0]).toBe("Repricings under way on 2025-11-17, as they are known now");
    expect(lines.join("\n")).toContain("359.5 -> 380.0");
    // They started on 16 Oct, and were not known as repricings until they were confirmed.
    expect(repricingLines(repricings, "2025-10-16", SAMPLE, PLAIN)).toEqual([]);
  });

  it("show with own days beside the sample the own odds, without changes from the sample's", async () => {
    const other = await sampleDatabase();
    try {
      await importOwnDays(other.sql, (date) => date >= "2025-11-12" && date !== "2025-11-17");
      const shell = testShell({ DATABASE_URL: other.url });
      const { out } = await run(shell, "now", "--as-of", "2025-11-18", "--meeting", "2025-12-10");
      expect(out).toContain("Odds of 2025-11-18, settlement, from settlements-csv");
      expect(out).toMatch(/expected rate 3\.750 % .* -1\.4 +- +- +bp/);
      expect(out).toContain("Across days without a reading: 1d since 2025-11-14");
      expect(out).toContain("Not shown over 1w, 1m: the readings before are only of the built-in sample");
      expect(out).not.toContain("Repricings of the built-in sample");
    } finally {
      await other.drop();
    }
  });

  it("name their basis where it is another than that of the odds, however narrow the window", async () => {
    const { repricings } = await view(LAST);
    const at = (columns: number) =>
      repricingLines(repricings, null, { ...SAMPLE, basis: "published" }, { ...PLAIN, columns })[1];
    expect(at(100)).toBe("  2025-12-10  sharp    2025-11-19  380.0 -> 366.2  -13.8 bp  +55.1 pp <= 3.75 %, settlement");
    expect(at(80)).toBe("  2025-12-10  sharp    2025-11-19  380.0 -> 366.2  -13.8 bp, settlement");
    expect(at(45)).toBe("  2025-12-10  sharp    -13.8 bp, settlement");
  });

  it("leave out odds, rates and the day before they are wider than the window", async () => {
    const { repricings } = await view(LAST);
    const at = (columns: number) => repricingLines(repricings, null, SAMPLE, { ...PLAIN, columns })[1];
    expect(at(60)).toBe("  2025-12-10  sharp    2025-11-19  380.0 -> 366.2  -13.8 bp");
    expect(at(45)).toBe("  2025-12-10  sharp    2025-11-19  -13.8 bp");
    expect(at(35)).toBe("  2025-12-10  sharp    -13.8 bp");
  });

  it("are marked while a settlement has still to confirm them, as wide as the others", async () => {
    const { repricings } = await view(LAST);
    const provisional: Page<Repricing> = {
      data: repricings.data.map((row) => ({ ...row, severity: "extreme", state: "provisional" })),
      next_cursor: null,
    };
    const lines = repricingLines(provisional, null, SAMPLE, PLAIN);
    expect(lines[1]).toMatch(/^ {2}2025-12-10 {2}extreme\? 2025-11-19/);
    expect(lines.at(-1)).toBe("? the day's settlement has still to confirm it");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("need no key where reads need one: who runs the command can read the database", async () => {
    const shell = testShell({ DATABASE_URL: database.url, CUTWATCH_REQUIRE_KEY: "on" });
    const { code, out } = await run(shell, "now", "--meeting", "2025-12-10");
    expect(code).toBe(0);
    expect(out).toContain("2025-12-10   ease ");
  });
});
