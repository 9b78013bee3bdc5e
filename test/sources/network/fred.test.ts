import { describe, expect, it } from "vitest";
import { fetchFredEffr } from "../../../src/sources/upstreams/fred.ts";
import type { Reply } from "./loopback.ts";
import { answer, fixture, json, loopback, testHttp, virtualClock } from "./loopback.ts";

const KEY = "abcdef0123456789abcdef0123456789";

function series(values: Record<string, string>): unknown {
  const observations = Object.entries(values).map(([date, value]) => ({ date, value }));
  return { count: observations.length, observations };
}

const bySeries =
  (bodies: Record<string, unknown>): Reply =>
  (response, seen, index) =>
    json(bodies[seen.query.get("series_id") ?? ""] ?? series({}))(response, seen, index);

async function ask(reply: Reply, from = "2025-10-29", to = "2025-11-11") {
  const server = await loopback(reply);
  const http = testHttp(virtualClock("2025-11-20T12:00:00Z"));
  return { server, result: fetchFredEffr({ http, baseUrl: server.baseUrl, apiKey: KEY, from, to }) };
}

describe("fetchFredEffr()", () => {
  it("joins the rate with the range of its day; a missing value is no row, a missing range is null", async () => {
    const { server, result } = await ask(
      bySeries({
        EFFR: fixture("fred-effr.json"),
        DFEDTARL: series({ "2025-10-29": "4.00", "2025-10-30": "3.75", "2025-11-11": "3.75" }),
        DFEDTARU: series({ "2025-10-29": "4.25", "2025-10-30": "4.00", "2025-10-31": "4.00", "2025-11-11": "4.00" }),
      }),
    );
    const { rows, payloads } = await result;
    expect(rows).toEqual([
      { date: "2025-10-29", effrPct: "4.12", targetLowerBp: 400, targetUpperBp: 425, revised: false },
      { date: "2025-10-30", effrPct: "3.87", targetLowerBp: 375, targetUpperBp: 400, revised: false },
      { date: "2025-10-31", effrPct: "3.86", targetLowerBp: null, targetUpperBp: null, revised: false },
    ]);
    expect(server.seen.map(({ query }) => query.get("series_id"))).toEqual(["EFFR", "DFEDTARL", "DFEDTARU"]);
    expect(server.seen[0]?.query.get("api_key")).toBe(KEY);
    expect(payloads.map(({ url }) => url).join()).not.toContain(KEY);
  });

  it("takes the single level before the first range day, 16 Dec 2008", async () => {
    const { result } = await ask(
      bySeries({
        EFFR: series({ "2008-12-15": "0.18", "2008-12-16": "0.17" }),
        DFEDTAR: series({ "2008-12-15": "1.00" }),
        DFEDTARL: series({ "2008-12-16": "0.00" }),
        DFEDTARU: series({ "2008-12-16": "0.25" }),
      }),
      "2008-12-15",
      "2008-12-16",
    );
    expect((await result).rows).toMatchObject([
      { date: "2008-12-15", targetLowerBp: 100, targetUpperBp: 100 },
      { date: "2008-12-16", targetLowerBp: 0, targetUpperBp: 25 },
    ]);
  });

  it("shows FRED's reason for a refused key, and not the key", async () => {
    const body = `{"error_code":400,"error_message":"Bad Request.  The value for variable api_key is not registered. ${KEY}"}`;
    const { result } = await ask(answer(400, "text/xml", body));
    const error = await result.catch((reason: Error) => reason);
    expect(error).toMatchObject({ status: 400, retryable: false });
    expect(String(error)).toMatch(/api_key=\*\*\*.*answered 400 with .*is not registered\. \*\*\*/);
    expect(String(error)).not.toContain(KEY);
  });

  it("shows the reason of an error in XML", async () => {
    const { result } = await ask(
      answer(400, "text/xml", '<error code="400" message="Bad Request. Series does not exist."/>'),
    );
    await expect(result).rejects.toThrow(
      /answered 400 with "<error code="400" message="Bad Request\. Series does not exist\."/,
    );
  });

  it.each([
    [{ count: 2, observations: [{ date: "2025-10-29", value: "4.12" }] }, "Cannot read EFFR: got 1 of 2 observations"],
    [
      { count: 1, observations: [{ date: "2025-10-29", value: "412" }] },
      "Cannot read EFFR for 2025-10-29: a rate of 412 % is outside 0 to 25 %",
    ],
    [{ code: 400, message: "Bad Request" }, "Cannot read EFFR: observations: "],
  ])("names what drifted", async (body, message) => {
    const { result } = await ask(bySeries({ EFFR: body }));
    await expect(result).rejects.toThrow(message);
  });
});
