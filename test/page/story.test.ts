import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../src/api/server.ts";
import { ASKED, flattenLastDays, sampleDatabase } from "../api/sample-repricings.ts";
import { type Served, serveTest } from "../api/served.ts";
import type { TestDatabase } from "../setup/database.ts";
import { axeViolations, complaintsOf, NO_BROWSER, openBrowser } from "./chromium.ts";

/** A busy machine takes its time; what is awaited comes long before this. */
const WAIT = { timeout: 15_000 };
const PHONE = { width: 360, height: 780 };

describe.skipIf(NO_BROWSER !== null)(`the story in a browser${NO_BROWSER === null ? "" : ` (${NO_BROWSER})`}`, () => {
  let database: TestDatabase;
  let served: Served;
  let server: Listening;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    database = await sampleDatabase();
    served = serveTest(database.sql, { now: ASKED });
    [server, browser] = await Promise.all([listen({ app: served.app, host: "127.0.0.1", port: 0 }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close(0);
    await database.drop();
  });
  beforeEach(async () => {
    page = await browser.newPage({ acceptDownloads: true });
    complaints = complaintsOf(page);
  });
  afterEach(() => page.close());

  const open = async (path: string) => {
    await page.goto(server.url + path);
    await page.waitForSelector("#story[data-drawn=all]");
  };
  const shown = () => page.locator("#story-shown").innerText();
  const address = () => new URL(page.url()).searchParams;
  const plotBox = async () => {
    const box = await page.locator('[data-pane="odds"] .u-over').boundingBox();
    if (box === null) throw new Error("Cannot find the plot: the chart is not drawn");
    return box;
  };
  const settled = (name: string, value: RegExp | null) =>
    page.waitForURL((url) =>
      value === null ? !url.searchParams.has(name) : value.test(url.searchParams.get(name) ?? ""),
    );

  it("draws the episode where only the sample is here, says so, and breaks no policy", async () => {
    await open("/story");
    expect(await page.locator("h1").innerText()).toBe("Odds of a range of 3.50-3.75 % after the 10 Dec 2025 meeting");
    expect(await page.locator("#story-notes").innerText()).toContain("built-in sample");
    expect(await shown()).toContain("18 Sep 2025 to 25 Nov 2025, 49 readings; odds of 3.50-3.75 % 82.1 % → 85.2 %");
    expect(await page.locator(".chart-legend").innerText()).toContain("settlement, method cme, source sample");
    expect(await page.locator(".chart canvas").count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("zooms to what is dragged over, and the address shows it again", async () => {
    await open("/story");
    const box = await plotBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await settled("from", /^2025-10-1\d$/);
    const before = await shown();
    expect(address().get("to")).toMatch(/^2025-11-1\d$/);
    await page.reload();
    await page.waitForSelector("#story[data-drawn=all]");
    await expect.poll(shown, WAIT).toBe(before);
    await page.mouse.dblclick(box.x + 100, box.y + 60);
    await settled("from", null);
    expect(await shown()).toContain("18 Sep 2025 to 25 Nov 2025");
  });

  it("obeys the keyboard, and says what is under the cross hair", async () => {
    await open("/story");
    await page.locator(".chart-frame").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await settled("from", /^2025-/);
    const from = address().get("from") ?? "";
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL((url) => (url.searchParams.get("from") ?? "") < from);
    await page.keyboard.press("Home");
    await settled("from", null);
    await page.keyboard.press(".");
    const said = await page.locator("#story-said").innerText();
    expect(said).toContain("25 Nov 2025");
    expect(said).toContain("odds of 3.50-3.75 % 85.2 %");
    expect(said).toContain("sharp dovish repricing, 19 Nov to 25 Nov, −13.8 bp");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('.chart-frame') === null")).toBe(true);
  });

  it("leaves the wheel to the page until it has the focus", async () => {
    await open("/story");
    const box = await plotBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    await page.mouse.wheel(0, 60);
    await expect.poll(() => page.evaluate("scrollY"), WAIT).toBeGreaterThan(0);
    expect(await shown()).toContain("49 readings");
    await page.locator(".chart-frame").focus();
    await page.mouse.wheel(0, -400);
    await settled("from", /^2025-/);
    expect(await shown()).not.toContain("49 readings");
  });

  it("lays an asset over, 100 where the part shown begins, and offers its closes", async () => {
    await open("/story?meeting=2025-12-10&range=350-375&from=2025-10-16&to=2025-11-19");
    await page.locator('[data-asset="BTC"]').check();
    await settled("asset", /^BTC$/);
    await page.waitForSelector('[data-pane="assets"]');
    expect(await page.locator('[data-pane="assets"] .chart-pane-title').innerText()).toBe("Closes, 16 Oct 2025 = 100");
    const href = (await page.locator("#story-closes a").getAttribute("href")) ?? "";
    expect((await page.request.get(server.url + href)).status()).toBe(200);
    await page.locator(".chart-frame").focus();
    for (const key of ["Home", "."]) await page.keyboard.press(key);
    await expect.poll(() => page.locator("#story-said").innerText(), WAIT).toContain("BTC");
  });

  it("shows nothing later than the date it is looked from", async () => {
    await open("/story?meeting=2025-12-10&range=350-375&as_of=2025-11-10");
    expect(await shown()).toMatch(/ to 10 Nov 2025, /);
    const text = await page.locator("main").innerText();
    expect(text).toContain("still going on");
    expect(text).not.toContain("19 Nov 2025");
    expect(address().get("as_of")).toBe("2025-11-10");
  });

  it("saves a picture with everything on it", async () => {
    await open("/story");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#story-png").click()]);
    expect(download.suggestedFilename()).toBe("story-2025-12-10-350-375.png");
    const bytes = await readFile(await download.path());
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const plots = await page.locator(".chart").boundingBox();
    expect(width).toBeGreaterThan(plots?.width ?? Number.POSITIVE_INFINITY);
    expect(height).toBeGreaterThan(plots?.height ?? Number.POSITIVE_INFINITY);
  });

  it("is painted anew when the theme changes", async () => {
    await open("/story");
    const paint = () => page.evaluate("document.querySelector('.chart canvas').toDataURL()");
    const light = await paint();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(paint, WAIT).not.toBe(light);
  });

  it("says what an asset's closes lack and shows the rest", async () => {
    await page.route("**/closes?**", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: '{"detail":"the database does not answer"}',
      }),
    );
    await open("/story?meeting=2025-12-10&range=350-375&asset=BTC");
    expect(await page.locator(".chart-state").innerText()).toBe("BTC cannot be shown: the database does not answer");
    expect(await page.locator(".chart canvas").count()).toBe(2);
  });

  it("says why nothing is drawn when the readings cannot be had", async () => {
    await page.route("**/history?**", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: '{"detail":"try again in a moment"}',
      }),
    );
    await page.goto(`${server.url}/story`);
    await expect.poll(() => page.locator(".chart-state").innerText(), WAIT).toContain("try again in a moment");
    expect(await page.locator(".chart-frame").isVisible()).toBe(false);
  });

  it.each(["light", "dark"] as const)("has nothing that axe objects to, %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open("/story?meeting=2025-12-10&range=350-375&asset=BTC,NDX&from=2025-10-16");
    await page.locator("#story-table summary").click();
    expect(await axeViolations(page)).toEqual([]);
    const card = await page.locator(".story-repricings a").first().getAttribute("href");
    await page.goto(server.url + (card ?? ""));
    expect(await axeViolations(page)).toEqual([]);
  });

  it("fits a phone, and two fingers apart zoom", async () => {
    const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
    try {
      const phone = await context.newPage();
      for (const path of ["/story?meeting=2025-12-10&range=350-375&asset=BTC,NDX,GOLD", "/story"]) {
        await phone.goto(server.url + path);
        await phone.waitForSelector("#story[data-drawn=all]");
        expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
      }
      await phone.evaluate(`(() => {
        const over = document.querySelector(".u-over");
        const { left, top, width } = over.getBoundingClientRect();
        const finger = (type, pointerId, share) => over.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerType: "touch", pointerId, clientX: left + width * share, clientY: top + 40 }));
        finger("pointerdown", 1, 0.45); finger("pointerdown", 2, 0.55);
        finger("pointermove", 1, 0.2); finger("pointermove", 2, 0.8);
        finger("pointerup", 1, 0.2); finger("pointerup", 2, 0.8);
      })()`);
      await phone.waitForURL((url) => url.searchParams.has("from") && url.searchParams.has("to"));
      const card = await phone.locator(".story-repricings a").first().getAttribute("href");
      await phone.goto(server.url + (card ?? ""));
      expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
    } finally {
      await context.close();
    }
  });

  it("takes over what changed when it is told of a change, where it is looking", async () => {
    await open("/story?meeting=2025-12-10&range=350-375&from=2025-11-10&to=2025-11-25");
    expect(await shown()).toContain("→ 85.2 %");
    await flattenLastDays(database.sql);
    served.announce("snapshots");
    await page.evaluate('document.dispatchEvent(new CustomEvent("cutwatch:changed"))');
    // After the correction the 25th has the prices of the 20th.
    await expect.poll(shown, WAIT).toMatch(/^10 Nov 2025 to 25 Nov 2025, .*→ 39\.\d %/);
  });
});
