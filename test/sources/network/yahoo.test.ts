import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FuturesQuote } from "../../../src/pricing/observations.ts";
import { oneCurve } from "../../../src/sources/quality/one-curve.ts";
import { fetchYahooChart } from "../../../src/sources/upstreams/yahoo-chart.ts";
import type { YahooAsset } from "../../../src/sources/upstreams/yahoo-closes.ts";
import { fetchYahooCloses } from "../../../src/sources/upstreams/yahoo-closes.ts";
import { fetchYahooBars, fetchYahooTrades } from "../../../src/sources/upstreams/yahoo-strip.ts";
import type { Reply } from "./loopback.ts";
import { answer, fixture, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const NOT_FOUND =
  '{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}';

function unix(instant: string): number {
  return Date.parse(instant) / 1000;
}

interface Shape {
  readonly symbol: string;
  readonly zone?: string;
  readonly times?: readonly number[];
  readonly quote?: Record<string, readonly (number | null)[]>;
  readonly adjclose?: readonly (number | null)[];
  readonly live?: { readonly price: number; readonly at: string; readonly volume?: number };
  readonly splits?: Record<string, unknown>;
}

/** A chart in the recorded shape. */
function chart({ symbol, zone = "America/New_York", times, quote = {}, adjclose, live, splits }: Shape): unknown {
  const market = live && {
    regularMarketPrice: live.price,
    regularMarketTime: unix(live.at),
    regularMarketVolume: live.volume ?? 1000,
  };
  const meta = {
    currency: "USD",
    symbol,
    exchangeName: "CBT",
    exchangeTimezoneName: zone,
    dataGranularity: "1d",
    ...market,
  };
  const indicators = { quote: [quote], ...(adjclose && { adjclose: [{ adjclose }] }) };
  const events = splits && { events: { splits } };
  return { chart: { result: [{ meta, ...(times && { timestamp: times }), ...events, indicators }], error: null } };
}

function flat(close: readonly (number | null)[], volume: readonly (number | null)[] = close.map(() => 500)) {
  return { open: close, high: close, low: close, close, volume };
}

async function chartOf(reply: Reply, symbol = "ZQZ25.CBT") {
  const server = await loopback(reply);
  const http = testHttp(virtualClock("2025-11-18T12:00:00Z"));
  return (await fetchYahooChart({ http, baseUrl: server.baseUrl, symbol, interval: "1d", range: "5d" })).chart;
}

describe("fetchYahooChart()", () => {
  it("reads a recorded body", async () => {
    const { bars, live, zone } = await chartOf(json(fixture("yahoo-chart-btc.json")), "BTC-USD");
    expect(zone).toBe("UTC");
    expect(bars.map(({ date, close, adjustedClose }) => [date, close, adjustedClose])).toEqual([
      ["2020-01-01", 7200.17431640625, 7200.17431640625],
      ["2020-01-02", 6985.47021484375, 6985.47021484375],
      ["2020-01-03", 7344.88427734375, 7344.88427734375],
    ]);
    expect(live).toEqual({ price: 97208.17, at: new Date("2025-02-20T11:44:00Z"), volume: null });
  });

  it("encodes the symbol and asks for a period in seconds", async () => {
    const server = await loopback(json(chart({ symbol: "^NDX" })));
    const http = testHttp(virtualClock("2025-11-18T12:00:00Z"));
    const range = { from: new Date("2025-11-01T00:00:00Z"), to: new Date("2025-11-15T00:00:00Z") };
    await fetchYahooChart({ http, baseUrl: server.baseUrl, symbol: "^NDX", interval: "1d", range });
    expect(server.seen[0]?.path).toBe("/v8/finance/chart/%5ENDX");
    expect(Object.fromEntries(server.seen[0]?.query ?? [])).toMatchObject({
      period1: "1761955200",
      period2: "1763164800",
    });
  });

  it("takes a chart without timestamps for one without bars, and drops candles without a close", async () => {
    expect((await chartOf(json(chart({ symbol: "ZQZ25.CBT" })))).bars).toEqual([]);
    const holes = chart({
      symbol: "ZQZ25.CBT",
      times: [unix("2025-11-13T05:00:00Z"), unix("2025-11-14T05:00:00Z")],
      quote: flat([null, 96.2]),
    });
    expect((await chartOf(json(holes))).bars.map(({ date }) => date)).toEqual(["2025-11-14"]);
  });

  it.each([
    ["404", json(NOT_FOUND, 404)],
    ["200", json(NOT_FOUND)],
  ])("says 404 for an unknown symbol that comes with a %s", async (_, reply) => {
    const error = await chartOf(reply).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      status: 404,
      retryable: false,
      message: "Cannot fetch the chart of ZQZ25.CBT: Yahoo says Not Found, No data found, symbol may be delisted",
    });
  });

  it("does not say 404 for other errors, or for a proxy's own page", async () => {
    const range =
      '{"chart":{"result":null,"error":{"code":"Unprocessable Entity","description":"1m data not available for startTime=1"}}}';
    await expect(chartOf(json(range, 422))).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("1m data not available"),
    });
    await expect(chartOf(json(range))).rejects.toMatchObject({ status: 200 });
    await expect(chartOf(answer(404, "text/html", "<h1>no route</h1>"))).rejects.toMatchObject({ status: null });
  });

  const time = unix("2025-11-14T05:00:00Z");
  it.each([
    [chart({ symbol: "ZQF26.CBT" }), "got the chart of ZQF26.CBT"],
    [chart({ symbol: "ZQZ25.CBT", zone: "Mars/Olympus" }), "unknown time zone Mars/Olympus"],
    [chart({ symbol: "ZQZ25.CBT", times: [time], quote: flat([96.2, 96.3]) }), "1 timestamps but 2 in open"],
    [
      chart({ symbol: "ZQZ25.CBT", times: [time], quote: flat([96.2]), adjclose: [] }),
      "1 timestamps but 0 in adjclose",
    ],
    [chart({ symbol: "ZQZ25.CBT", times: [time, time], quote: flat([96.2, 96.3]) }), "timestamps must ascend"],
    [chart({ symbol: "ZQZ25.CBT", times: [1e15], quote: flat([96.2]) }), "timestamp.0"],
    [chart({ symbol: "ZQZ25.CBT", live: { price: 96.2, at: "2025-11-18T13:00:00Z" } }), "is yet to come"],
    [{ chart: { result: [], error: null } }, "expected one result, got 0"],
    [{ chart: { result: null, error: null } }, "expected one result, got null"],
    [{ finance: { result: null, error: { code: "Unauthorized" } } }, "chart: "],
  ])("names what drifted", async (body, state) => {
    await expect(chartOf(json(body))).rejects.toThrow(state);
  });

  it("reads figures that come as strings, and takes what is none for absent", async () => {
    const body = chart({ symbol: "ZQZ25.CBT", times: [time, time + 86_400], quote: flat([96.2, 96.3]) });
    const odd = JSON.stringify(body).replaceAll("[96.2,96.3]", '["96.2","n/a"]');
    expect((await chartOf(json(odd))).bars.map(({ close, volume }) => [close, volume])).toEqual([[96.2, 500]]);
  });

  it("names a chart of other bars than were asked for", async () => {
    const body = JSON.stringify(chart({ symbol: "ZQZ25.CBT" })).replace('"1d"', '"1mo"');
    await expect(chartOf(json(body))).rejects.toThrow("asked for 1d bars, got 1mo");
  });
});

