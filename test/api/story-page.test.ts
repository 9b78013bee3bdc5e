import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadEvents } from "../../jobs/load-events.ts";
import { whyParagraph } from "../../src/api/page/repricing-why.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedEpisode } from "./episode.ts";
import { ASKED, LOADED, sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await sampleDatabase();
  await loadEvents(database.sql, () => LOADED);
  served = serveTest(database.sql, { now: ASKED });
});
afterAll(() => database.drop());

/** The words of a page, as they are read. */
const words = (page: string) =>
  page
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
const page = async (path: string) => {
  const response = await served.app.request(path, { headers: { Accept: "text/html" } });
  return { status: response.status, html: await response.text() };
};
const read = async (path: string) => words((await page(path)).html);
const links = (html: string) =>
  [...html.matchAll(/href="([^"]+)"/g)].map((match) => (match[1] ?? "").replaceAll("&amp;", "&"));

describe("/story", () => {
  it("opens on the episode where there is only the sample, and says so", async () => {
    const { html } = await page("/story");
    expect(words(html)).toContain("Only the built-in sample is here");
    expect(html).toContain('data-meeting="2025-12-10" data-range="350-375" data-measure="range"');
    expect(words(html)).toContain("lowest 30.1 % on 19 Nov 2025, highest 98.8 % on 20 Oct 2025");
  });

  it("opens on the next meeting's likeliest range where there are real readings", async () => {
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const html = await (await serveTest(other.sql, { now: "2025-11-18T12:00:00Z" }).app.request("/story")).text();
      // On 17 Nov 2025 a hold was likelier for 10 December, 57.6 % against 42.4 %.
      expect(html).toContain('data-meeting="2025-12-10" data-range="375-400"');
      expect(html).not.toContain("built-in sample");
    } finally {
      await other.drop();
    }
  });

  it("gives the API's own figures for the period asked for", async () => {
    const text = await read("/story?meeting=2025-12-10&range=350-375&from=2025-10-17&to=2025-11-17");
    expect(text).toContain("The odds of a range of 3.50-3.75 % went from 93.7 % to 42.4 %");
    expect(text).toContain("The expected rate went from 360.9 to 376.9 bp (+16.0)");
    expect(text).toContain("The range in force changed from 4.00-4.25 % to 3.75-4.00 %");
    const csv = await (
      await served.app.request("/v1/meetings/2025-12-10/history?range=350-375&from=2025-10-17&to=2025-11-17&format=csv")
    ).text();
    expect(text).toContain(`All ${csv.trimEnd().split("\n").length - 1} readings as a table`);
  });

  it("tells the same range's odds at or below, and at or above", async () => {
    expect(
      await read("/story?meeting=2025-12-10&range=350-375&measure=at_most&from=2025-10-16&to=2025-11-19"),
    ).toContain("The odds of a range no higher than 3.75 % went from 100.0 % to 30.1 %");
    expect(
      await read("/story?meeting=2025-12-10&range=375-400&measure=at_least&from=2025-10-16&to=2025-11-19"),
    ).toContain("The odds of a range no lower than 3.75 % went from 0.0 % to 69.9 %");
  });

  it("shows nothing later than the date it is looked from", async () => {
    const text = await read("/story?meeting=2025-12-10&range=350-375&as_of=2025-11-10");
    expect(text).toContain("You are looking at the market as of 10 Nov 2025");
    expect(text).toContain("to 10 Nov 2025, 38 readings");
    expect(text).toContain("hawkish, from 16 Oct 2025, confirmed 23 Oct 2025, still going on");
    expect(text).not.toMatch(/\b(1[1-9]|2\d) Nov 2025/);
  });

  it("knows nothing before it was recorded", async () => {
    expect(await read("/story?meeting=2025-12-10&range=350-375&known_at=2026-11-01")).toContain(
      "Cannot find the meeting 2025-12-10: no meeting is known",
    );
  });

  it("has only links that lead somewhere", async () => {
    const { html } = await page("/story?meeting=2025-12-10&range=350-375&asset=BTC,NDX&from=2025-10-16");
    const found = [...new Set(links(html))].filter((link) => link.startsWith("/"));
    expect(found.length).toBeGreaterThan(10);
    for (const link of found) expect([link, (await served.app.request(link)).status]).toEqual([link, 200]);
  });

  it("asks at once for every module that its script imports", async () => {
    const imported = new Set<string>();
    const follow = (name: string) => {
      if (imported.has(name)) return;
      imported.add(name);
      if (!name.startsWith("client/")) return;
      const text = readFileSync(new URL(`../../src/api/page/${name}`, import.meta.url), "utf8");
      for (const [, target = ""] of text.matchAll(/^import .* from "(\.[^"]+)";$|^} from "(\.[^"]+)";$/gm)) {
        follow(target.startsWith("../") ? target.slice(3) : `client/${target.slice(2)}`);
      }
    };
    follow("client/story.js");
    imported.delete("client/story.js");
    const { html } = await page("/story");
    const preloaded = [...html.matchAll(/rel="modulepreload" href="\/assets\/page\/[^/]+\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    expect(preloaded.sort()).toEqual([...imported].sort());
  });

  it("takes the empty fields of its form as left out", async () => {
    expect(
      (await page("/story?meeting=2025-12-10&range=350-375&measure=range&from=&to=&as_of=&known_at=&asset=")).status,
    ).toBe(200);
  });

  it.each([
    ["range=350-380", "Cannot read range"],
    ["measure=odds", "Cannot read measure"],
    ["asset=BTC,DOGE", "Cannot read asset"],
    ["from=2025-11-17&to=2025-10-17", "Cannot read from"],
    ["as_of=yesterday", "Cannot read as_of"],
    ["meeting=%3Cscript%3E", "Cannot read meeting"],
  ])("refuses %s in words", async (query, said) => {
    const { status, html } = await page(
      `/story?meeting=2025-12-10&${query}`.replace("meeting=2025-12-10&meeting", "meeting"),
    );
    expect(status).toBe(400);
    expect(words(html)).toContain(said);
    expect(html).not.toContain("<script>");
  });

  it("says so when there is no such meeting, and lets another one be chosen", async () => {
    const { status, html } = await page("/story?meeting=2025-12-11&range=350-375");
    expect(status).toBe(200);
    expect(words(html)).toContain(
      "Cannot find the meeting 2025-12-11: the nearest meetings are 2025-12-10 and 2026-01-28",
    );
    expect(html).toContain('<option value="2025-12-10">');
  });

  it("is a page over an empty database", async () => {
    const other = await testDatabase();
    try {
      const response = await serveTest(other.sql).app.request("/story");
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("there is no story yet");
    } finally {
      await other.drop();
    }
  });
});

describe("/repricings/{id}", () => {
  const idOf = async (startedOn: string) => {
    const { data } = await readJson<{ data: { id: number; started_on: string }[] }>(
      served.app,
      "/v1/repricings?meeting=2025-12-10",
    );
    return data.find((row) => row.started_on === startedOn)?.id ?? -1;
  };
  const card = async (startedOn: string) => page(`/repricings/${await idOf(startedOn)}`);

  it("says why its 88.2 -> 30.1 is not the headline's 93.7 -> 42.9", async () => {
    const text = words((await card("2025-10-16")).html);
    expect(text).toContain("rose by 20.5 bp, from 359.5 to 380.0 bp");
    expect(text).toContain("3.75 %, that range or any lower one: 100.0 % → 30.1 %");
    expect(text).toContain(
      "exactly 3.50-3.75 % went 88.2 % → 30.1 %: on the first day 11.8 % lay in lower ranges still",
    );
    expect(text).toContain("17 Oct 2025 to 17 Nov 2025, and exactly that range: 93.7 % → 42.4 %");
    expect(text).toContain("the 42.9 % that went round was read during that day; 42.4 % is its settlement");
  });

  it("takes the month up to its extreme where the headline is of another time", async () => {
    const { data } = await readJson<{ data: { id: number; started_on: string }[] }>(
      served.app,
      "/v1/repricings?meeting=2026-01-28",
    );
    const id = data.find((row) => row.started_on === "2025-10-16")?.id;
    const text = await read(`/repricings/${id}`);
    expect(text).toContain(
      "A month's comparison takes a calendar month instead of the leg, 17 Oct 2025 to 17 Nov 2025",
    );
    expect(text).not.toContain("42.9 %");
  });

  it("names what was on the calendar, or says that nothing was", async () => {
    expect(words((await card("2025-10-16")).html)).toContain("FOMC press conference, 29 Oct 2025 at 18:30 UTC");
    expect(words((await card("2025-11-19")).html)).toContain("Unexplained: no event on the calendar lies inside it");
  });

  it("shows each asset with both instants, and each statistic with n, window and method", async () => {
    const { html } = await card("2025-10-16");
    const btc = words(html.split("<tr>").find((row) => row.includes('"row">BTC<')) ?? "");
    expect(btc).toContain("−15.5 %");
    expect(btc).toContain("17 Oct 2025 at 00:00 UTC");
    expect(btc).toContain("20 Nov 2025 at 00:00 UTC");
    const text = words(html);
    expect(text).toContain("Breadth: 5 of 8 down62.5 %");
    expect(text).toContain("By chance at least as many44.4 %");
    expect(text).toContain("Correlation, raw0.380.23 to 0.51");
    expect(text).toContain("at least 60 are needed");
    expect(text).toContain("No statistical leader.");
    expect(text).toContain("Largest fall: ETH, −22.4 %");
  });

  it("offers its citation whole, and a link that is pinned", async () => {
    const id = await idOf("2025-10-16");
    const { html } = await page(`/repricings/${id}`);
    const { citation } = await readJson<{ citation: string }>(served.app, `/v1/repricings/${id}`);
    expect(html).toContain(`data-copy="${citation.replaceAll("&", "&amp;").replaceAll("'", "&#39;")}"`);
    const pinned = /data-copy-link="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(pinned).toContain("known_at=");
    expect((await served.app.request(pinned.replaceAll("&amp;", "&"))).status).toBe(200);
  });

  it("has only links that lead somewhere", async () => {
    const found = [...new Set(links((await card("2025-10-16")).html))].filter((link) => link.startsWith("/"));
    for (const link of found) expect([link, (await served.app.request(link)).status]).toEqual([link, 200]);
  });

  it.each(["99999999", "one", "%3Cb%3E"])("says that there is none with the id %s", async (id) => {
    const { status, html } = await page(`/repricings/${id}`);
    expect(status).toBe(404);
    expect(words(html)).toContain("Cannot find the repricing");
    expect(html).not.toContain("<b>");
  });
});

describe("whyParagraph()", () => {
  const card = { direction: "dovish", amplitude_bp: 10 } as Parameters<typeof whyParagraph>[1];
  const pair = (start: number, end: number) => ({ from: "2025-01-02", to: "2025-01-20", start, end });
  const compared = {
    range: { lower_bp: 400, upper_bp: 425 },
    atMost: pair(0.2, 0.6),
    exact: null,
    month: null,
    headlineEnd: null,
  };

  it("claims no difference where there is none", () => {
    const text = words(whyParagraph({ ...compared, exact: pair(0.2, 0.6) }, card).text);
    expect(text).toContain("20.0 % → 60.0 %, the same, for nothing lay in lower ranges");
  });

  it("names the last day where only that one differs", () => {
    const text = words(whyParagraph({ ...compared, exact: pair(0.2, 0.45) }, card).text);
    expect(text).toContain("on the last day 15.0 % lay in lower ranges, which this figure leaves out");
  });

  it("leaves out what is not at hand", () => {
    const text = words(whyParagraph(compared, card).text);
    expect(text).toContain("20.0 % → 60.0 %");
    expect(text).not.toMatch(/exactly 4|month/);
  });
});
