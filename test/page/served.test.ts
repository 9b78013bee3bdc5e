import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli.ts";
import { run, type TestShell, testShell } from "../cli/test-shell.ts";
import { flag, lastTrades, prepareEpisode, price, soonAfter } from "../jobs/live-episode.ts";
import { until } from "../jobs/sending.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { type Receiver, startHttp } from "../webhooks/receivers.ts";
import { axeViolations, complaintsOf, NO_BROWSER, openBrowser } from "./chromium.ts";
import { type Line, lineTo } from "./cut-line.ts";

/** A busy machine takes its time; what is awaited comes long before this. */
const WAIT = { timeout: 15_000 };
const FIRST = "2025-09-18";
const BEFORE = "2025-11-12";
/** When the odds of 3.50-3.75 % after the December meeting fell from 63 to 50 %. */
const MOVED = "2025-11-13";
const DESKTOP = { width: 1280, height: 800 };

interface Arrived {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
  readonly text: string;
  readonly type: string;
}

const skipped = NO_BROWSER === null ? "" : ` (${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== null)(`cutwatch serve in a browser${skipped}`, () => {
  let database: TestDatabase;
  let line: Line;
  let folder: string;
  let clock = soonAfter(BEFORE);
  let shell: TestShell;
  let stop: () => void = () => undefined;
  let ended: Promise<number>;
  let url = "";
  let receiver: Receiver;
  const arrived: Arrived[] = [];
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [database, folder, receiver, browser] = await Promise.all([
      testDatabase(),
      mkdtemp(join(tmpdir(), "cutwatch-served-")),
      startHttp((request, response) => {
        let text = "";
        request.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        request.on("end", () => {
          const { headers } = request;
          arrived.push({
            id: String(headers["webhook-id"]),
            timestamp: Number(headers["webhook-timestamp"]),
            signature: String(headers["webhook-signature"]),
            text,
            type: (JSON.parse(text) as { type: string }).type,
          });
          response.writeHead(204).end();
        });
      }),
      openBrowser(),
    ]);
    const through = new URL(database.url);
    line = await lineTo(Number(through.port));
    through.port = String(line.port);
    const env = {
      DATABASE_URL: through.href,
      PORT: "0",
      CUTWATCH_DATA_DIR: folder,
      CUTWATCH_SECRET_KEY: randomBytes(32).toString("hex"),
      CUTWATCH_WEBHOOK_ALLOW: "127.0.0.0/8",
      CUTWATCH_FUTURES: "none",
      LOG_LEVEL: "fatal",
    };
    shell = {
      ...testShell(env, { now: () => clock }),
      onStop: (listener) => {
        stop = listener;
      },
      exit: () => undefined,
    };
    ended = runCommand(["serve"], shell);
    await until(() => /^jobs: /m.test(shell.printed.out) || shell.printed.err !== "");
    expect(shell.printed.err).toBe("");
    url = /answers at (\S+)/.exec(shell.printed.out)?.[1] ?? "";
  });
  afterAll(async () => {
    await browser?.close(); // its streams would hold up the server's leaving
    stop();
    await Promise.all([ended, receiver?.close()]);
    await Promise.all([line?.cut(), database?.drop(), rm(folder, { recursive: true, force: true })]);
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: DESKTOP });
    page = await context.newPage();
  });
  afterEach(() => context.close());

  /** Goes on with Tab until the element has the focus, as hands on a keyboard do. */
  async function tabTo(selector: string): Promise<void> {
    const reached = `document.activeElement.matches(${JSON.stringify(selector)})`;
    for (let presses = 0; presses < 40; presses++) {
      if (await page.evaluate(reached)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Cannot reach ${selector}: 40 presses of Tab did not lead there`);
  }

  /** Prices of a source, to the day before the market changed its mind, as history. */
  async function firstPrices(): Promise<void> {
    await prepareEpisode(database.sql, MOVED);
    await price(database.sql, lastTrades(FIRST, BEFORE), "yahoo", clock);
    await flag(database.sql, clock, false);
  }

  async function marketMoves(): Promise<void> {
    const moved = soonAfter(MOVED);
    // What is stamped a few milliseconds after a clock that stands still is due all the same.
    clock = new Date(moved.getTime() + 1_000);
    await price(database.sql, lastTrades(MOVED, MOVED), "yahoo", moved);
    await flag(database.sql, moved);
  }

  it("opens on the episode while the sample is all there is, and takes a source's first figures without a reload", async () => {
    const complaints = complaintsOf(page);
    await page.goto(url);
    expect(await page.locator("#lead").innerText()).toContain("figures of the built-in sample");
    await page.waitForSelector('#live[data-state="live"]');
    await page.evaluate("window.sameDocument = true");
    await firstPrices();
    await expect.poll(() => page.locator("#lead").innerText(), WAIT).not.toContain("sample");
    expect(await page.locator("#odds").innerText()).toContain("last trade of 12 Nov 2025");
    expect(await page.evaluate("window.sameDocument")).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("subscribes by keyboard, is sent a test, and then the repricing that the open page shows as it comes", async () => {
    const { out } = await run(testShell(shell.env), "keys", "create", "--name", "desk", "--scope", "webhooks");
    const key = /\bcw_\S+/.exec(out)?.[0] ?? "";
    await page.goto(`${url}/webhooks`);
    await tabTo("#key-field");
    await page.keyboard.type(key);
    await page.keyboard.press("Enter");
    await page.getByText("There is none yet.").waitFor();
    await tabTo("[name=url]");
    await page.keyboard.type(`http://127.0.0.1:${receiver.port}/hook`);
    await tabTo("#dry-run");
    await page.keyboard.press("Enter");
    await page.getByText(/it would have been sent [1-9]\d* messages?/).waitFor();
    await tabTo("#new-form button:not([type])");
    await page.keyboard.press("Enter");
    const secret = await page.locator("code.secret").innerText();

    await page.getByRole("button", { name: "Send a test" }).click();
    await until(() => arrived.length === 1);
    const [test] = arrived;
    const signed = new Webhook(secret).sign(test?.id ?? "", new Date((test?.timestamp ?? 0) * 1000), test?.text ?? "");
    expect(test).toMatchObject({ type: "webhook.test", signature: signed });
    await page.getByText(/The test was delivered: answered 204 after \d+ ms\./).waitFor();
    await page.getByText(/last success .* 1 delivered and 0 failed/).waitFor();

    const odds = await context.newPage();
    await odds.goto(url);
    await odds.waitForSelector('#live[data-state="live"]');
    await odds.evaluate("window.sameDocument = true");
    await odds.locator("#repricings td a").first().focus();
    const [focused, scrolled, cell] = await Promise.all([
      odds.evaluate("document.activeElement.textContent"),
      odds.evaluate("scrollY"),
      odds.locator("#odds tbody tr").first().innerText(),
    ]);
    const pinned = await odds.getByRole("button", { name: "Copy link to this view" }).getAttribute("data-copy-link");
    expect(scrolled).toBeGreaterThan(0);
    expect(pinned).toMatch(/^\/\?as_of=2025-11-12&known_at=/);
    await marketMoves();
    await expect.poll(() => odds.locator("#odds").innerText(), WAIT).toContain("last trade of 13 Nov 2025");
    expect(await odds.locator(".toast").first().innerText()).toMatch(
      /^severe: hawkish repricing of the meeting of 2025-12-10/,
    );
    expect(await odds.evaluate("window.sameDocument")).toBe(true);
    expect(await odds.evaluate("scrollY")).toBe(scrolled);
    expect(await odds.evaluate("document.activeElement.closest('#repricings') !== null")).toBe(true);
    expect(focused).toMatch(/→/);
    expect(await axeViolations(odds)).toEqual([]);

    await until(() => arrived.length === 2);
    expect(arrived[1]?.type).toBe("repricing.severe");
    expect(JSON.parse(arrived[1]?.text ?? "")).toMatchObject({ data: { meeting: "2025-12-10", direction: "hawkish" } });
    await page.getByRole("button", { name: "Deliveries" }).click();
    await page.getByRole("row", { name: /repricing\.severe delivered .* 204/ }).waitFor();

    // The link that was copied before shows what was shown before.
    await odds.goto(new URL(pinned ?? "", url).href);
    expect(await odds.locator("#odds tbody tr").first().innerText()).toBe(cell);
    expect(await odds.locator(".past").innerText()).toContain("12 Nov 2025");
  });

  it("says so while the database is gone, and comes back by itself", async () => {
    await page.clock.install();
    await line.cut();
    const answer = await page.goto(`${url}/sources`);
    expect(answer?.status()).toBe(503);
    expect(await page.locator("main").innerText()).toContain("the database does not answer");
    expect(await axeViolations(page)).toEqual([]);
    await page.waitForSelector("#theme:not([hidden])");
    await line.mend();
    const heading = async () => {
      await page.clock.runFor(5_000);
      return page.locator("h1").innerText();
    };
    await expect.poll(heading, WAIT).toBe("Where the figures come from");
  });
});
