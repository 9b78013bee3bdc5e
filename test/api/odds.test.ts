import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESOURCES } from "../../src/api/openapi.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { DAYS, draftOf, RECORDED, seedEpisode, store } from "./episode.ts";
import { readJson, type Served, serveTest } from "./served.ts";

// CME FedWatch, as published for the settlements of these days (10 Dec 2025 meeting), six decimals.
const PUBLISHED_TOLERANCE = 0.000002;

interface Odds {
  readonly trade_date: string;
  readonly recorded_at: string;
  readonly stale: boolean;
  readonly citation: string | null;
  readonly target: { lower_bp: number; upper_bp: number };
  readonly meetings: readonly {
    readonly meeting: string;
    readonly outcomes: readonly { lower_bp: number; probability: number }[];
    readonly unsolved: { reason: string } | null;
    readonly contracts: readonly { contract: string; symbol: string; price: number | null; withheld?: boolean }[];
    readonly expected_rate_bp: number | null;
  }[];
}
interface Shift {
  readonly basis: string | null;
  readonly crosses_decision: boolean | null;
  readonly expected_rate_shift_bp: number | null;
  readonly reason: string | null;
  readonly citation: string | null;
  readonly from: { trade_date: string } | null;
  readonly to: { trade_date: string } | null;
  readonly outcomes: readonly { lower_bp: number; then: number; now: number; shift_pp: number }[];
}
interface History {
  readonly data: readonly { trade_date: string; probability: number | null; expected_rate_bp: number }[];
  readonly next_cursor: string | null;
  readonly basis: string | null;
}

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const get = <T>(path: string) => readJson<T>(served.app, path);

function probabilityOf(odds: Odds, lowerBp: number): number {
  const outcome = odds.meetings[0]?.outcomes.find((one) => one.lower_bp === lowerBp);
  return outcome?.probability ?? 0;
}

