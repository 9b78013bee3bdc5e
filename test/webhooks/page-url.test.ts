import { describe, expect, it } from "vitest";
import { pageUrl } from "../../src/webhooks/page-url.ts";

describe("pageUrl()", () => {
  it.each([
    ["/v1/repricings/3", "/repricings/3"],
    ["https://odds.example/v1/repricings/3", "https://odds.example/repricings/3"],
    ["https://odds.example/v1/webhooks/12", "https://odds.example/webhooks"],
    ["https://odds.example/v1/sources", "https://odds.example/sources"],
    ["/v1/decisions?from=2025-10-29&to=2025-10-29", "/meetings/2025-10-29"],
    // A digest: of all meetings, what was known when it was sent.
    [
      "/v1/probabilities?as_of=2025-11-17&basis=settlement&known_at=2025-11-17T21%3A00%3A00.000Z",
      "/?as_of=2025-11-17&known_at=2025-11-17T21%3A00%3A00.000Z",
    ],
    // A rule: of one meeting, at an instant of a session.
    [
      "/v1/probabilities?meeting=2025-12-10&as_of=2025-11-19T15%3A30%3A00.000Z&grid=intraday&basis=last_trade",
      "/meetings/2025-12-10?as_of=2025-11-19T15%3A30%3A00.000Z",
    ],
    // Served under a path that looks like the API's.
    ["http://host:8080/v1/odds/v1/repricings/3", "http://host:8080/v1/odds/repricings/3"],
  ])("%s is for people at %s", (url, page) => {
    expect(pageUrl(url)).toBe(page);
    expect(pageUrl(page)).toBe(page);
  });

  it.each(["/v1/repricings", "/v1/decisions", "/v1/alerts?after=3", "https://elsewhere.example/x", ""])(
    "leaves what has no page of its own: %j",
    (url) => {
      expect(pageUrl(url)).toBe(url);
    },
  );
});
