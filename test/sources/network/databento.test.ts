import { describe, expect, it } from "vitest";
import { fetchDatabentoSettlements } from "../../../src/sources/upstreams/databento.ts";
import type { Reply } from "./loopback.ts";
import { answer, fixture, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const KEY = "db-0123456789abcdef0123456789abc";
const DEFINITIONS = fixture("databento-definition.ndjson");
const STATISTICS = fixture("databento-statistics.ndjson");

const bySchema =
  (definitions: string, statistics: string): Reply =>
  (response, seen, index) =>
    answer(200, "application/x-ndjson", seen.query.get("schema") === "definition" ? definitions : statistics)(
      response,
      seen,
      index,
    );

async function ask(reply: Reply) {
  const server = await loopback(reply);
  const http = testHttp(virtualClock("2025-11-19T12:00:00Z"));
  const result = fetchDatabentoSettlements({
    http,
    baseUrl: server.baseUrl,
    apiKey: KEY,
    from: "2025-11-17",
    to: "2025-11-19",
  });
  return { server, result };
}

describe("fetchDatabentoSettlements()", () => {
  it("gives the last final settlement of each contract month, with volume and open interest, spreads left out", async () => {
    const { server, result } = await ask(bySchema(DEFINITIONS, STATISTICS));
    const { rows, warnings, payloads } = await result;
    // The shape is as documented; the figures are illustrative.
    expect(rows).toEqual([
      {
        contractMonth: "2025-11",
        tradeDate: "2025-11-17",
        asOf: new Date("2025-11-17T20:00:00Z"),
        grid: "settlement",
        basis: "settlement",
        price: "96.1225",
        open: null,
        high: null,
        low: null,
        volume: 34567,
        openInterest: 322852,
        flags: [],
      },
      expect.objectContaining({
        contractMonth: "2026-01",
        price: "96.2825",
        volume: null,
        openInterest: null,
        flags: ["off_tick"],
      }),
    ]);
    expect(warnings).toEqual(["No final settlement of 2025-12 for 2025-11-17 yet"]);
    expect(payloads).toHaveLength(2);
    expect(server.seen.map(({ query }) => query.get("schema"))).toEqual(["definition", "statistics"]);
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`${KEY}:`).toString("base64")}`);
    expect(Object.fromEntries(server.seen[1]?.query ?? [])).toMatchObject({
      dataset: "GLBX.MDP3",
      symbols: "ZQ.FUT",
      stype_in: "parent",
      start: "2025-11-17",
      end: "2025-11-19",
      pretty_px: "true",
    });
  });

  it("takes the order of reception, not of the lines, and a later final over an earlier one", async () => {
    const lines = STATISTICS.trim().split("\n");
    const corrected = (lines[1] ?? "").replace("T23:05:00", "T23:30:00").replace("96.122500000", "96.125000000");
    for (const order of [
      [...lines, corrected],
      [corrected, ...lines],
    ]) {
      const { rows } = await (await ask(bySchema(DEFINITIONS, order.join("\n")))).result;
      expect(rows[0]?.price).toBe("96.1250");
    }
  });

  it("takes no intraday price for a day's settlement, however late and final", async () => {
    const intraday = (STATISTICS.split("\n")[2] ?? "").replace("T18:00:00", "T23:30:00");
    expect(intraday).toContain('"stat_flags":9');
    const { rows } = await (await ask(bySchema(DEFINITIONS, `${STATISTICS}${intraday}\n`))).result;
    expect(rows[0]?.price).toBe("96.1225");
  });

  it("drops a settlement that is deleted afterwards", async () => {
    const deleted = (STATISTICS.split("\n")[1] ?? "")
      .replace("T23:05:00", "T23:30:00")
      .replace('"update_action":1', '"update_action":2');
    const { rows, warnings } = await (await ask(bySchema(DEFINITIONS, `${STATISTICS}${deleted}\n`))).result;
    expect(rows.map(({ contractMonth }) => contractMonth)).toEqual(["2026-01"]);
    expect(warnings).toContain("No final settlement of 2025-11 for 2025-11-17 yet");
  });

  it("takes the decade from the expiry", async () => {
    const older = DEFINITIONS.replaceAll("2025-", "2015-").replaceAll("2026-", "2016-");
    const statistics = STATISTICS.replaceAll("2025-11-17", "2015-11-17").replaceAll("2025-11-18", "2015-11-18");
    const { rows } = await (await ask(bySchema(older, statistics))).result;
    expect(rows.map(({ contractMonth }) => contractMonth)).toEqual(["2015-11", "2016-01"]);
  });

  it("takes an empty range for what it is", async () => {
    expect(await (await ask(bySchema("", ""))).result).toMatchObject({ rows: [], warnings: [] });
  });

  it("leaves out a day that is no trade date, and says so", async () => {
    const sunday = STATISTICS.replaceAll('"ts_ref":"2025-11-17', '"ts_ref":"2025-11-16');
    const { rows, warnings } = await (await ask(bySchema(DEFINITIONS, sunday))).result;
    expect(rows).toEqual([]);
    expect(warnings).toContain("Left out 2025-11 of 2025-11-16: no trade date");
  });

  it.each([
    [
      "prices that are not pretty",
      DEFINITIONS,
      STATISTICS.replace('"96.122500000"', '"96122500000"'),
      'line 2 of the statistics: price: expected decimal text in index points, got "96122500000"',
    ],
    [
      "numbers for text",
      DEFINITIONS,
      STATISTICS.replace('"96.122500000"', "96.1225"),
      "line 2 of the statistics: price",
    ],
    [
      "times that are not pretty",
      DEFINITIONS,
      STATISTICS.replace('"ts_ref":"2025-11-17T00:00:00.000000000Z"', '"ts_ref":"1763337600000000000"'),
      "line 1 of the statistics: ts_ref",
    ],
    [
      "a settlement without a day",
      DEFINITIONS,
      STATISTICS.replaceAll('"ts_ref":"2025-11-17T00:00:00.000000000Z"', '"ts_ref":null'),
      "ts_ref must name its day, got null",
    ],
    [
      "another name of a field",
      DEFINITIONS,
      STATISTICS.replace("stat_flags", "flags"),
      "line 1 of the statistics: stat_flags",
    ],
    ["a cut line", DEFINITIONS, STATISTICS.slice(0, -40), "line 8 of the statistics: expected JSON"],
    [
      "a symbol of another month than its expiry",
      DEFINITIONS.replace('"raw_symbol":"ZQZ5"', '"raw_symbol":"ZQV5"'),
      STATISTICS,
      "Cannot read the definition of ZQV5: it is of 2035-10 and of 2025-12",
    ],
    [
      "a symbol of another product",
      DEFINITIONS.replace('"raw_symbol":"ZQZ5"', '"raw_symbol":"SR3Z5"'),
      STATISTICS,
      'Cannot read the definition of "SR3Z5": expected a contract such as ZQZ5',
    ],
    [
      "an instrument with two months",
      DEFINITIONS.replace('"instrument_id":102', '"instrument_id":101'),
      STATISTICS,
      "Cannot read the definition of ZQZ5: it is of 2025-12 and of 2025-11",
    ],
    [
      "statistics without definitions",
      "",
      STATISTICS,
      "Cannot read settlements from 2025-11-17: no contract is defined in that time",
    ],
  ])("names %s", async (_, definitions, statistics, message) => {
    await expect((await ask(bySchema(definitions, statistics))).result).rejects.toThrow(message);
  });

  it.each([
    [
      {
        detail: { case: "auth_invalid_username", message: `bad key ${KEY}`, status_code: 401, docs: "x", payload: {} },
      },
      401,
    ],
    [{ detail: "Authentication failed." }, 401],
    [{ detail: { case: "data_end_after_available_end", message: "after the available end", status_code: 422 } }, 422],
  ])("shows the reason of a refusal, and not the key", async (body, status) => {
    const error = await (await ask(json(body, status))).result.catch((reason: Error) => reason);
    expect(error).toMatchObject({ source: "databento", status, retryable: false });
    expect(String(error)).toContain('{"detail":');
    expect(String(error)).not.toContain(KEY);
  });
});