describe("/v1/probabilities", () => {
  it.each([
    ["2025-10-17", [0.000754, 0.062581, 0.936665]],
    ["2025-11-17", [0, 0, 0.423571, 0.576429]],
  ])("gives CME's published odds of %s", async (day, published) => {
    const odds = await get<Odds>(`/v1/probabilities?as_of=${day}&meeting=2025-12-10`);
    published.forEach((probability, i) => {
      expect(Math.abs(probabilityOf(odds, 300 + 25 * i) - probability)).toBeLessThan(PUBLISHED_TOLERANCE);
    });
    expect(odds.meetings).toHaveLength(1);
  });

  it("sums to 1 for every solved meeting and says why the others are not", async () => {
    const odds = await get<Odds>("/v1/probabilities?as_of=2025-11-17");
    for (const meeting of odds.meetings) {
      const sum = meeting.outcomes.reduce((total, outcome) => total + outcome.probability, 0);
      if (meeting.unsolved === null) expect(sum).toBeCloseTo(1, 12);
      else
        expect(meeting).toMatchObject({
          outcomes: [],
          expected_rate_bp: null,
          unsolved: { reason: expect.any(String) },
        });
    }
    expect(odds.meetings.map((meeting) => meeting.meeting)).toEqual([
      "2025-12-10",
      "2026-01-28",
      "2026-03-18",
      "2026-04-29",
    ]);
  });

  it("names the contracts it rests on, without the one the chain does not use", async () => {
    const odds = await get<Odds>("/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10");
    expect(odds.meetings[0]?.contracts.map(({ symbol, price }) => [symbol, price])).toEqual([
      ["ZQX25", 96.13],
      ["ZQF26", 96.245],
      ["ZQG26", 96.33],
    ]);
  });

  it("gives the last reading at or before a date without one", async () => {
    expect(await get<Odds>("/v1/probabilities?as_of=2025-11-16")).toMatchObject({
      trade_date: "2025-11-14",
      stale: false,
    });
    expect(await get<Odds>("/v1/probabilities?as_of=2025-11-17T19:59:59Z")).toMatchObject({ trade_date: "2025-11-14" });
    expect(await get<Odds>("/v1/probabilities?as_of=2025-11-17T20:00:00Z")).toMatchObject({ trade_date: "2025-11-17" });
  });

  it("is stale when a later trade date's reading was due at the time asked for", async () => {
    // 13 Nov has no reading here; it was due on that day at 18:30 Chicago, 00:30 UTC.
    expect(await get<Odds>("/v1/probabilities?as_of=2025-11-13")).toMatchObject({
      trade_date: "2025-11-10",
      stale: true,
    });
    expect(await get<Odds>("/v1/probabilities?as_of=2025-11-12T00:29:59Z")).toMatchObject({ stale: false });
    expect(await get<Odds>("/v1/probabilities?as_of=2025-11-12T00:30:00Z")).toMatchObject({ stale: true });
  });

  it("turns stale with the clock alone, although the answer is kept in memory", async () => {
    const clock = serveTest(database.sql, { now: "2025-11-19T00:29:58Z" });
    expect(await readJson<Odds>(clock.app, "/v1/probabilities")).toMatchObject({ stale: false });
    clock.now = new Date("2025-11-19T00:30:00Z");
    expect(await readJson<Odds>(clock.app, "/v1/probabilities")).toMatchObject({ stale: true });
  });

  it("is cited in one sentence whose link gives the same figures", async () => {
    const odds = await get<Odds>("/v1/probabilities?meeting=2025-12-10");
    expect(odds.citation).toMatch(
      /^On 17 Nov 2025 the market put 57\.6 % on a target range of 3\.75-4\.00 % after the 10 Dec 2025 meeting \(exact range, settlement, method cme, source test-exchange\): https:/,
    );
    const link =
      odds.citation?.slice("https://odds.example".length + odds.citation.indexOf("https://odds.example")) ?? "";
    expect(link).toContain(`known_at=${encodeURIComponent(RECORDED.toISOString())}`);
    expect(await get<Odds>(link)).toEqual(odds);
  });

  it("repeats a past answer byte for byte after a correction", async () => {
    const paths = [
      "/v1/probabilities?as_of=2025-11-10&known_at=2025-11-18T02:00:00Z",
      "/v1/meetings/2025-12-10/history?range=350-375&known_at=2025-11-18T02:00:00Z",
      "/v1/shifts?meeting=2025-12-10&from=2025-10-17&to=2025-11-10&known_at=2025-11-18T02:00:00Z",
    ];
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const read = async () => {
        const { app } = serveTest(other.sql);
        return Promise.all(paths.map(async (path) => (await app.request(path)).text()));
      };
      const before = await read();
      await store(other.sql, [draftOf("2025-11-10", 1)], new Date("2025-11-18T03:00:00Z"));
      expect(await read()).toEqual(before);
      const { app } = serveTest(other.sql);
      const corrected = await readJson<Odds>(app, "/v1/probabilities?as_of=2025-11-10");
      expect(corrected).toMatchObject({ recorded_at: "2025-11-18T03:00:00.000Z" });
      expect(JSON.stringify(corrected)).not.toBe(before[0]);
    } finally {
      await other.drop();
    }
  });
});

