import { describe, expect, it } from "vitest";
import { fetchFedPress } from "../../../src/sources/upstreams/fed-press.ts";
import type { Reply } from "./loopback.ts";
import { answer, fixture, loopback, testHttp, virtualClock } from "./loopback.ts";

const FEED = fixture("fed-press.xml");
const NOW = "2025-11-26T12:00:00Z";
const PAGES: Readonly<Record<string, string>> = {
  "/newsevents/pressreleases/monetary20251029a.htm": fixture("statement-2025-10-29.html"),
  "/newsevents/pressreleases/monetary20250730a.htm": fixture("statement-2025-07-30.html"),
};

const board =
  (feed: string, pages = PAGES): Reply =>
  (response, seen, index) => {
    const page = seen.path === "/feeds/press_monetary.xml" ? null : (pages[seen.path] ?? "");
    if (page === null) answer(200, "text/xml", feed)(response, seen, index);
    else if (page === "") answer(404, "text/html", "<h1>Not found</h1>")(response, seen, index);
    else answer(200, "text/html", page)(response, seen, index);
  };

async function ask(reply: Reply, known?: ReadonlySet<string>) {
  const server = await loopback(reply);
  const http = testHttp(virtualClock(NOW));
  const result = fetchFedPress({ http, baseUrl: server.baseUrl, ...(known === undefined ? {} : { known }) });
  return { server, result };
}

function item(link: string, pubDate: string, title = "Federal Reserve issues FOMC statement"): string {
  return `<item><title>${title}</title><link>${link}</link><pubDate>${pubDate}</pubDate></item>`;
}

function feed(...items: readonly string[]): string {
  return `<rss version="2.0"><channel><title>x</title>${items.join("")}</channel></rss>`;
}

const OCTOBER = item(
  "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm",
  "Wed, 29 Oct 2025 18:00:00 GMT",
);

describe("fetchFedPress()", () => {
  it("reads the decision of each statement in the feed from its page, oldest first", async () => {
    const { server, result } = await ask(board(`\ufeff${FEED}`));
    const { rows, payloads, warnings, failures } = await result;
    expect(rows).toEqual([
      {
        meetingDate: "2025-07-30",
        lowerBp: 425,
        upperBp: 450,
        announcedAt: new Date("2025-07-30T18:00:00Z"),
        url: "https://www.federalreserve.gov/newsevents/pressreleases/monetary20250730a.htm",
      },
      {
        meetingDate: "2025-10-29",
        lowerBp: 375,
        upperBp: 400,
        announcedAt: new Date("2025-10-29T18:00:00Z"),
        url: "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm",
      },
    ]);
    expect(server.seen.map(({ path }) => path)).toEqual([
      "/feeds/press_monetary.xml",
      "/newsevents/pressreleases/monetary20251029a.htm",
      "/newsevents/pressreleases/monetary20250730a.htm",
    ]);
    expect(payloads).toHaveLength(3);
    expect([...warnings, ...failures]).toEqual([]);
  });

  it("does not ask again for statements that are known", async () => {
    const { server, result } = await ask(board(FEED), new Set(["2025-10-29", "2025-07-30"]));
    expect((await result).rows).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  it("dates an announcement on a Sunday evening by New York", async () => {
    const link = "https://www.federalreserve.gov/newsevents/pressreleases/monetary20200315a.htm";
    const words =
      "<p>the Committee decided to lower the target range for the federal funds rate to 0 to 1/4 percent.</p>";
    const pages = { "/newsevents/pressreleases/monetary20200315a.htm": words };
    const { result } = await ask(board(feed(item(link, "Mon, 16 Mar 2020 01:00:00 GMT")), pages));
    expect((await result).rows).toMatchObject([{ meetingDate: "2020-03-15", lowerBp: 0, upperBp: 25 }]);
  });

  it("has no rows for a feed without statements, or of one other item, or without items", async () => {
    for (const items of ["", item("https://example.org/", "Tue, 25 Nov 2025 19:00:00 GMT", "Minutes")]) {
      expect((await (await ask(board(feed(items)))).result).rows).toEqual([]);
    }
  });

  it("warns of a statement that decides no rate", async () => {
    const pages = {
      "/newsevents/pressreleases/monetary20251029a.htm": "<p>The Federal Open Market Committee thanks its staff.</p>",
    };
    const { rows, warnings } = await (await ask(board(feed(OCTOBER), pages))).result;
    expect({ rows, warnings }).toEqual({ rows: [], warnings: ["The statement of 2025-10-29 decides no rate"] });
  });

  it("keeps the statements it could read beside one that it could not", async () => {
    const pages = {
      ...PAGES,
      "/newsevents/pressreleases/monetary20250730a.htm": "<p>The Committee left the federal funds rate.</p>",
    };
    const { rows, failures } = await (await ask(board(FEED, pages))).result;
    expect(rows).toMatchObject([{ meetingDate: "2025-10-29" }]);
    expect(failures.map(({ message }) => message)).toEqual([
      "Cannot read the statement of 2025-07-30: it speaks of the federal funds rate but of no readable range",
    ]);
  });

  it("fails when no statement could be read", async () => {
    await expect((await ask(board(FEED, {}))).result).rejects.toThrow(/answered 404/);
  });

  it.each([
    [
      item("https://evil.example/newsevents/pressreleases/monetary20251029a.htm", "Wed, 29 Oct 2025 18:00:00 GMT"),
      /expected a page such as/,
    ],
    [
      item(
        "https://www.federalreserve.gov.evil.example/newsevents/pressreleases/monetary20251029a.htm",
        "Wed, 29 Oct 2025 18:00:00 GMT",
      ),
      /expected a page such as/,
    ],
    [
      item("https://www.federalreserve.gov/newsevents/pressreleases/../../admin", "Wed, 29 Oct 2025 18:00:00 GMT"),
      /expected a page such as/,
    ],
    [
      item(
        "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251329a.htm",
        "Wed, 29 Oct 2025 18:00:00 GMT",
      ),
      /expected a page such as/,
    ],
    [
      item(
        "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm",
        "Thu, 30 Oct 2025 18:00:00 GMT",
      ),
      /the feed dates it 2025-10-30T18:00:00\.000Z$/,
    ],
    [
      item(
        "https://www.federalreserve.gov/newsevents/pressreleases/monetary20251210a.htm",
        "Wed, 10 Dec 2025 19:00:00 GMT",
      ),
      /is yet to come$/,
    ],
    [
      item("https://www.federalreserve.gov/newsevents/pressreleases/monetary20251029a.htm", "29.10.2025"),
      /expected an RFC 822 date, got "29\.10\.2025"$/,
    ],
  ])("refuses an item it should not follow", async (bad, says) => {
    const { server, result } = await ask(board(feed(bad)));
    await expect(result).rejects.toThrow(says);
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ["entities", `<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${feed("<item><title>&b;</title></item>")}`],
    [
      "an external entity",
      `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>${feed("<item><title>&x;</title></item>")}`,
    ],
    ["half a feed", FEED.slice(0, 700)],
    ["no feed", "<html><body>Just a moment</body></html>"],
    ["items without a date", feed("<item><title>Federal Reserve issues FOMC statement</title><link>x</link></item>")],
    ["nothing", ""],
  ])("refuses %s", async (_, body) => {
    const error = await (await ask(board(body))).result.catch((reason: Error) => reason);
    expect(String(error)).toMatch(/^SourceError: Cannot read the press feed: /);
    expect(String(error)).not.toContain("root:");
  });
});
