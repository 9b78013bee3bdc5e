import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { DAYS, draftOf, RECORDED, seedEpisode, store } from "./episode.ts";
import { readJson, type Served, serveTest } from "./served.ts";

const UNKNOWN = "the outcome of 2025-10-29 is not known";
const UNKNOWN_FROM = "2025-11-14";
const LATER = new Date("2025-11-18T02:00:00.000Z");

interface List {
  readonly data: readonly unknown[];
  readonly unjudged: {
    readonly from: string;
    readonly to: string;
    readonly days: number;
    readonly reason: string;
  } | null;
}

let database: TestDatabase;
let served: Served;

// The episode, read again later as though the outcome of 29 Oct had not been known on its last two days, and as though the
// January meeting had been unsolved on 10 Nov.
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  const undecided = DAYS.filter((day) => day >= UNKNOWN_FROM).map((day) => ({
    ...draftOf(day, 1),
    undecidedMeeting: "2025-10-29",
  }));
  const tenth = draftOf("2025-11-10", 1);
  const unsolved = {
    ...tenth,
    readings: tenth.readings.map((reading) =>
      reading.meetingDate === "2026-01-28"
        ? {
            ...reading,
            startRateBp: null,
            endRateBp: null,
            expectedRateBp: null,
            moves: null,
            outcomes: [],
            unsolved: { reason: "missing_contract" as const, detail: "2026-02 has no price" },
          }
        : reading,
    ),
  };
  await store(database.sql, [unsolved, ...undecided], LATER);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const unjudged = async (query = "") => (await readJson<List>(served.app, `/v1/repricings${query}`)).unjudged;

describe("unjudged of /v1/repricings", () => {
  it("names the days of which no repricing can be told, and why, though the list is as it is", async () => {
    expect(await unjudged()).toEqual({ from: UNKNOWN_FROM, to: "2025-11-17", days: 2, reason: UNKNOWN });
    expect(await unjudged("?status=open&basis=settlement")).toMatchObject({ days: 2 });
  });

  it("is of the period that was asked for, and null where every day that has a reading was judged", async () => {
    expect(await unjudged("?from=2025-11-17")).toEqual({
      from: "2025-11-17",
      to: "2025-11-17",
      days: 1,
      reason: UNKNOWN,
    });
    expect(await unjudged("?to=2025-11-10")).toBeNull();
    expect(await unjudged("?from=2025-11-16T00:00:00Z&to=2025-11-17T19:59:59Z")).toMatchObject({ to: UNKNOWN_FROM });
    expect(await unjudged("?basis=last_trade")).toBeNull();
  });

  it("counts days on which the meeting asked for was unsolved, with what was not known besides", async () => {
    const reason = `${UNKNOWN}; unsolved: missing contract`;
    expect(await unjudged("?meeting=2026-01-28")).toEqual({ from: "2025-11-10", to: "2025-11-17", days: 3, reason });
    expect(await unjudged("?meeting=2025-12-10")).toMatchObject({ days: 2, reason: UNKNOWN });
    expect(await unjudged("?meeting=2025-12-10&to=2025-11-10")).toBeNull();
    // By then it was none of the targets any more.
    expect(await unjudged("?meeting=2025-10-29")).toBeNull();
  });

  it("is at known_at what it was then", async () => {
    expect(await unjudged(`?known_at=${RECORDED.toISOString()}`)).toBeNull();
    expect(await unjudged(`?known_at=${LATER.toISOString()}`)).toMatchObject({ days: 2 });
  });

  it("is of real readings beside those of the sample, however few they are", async () => {
    const other = await testDatabase();
    try {
      const sample = DAYS.map((day) => ({ ...draftOf(day, 1), isSample: true }));
      const own = DAYS.filter((day) => day >= UNKNOWN_FROM);
      const undecided = own.map((day) => ({ ...draftOf(day, 2), undecidedMeeting: "2025-10-29" }));
      await store(other.sql, [...sample, ...undecided], LATER);
      const { unjudged: days } = await readJson<List>(serveTest(other.sql).app, "/v1/repricings");
      expect(days).toMatchObject({ from: UNKNOWN_FROM, days: own.length, reason: UNKNOWN });
    } finally {
      await other.drop();
    }
  });
});