describe("/v1/shifts", () => {
  it("tells the episode: 93.7 % to 42.4 % across a decision", async () => {
    const shift = await get<Shift>("/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m");
    const moved = shift.outcomes.find((outcome) => outcome.lower_bp === 350);
    expect(moved?.then).toBeCloseTo(0.936665, 5);
    expect(moved?.now).toBeCloseTo(0.423571, 5);
    expect(moved?.shift_pp).toBeCloseTo(-51.3, 1);
    expect(shift).toMatchObject({ crosses_decision: true, basis: "settlement", reason: null });
    expect(shift.expected_rate_shift_bp).toBeCloseTo(16.0, 1);
  });

  it("moves at_most a range by the opposite of at_least the next one", async () => {
    const path = "/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m&measure=";
    const [atMost, atLeast] = await Promise.all([get<Shift>(`${path}at_most`), get<Shift>(`${path}at_least`)]);
    for (const { lower_bp: lower, shift_pp: below } of atMost.outcomes) {
      const above = atLeast.outcomes.find((outcome) => outcome.lower_bp === lower + 25);
      if (above !== undefined) expect(below + above.shift_pp).toBeCloseTo(0, 9);
    }
    expect(atMost.outcomes.find((outcome) => outcome.lower_bp === 350)?.shift_pp).toBeCloseTo(-57.64, 2);
  });

  it.each(["1h", "1d"])("gives null and the reason, not 0, where %s is finer than the readings", async (window) => {
    const day = window === "1h" ? "2025-11-17" : "2025-11-13";
    const shift = await get<Shift>(`/v1/shifts?meeting=2025-12-10&as_of=${day}&window=${window}`);
    expect(shift).toMatchObject({ expected_rate_shift_bp: null, crosses_decision: null, citation: null, outcomes: [] });
    expect(shift.reason).toMatch(window === "1h" ? /only daily readings/ : /finer than the readings/);
  });

  it("ends at the newest reading when no time is given, so that a weekend's day is Friday against the day before", async () => {
    const weekend = serveTest(database.sql, { now: "2025-11-16T12:00:00Z" });
    const shift = await readJson<Shift>(weekend.app, "/v1/shifts?meeting=2025-12-10&window=1w");
    expect(shift).toMatchObject({ from: { trade_date: "2025-10-29" }, to: { trade_date: "2025-11-14" } });
  });

  it("is cited in one sentence whose link gives the same figures", async () => {
    const shift = await get<Shift>("/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m");
    expect(shift.citation).toMatch(
      /^From 17 Oct 2025 to 17 Nov 2025 the market's odds of a target range of 3\.50-3\.75 % after the 10 Dec 2025 meeting went from 93\.7 % to 42\.4 %, -51\.3 pp \(settlement, .*, a decision lies between\): https:/,
    );
    const link = shift.citation?.slice(shift.citation?.indexOf("/v1/shifts") ?? 0) ?? "";
    expect(await get<Shift>(link)).toEqual({ ...shift, window: null });
  });
});

describe("bases", () => {
  it("a single reading takes the best at hand, a series and a shift one basis throughout", async () => {
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const lastTrade = (day: (typeof DAYS)[number]) => ({
        ...draftOf(day, 1),
        basis: "last_trade" as const,
        asOf: new Date(draftOf(day).asOf.getTime() + 7_200_000),
      });
      const sample = { ...draftOf("2025-11-14", 2), isSample: true };
      await store(other.sql, [sample, ...DAYS.map(lastTrade)], RECORDED);
      const { app } = serveTest(other.sql);
      const path = "/v1/probabilities?as_of=2025-11-17";
      expect(await readJson(app, path)).toMatchObject({ basis: "settlement", sample: false });
      expect(await readJson(app, `${path}&basis=last_trade`)).toMatchObject({ basis: "last_trade" });
      const history = "/v1/meetings/2025-12-10/history?range=350-375";
      expect(await readJson(app, history)).toMatchObject({ basis: "settlement", sample: false, data: { length: 5 } });
      const fixed = await readJson<History>(app, `${history}&basis=last_trade&limit=2`);
      expect(fixed).toMatchObject({ basis: "last_trade", data: [{ basis: "last_trade" }, { basis: "last_trade" }] });
      const shift = "/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m";
      const both = { from: { basis: "settlement", sample: false }, to: { basis: "settlement", sample: false } };
      expect(await readJson(app, shift)).toMatchObject(both);
      expect(await readJson(app, `${shift}&basis=last_trade`)).toMatchObject({
        from: { basis: "last_trade" },
        to: { basis: "last_trade" },
      });
      expect(await readJson(app, `${shift}&basis=mid`)).toMatchObject({
        from: null,
        reason: expect.stringContaining("the basis mid"),
      });
    } finally {
      await other.drop();
    }
  });

  it("a reading in which the meeting is unsolved gives way to one of that day in which it is solved", async () => {
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const settled = draftOf("2025-11-14");
      const solved = settled.readings[0];
      const open = settled.readings.find((reading) => reading.unsolved !== null);
      if (solved === undefined || open === undefined) throw new Error("Cannot test: the day has no unsolved meeting");
      const published = {
        ...settled,
        basis: "published" as const,
        method: "published" as const,
        readings: [
          { ...solved, meetingDate: open.meetingDate, moves: null, startRateBp: null, endRateBp: null, contracts: [] },
        ],
      };
      await store(other.sql, [published], RECORDED);
      const { app } = serveTest(other.sql);
      const path = "/v1/probabilities?as_of=2025-11-14&meeting=";
      expect(await readJson(app, `${path}${open.meetingDate}`)).toMatchObject({
        basis: "published",
        meetings: [{ unsolved: null }],
      });
      expect(await readJson(app, `${path}2025-12-10`)).toMatchObject({ basis: "settlement" });
      const outsider = serveTest(other.sql, { withhold: true });
      expect(await readJson(outsider.app, `${path}${open.meetingDate}`)).toMatchObject({
        citation: null,
        meetings: [{ expected_rate_bp: null, outcomes: [], withheld: true }],
      });
    } finally {
      await other.drop();
    }
  });
});