async function strip(reply: Reply, now: string, months: readonly string[] = ["2025-12"]) {
  const server = await loopback(reply);
  const clock = virtualClock(now);
  const wanted = months.map((contractMonth) => ({ contractMonth, range: "5d" }));
  return { server, clock, result: fetchYahooBars({ http: testHttp(clock), baseUrl: server.baseUrl, months: wanted }) };
}

/** Daily bars of ZQZ25 at midnight New York, 13, 14 and 17 Nov 2025; prices of the shape, not of the market. */
const DAYS = ["2025-11-13T05:00:00Z", "2025-11-14T05:00:00Z", "2025-11-17T05:00:00Z"].map(unix);

describe("fetchYahooBars()", () => {
  it("gives ended sessions on the settlement grid as last trades", async () => {
    const close = [96.33249664306641, 96.20500183105469, 96.19999694824219];
    const live = { price: 96.1975, at: "2025-11-17T18:30:00Z", volume: 777 };
    const body = chart({ symbol: "ZQZ25.CBT", times: DAYS, quote: flat(close), live });
    const { result } = await strip(json(body), "2025-11-17T18:40:00Z");
    const { rows, missing, warnings, payloads } = await result;
    expect(rows).toEqual([
      {
        contractMonth: "2025-12",
        tradeDate: "2025-11-13",
        asOf: new Date("2025-11-13T22:00:00Z"),
        grid: "settlement",
        basis: "last_trade",
        price: "96.3325",
        open: "96.3325",
        high: "96.3325",
        low: "96.3325",
        volume: 500,
        openInterest: null,
        flags: ["off_tick"], // a deferred month moves by 0.005
      },
      expect.objectContaining({
        tradeDate: "2025-11-14",
        asOf: new Date("2025-11-14T22:00:00Z"),
        price: "96.2050",
        flags: [],
      }),
    ]);
    expect(missing).toEqual([]);
    expect(warnings).toEqual(["Left out ZQZ25.CBT of 2025-11-17: the session has not ended"]);
    expect(payloads).toHaveLength(1);
  });

  it.each([
    { now: "2025-11-17T22:00:00Z", at: "2025-11-17T21:59:00Z", ended: false },
    { now: "2025-11-17T22:14:59Z", at: "2025-11-17T21:59:00Z", ended: false },
    { now: "2025-11-17T22:15:00Z", at: "2025-11-17T21:59:00Z", ended: true },
    { now: "2025-11-17T23:10:00Z", at: "2025-11-17T23:01:00Z", ended: true },
    { now: "2025-11-18T03:00:00Z", at: "2025-11-17T19:00:00Z", ended: true },
  ])("takes the session of 17 Nov as ended: $ended, asked $now after a trade of $at", async ({ now, at, ended }) => {
    const body = chart({
      symbol: "ZQZ25.CBT",
      times: DAYS,
      quote: flat([96.2, 96.2, 96.205]),
      live: { price: 96.2, at },
    });
    const { rows } = await (await strip(json(body), now)).result;
    expect(rows.some(({ grid, tradeDate }) => grid === "settlement" && tradeDate === "2025-11-17")).toBe(ended);
  });

  it("never takes the bar of an evening for the day it is stamped on", async () => {
    const evening = "2025-11-17T23:30:00Z"; // 17:30 Chicago: trading for the 18th
    const body = chart({
      symbol: "ZQZ25.CBT",
      times: [...DAYS, unix(evening)],
      quote: flat([96.2, 96.2, 96.205, 96.1]),
      live: { price: 96.1, at: evening },
    });
    const { rows } = await (await strip(json(body), "2025-11-17T23:40:00Z")).result;
    expect(rows.map(({ grid, tradeDate, price }) => [grid, tradeDate, price])).toEqual([
      ["settlement", "2025-11-13", "96.2000"],
      ["settlement", "2025-11-14", "96.2000"],
      ["settlement", "2025-11-17", "96.2050"],
    ]);
  });

  it("leaves out stale bars without volume, days that are no trade dates, and what is no price; it says so", async () => {
    const times = ["2025-11-09T05:00:00Z", "2025-11-12T05:00:00Z", "2025-11-13T05:00:00Z", "2025-11-14T05:00:00Z"].map(
      unix,
    );
    const quote = flat([96.2, 96.2, 96.2, 0], [10, 0, null, 5]);
    const live = { price: 96.2, at: "2025-11-14T20:00:00Z", volume: 0 };
    const { rows, warnings, missing } = await (
      await strip(json(chart({ symbol: "ZQZ25.CBT", times, quote, live })), "2025-11-15T12:00:00Z")
    ).result;
    expect(rows).toEqual([]);
    expect(warnings).toEqual([
      "Left out ZQZ25.CBT of 2025-11-09: no trade date",
      "Left out ZQZ25.CBT of 2025-11-12: nothing was traded, the close is an older one",
      "Left out ZQZ25.CBT of 2025-11-13: nothing was traded, the close is an older one",
      "Left out ZQZ25.CBT of 2025-11-14: 0 is no price",
    ]);
    expect(missing).toEqual([{ contractMonth: "2025-12", reason: "no trade of ZQZ25.CBT", isUnknown: true }]);
  });

  it("undoes single precision on every tick from 85 to 105, and flags what is off it", async () => {
    const ticks = fc.integer({ min: 85 * 400, max: 105 * 400 });
    await fc.assert(
      fc.asyncProperty(fc.array(ticks, { minLength: 3, maxLength: 3 }), async (counts) => {
        const quote = flat(counts.map((count) => Math.fround(count / 400)));
        // In the contract's own month the tick is 0.0025.
        const { result } = await strip(
          json(chart({ symbol: "ZQX25.CBT", times: DAYS, quote })),
          "2025-11-18T12:00:00Z",
          ["2025-11"],
        );
        const { rows } = await result;
        expect(rows.map(({ price, flags }) => [price, flags])).toEqual(
          counts.map((count) => [(count / 400).toFixed(4), []]),
        );
      }),
      { numRuns: 20, seed: 7 },
    );
    const { result } = await strip(
      json(chart({ symbol: "ZQX25.CBT", times: DAYS, quote: flat([96.12375, 96.1209, 96.1204]) })),
      "2025-11-18T12:00:00Z",
      ["2025-11"],
    );
    expect((await result).rows.map(({ price, flags }) => [price, flags])).toEqual([
      ["96.12375", ["off_tick"]],
      ["96.1209", ["off_tick"]],
      ["96.1200", []],
    ]);
  });

  it("reports a month it could not get and goes on, one request after another", async () => {
    const reply: Reply = (response, seen, index) => {
      const body = seen.path.endsWith("/ZQF26.CBT")
        ? null
        : chart({ symbol: seen.path.slice(-9), times: DAYS, quote: flat([96.2, 96.2, 96.2]) });
      (body === null ? json(NOT_FOUND, 404) : json(body))(response, seen, index);
    };
    const { server, clock, result } = await strip(reply, "2025-11-18T12:00:00Z", ["2025-12", "2026-01", "2026-02"]);
    const { rows, missing } = await result;
    expect([...new Set(rows.map(({ contractMonth }) => contractMonth))]).toEqual(["2025-12", "2026-02"]);
    expect(missing).toEqual([
      { contractMonth: "2026-01", reason: expect.stringContaining("Yahoo says Not Found"), isUnknown: true },
    ]);
    expect(server.seen.map(({ path }) => path.split("/").at(-1))).toEqual(["ZQZ25.CBT", "ZQF26.CBT", "ZQG26.CBT"]);
    expect(clock.slept).toEqual([1000, 1000]);
  });

  it("asks no more of the 18 months once it is refused", async () => {
    const months = Array.from(
      { length: 18 },
      (_, index) => `${2026 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`,
    );
    const { server, result } = await strip(
      answer(429, "text/plain", "Too Many Requests"),
      "2025-11-18T12:00:00Z",
      months,
    );
    const error = await result.catch((reason: Error) => reason);
    expect(error).toMatchObject({ source: "yahoo", retryable: true });
    expect(String(error)).toMatch(/Cannot fetch any of 18 contract months: .*answered 429 with "Too Many Requests"/);
    expect(server.seen).toHaveLength(1);
  });
});

