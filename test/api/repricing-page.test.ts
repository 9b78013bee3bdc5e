import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordCatalog } from "../../src/store/source-health.ts";
import type { MessageBody } from "../../src/webhooks/message-body.ts";
import { messageText } from "../../src/webhooks/message-text.ts";
import type { TestDatabase } from "../setup/database.ts";
import { BODIES } from "../webhooks/bodies.ts";
import { ASKED, sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await sampleDatabase();
  const source = { what: "", terms: "", redistributable: true };
  await recordCatalog(database.sql, [
    { ...source, source: "used-one", enabled: true },
    { ...source, source: "idle-one", enabled: false },
    { ...source, source: "idle-two", enabled: false },
  ]);
  served = serveTest(database.sql, { now: ASKED });
});
afterAll(() => database.drop());

const page = async (path: string) => (await served.app.request(path)).text();

describe("/", () => {
  it("opens with the headline of the episode where there is only the sample, and not for a date asked for", async () => {
    expect(await page("/")).toContain("<strong>93.7 % → 42.4 %</strong>: the odds of 3.50-3.75 %");
    expect(await page("/?as_of=2025-11-17")).not.toContain("93.7 % →");
  });

  it("shows the API's repricings with their rates, odds and assets", async () => {
    const text = await page("/");
    const row = text.split("\n").find((line) => line.includes("359.5 → 380.0"));
    expect(row).toContain('<span class="severity severe">severe</span>');
    expect(row).toMatch(/<a href="\/repricings\/\d+">16 Oct → 19 Nov 2025<\/a>/);
    expect(row).toContain('<td class="hawkish">+20.5</td>');
    expect(row).toContain("−69.9 ≤ 3.75 %");
    expect(row).toContain("<td>−15.5</td>");
    expect(row).toMatch(/<button [^>]*data-copy="[^"]+\/v1\/repricings\/\d+/);
    // The sample's last readings left it open, and its meeting has long been decided.
    const last = text.split("\n").find((line) => line.includes("380.0 → 366.2"));
    expect(last).toContain('<span class="severity sharp">sharp</span></td>');
    expect(text).not.toMatch(/[-−+]0\.0</);
  });

  it("shows only those that were confirmed by the date asked for, without what was still to come", async () => {
    const text = await page("/?as_of=2025-10-10");
    // Confirmed by then, it went on to 359.5 bp on 16 Oct.
    expect(text).toContain("25 Sep 2025 →<small>confirmed ");
    expect(text).not.toContain("373.4 → 359.5");
    expect(await page("/?as_of=2025-10-16")).toContain("373.4 → 359.5");
    expect(text).not.toContain("359.5 → 380.0");
  });

  it("folds the meetings beyond the strip and the sources not in use into lines that open", async () => {
    const text = await page("/");
    expect(text).toContain("<summary>14 meetings beyond the listed contracts</summary>");
    expect(text.match(/unsolved:/g)).toBeNull();
    const [shown = "", folded = ""] = (await page("/sources")).split("<summary>2 not used here</summary>");
    expect(shown).toContain("used-one");
    expect(shown).not.toContain("idle-");
    expect(folded).toContain("idle-two");
  });

  it("heads its columns with ranges in per cent", async () => {
    expect(await page("/")).toContain('<th scope="colgroup" colspan="3">range after the meeting, %</th>');
    expect(await page("/")).toContain('<th scope="col">3.50-3.75</th>');
  });
});

describe("the link of a chat message", () => {
  const opens = async (body: MessageBody) => {
    const { pathname, search } = new URL(messageText(body).url, "https://odds.example");
    const answer = await served.app.request(`${pathname}${search}`);
    expect(answer.headers.get("content-type")).toContain("text/html");
    expect(answer.status).toBe(200);
  };
  const { suspended, decided, digest, stale, disabled, test } = BODIES;

  it.each(Object.entries({ suspended, decided, digest, stale, disabled, test }))("opens a page: %s", (_, body) =>
    opens(body),
  );

  it("opens the card of each repricing in the feed", async () => {
    const { data } = await readJson<{ data: MessageBody[] }>(served.app, "/v1/alerts");
    expect(data.length).toBeGreaterThan(4);
    for (const body of data) await opens(body);
  });

  it("shows the figures of the reading that a rule matched at", async () => {
    const pinned =
      "meeting=2025-12-10&as_of=2025-11-17&grid=settlement&basis=settlement&known_at=2026-11-21T00%3A00%3A00Z";
    const { url } = messageText({ ...BODIES.rule, data: { ...BODIES.rule.data, url: `/v1/probabilities?${pinned}` } });
    const text = await page(url);
    expect(text).toContain("FOMC meeting of 10 Dec 2025");
    expect(text).toContain("42.4");
  });
});
