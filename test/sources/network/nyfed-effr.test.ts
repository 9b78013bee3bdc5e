import { describe, expect, it } from "vitest";
import { fetchEffr } from "../../../src/sources/upstreams/nyfed-effr.ts";
import { fixture, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const RECORDED = JSON.parse(fixture("nyfed-effr.json")) as { refRates: Record<string, unknown>[] };
const NOW = "2025-11-17T15:00:00Z";

async function rowsOf(refRates: unknown): Promise<unknown> {
  const server = await loopback(json({ refRates }));
  const { rows } = await fetchEffr({ http: testHttp(virtualClock(NOW)), baseUrl: server.baseUrl, range: { last: 9 } });
  return rows;
}

function row(change: Record<string, unknown>): Record<string, unknown> {
  return { ...RECORDED.refRates[2], ...change };
}

describe("fetchEffr()", () => {
  it("gives the fixings oldest first, in basis points of target and as printed, with the revision", async () => {
    const server = await loopback(json(RECORDED));
    const http = testHttp(virtualClock(NOW));
    const range = { from: "2023-06-06", to: "2025-10-30" };
    const { rows, payloads } = await fetchEffr({ http, baseUrl: `${server.baseUrl}/`, range });
    // The 2023 row is the Fed's own of that day; EFFR of October 2025 as published by the New York Fed.
    expect(rows).toEqual([
      { date: "2023-06-06", effrPct: "5.08", targetLowerBp: 500, targetUpperBp: 525, revised: false },
      { date: "2025-10-29", effrPct: "4.12", targetLowerBp: 400, targetUpperBp: 425, revised: true },
      { date: "2025-10-30", effrPct: "3.87", targetLowerBp: 375, targetUpperBp: 400, revised: false },
    ]);
    expect(server.seen[0]?.path).toBe("/api/rates/unsecured/effr/search.json");
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toEqual({ startDate: "2023-06-06", endDate: "2025-10-30" });
    expect(payloads).toHaveLength(1);
    expect(payloads[0]?.retrievedAt).toEqual(new Date(NOW));
  });

  it("asks for the last n", async () => {
    const server = await loopback(json({ refRates: [] }));
    await fetchEffr({ http: testHttp(virtualClock(NOW)), baseUrl: server.baseUrl, range: { last: 12 } });
    expect(server.seen[0]?.path).toBe("/api/rates/unsecured/effr/last/12.json");
  });

  it("takes an empty range for what it is", async () => {
    expect(await rowsOf([])).toEqual([]);
  });

  it.each([4.3, 0.08, 5, 0])("prints %d with two decimals", async (percentRate) => {
    expect(await rowsOf([row({ percentRate })])).toMatchObject([{ effrPct: percentRate.toFixed(2) }]);
  });

  it("keeps the revised of two rows of a day, in either order, and one of two equal rows", async () => {
    const first = row({});
    const revised = row({ percentRate: 5.09, revisionIndicator: "R" });
    for (const rows of [
      [first, revised],
      [revised, first],
      [revised, revised],
    ]) {
      expect(await rowsOf(rows)).toMatchObject([{ date: "2023-06-06", effrPct: "5.09", revised: true }]);
    }
  });

  it("leaves rows of other rates out", async () => {
    expect(await rowsOf([row({}), { effectiveDate: "2023-06-06", type: "SOFR", percentRate: "NA" }])).toHaveLength(1);
  });

  it("gives null for a target that is absent", async () => {
    const absent = { targetLowerBp: null, targetUpperBp: null };
    expect(await rowsOf([row({ targetRateFrom: null, targetRateTo: null })])).toMatchObject([absent]);
    expect(await rowsOf([row({ targetRateFrom: "NA", targetRateTo: "NA" })])).toMatchObject([absent]);
  });

  it("reads what was recorded of both eras: before 16 Dec 2008 the target is targetRateFrom alone", async () => {
    expect(
      await rowsOf([
        { effectiveDate: "2008-12-16", type: "EFFR", percentRate: 0.18, targetRateFrom: 0, targetRateTo: 0.25 },
        { effectiveDate: "2006-01-10", type: "EFFR", percentRate: 4.24, targetRateFrom: 4.25 },
      ]),
    ).toEqual([
      { date: "2006-01-10", effrPct: "4.24", targetLowerBp: 425, targetUpperBp: 425, revised: false },
      { date: "2008-12-16", effrPct: "0.18", targetLowerBp: 0, targetUpperBp: 25, revised: false },
    ]);
    expect(await rowsOf([row({ targetRateTo: undefined })])).toMatchObject([{ targetLowerBp: null }]);
  });

  it("takes figures as strings, and puts a row aside that cannot be read without losing the others", async () => {
    const server = await loopback(
      json({ refRates: [row({ percentRate: "5.08" }), row({ percentRate: 99, effectiveDate: "2023-06-07" })] }),
    );
    const http = testHttp(virtualClock(NOW));
    const { rows, rejected } = await fetchEffr({ http, baseUrl: server.baseUrl, range: { last: 9 } });
    expect(rows.map(({ effrPct }) => effrPct)).toEqual(["5.08"]);
    expect(rejected).toEqual([
      {
        reason: "Cannot read EFFR for 2023-06-07: a rate of 99 % is outside 0 to 25 %",
        rowText: expect.stringContaining("99"),
      },
    ]);
  });

  it("takes a single level, as before 16 Dec 2008", async () => {
    const single = row({ effectiveDate: "2008-10-07", targetRateFrom: 2, targetRateTo: 2 });
    expect(await rowsOf([single])).toMatchObject([{ targetLowerBp: 200, targetUpperBp: 200 }]);
  });

  it.each([
    [row({ percentRate: "NA" }), "it has no rate"],
    [row({ percentRate: undefined }), "it has no rate"],
    [row({ percentRate: 25.01 }), "a rate of 25.01 % is outside 0 to 25 %"],
    [row({ percentRate: -0.01 }), "a rate of -0.01 % is outside 0 to 25 %"],
    [row({ targetRateTo: 5.3 }), "a target of 5 to 5.3 % is no range on the 25 bp grid within 0 to 25 %"],
    [
      row({ targetRateFrom: 5.25, targetRateTo: 5 }),
      "a target of 5.25 to 5 % is no range on the 25 bp grid within 0 to 25 %",
    ],
    [row({ effectiveDate: "2025-11-18" }), "the day is yet to come"],
  ])("refuses a row that cannot be true", async (bad, state) => {
    await expect(rowsOf([bad])).rejects.toThrow(`Cannot read EFFR for ${bad.effectiveDate}: ${state}`);
  });

  it.each([
    [[row({}), row({ percentRate: 5.09 })], "Cannot read EFFR for 2023-06-06: two rows differ, 5.08 and 5.09"],
    [[row({ type: "OBFR" })], "Cannot read EFFR: expected rows of type EFFR, got OBFR"],
    [
      [row({ effectiveDate: "2023-02-30" })],
      'Cannot read a row of EFFR: effectiveDate: expected a date, got "2023-02-30"',
    ],
    ["none", "Cannot read EFFR: refRates: Invalid input: expected array, received string"],
  ])("names what drifted", async (refRates, message) => {
    await expect(rowsOf(refRates)).rejects.toThrow(message);
  });
});