describe("fetchYahooTrades()", () => {
  const at = unix("2025-11-17T18:30:00Z");
  const series = (symbol: string, close: readonly (number | null)[]) => ({
    symbol,
    timestamp: close.map((_, i) => at + 300 * i),
    close,
    previousClose: 96.1,
    chartPreviousClose: 96.1,
  });
  const trades = async (body: unknown, months: readonly string[]) => {
    const server = await loopback(json(body));
    const http = testHttp(virtualClock("2025-11-17T18:50:00Z"));
    return { server, ...(await fetchYahooTrades({ http, baseUrl: server.baseUrl, months })) };
  };

  it("asks once for all months and gives each one's last trade", async () => {
    const body = {
      "ZQZ25.CBT": series("ZQZ25.CBT", [96.19999694824219, 96.2050018, null]),
      "ZQF26.CBT": series("ZQF26.CBT", [null, null, null]),
    };
    const { server, rows, missing } = await trades(body, ["2025-12", "2026-01", "2026-02"]);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.query.get("symbols")).toBe("ZQZ25.CBT,ZQF26.CBT,ZQG26.CBT");
    expect(rows).toEqual([
      expect.objectContaining({
        contractMonth: "2025-12",
        tradeDate: "2025-11-17",
        asOf: new Date("2025-11-17T18:35:00Z"),
        grid: "intraday",
        basis: "last_trade",
        price: "96.2050",
        flags: [],
      }),
    ]);
    expect(missing.map(({ contractMonth }) => contractMonth)).toEqual(["2026-01", "2026-02"]);
  });

  it("reads the other shape too, and costs an unknown symbol only itself", async () => {
    const wrapped = {
      spark: {
        result: [
          {
            symbol: "ZQZ25.CBT",
            response: [{ timestamp: [at], indicators: { quote: [{ close: ["96.21"] }] } }],
          },
          { symbol: "ZQF26.CBT", response: null },
        ],
        error: null,
      },
    };
    const { rows } = await trades(wrapped, ["2025-12", "2026-01"]);
    expect(rows.map(({ contractMonth, price }) => [contractMonth, price])).toEqual([["2025-12", "96.2100"]]);
  });

  it("asks for 25 symbols at most", async () => {
    const months = Array.from(
      { length: 26 },
      (_, i) => `20${26 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}`,
    );
    const { server } = await trades({}, months);
    expect(server.seen[0]?.query.get("symbols")?.split(",")).toHaveLength(25);
  });
});

