import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadBuiltInMeetings } from "../../jobs/load-built-in.ts";
import { type Listening, listen } from "../../src/api/server.ts";
import { ASKED, LOADED, seedRepricings } from "../api/sample-repricings.ts";
import { type Served, serveTest } from "../api/served.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { axeViolations, complaintsOf, NO_BROWSER, openBrowser } from "./chromium.ts";

const DESKTOP = { width: 1280, height: 800 };
const PHONE_WIDTH = 360;
const MOST_BYTES = 150_000;
/** A busy machine takes its time; what is awaited comes long before this. */
const WAIT = { timeout: 15_000 };

/** A page, and what of it is there once its scripts have done all they do by themselves. */
interface View {
  readonly path: string;
  readonly ready?: string;
  readonly text: RegExp;
  /** the answer's own status, of which the browser complains */
  readonly status?: number;
  /** story.test.ts and docs.test.ts show it to axe, with more of it open */
  readonly isSeenByAxe?: true;
}

const SCRIPTED = "#theme:not([hidden])";
const DRAWN = "#story[data-drawn=all]";

const VIEWS: readonly View[] = [
  { path: "/", text: /93\.7 % → 42\.4 %/ },
  { path: "/?as_of=2025-10-24", text: /You are looking at the market as of 24 Oct 2025/ },
  { path: "/meetings/2025-12-10", text: /How these odds came about/ },
  { path: "/meetings/2027-01-27", text: /Odds by range/ },
  { path: "/meetings/2025-12-11", text: /no FOMC meeting of that date is known/, status: 404 },
  { path: "/nowhere", text: /There is nothing here/, status: 404 },
  {
    path: "/story?meeting=2025-12-10&range=350-375&asset=BTC,NDX,GOLD",
    text: /49 readings; odds of 3\.50-3\.75 %/,
    ready: DRAWN,
    isSeenByAxe: true,
  },
  { path: "/repricings/of-the-story", text: /Why these numbers, and not the headline's/, isSeenByAxe: true },
  { path: "/webhooks", text: /Dry run against history/ },
  { path: "/sources", text: /Quarantine/ },
  { path: "/docs", text: /GET \/v1\/probabilities/, isSeenByAxe: true },
];

/** With nothing stored but the calendar. */
const EMPTY_VIEWS: readonly View[] = [
  { path: "/", text: /npx cutwatch import/ },
  { path: "/meetings/2026-12-09", text: /No reading covers this meeting/ },
  { path: "/story", text: /there is no story yet/ },
  { path: "/repricings/1", text: /There is nothing here/, status: 404 },
  { path: "/webhooks", text: /Dry run against history/ },
  { path: "/sources", text: /No row was refused/ },
];

/** Bytes of an answer, compressed as a proxy would where the server has not done so. A stream goes on, and is not counted. */
async function weightOf(request: Request): Promise<number> {
  const { responseBodySize } = await request.sizes();
  const body = await (await request.response())?.body();
  return Math.min(responseBodySize, body === undefined ? 0 : gzipSync(body).byteLength);
}

const skipped = NO_BROWSER === null ? "" : ` (${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== null)(`every view${skipped}`, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const databases: TestDatabase[] = [];
  const apps: Served[] = [];
  const servers: Listening[] = [];

  async function serve(seed: (database: TestDatabase) => Promise<unknown>): Promise<Listening> {
    const database = await testDatabase();
    databases.push(database);
    await seed(database);
    const served = serveTest(database.sql, { now: ASKED, secretKey: randomBytes(32) });
    const server = await listen({ app: served.app, host: "127.0.0.1", port: 0 });
    apps.push(served);
    servers.push(server);
    return server;
  }

  let sample: Listening;
  let empty: Listening;
  let card = "";

  beforeAll(async () => {
    [browser, sample, empty] = await Promise.all([
      openBrowser(),
      serve(({ sql }) => seedRepricings(sql)),
      serve(({ sql }) => loadBuiltInMeetings(sql, () => LOADED)),
    ]);
    const { data } = (await (
      await fetch(`${sample.url}/v1/repricings?min_severity=severe&meeting=2025-12-10`)
    ).json()) as {
      data: { id: number }[];
    };
    card = `/repricings/${data[0]?.id}`;
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all(servers.map((server) => server.close(0)));
    await Promise.all(databases.map((database) => database.drop()));
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light" });
    page = await context.newPage();
  });
  afterEach(() => context.close());

  /** What the page complains of, and what it asks of others. */
  function watched({ url }: Listening): { complaints: readonly string[]; elsewhere: readonly string[] } {
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:" && origin !== url) elsewhere.push(request.url());
    });
    return { complaints: complaintsOf(page), elsewhere };
  }

  const content = () => page.locator("main").innerText();

  /** Opens a view and looks at all that can be asked of any: in light and dark, on a screen and on a phone. */
  async function lookOver(server: Listening, view: View): Promise<void> {
    const { path, ready = SCRIPTED, text, status = 200, isSeenByAxe = false } = view;
    const { complaints, elsewhere } = watched(server);
    const sizes: Promise<number>[] = [];
    const weigh = (request: Request) => sizes.push(weightOf(request));
    page.on("requestfinished", weigh);
    const answer = await page.goto(server.url + (path === "/repricings/of-the-story" ? card : path));
    expect(answer?.status()).toBe(status);
    await page.waitForSelector(ready, { state: "attached" });
    await expect.poll(content, WAIT).toMatch(text);
    page.off("requestfinished", weigh);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(MOST_BYTES);

    if (!isSeenByAxe) {
      expect(await axeViolations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await axeViolations(page, "colours")).toEqual([]);
    }
    await page.setViewportSize({ ...DESKTOP, width: PHONE_WIDTH });
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE_WIDTH);

    expect(elsewhere).toEqual([]);
    expect(complaints.filter((line) => status === 200 || !line.includes(`status of ${status}`))).toEqual([]);
  }

  it.each(VIEWS)("$path: light, dark, narrow, from here alone, and the same when read again", async (view) => {
    await lookOver(sample, view);
    const before = await content();
    await page.reload();
    await page.waitForSelector(view.ready ?? SCRIPTED, { state: "attached" });
    await expect.poll(content, WAIT).toBe(before);
  });

  it.each(EMPTY_VIEWS)("$path of an empty database says so, and what to do", (view) => lookOver(empty, view));

  it("has met no error of the server on the way", () => {
    expect(apps.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
