import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "../setup/database.ts";
import { importOwnDays } from "./real-beside-sample.ts";
import { ASKED, sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

interface List {
  readonly data: readonly {
    readonly meeting: string;
    readonly sample: boolean;
    readonly started_on: string;
    readonly direction: string;
  }[];
}
interface Shift {
  readonly sample: boolean | null;
  readonly from: { readonly trade_date: string } | null;
}

// 13 of the sample's 49 trade dates, 6 to 25 November 2025 without the 17th.
const FIRST_OWN = "2025-11-06";

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await sampleDatabase();
  await importOwnDays(database.sql, (date) => date >= FIRST_OWN && date !== "2025-11-17");
  served = serveTest(database.sql, { now: ASKED });
});
afterAll(() => database.drop());

describe("own data beside the sample", () => {
  it("speaks for the repricings of each meeting it has readings of, however many days the sample has", async () => {
    const { data } = await readJson<List>(served.app, "/v1/repricings?meeting=2025-12-10");
    expect(data.map(({ sample, direction, started_on }) => [sample, direction, started_on])).toEqual([
      [false, "dovish", "2025-11-19"],
      [false, "hawkish", FIRST_OWN],
    ]);
  });

  it("leaves to the sample the basis that it has no reading of", async () => {
    const { data } = await readJson<List>(served.app, "/v1/repricings?meeting=2025-12-10&basis=published");
    expect(data.map(({ sample }) => sample)).toEqual([true, true, true, true]);
  });

  it("is the meeting's series, however many more days the sample has", async () => {
    const path = "/v1/meetings/2025-12-10/history?measure=expected_rate&from=2025-10-01&to=2025-11-25";
    const { data } = await readJson<{ data: { trade_date: string; sample: boolean }[] }>(served.app, path);
    expect(data.map(({ sample }) => sample)).toEqual(Array(13).fill(false));
    expect(data[0]?.trade_date).toBe(FIRST_OWN);
  });

  it("shows a shift of its own where it can, from its reading before, and the sample's, said to be so, where it has none", async () => {
    const shift = (window: string) =>
      readJson<Shift>(served.app, `/v1/shifts?meeting=2025-12-10&as_of=2025-11-18&window=${window}`);
    expect(await shift("1d")).toMatchObject({ sample: false, from: { trade_date: "2025-11-14" } });
    expect(await shift("1m")).toMatchObject({ sample: true, from: { trade_date: "2025-10-17" } });
  });
});
