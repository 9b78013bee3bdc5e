import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { loadEvents } from "../../jobs/load-events.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { TRADE_DATES } from "../sql/asking.ts";
import { importOwnDays } from "./real-beside-sample.ts";
import { ASKED, LOADED } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

interface Found {
  readonly id: number;
  readonly started_on: string;
}

let database: TestDatabase;
let served: Served;

// Every other trade date of the episode: no two readings are one trade date apart.
beforeAll(async () => {
  database = await testDatabase();
  await loadBuiltInMeetings(database.sql, () => LOADED);
  await loadEvents(database.sql, () => LOADED);
  await importOwnDays(database.sql, (date) => TRADE_DATES.indexOf(date) % 2 === 0);
  served = serveTest(database.sql, { now: ASKED });
});
afterAll(() => database.drop());

describe("the sharpest day of a repricing whose readings all lie further apart", () => {
  it("is null, without events, and not called unexplained", async () => {
    const { data } = await readJson<{ data: readonly Found[] }>(served.app, "/v1/repricings?meeting=2025-12-10");
    expect(data.length).toBeGreaterThan(0);
    for (const { id } of data) {
      const answer = await readJson(served.app, `/v1/repricings/${id}`);
      expect(answer).toMatchObject({ sharpest_day: null, events: [], events_left_out: 0, unexplained: false });
    }
  });

  it("is said on the page to be unknown", async () => {
    const { data } = await readJson<{ data: readonly Found[] }>(served.app, "/v1/repricings?meeting=2025-12-10");
    const text = await (await served.app.request(`/repricings/${data[0]?.id}`)).text();
    expect(text).toContain("The sharpest day cannot be told from the readings at hand.");
    expect(text).not.toContain("Unexplained");
  });
});
