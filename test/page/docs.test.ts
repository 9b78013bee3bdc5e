import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../src/api/server.ts";
import { serveTest } from "../api/served.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { axeViolations, complaintsOf, NO_BROWSER, openBrowser } from "./chromium.ts";

const PHONE = { width: 360, height: 780 };
const DESK = { width: 1280, height: 900 };

describe.skipIf(NO_BROWSER !== null)(`/docs in a browser${NO_BROWSER === null ? "" : ` (${NO_BROWSER})`}`, () => {
  let database: TestDatabase;
  let server: Listening;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    database = await testDatabase();
    const { app } = serveTest(database.sql);
    [server, browser] = await Promise.all([listen({ app, host: "127.0.0.1", port: 0 }), openBrowser()]);
    page = await browser.newPage();
    complaints = complaintsOf(page);
  });
  afterAll(async () => {
    await browser.close();
    await server.close(0);
    await database.drop();
  });

  it.each(["light", "dark"] as const)("has nothing that axe would mend when it is %s", async (colorScheme) => {
    await page.setViewportSize(DESK);
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/docs`);
    // One of each kind: with all of them open there are 5,000 rows, which all look the same.
    await page.evaluate(
      "document.querySelectorAll('#errors details, #message-webhook\\\\.test ~ details').forEach((each) => { each.open = true; })",
    );
    expect(await axeViolations(page)).toEqual([]);
  });

  it("is never wider than a phone, with everything unfolded, and breaks no policy", async () => {
    await page.setViewportSize(PHONE);
    await page.goto(`${server.url}/docs`);
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
    expect(complaints).toEqual([]);
  });

  it("shows recorded drawings, whatever is stored", async () => {
    await page.goto(`${server.url}/docs`);
    const widths = await page.evaluate(
      "[...document.querySelectorAll('img.drawn')].map((image) => image.naturalWidth)",
    );
    expect(widths).toEqual([expect.any(Number), 320]);
  });
});
