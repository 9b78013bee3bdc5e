import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readForecasts } from "../../../src/sources/upstreams/cme-distribution.ts";
import { createCmeFedwatch } from "../../../src/sources/upstreams/cme-fedwatch-api.ts";
import type { Reply } from "./loopback.ts";
import { fixture, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const FORECASTS = JSON.parse(fixture("cme-forecasts.json")) as unknown[];
const SECRET = "a-secret-of-cme";
const MEETINGS = ["2025-12-10", "2026-01-28"];
const REFUSAL = {
  errorResponse: {
    code: "401",
    message: "api key or token is invalid",
    "fault name": "FailedToResolveVariable",
    reason: "Unauthorized",
    "error detail": "Failed to Resolve Variable ",
  },
};

/** Gives tokens t1, t2, … of half an hour; `data` answers everything else. */
function account(data: Reply, expiresIn: unknown = 1800): Reply {
  let issued = 0;
  return (response, seen, index) => {
    if (seen.path !== "/as/token.oauth2") return data(response, seen, index);
    issued += 1;
    json({ access_token: `t${issued}`, token_type: "Bearer", expires_in: expiresIn })(response, seen, index);
  };
}

async function open(reply: Reply, now = "2025-11-18T02:00:00Z") {
  const server = await loopback(reply);
  const clock = virtualClock(now);
  const api = createCmeFedwatch({
    http: testHttp(clock),
    baseUrl: server.baseUrl,
    authUrl: server.baseUrl,
    id: "api_cutwatch",
    secret: SECRET,
    version: "1.2.3",
    now: clock.now,
  });
  return { server, clock, api };
}

function forecast(probabilities: readonly (number | null)[], meetingDt = "2025-12-10") {
  const rateRange = probabilities.map((probability, index) => ({
    lowerRt: 325 + 25 * index,
    upperRt: 350 + 25 * index,
    probability,
  }));
  return { meetingDt, reportingDt: "2025-11-17", rateRange };
}

describe("createCmeFedwatch()", () => {
  it("gives the distributions of a trade date at its settlement, absent ranges left out", async () => {
    const { server, api } = await open(account(json(FORECASTS)));
    const { rows, payloads, warnings } = await api.fetchForecasts({ meetings: MEETINGS });
    expect(rows).toEqual([
      {
        meetingDate: "2025-12-10",
        tradeDate: "2025-11-17",
        asOf: new Date("2025-11-17T20:00:00Z"),
        grid: "settlement",
        decimals: 3,
        outcomes: [
          { lowerBp: 350, upperBp: 375, probability: 0.429 },
          { lowerBp: 375, upperBp: 400, probability: 0.571 },
        ],
      },
      expect.objectContaining({
        meetingDate: "2026-01-28",
        outcomes: expect.arrayContaining([{ lowerBp: 375, upperBp: 400, probability: 0.43 }]),
      }),
    ]);
    expect(warnings).toEqual([]);
    const [login, data] = server.seen;
    expect(login).toMatchObject({ method: "POST", body: "grant_type=client_credentials" });
    expect(login?.headers.authorization).toBe(`Basic ${Buffer.from(`api_cutwatch:${SECRET}`).toString("base64")}`);
    expect(data?.path).toBe("/fedwatch/v1/forecasts");
    expect(data?.query.get("meetingDt")).toBe("2025-12-10,2026-01-28");
    expect(data?.query.has("reportingDt")).toBe(false);
    expect(data?.headers).toMatchObject({
      authorization: "Bearer t1",
      "cme-application-name": "cutwatch",
      "cme-application-vendor": "cutwatch",
      "cme-application-version": "1.2.3",
      "cme-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    // The login's answer is no payload: it holds the token.
    expect(payloads).toHaveLength(1);
    expect(JSON.stringify(payloads.map(({ url }) => url))).not.toContain("token");
  });

  it("asks for trade dates, and warns of a meeting without a forecast", async () => {
    const { server, api } = await open(account(json([forecast([0.2, 0.8]), forecast([null, null], "2026-01-28")])));
    const { rows, warnings } = await api.fetchForecasts({
      meetings: MEETINGS,
      tradeDates: ["2025-11-14", "2025-11-17"],
    });
    expect(server.seen[1]?.query.get("reportingDt")).toBe("2025-11-14,2025-11-17");
    expect(rows).toHaveLength(1);
    expect(warnings).toEqual(["FedWatch has no forecast for 2026-01-28"]);
  });

  it.each([
    { now: "2025-11-17T18:30:00Z", asOf: "2025-11-17T18:30:00Z" },
    { now: "2025-11-18T02:00:00Z", asOf: "2025-11-17T22:00:00Z" },
  ])("dates an intraday forecast asked for at $now to $asOf", async ({ now, asOf }) => {
    const { server, api } = await open(account(json(FORECASTS)), now);
    const { rows } = await api.fetchLatest({ meetings: MEETINGS });
    expect(rows[0]).toMatchObject({ grid: "intraday", tradeDate: "2025-11-17", asOf: new Date(asOf) });
    expect(server.seen[1]?.path).toBe("/fedwatch_rt/v1/forecasts/latest");
  });

  it("keeps its token for as long as it was given, and one login serves all who ask at once", async () => {
    const { server, clock, api } = await open(account(json(FORECASTS), "1800"));
    await Promise.all([api.fetchForecasts({ meetings: MEETINGS }), api.fetchLatest({ meetings: MEETINGS })]);
    clock.advance(1739_000);
    await api.fetchForecasts({ meetings: MEETINGS });
    expect(server.seen.filter(({ method }) => method === "POST")).toHaveLength(1);
    clock.advance(2000);
    await api.fetchForecasts({ meetings: MEETINGS });
    expect(server.seen.filter(({ method }) => method === "POST")).toHaveLength(2);
    expect(server.seen.at(-1)?.headers.authorization).toBe("Bearer t2");
  });

  it("takes a new token once after a 401", async () => {
    const { server, api } = await open(
      account((response, seen, index) =>
        (seen.headers.authorization === "Bearer t1" ? json(REFUSAL, 401) : json(FORECASTS))(response, seen, index),
      ),
    );
    expect((await api.fetchForecasts({ meetings: MEETINGS })).rows).toHaveLength(2);
    expect(server.seen.map(({ method }) => method)).toEqual(["POST", "GET", "POST", "GET"]);
  });

  it("gives up when the new token is refused as well, in the gateway's words", async () => {
    const { server, api } = await open(account(json(REFUSAL, 401)));
    const error = await api.fetchForecasts({ meetings: MEETINGS }).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      status: 401,
      message: "Cannot read the FedWatch API: a new token was refused, api key or token is invalid",
    });
    expect(server.seen).toHaveLength(4);
  });

  it("names the variables when the login is refused", async () => {
    const { api } = await open(json({ error: "invalid_client", error_description: SECRET }, 401));
    const error = await api.fetchForecasts({ meetings: MEETINGS }).catch((reason: Error) => reason);
    expect(String(error)).toContain("answered 401, CME_FEDWATCH_ID or _SECRET is not accepted");
    expect(String(error)).not.toContain(SECRET);
  });

  it.each([0, -1, "soon", null, ""])("refuses a token with a life of %s, without showing it", async (expiresIn) => {
    const { api } = await open(account(json(FORECASTS), expiresIn));
    const error = await api.fetchForecasts({ meetings: MEETINGS }).catch((reason: Error) => reason);
    expect(String(error)).toMatch(/expected a token and its life, wrong or absent: expires_in$/);
    expect(String(error)).not.toContain("t1");
  });

  it("lists the meetings to come", async () => {
    const body = {
      elements: [
        { meetingDt: "2026-01-28", offsetDayCount: 71 },
        { meetingDt: "2025-12-10", offsetDayCount: 22 },
      ],
    };
    const { server, api } = await open(account(json(body)));
    expect((await api.fetchFutureMeetings()).rows).toEqual(MEETINGS);
    expect(server.seen[1]?.path).toBe("/fedwatch/v1/meetings/future");
  });

  it.each(["2025-11-16", "2025-12-25", "2025-12-11"])(
    "refuses a forecast of %s, no trade date up to the meeting",
    async (reportingDt) => {
      const { api } = await open(account(json([{ ...forecast([0.2, 0.8]), reportingDt }])));
      await expect(api.fetchForecasts({ meetings: MEETINGS })).rejects.toThrow(
        `expected a trade date up to the meeting, got ${reportingDt}`,
      );
    },
  );
});

describe("readForecasts()", () => {
  it("reads the list in any envelope in use, and in none", () => {
    const bare = readForecasts(FORECASTS);
    expect(bare).toHaveLength(2);
    for (const name of ["elements", "data", "forecasts", "content", "payload"]) {
      expect(readForecasts({ [name]: FORECASTS, page: 1 })).toEqual(bare);
    }
  });

  it("gives the same fractions from per cent as from fractions, with the decimals of the fraction", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 }), (a, b) => {
        const thousandths = [Math.min(a, b), Math.abs(a - b), 1000 - Math.max(a, b)];
        const fractions = readForecasts([forecast(thousandths.map((count) => count / 1000))]);
        const percent = readForecasts([forecast(thousandths.map((count) => count / 10))]);
        expect(percent[0]?.outcomes).toEqual(fractions[0]?.outcomes);
        expect(fractions[0]?.outcomes.map(({ probability }) => probability)).toEqual(
          thousandths.map((count) => count / 1000),
        );
      }),
      { numRuns: 300, seed: 3 },
    );
    expect(readForecasts([forecast([42.9, 57.1])])[0]).toMatchObject({ decimals: 3 });
    expect(readForecasts([forecast([0.0000036, 0.9999964])])[0]).toMatchObject({ decimals: 7 });
    expect(readForecasts([forecast([3.6e-7, 1])])[0]).toMatchObject({ decimals: 8 });
  });

  it("takes equal repeats for one, and rows of different dates for two", () => {
    const row = forecast([0.4, 0.6]);
    expect(readForecasts([row, row, { ...row, reportingDt: "2025-11-14" }])).toHaveLength(2);
  });

  it.each([
    [[forecast([0.4, 0.5])], "probabilities add up to 0.9, expected 1 or 100"],
    [[forecast([40, 50])], "probabilities add up to 90, expected 1 or 100"],
    [[forecast([0, 0])], "probabilities add up to 0, expected 1 or 100"],
    [[forecast([0.4, 0.6]), forecast([40, 60], "2026-01-28")], "some add up to 1, others to 100"],
    [[forecast([0.4, 0.6]), forecast([0.5, 0.5])], "two differ for 2025-12-10 of 2025-11-17"],
    [[forecast([-0.1, 1.1])], "got -0.1"],
    [[{ ...forecast([0.4]), rateRange: [{ lowerRt: 3.5, upperRt: 3.75, probability: 1 }] }], "lowerRt"],
    [
      [{ ...forecast([0.4]), rateRange: [{ lowerRt: 350, upperRt: 400, probability: 1 }] }],
      "expected each 25 bp range once, got 350-400",
    ],
    [
      [{ ...forecast([0.4]), rateRange: [{ lowerRt: 360, upperRt: 385, probability: 1 }] }],
      "expected each 25 bp range once, got 360-385",
    ],
    [[{ ...forecast([1]), meetingDt: "10.12.2025" }], "expected a date"],
    [[{ ...forecast([1]), reportingDt: undefined }], "reportingDt"],
    [{ results: [] }, "expected a list, or one named elements, data, forecasts, content, payload; got results"],
    ["none", "got string"],
  ])("names what drifted", (body, state) => {
    expect(() => readForecasts(body)).toThrow(state);
  });
});
