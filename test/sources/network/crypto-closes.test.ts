import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../../src/calendar/calendar-date.ts";
import { fetchCoinbaseCloses } from "../../../src/sources/upstreams/coinbase.ts";
import { fetchKrakenCloses } from "../../../src/sources/upstreams/kraken.ts";
import type { Reply } from "./loopback.ts";
import { fixture, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const DAY_S = 86_400;
// 18 Nov 2025 is running in the recorded shapes; their prices are illustrative.
const NOW = "2025-11-18T12:00:00Z";

function unix(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}

async function coinbase(reply: Reply, from: string, to: string, now = NOW) {
  const server = await loopback(reply);
  const http = testHttp(virtualClock(now));
  return { server, result: fetchCoinbaseCloses({ http, baseUrl: server.baseUrl, symbol: "BTC", from, to }) };
}

async function kraken(reply: Reply, from: string, to: string, now = NOW) {
  const server = await loopback(reply);
  const http = testHttp(virtualClock(now));
  return { server, result: fetchKrakenCloses({ http, baseUrl: server.baseUrl, symbol: "ETH", from, to }) };
}

/** Every day's candle that a venue of this kind would give, newest first, its close the number of days since 1970. */
const candlesAsAsked: Reply = (response, seen, index) => {
  const start = unix((seen.query.get("start") ?? "").slice(0, 10));
  const end = unix((seen.query.get("end") ?? "").slice(0, 10));
  const rows: number[][] = [];
  for (let time = end; time >= start; time -= DAY_S) rows.push([time, 1, 99_999, 5, time / DAY_S, 7]);
  if (rows.length > 300) json({ message: "Count of aggregations requested exceeds 300" }, 400)(response, seen, index);
  else json(rows)(response, seen, index);
};

describe("fetchCoinbaseCloses()", () => {
  it("reads low before high, oldest first, without the running day and what came from before the start", async () => {
    const { server, result } = await coinbase(json(fixture("coinbase-btc.json")), "2025-11-16", "2025-11-18");
    expect((await result).rows).toEqual([
      { symbol: "BTC", date: "2025-11-16", close: "94182.56" },
      { symbol: "BTC", date: "2025-11-17", close: "92093.87" },
    ]);
    expect(server.seen[0]?.path).toBe("/products/BTC-USD/candles");
    expect(server.seen[0]?.query.get("granularity")).toBe("86400");
  });

  it("gives every day of any range once, in pages of at most 300 candles", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), async (days) => {
        const from = "2021-06-24";
        const to = addDays(from, days);
        const { server, result } = await coinbase(candlesAsAsked, from, to);
        const { rows, payloads } = await result;
        expect(rows.map(({ date }) => date)).toEqual(
          Array.from({ length: days + 1 }, (_, index) => addDays(from, index)),
        );
        expect(rows.every(({ date, close }) => Number(close) === unix(date) / DAY_S)).toBe(true);
        expect(payloads).toHaveLength(server.seen.length);
        expect(server.seen).toHaveLength(Math.ceil((days + 1) / 299));
      }),
      { numRuns: 12, seed: 20251117 },
    );
  });

  it("takes a day as closed from its last second on", async () => {
    const before = await coinbase(
      json([[unix("2025-11-17"), 1, 3, 2, 2, 5]]),
      "2025-11-17",
      "2025-11-17",
      "2025-11-17T23:59:59.999Z",
    );
    expect((await before.result).rows).toEqual([]);
    const after = await coinbase(
      json([[unix("2025-11-17"), 1, 3, 2, 2, 5]]),
      "2025-11-17",
      "2025-11-17",
      "2025-11-18T00:00:00Z",
    );
    expect((await after.result).rows).toHaveLength(1);
  });

  it("takes no candles for no trades", async () => {
    expect((await (await coinbase(json([]), "2025-11-16", "2025-11-17")).result).rows).toEqual([]);
  });

  it.each([
    [[[unix("2025-11-17"), 3, 1, 2, 2, 5]], "open 2 and close 2 must lie between low 3 and high 1"],
    [[[unix("2025-11-17") + 60, 1, 3, 2, 2, 5]], "1763337660 is not the start of a UTC day"],
    [[[unix("2025-11-17"), 1, 3, 2, 0, 5]], "0.4"],
    [[[unix("2025-11-17"), 1, 3, 2, "2", 5]], '0.4: Invalid input: expected number, received string, got "2"'],
    [[[unix("2025-11-17") * 1000, 1, 3, 2, 2, 5]], "0.0"],
    [
      [
        [unix("2025-11-17"), 1, 3, 2, 2, 5],
        [unix("2025-11-17"), 1, 3, 2, 3, 5],
      ],
      "two candles differ, 2 and 3",
    ],
    [{ message: "NotFound" }, "expected array"],
  ])("names what drifted", async (body, state) => {
    const { result } = await coinbase(json(body), "2025-11-16", "2025-11-17");
    await expect(result).rejects.toThrow(state);
  });
});

describe("fetchKrakenCloses()", () => {
  it("reads the internal pair name and never the last, uncommitted row", async () => {
    const { server, result } = await kraken(json(fixture("kraken-btc.json")), "2025-11-16", "2025-11-18");
    expect((await result).rows).toEqual([
      { symbol: "ETH", date: "2025-11-16", close: "94182.6" },
      { symbol: "ETH", date: "2025-11-17", close: "92093.9" },
    ]);
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toEqual({
      pair: "ETHUSD",
      interval: "1440",
      since: String(unix("2025-11-15")),
    });
  });

  it("leaves the last row out even when its day has ended", async () => {
    const { result } = await kraken(
      json(fixture("kraken-btc.json")),
      "2025-11-16",
      "2025-11-18",
      "2025-11-20T00:00:00Z",
    );
    expect((await result).rows.map(({ date }) => date)).toEqual(["2025-11-16", "2025-11-17"]);
  });

  it("says so when the days asked for are older than Kraken keeps", async () => {
    const { result } = await kraken(json(fixture("kraken-btc.json")), "2020-01-01", "2020-01-31");
    await expect(result).rejects.toThrow("Cannot fetch ETH from 2020-01-01: Kraken keeps 720 days, since 2023-11-30");
  });

  it.each([
    [{ error: ["EQuery:Unknown asset pair"] }, "Cannot fetch ETH: Kraken says EQuery:Unknown asset pair", false],
    [{ error: ["EAPI:Rate limit exceeded"] }, "Cannot fetch ETH: Kraken says EAPI:Rate limit exceeded", true],
    [{ error: ["EService:Unavailable"], result: {} }, "Cannot fetch ETH: Kraken says EService:Unavailable", true],
    [{ error: [], result: { last: 1 } }, "Cannot read ETH: expected one pair, got none", false],
    [{ error: [], result: { A: [], B: [], last: 1 } }, "Cannot read ETH: expected one pair, got A, B", false],
    [{ error: [], result: { A: [[1, "1", "1", "1", 1, "1", "1", 1]] } }, "Cannot read ETH candles: 0.4", false],
  ])("reads an error that comes with status 200", async (body, message, retryable) => {
    const { result } = await kraken(json(body), "2025-11-16", "2025-11-17");
    const error = await result.catch((reason: Error) => reason);
    expect(String(error)).toContain(message);
    expect(error).toMatchObject({ source: "kraken", retryable });
  });
});
