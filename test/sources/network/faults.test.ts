import { describe, expect, it } from "vitest";
import type { SourceHttp } from "../../../src/sources/http/http.ts";
import { SourceError } from "../../../src/sources/http/source-error.ts";
import { createCmeFedwatch } from "../../../src/sources/upstreams/cme-fedwatch-api.ts";
import { fetchCoinbaseCloses } from "../../../src/sources/upstreams/coinbase.ts";
import { fetchDatabentoSettlements } from "../../../src/sources/upstreams/databento.ts";
import { fetchFedCalendar } from "../../../src/sources/upstreams/fed-calendar.ts";
import { fetchFedPress } from "../../../src/sources/upstreams/fed-press.ts";
import { fetchFredEffr } from "../../../src/sources/upstreams/fred.ts";
import { fetchKrakenCloses } from "../../../src/sources/upstreams/kraken.ts";
import { fetchEffr } from "../../../src/sources/upstreams/nyfed-effr.ts";
import { fetchYahooChart } from "../../../src/sources/upstreams/yahoo-chart.ts";
import { fetchYahooCloses } from "../../../src/sources/upstreams/yahoo-closes.ts";
import { fetchYahooBars, fetchYahooTrades } from "../../../src/sources/upstreams/yahoo-strip.ts";
import type { Loopback } from "./loopback.ts";
import { FAULTS, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const FROM = "2025-11-14";
const TO = "2025-11-17";
const SECRET = "s3cret-of-the-account";
const clock = virtualClock("2025-11-18T12:00:00Z");

type Ask = (http: SourceHttp, baseUrl: string) => Promise<unknown>;

function cme(http: SourceHttp, baseUrl: string) {
  return createCmeFedwatch({
    http,
    baseUrl,
    authUrl: baseUrl,
    id: "api_x",
    secret: SECRET,
    version: "1",
    now: clock.now,
  });
}

const SOURCES: readonly { source: string; call: string; ask: Ask }[] = [
  { source: "nyfed", call: "fetchEffr", ask: (http, baseUrl) => fetchEffr({ http, baseUrl, range: { last: 5 } }) },
  { source: "fed-calendar", call: "fetchFedCalendar", ask: (http, baseUrl) => fetchFedCalendar({ http, baseUrl }) },
  { source: "fed-press", call: "fetchFedPress", ask: (http, baseUrl) => fetchFedPress({ http, baseUrl }) },
  {
    source: "yahoo",
    call: "fetchYahooChart",
    ask: (http, baseUrl) => fetchYahooChart({ http, baseUrl, symbol: "ZQZ25.CBT", interval: "1d", range: "5d" }),
  },
  {
    source: "yahoo",
    call: "fetchYahooBars",
    ask: (http, baseUrl) => fetchYahooBars({ http, baseUrl, months: [{ contractMonth: "2025-12", range: "max" }] }),
  },
  {
    source: "yahoo",
    call: "fetchYahooTrades",
    ask: (http, baseUrl) => fetchYahooTrades({ http, baseUrl, months: ["2025-12"] }),
  },
  {
    source: "yahoo",
    call: "fetchYahooCloses",
    ask: (http, baseUrl) => fetchYahooCloses({ http, baseUrl, symbol: "NDX", from: FROM, to: TO }),
  },
  {
    source: "coinbase",
    call: "fetchCoinbaseCloses",
    ask: (http, baseUrl) => fetchCoinbaseCloses({ http, baseUrl, symbol: "BTC", from: FROM, to: TO }),
  },
  {
    source: "kraken",
    call: "fetchKrakenCloses",
    ask: (http, baseUrl) => fetchKrakenCloses({ http, baseUrl, symbol: "BTC", from: FROM, to: TO }),
  },
  {
    source: "fred",
    call: "fetchFredEffr",
    ask: (http, baseUrl) => fetchFredEffr({ http, baseUrl, apiKey: SECRET, from: FROM, to: TO }),
  },
  {
    source: "databento",
    call: "fetchDatabentoSettlements",
    ask: (http, baseUrl) => fetchDatabentoSettlements({ http, baseUrl, apiKey: SECRET, from: FROM, to: TO }),
  },
  {
    source: "cme-fedwatch",
    call: "fetchForecasts",
    ask: (http, baseUrl) => cme(http, baseUrl).fetchForecasts({ meetings: [TO] }),
  },
  {
    source: "cme-fedwatch",
    call: "fetchLatest",
    ask: (http, baseUrl) => cme(http, baseUrl).fetchLatest({ meetings: [TO] }),
  },
  {
    source: "cme-fedwatch",
    call: "fetchFutureMeetings",
    ask: (http, baseUrl) => cme(http, baseUrl).fetchFutureMeetings(),
  },
];

async function failureOf(server: Loopback, ask: Ask): Promise<unknown> {
  return ask(testHttp(virtualClock("2025-11-18T12:00:00Z")), server.baseUrl).then(
    (rows) => `no failure but ${JSON.stringify(rows)}`,
    (error: unknown) => error,
  );
}

/** Databento's quiet days are empty bodies; that one is no fault there. */
function isFault(source: string, fault: string): boolean {
  return !(source === "databento" && fault === "an empty body");
}

describe.each(SOURCES)("$call()", ({ source, ask }) => {
  it.each(FAULTS.filter(({ name }) => isFault(source, name)))(
    "answers $name with one clear line and no rows",
    async ({ reply, retryable }) => {
      const login = json({ access_token: "token-of-the-day", token_type: "Bearer", expires_in: 1800 });
      const server = await loopback((response, seen, index) => {
        const isLogin = source === "cme-fedwatch" && seen.method === "POST";
        (isLogin ? login : reply)(response, seen, index);
      });
      const error = await failureOf(server, ask);
      expect(error).toBeInstanceOf(SourceError);
      expect(error).toMatchObject({ source, retryable });
      const { message } = error as SourceError;
      expect(message).toMatch(/^Cannot [^\n]+: [^\n]*[^.\n]$/);
      expect(`${message} ${(error as SourceError).stack}`).not.toContain(SECRET);
      expect(message).not.toContain("token-of-the-day");
    },
  );
});

describe("the FedWatch API's login", () => {
  it.each(FAULTS)("answers $name with one clear line and no secret", async ({ reply }) => {
    const server = await loopback(reply);
    const error = await failureOf(server, (http, baseUrl) => cme(http, baseUrl).fetchForecasts({ meetings: [TO] }));
    expect(error).toBeInstanceOf(SourceError);
    const { message, stack } = error as SourceError;
    expect(message).toMatch(/^Cannot [^\n]+: [^\n]*[^.\n]$/);
    expect(`${message} ${stack}`).not.toContain(SECRET);
  });
});
