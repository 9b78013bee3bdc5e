import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catchUp, catchUpWords } from "../../jobs/catch-up.ts";
import { type FlagResult, flagWords } from "../../jobs/flag-repricings.ts";
import { episodeFixings } from "../../src/sources/built-in/episode.ts";
import { BUILT_IN_MEETINGS } from "../../src/sources/built-in/fomc-meetings.ts";
import { recordFixings } from "../../src/store/fixings.ts";
import { noticesOf, recordNotices } from "../../src/store/meetings.ts";
import { ensureMonths } from "../../src/store/write.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { flag, lastTrades, price, soonAfter } from "./live-episode.ts";

const EARLIER = new Date("2025-09-01T12:00:00Z");
const DONE: FlagResult = { days: 4, legs: 0, alerts: 0, withdrawn: 0 };

describe("flagWords()", () => {
  it("says how many days were not judged, and why, and nothing where all were", () => {
    expect(flagWords(DONE)).toBe("repricings: 4 days looked at, 0 legs changed, 0 alerts");
    const unjudged = { "the outcome of 2026-10-28 is not known": 3, "the outcome of 2026-12-09 is not known": 1 };
    expect(flagWords({ ...DONE, unjudged })).toBe(
      "repricings: 4 days looked at, 0 legs changed, 0 alerts, 3 days not judged: the outcome of 2026-10-28 is not known, " +
        "1 day not judged: the outcome of 2026-12-09 is not known",
    );
  });
});

describe("flagWords() of alerts", () => {
  it("says that confirmations and withdrawals are among the alerts, and that what it counts as withdrawn are legs", () => {
    expect(flagWords({ days: 22, legs: 3, alerts: 4, withdrawn: 1 })).toBe(
      "repricings: 22 days looked at, 3 legs changed, 4 alerts stored (confirmations and withdrawals too), 1 leg withdrawn",
    );
    expect(flagWords({ days: 22, legs: 3, alerts: 1, withdrawn: 2 })).toMatch(
      /, 1 alert stored \(confirmations and withdrawals too\), 2 legs withdrawn$/,
    );
    expect(flagWords({ ...DONE, legs: 2 })).not.toContain("withdraw");
  });
});

describe("a decision whose outcome is not known", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    const meetings = BUILT_IN_MEETINGS.map((one) =>
      one.meetingDate < "2025-10-01" ? one : { ...one, decision: null },
    );
    const provenance = { source: "nyfed", payloadId: null, isSample: false, recordedAt: EARLIER };
    // A fixing after the decision would give its range away: then it is not unknown.
    const fixings = episodeFixings().filter(({ date }) => date < "2025-10-29");
    await db.sql.begin(async (tx) => {
      const all = { onlyMissing: true, reach: (date: string) => date };
      await recordNotices(tx, meetings.flatMap(noticesOf), { ...provenance, source: "built-in" }, all);
      await recordFixings(tx, fixings, provenance);
    });
    await ensureMonths(db.sql, ["futures_quotes"], "2025-09-01", "2025-12-31");
    await price(db.sql, lastTrades("2025-10-20", "2025-11-05"), "yahoo", soonAfter("2025-11-05"));
  });
  afterAll(() => db.drop());

  it("is named with the number of days that could not be judged, by each job that looks at days", async () => {
    const first = await flag(db.sql, soonAfter("2025-11-05"));
    // 30 and 31 Oct, 3, 4 and 5 Nov: the decision of 29 Oct is in effect from the 30th on.
    expect(first.unjudged).toEqual({ "the outcome of 2025-10-29 is not known": 5 });
    const now = () => soonAfter("2025-11-06");
    const again = await catchUp({ sql: db.sql, now, baseUrl: null, from: "2025-10-20" });
    expect(catchUpWords(again)).toContain(", 5 days not judged: the outcome of 2025-10-29 is not known");
    expect(await flag(db.sql, now())).not.toHaveProperty("unjudged");
  });
});