describe("oneCurve()", () => {
  const quote = (
    contractMonth: string,
    tradeDate: string,
    asOf: string,
    grid: FuturesQuote["grid"] = "intraday",
  ): FuturesQuote => ({
    contractMonth,
    tradeDate,
    asOf: new Date(asOf),
    grid,
    basis: "last_trade",
    price: "96.2000",
    open: null,
    high: null,
    low: null,
    volume: 1,
    openInterest: null,
    flags: [],
  });
  const fresh = quote("2026-01", "2025-11-17", "2025-11-17T18:30:00Z");
  const older = quote("2025-12", "2025-11-17", "2025-11-17T18:10:00Z");
  const tooOld = quote("2026-02", "2025-11-17", "2025-11-17T17:00:00Z");
  const friday = quote("2026-03", "2025-11-14", "2025-11-14T21:59:00Z");
  const superseded = quote("2026-01", "2025-11-17", "2025-11-17T18:20:00Z");

  it("keeps one quote a month of one trade date near the newest, and names the rest", () => {
    const curve = oneCurve([friday, superseded, tooOld, older, fresh], "intraday", 30 * 60_000);
    expect(curve).toMatchObject({ tradeDate: "2025-11-17", asOf: fresh.asOf, quotes: [older, fresh] });
    expect(curve?.stale).toEqual([superseded, tooOld, friday]);
  });

  it("never mixes trade dates, however wide the spread, nor grids", () => {
    const settled = quote("2026-01", "2025-11-14", "2025-11-14T22:00:00Z", "settlement");
    expect(oneCurve([friday, fresh, settled], "intraday", Number.POSITIVE_INFINITY)?.quotes).toEqual([fresh]);
    expect(oneCurve([friday, fresh, settled], "settlement", 0)?.quotes).toEqual([settled]);
    expect(oneCurve([fresh], "settlement", 0)).toBeNull();
  });
});