describe("/v1/meetings/{meeting}/history", () => {
  const path = "/v1/meetings/2025-12-10/history";

  it("gives each reading once, ascending, on one basis", async () => {
    const history = await get<History>(`${path}?range=350-375`);
    expect(history.data.map((point) => point.trade_date)).toEqual(DAYS);
    expect(history.basis).toBe("settlement");
    expect(history.data[0]?.probability).toBeCloseTo(0.936665, 5);
  });

  it("adds up: at most one range and at least the next is all there is", async () => {
    const [below, above] = await Promise.all([
      get<History>(`${path}?range=350-375&measure=at_most`),
      get<History>(`${path}?range=375-400&measure=at_least`),
    ]);
    below.data.forEach((point, i) => {
      expect((point.probability ?? Number.NaN) + (above.data[i]?.probability ?? Number.NaN)).toBeCloseTo(1, 12);
    });
  });

  it("gives all readings over pages of one, each once", async () => {
    const dates: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: History = await get(`${path}?range=350-375&limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`);
      dates.push(...page.data.map((point) => point.trade_date));
      cursor = page.next_cursor;
    }
    expect(dates).toEqual(DAYS);
  });

  it("is an empty list for a meeting without readings", async () => {
    expect(await get<History>("/v1/meetings/2025-07-30/history?range=350-375")).toMatchObject({
      data: [],
      basis: null,
    });
  });
});

describe("/v1/meetings", () => {
  interface Meetings {
    readonly data: readonly { meeting: string; status: string; change_bp: number | null; target_after: unknown }[];
  }

  it.each([
    ["2025-10-29T17:59:59Z", "upcoming", null],
    ["2025-10-29T18:00:00Z", "announced", -25], // 14:00 New York
    ["2025-10-30T03:59:59Z", "announced", -25],
    ["2025-10-30T04:00:00Z", "decided", -25], // midnight New York
  ])("at %s the meeting of 29 Oct 2025 is %s", async (now, status, change) => {
    const { app } = serveTest(database.sql, { now });
    const { data } = await readJson<Meetings>(app, "/v1/meetings?from=2025-10-29&to=2025-10-29");
    expect(data).toMatchObject([{ meeting: "2025-10-29", status, change_bp: change }]);
  });

  it("announces a meeting whose outcome nobody recorded, without a range", async () => {
    const { app } = serveTest(database.sql, { now: "2025-12-20T00:00:00Z" });
    const { data } = await readJson<Meetings>(app, "/v1/meetings?from=2025-12-10");
    expect(data[0]).toMatchObject({ status: "announced", target_after: null, change_bp: null });
    expect(data[1]).toMatchObject({ status: "upcoming", target_after: null });
  });
});

describe("every answer", () => {
  it.each([
    "/v1/probabilities?as_of=2025-11-17",
    "/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m",
    "/v1/shifts?meeting=2026-04-29&as_of=2025-11-17&window=1h",
    "/v1/meetings",
    "/v1/meetings/2025-12-10/history?measure=expected_rate",
    "/v1/assets",
    "/v1/assets/BTC/closes",
    "/v1/sources",
  ])("has exactly the members that the document says: %s", async (path) => {
    const [named = ""] = path.split("?");
    const resource = RESOURCES.find((one) => new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(named));
    expect(resource?.answer.safeParse(await get(path))).toMatchObject({ success: true });
  });
});
