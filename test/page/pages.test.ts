import { randomBytes } from "node:crypto";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../src/api/server.ts";
import { draftOf, seedEpisode, store } from "../api/episode.ts";
import { storedKey } from "../api/keys.ts";
import { readJson, type Served, serveTest } from "../api/served.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { axeViolations, complaintsOf, NO_BROWSER, openBrowser } from "./chromium.ts";

const PHONE = { width: 360, height: 780 };

describe.skipIf(NO_BROWSER !== null)(`pages in a browser${NO_BROWSER === null ? "" : ` (${NO_BROWSER})`}`, () => {
  let database: TestDatabase;
  let served: Served;
  let server: Listening;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    database = await testDatabase();
    await seedEpisode(database.sql);
    served = serveTest(database.sql, { secretKey: randomBytes(32) });
    [server, browser] = await Promise.all([listen({ app: served.app, host: "127.0.0.1", port: 0 }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close(0);
    await database.drop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const focused = () => page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id");

  it("is used by keyboard: past the navigation, and into the tables that scroll", async () => {
    await page.goto(`${server.url}/`);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    const seen: unknown[] = [];
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press("Tab");
      seen.push(
        await page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"),
      );
    }
    // Forty presses lead through the whole page and out of it: nothing holds the focus.
    expect(seen).toContain("Odds of each range after each meeting");
    expect(seen).toContain("Copy citation");
    expect(seen).toContain("sources and their terms");
  });

  it("keeps the theme that was chosen", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`${server.url}/`);
    const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await page.getByRole("button", { name: "Theme: system" }).click();
    expect(await paper()).toBe(light);
    await page.getByRole("button", { name: "Theme: light" }).click();
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).click();
    expect(await paper()).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await paper()).toBe(dark);
  });

  it("copies the citation, and where it may not, selects it", async () => {
    const { citation } = await readJson<{ citation: string }>(served.app, "/v1/probabilities");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${server.url}/`);
    await page.getByRole("button", { name: "Copy citation" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(citation);
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))");
    await page.getByRole("button", { name: "Copy link to this view" }).click();
    await page.waitForSelector("textarea");
    expect(String(await page.evaluate("getSelection().toString()"))).toMatch(
      /\/\?as_of=2025-11-17&known_at=2025-11-18T01/,
    );
  });

  it("takes over new figures without a reload: focus, what is open and what is scrolled stay", async () => {
    await page.setViewportSize(PHONE);
    await page.goto(`${server.url}/`);
    await page.waitForSelector('#live[data-state="live"]');
    await page.evaluate("window.sameDocument = true");
    await page.locator("#beyond summary").click();
    const region = page.getByRole("region", { name: "Odds of each range after each meeting" });
    await region.evaluate((element: { scrollLeft: number }) => {
      element.scrollLeft = 80;
    });
    await page.locator("#odds a", { hasText: "28 Jan 2026" }).focus();
    const before = await page.locator("#year-end .figure").innerText();
    served.now = new Date("2025-11-18T12:00:30Z");
    const { readings, pricedByYearEndBp } = draftOf("2025-11-14");
    await store(database.sql, [{ ...draftOf("2025-11-17"), readings, pricedByYearEndBp }], served.now);
    served.announce("snapshots");
    await page.locator("#said", { hasText: "The figures on this page were updated" }).waitFor();
    expect(await page.locator("#year-end .figure").innerText()).not.toBe(before);
    expect(await page.evaluate("window.sameDocument")).toBe(true);
    expect(await focused()).toBe("28 Jan 2026");
    expect(await page.locator("#beyond").getAttribute("open")).not.toBeNull();
    expect(await region.evaluate((element: { scrollLeft: number }) => element.scrollLeft)).toBe(80);
  });

  it("leaves the past as it is", async () => {
    await page.goto(`${server.url}/?as_of=2025-11-14`);
    expect(await page.locator(".past").innerText()).toContain("the market as of 14 Nov 2025");
    await page.waitForSelector("#theme:not([hidden])");
    expect(await page.locator("#live").isHidden()).toBe(true);
  });

  it("shows an alert until it is dismissed, and says when the line is down", async () => {
    const body = {
      type: "repricing.sharp",
      data: {
        id: 7,
        direction: "hawkish",
        severity: "sharp",
        meeting: "2025-12-10",
        path: null,
        start_rate_bp: 359.5,
        extreme_rate_bp: 369.6,
      },
    };
    await page.route("**/v1/stream", (route) =>
      route.fulfill({
        contentType: "text/event-stream",
        body: `retry: 600000\n\nevent: alert\ndata: ${JSON.stringify(body)}\n\n`,
      }),
    );
    await page.goto(`${server.url}/`);
    const toast = page.locator(".toast");
    expect(await toast.innerText()).toContain(
      "sharp: hawkish repricing of the meeting of 2025-12-10: expected rate 359.5 → 369.6 bp.",
    );
    expect(await toast.locator("a").getAttribute("href")).toBe("/repricings/7");
    expect(await axeViolations(page)).toEqual([]);
    await page.waitForSelector('#live[data-state="reconnecting"]');
    await toast.getByRole("button", { name: "Dismiss" }).click();
    expect(await toast.count()).toBe(0);
  });

  it("says nothing of a stream that is not there", async () => {
    await page.route("**/v1/stream", (route) => route.fulfill({ status: 404, body: "" }));
    const asked = page.waitForResponse("**/v1/stream");
    await page.goto(`${server.url}/`);
    await asked;
    expect(await page.locator("#live").isHidden()).toBe(true);
    expect(await page.locator("#odds table").count()).toBe(1);
  });

  it("asks again by itself when it could not be made", async () => {
    await page.clock.install();
    let away = true;
    await page.route(`${server.url}/sources`, async (route) => {
      if (!away) return route.continue();
      const made = await serveTest(database.sql).app.request("/sources?cursor=x", { headers: { Accept: "text/html" } });
      // The page of a problem as the server writes it, with the mark of one that passes.
      return route.fulfill({
        status: 503,
        contentType: "text/html",
        body: (await made.text()).replace('<section id="problem">', '<section id="problem" data-retry>'),
      });
    });
    await page.goto(`${server.url}/sources`);
    await page.waitForSelector("#problem");
    await page.waitForSelector("#theme:not([hidden])");
    away = false;
    await page.clock.runFor(6_000);
    await page.getByRole("heading", { name: "Where the figures come from" }).waitFor();
  });

  it("subscribes: tries it on history, creates it, shows the secret once, and its deliveries", async () => {
    const { key } = await storedKey(database.sql, "webhooks", "desk");
    const complaints = complaintsOf(page);
    await page.goto(`${server.url}/webhooks`);
    await page.getByLabel("API key").fill("cw_wrong");
    await page.keyboard.press("Enter");
    await page.getByText("Cannot use this API key").waitFor();
    await page.getByLabel("API key").fill(key);
    await page.keyboard.press("Enter");
    await page.getByText("There is none yet.").waitFor();

    await page.getByRole("button", { name: "Add a rule" }).click();
    await page.locator("#rules [name=range]").fill("350-375");
    await page.locator("#rules [name=amount]").fill("50");
    await page.getByRole("button", { name: "Dry run against history" }).click();
    await page.getByText(/it would have been sent/).waitFor();

    await page.getByLabel("Address").fill("https://127.0.0.1/hook");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Cannot use url").waitFor();
    await page.getByLabel("Address").fill("https://hooks.example.com/x");
    await page.getByRole("button", { name: "Create" }).click();
    const secret = await page.locator("code.secret").innerText();
    expect(secret).toMatch(/^whsec_/);
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("A test was queued").waitFor();
    await page.getByRole("button", { name: "Deliveries" }).click();
    await page.getByRole("cell", { name: "webhook.test" }).waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole("button", { name: "New secret" }).click();
    await expect.poll(() => page.locator("#list code.secret").innerText()).toMatch(/^whsec_/);
    const second = await page.locator("#list code.secret").innerText();
    const secretsOf = async () => {
      const [row] = await database.sql<{ secret: Uint8Array; previous: Uint8Array }[]>`
        select secret, previous_secret as previous from cutwatch.webhooks where url = 'https://hooks.example.com/x'
      `;
      return row;
    };
    const both = await secretsOf();
    // The first one still signs: what another rotation does to it is said, and nothing is done unless it is wanted.
    const dialog = page.getByRole("dialog", { name: "End the secret before now?" });
    await page.getByRole("button", { name: "New secret" }).click();
    await dialog.waitFor();
    expect(await dialog.innerText()).toMatch(/until \d{4}-\d\d-\d\d \d\d:\d\d UTC .*ends the one before at once/s);
    expect(await focused()).toBe("Keep both");
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await secretsOf()).toEqual(both);
    await expect.poll(focused).toBe("New secret");
    await page.getByRole("button", { name: "New secret" }).click();
    await dialog.getByRole("button", { name: "End it, make a new secret" }).click();
    await expect.poll(() => page.locator("#list code.secret").innerText()).not.toBe(second);
    expect((await secretsOf())?.previous).toEqual(both?.secret);

    expect(await page.locator("article").innerText()).not.toContain("not judged");
    const blind = { ...draftOf("2025-11-17", 1), undecidedMeeting: "2025-10-29" };
    served.now = new Date(served.now.getTime() + 60_000);
    await store(database.sql, [blind], served.now);
    await page.reload();
    await page.getByRole("heading", { name: "https://hooks.example.com/x" }).waitFor();
    await page
      .getByText(
        "Rule 1 (meeting of 2025-12-10) is not judged since 2025-11-17 20:00 UTC: the outcome of 2025-10-29 is not known.",
      )
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Delete" }).click();
    expect(await focused()).toBe("Keep it");
    await page.getByRole("button", { name: "Yes, delete it" }).click();
    await page.getByText("There is none yet.").waitFor();
    // The two refusals, which the browser notes as failed answers.
    expect(complaints.filter((line) => !/status of 40[01]/.test(line))).toEqual([]);
  });
});