async function closes(symbol: YahooAsset, body: unknown, now: string, from: string, to: string) {
  const server = await loopback(json(body));
  return fetchYahooCloses({ http: testHttp(virtualClock(now)), baseUrl: server.baseUrl, symbol, from, to });
}

describe("fetchYahooCloses()", () => {
  it.each([
    {
      asset: "NDX",
      symbol: "^NDX",
      zone: "America/New_York",
      opens: "2025-11-17T14:30:00Z",
      until: "2025-11-17T21:29:59Z",
    },
    {
      asset: "SPX",
      symbol: "^GSPC",
      zone: "America/New_York",
      opens: "2025-11-17T14:30:00Z",
      until: "2025-11-17T21:29:59Z",
    },
    {
      asset: "GOLD",
      symbol: "GC=F",
      zone: "America/New_York",
      opens: "2025-11-17T05:00:00Z",
      until: "2025-11-17T22:29:59Z",
    },
    {
      asset: "HSI",
      symbol: "^HSI",
      zone: "Asia/Hong_Kong",
      opens: "2025-11-17T01:30:00Z",
      until: "2025-11-17T08:29:59Z",
    },
    {
      asset: "SSE",
      symbol: "000001.SS",
      zone: "Asia/Shanghai",
      opens: "2025-11-17T01:30:00Z",
      until: "2025-11-17T07:29:59Z",
    },
  ] as const)(
    "dates $asset by its own exchange and waits for its session's end",
    async ({ asset, symbol, zone, opens, until }) => {
      const body = chart({ symbol, zone, times: [unix(opens)], quote: flat([1234.56787109375], [0]) });
      expect((await closes(asset, body, until, "2025-11-17", "2025-11-17")).rows).toEqual([]);
      const later = new Date(Date.parse(until) + 1000).toISOString();
      expect((await closes(asset, body, later, "2025-11-17", "2025-11-17")).rows).toEqual([
        { symbol: asset, date: "2025-11-17", close: "1234.5679" },
      ]);
    },
  );

  it("takes NVDA's adjusted close and names its splits", async () => {
    const times = ["2024-06-07T13:30:00Z", "2024-06-10T13:30:00Z"].map(unix);
    const splits = { "1718026200": { date: 1718026200, numerator: 10, denominator: 1, splitRatio: "10:1" } };
    const body = chart({
      symbol: "NVDA",
      times,
      quote: flat([120.888, 121.79]),
      adjclose: [120.8512345, 121.7512345],
      splits,
    });
    const { rows, splitDates } = await closes("NVDA", body, "2024-06-11T12:00:00Z", "2024-06-07", "2024-06-10");
    expect(rows).toEqual([
      { symbol: "NVDA", date: "2024-06-07", close: "120.8512" },
      { symbol: "NVDA", date: "2024-06-10", close: "121.7512" },
    ]);
    expect(splitDates).toEqual(["2024-06-10"]);
    const bare = chart({ symbol: "NVDA", times, quote: flat([1, 2]) });
    await expect(closes("NVDA", bare, "2024-06-11T12:00:00Z", "2024-06-07", "2024-06-10")).rejects.toThrow(
      "expected a close above 0, got null",
    );
  });

  it("never takes gold's evening bar for the day it is stamped on", async () => {
    const times = ["2025-11-16T23:00:00Z", "2025-11-17T05:00:00Z", "2025-11-17T23:10:00Z"].map(unix);
    const body = chart({ symbol: "GC=F", times, quote: flat([4080, 4074.5, 4001]) });
    const { rows } = await closes("GOLD", body, "2025-11-17T23:20:00Z", "2025-11-14", "2025-11-18");
    expect(rows).toEqual([{ symbol: "GOLD", date: "2025-11-17", close: "4074.5" }]);
  });

  it("gives nothing outside the dates asked for, and refuses another zone or a close of nothing", async () => {
    const times = ["2025-11-13T14:30:00Z", "2025-11-14T14:30:00Z"].map(unix);
    const body = chart({ symbol: "^NDX", times, quote: flat([25000.5, 25008]) });
    expect((await closes("NDX", body, "2025-11-18T00:00:00Z", "2025-11-14", "2025-11-14")).rows).toHaveLength(1);
    const moved = chart({ symbol: "^NDX", zone: "Europe/London", times, quote: flat([1, 2]) });
    await expect(closes("NDX", moved, "2025-11-18T00:00:00Z", "2025-11-14", "2025-11-14")).rejects.toThrow(
      "expected the zone America/New_York, got Europe/London",
    );
    const nothing = chart({ symbol: "^NDX", times, quote: flat([0, -1]) });
    await expect(closes("NDX", nothing, "2025-11-18T00:00:00Z", "2025-11-13", "2025-11-14")).rejects.toThrow(
      "Cannot read ^NDX for 2025-11-13: expected a close above 0, got 0",
    );
  });
});
