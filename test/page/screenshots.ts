/**
 * The pictures of the documentation: `npm run docs:screenshots`. What is in them is real: `cutwatch serve` with the built-in
 * sample, a webhook that is sent a test, and `cutwatch now` in a terminal, all at a fixed time.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { withDatabase } from "../../bench/measure.ts";
import { runCommand } from "../../src/cli.ts";
import { NOW, run, type TestShell, testShell } from "../cli/test-shell.ts";
import { until } from "../jobs/sending.ts";
import { startHttp } from "../webhooks/receivers.ts";
import { NO_BROWSER, openBrowser } from "./chromium.ts";
import { withPalette } from "./png-palette.ts";
import { terminalPage } from "./terminal-page.ts";

const FOLDER = resolve("docs");
const WIDTH = 1280;
const MOST_BYTES = 200_000;
const COLUMNS = 100;
const PHONE = { width: 360, height: 780, scale: 2 };
/** Under which the links in the pictures stand, as on most machines. */
const ADDRESS = "http://127.0.0.1:8080";

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly dark?: true;
  /** the lowest part of the page that is in the picture */
  readonly until: string;
  readonly act?: (page: Page) => Promise<void>;
}

const STORY = "/story?meeting=2025-12-10&range=350-375&asset=BTC,NDX";

function shots(card: string, subscribe: (page: Page) => Promise<void>): Shot[] {
  const drawn = async (page: Page) => {
    await page.waitForSelector("#story[data-drawn=all]");
  };
  return [
    { name: "now-light", path: "/", until: "#repricings" },
    { name: "now-dark", path: "/", dark: true, until: "#path" },
    { name: "story", path: STORY, until: ".downloads", act: drawn },
    { name: "meeting", path: "/meetings/2025-12-10?as_of=2025-11-17", until: "#working" },
    { name: "repricing", path: card, until: "#alerts" },
    { name: "webhooks", path: "/webhooks", until: "#new-result", act: subscribe },
  ];
}

async function save(page: Page, name: string, height: number): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  const width = page.viewportSize()?.width ?? WIDTH;
  const clip = { x: 0, y: 0, width, height };
  const png = withPalette(await page.screenshot({ fullPage: true, animations: "disabled", clip }));
  if (png.length > MOST_BYTES)
    throw new Error(`Cannot keep ${path}: it has ${png.length} bytes of ${MOST_BYTES} allowed`);
  await writeFile(path, png);
  console.log(`docs/${name}.png ${(png.length / 1000).toFixed(0)} KB`);
}

async function bottomOf(page: Page, selector: string): Promise<number> {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`Cannot take a picture down to ${selector}: the page has no such part`);
  const scrolled = await page.evaluate<number>("scrollY");
  return Math.ceil(scrolled + box.y + box.height) + 16;
}

async function take(browser: Browser, url: string, { name, path, dark, until: lowest, act }: Shot): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: 800 },
    colorScheme: dark ? "dark" : "light",
    locale: "en-GB",
  });
  await page.goto(url + path);
  await page.waitForSelector('#live[data-state="live"], body[data-past]');
  await act?.(page);
  await save(page, name, await bottomOf(page, lowest));
  await page.close();
}

async function takePhone(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: PHONE.width, height: PHONE.height },
    deviceScaleFactor: PHONE.scale,
    locale: "en-GB",
  });
  await page.goto(url);
  await page.waitForSelector('#live[data-state="live"]');
  await save(page, "phone", PHONE.height);
  await page.close();
}

async function takeTerminal(browser: Browser, shell: TestShell): Promise<void> {
  const words = ["now", "--as-of", "2025-11-17"];
  const terminal = testShell({ ...shell.env, TERM: "xterm-256color", LANG: "en_US.UTF-8" });
  const { out } = await run({ ...terminal, out: { ...terminal.out, isTty: true, columns: COLUMNS } }, ...words);
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 400 } });
  await page.setContent(terminalPage(`npx cutwatch ${words.join(" ")}`, out));
  const box = await page.locator("pre").boundingBox();
  await page.setViewportSize({ width: Math.ceil(box?.width ?? WIDTH), height: 400 });
  await save(page, "terminal", Math.ceil(box?.height ?? 0));
  await page.close();
}

/** With a key: a webhook, the test that it was sent, its log, and a dry run of another. */
function subscriber(key: string, port: number) {
  return async (page: Page): Promise<void> => {
    await page.getByLabel("API key").fill(key);
    await page.keyboard.press("Enter");
    await page.getByText("There is none yet.").waitFor();
    await page.getByLabel("Address").fill(`http://127.0.0.1:${port}/hook`);
    await page.getByLabel("Description").fill("rates desk");
    await page.getByRole("button", { name: "Create" }).click();
    await page.locator("code.secret").waitFor();
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText("A test was queued").waitFor();
    await until(async () => {
      await page.getByRole("button", { name: "Deliveries" }).click();
      await page.getByRole("cell", { name: "webhook.test" }).waitFor();
      return (await page.getByRole("cell", { name: "delivered", exact: true }).count()) > 0;
    });
    await page.getByRole("button", { name: "Dry run against history" }).click();
    await page.getByText(/it would have been sent/).waitFor();
  };
}

async function takeAll(databaseUrl: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const receiver = await startHttp((request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  let stop: () => void = () => undefined;
  const env = {
    DATABASE_URL: databaseUrl,
    PORT: "0",
    CUTWATCH_BASE_URL: ADDRESS,
    CUTWATCH_SECRET_KEY: "7".repeat(64),
    CUTWATCH_WEBHOOK_ALLOW: "127.0.0.0/8",
    CUTWATCH_FUTURES: "none",
    LOG_LEVEL: "fatal",
  };
  const shell: TestShell = {
    ...testShell(env, { now: () => NOW }),
    onStop: (listener) => {
      stop = listener;
    },
    exit: () => undefined,
  };
  const ended = runCommand(["serve"], shell);
  await until(() => /^jobs: /m.test(shell.printed.out) || shell.printed.err !== "");
  const url = /answers at (\S+)/.exec(shell.printed.out)?.[1];
  if (url === undefined)
    throw new Error(`Cannot take pictures: the server does not start: ${shell.printed.err.trim()}`);
  const browser = await openBrowser();
  try {
    const severe = await fetch(`${url}/v1/repricings?min_severity=severe&meeting=2025-12-10`);
    const { data } = (await severe.json()) as { data: readonly { id: number }[] };
    const { out } = await run(testShell(env), "keys", "create", "--name", "desk", "--scope", "webhooks");
    const subscribe = subscriber(/\bcw_\S+/.exec(out)?.[0] ?? "", receiver.port);
    for (const shot of shots(`/repricings/${data[0]?.id}`, subscribe)) await take(browser, url, shot);
    await takePhone(browser, url);
    await takeTerminal(browser, shell);
  } finally {
    await browser.close();
    stop();
    await Promise.all([ended, receiver.close()]);
  }
}

if (NO_BROWSER === null) await withDatabase((_, url) => takeAll(url));
else console.log(`no pictures: ${NO_BROWSER}`);
process.exit();
