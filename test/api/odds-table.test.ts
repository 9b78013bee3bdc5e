import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedEpisode } from "./episode.ts";
import { readJson, type Served, serveTest } from "./served.ts";

interface Outcome {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

let database: TestDatabase;
let served: Served;
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

/** Rows by column name; no cell of these tables has a comma. */
async function table(path: string): Promise<Record<string, string>[]> {
  const response = await served.app.request(path);
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/csv; charset=utf-8; header=present",
  ]);
  const [head = "", ...lines] = (await response.text()).trimEnd().split("\r\n");
  const names = head.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    expect(cells).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

const cellsOf = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === null ? "" : String(value)]));

describe("/v1/probabilities?format=csv", () => {
  const asked = "/v1/probabilities?as_of=2025-11-17";

  it("has a row a meeting and range with the figures of the JSON, and says of which reading", async () => {
    const odds = await readJson<{
      as_of: string;
      basis: string;
      source: string;
      undecided_meeting: string | null;
      target: Outcome;
      meetings: { meeting: string; expected_rate_bp: number | null; outcomes: (Outcome & { probability: number })[] }[];
    }>(served.app, asked);
    const rows = await table(`${asked}&format=csv`);
    const { as_of, basis, source, undecided_meeting } = odds;
    const reading = { as_of, basis, source, undecided_meeting, target_lower_bp: odds.target.lower_bp };
    const wanted = odds.meetings
      .filter(({ outcomes }) => outcomes.length > 0)
      .flatMap(({ meeting, expected_rate_bp, outcomes }) =>
        outcomes.map((outcome) => cellsOf({ meeting, expected_rate_bp, ...outcome, ...reading })),
      );
    expect(wanted.length).toBeGreaterThan(1);
    expect(rows.filter(({ probability }) => probability !== "")).toMatchObject(wanted);
  });

  it("has one row for a meeting that could not be solved, with the reason and no figure", async () => {
    const { meetings } = await readJson<{ meetings: { meeting: string; unsolved: { reason: string } | null }[] }>(
      served.app,
      asked,
    );
    const rows = await table(`${asked}&format=csv`);
    expect(meetings.some(({ unsolved }) => unsolved !== null)).toBe(true);
    for (const { meeting, unsolved } of meetings) {
      if (unsolved === null) continue;
      const figures = { lower_bp: "", probability: "", expected_rate_bp: "", ease: "" };
      expect(rows.filter((row) => row.meeting === meeting)).toMatchObject([{ unsolved: unsolved.reason, ...figures }]);
    }
    expect(new Set(rows.map(({ meeting }) => meeting)).size).toBe(meetings.length);
  });

  it("is about one meeting where one is asked for", async () => {
    const rows = await table(`${asked}&meeting=2025-12-10&format=csv`);
    expect(new Set(rows.map(({ meeting }) => meeting))).toEqual(new Set(["2025-12-10"]));
  });

  it("does not change the JSON", async () => {
    const plain = await (await served.app.request(asked)).text();
    expect(await (await served.app.request(`${asked}&format=json`)).text()).toBe(plain);
  });
});

describe("/v1/shifts?format=csv", () => {
  it("has a row a range with both readings", async () => {
    const asked = "/v1/shifts?meeting=2025-12-10&from=2025-11-14&to=2025-11-17";
    const shift = await readJson<{
      from: { as_of: string; expected_rate_bp: number };
      to: { as_of: string };
      expected_rate_shift_bp: number;
      outcomes: object[];
    }>(served.app, asked);
    const rows = await table(`${asked}&format=csv`);
    expect(shift.outcomes.length).toBeGreaterThan(1);
    const both = {
      meeting: "2025-12-10",
      from_as_of: shift.from.as_of,
      from_expected_rate_bp: shift.from.expected_rate_bp,
      to_as_of: shift.to.as_of,
      expected_rate_shift_bp: shift.expected_rate_shift_bp,
    };
    expect(rows).toMatchObject(shift.outcomes.map((outcome) => cellsOf({ ...both, ...outcome })));
  });

  it("has one row where there are no ranges, with missing figures empty", async () => {
    const [row, ...more] = await table(
      "/v1/shifts?meeting=2025-12-10&measure=expected_rate&from=2025-11-14&to=2025-11-17&format=csv",
    );
    expect(more).toEqual([]);
    expect(row).toMatchObject({ lower_bp: "", shift_pp: "", measure: "expected_rate" });
    expect(Number(row?.expected_rate_shift_bp)).not.toBe(0);
  });
});
