/**
 * What the pages take in a browser: first paint of `/`, the story of a meeting with two years of daily history until it
 * can be used, and a zoom through 2,600 points, ten years of one series. Skipped with a message where there is no Chromium.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import type { Sql } from "postgres";
import { loadBuiltInMeetings } from "../jobs/load-built-in.ts";
import { createApp } from "../src/api/app.ts";
import { type Listening, listen } from "../src/api/server.ts";
import { addDays, type IsoDate } from "../src/calendar/calendar-date.ts";
import { nextTradeDate, settlementInstant } from "../src/calendar/trade-dates.ts";
import type { MeetingReading } from "../src/pricing/reading.ts";
import { BUILT_IN_CALENDAR } from "../src/sources/built-in/fomc-meetings.ts";
import { recordSnapshots, type SnapshotDraft } from "../src/store/snapshots.ts";
import { ensureMonths } from "../src/store/write.ts";
import { median, withDatabase } from "./measure.ts";

const BROWSER = "/usr/bin/chromium";
const MEETING: IsoDate = "2027-12-08";
const FIRST: IsoDate = "2025-12-11";
const TRADE_DATES = 500;
const MEETINGS = 16;
const RUNS = 5;
const LIMITS = { paintMs: 300, interactiveMs: 600, framesPerSecond: 60 } as const;
const POINTS = 2600;
const ZOOM_FRAMES = 360;

/** A made-up reading: the share of each of four ranges wanders. */
function readingOf(meetingDate: IsoDate, day: number, place: number): MeetingReading {
  const lean = 0.5 + 0.4 * Math.sin(day / 23 + place) * Math.cos(day / 7);
  const shares = [0.05, 0.9 * lean, 0.9 * (1 - lean), 0.05];
  const outcomes = shares.map((probability, i) => ({
    lowerBp: 325 + 25 * i,
    upperBp: 350 + 25 * i,
    probability,
    low: probability,
    high: probability,
  }));
  const meanBp = outcomes.reduce((sum, { lowerBp, probability }) => sum + (lowerBp + 12.5) * probability, 0);
  return {
    meetingDate,
    announced: false,
    expectedRateBp: meanBp,
    moves: null,
    startRateBp: null,
    endRateBp: null,
    outcomes,
    cumulative: { ease: 0.05 + 0.9 * lean, hold: 0.9 * (1 - lean), hike: 0.05 },
    meetingMove: null,
    tickSensitivityPp: null,
    ownTickBp: null,
    contracts: [],
    unsolved: null,
    unverified: false,
  };
}

/** Two years of made-up snapshots, each with the next sixteen meetings. */
function drafts(): SnapshotDraft[] {
  const meetings = BUILT_IN_CALENDAR.meetings.map(({ meetingDate }) => meetingDate);
  let tradeDate = FIRST;
  return Array.from({ length: TRADE_DATES }, (_, i) => {
    const toCome = meetings.filter((date) => date > tradeDate).slice(0, MEETINGS);
    const draft: SnapshotDraft = {
      tradeDate,
      asOf: settlementInstant(tradeDate),
      grid: "settlement",
      basis: "settlement",
      method: "cme",
      source: "bench",
      isSample: false,
      target: { lowerBp: 375, upperBp: 400 },
      undecidedMeeting: null,
      effrBp: 388,
      pricedByYearEndBp: null,
      quoteIds: [],
      readings: toCome.map((meeting, place) => readingOf(meeting, i, place)),
    };
    tradeDate = nextTradeDate(tradeDate);
    return draft;
  });
}

async function seed(sql: Sql): Promise<Date> {
  const rows = drafts();
  const last = rows.at(-1)?.tradeDate ?? FIRST;
  const now = new Date(`${addDays(last, 1)}T12:00:00Z`);
  await loadBuiltInMeetings(sql, () => now);
  await ensureMonths(sql, ["meeting_readings", "meeting_probabilities"], FIRST, last);
  await sql.begin((tx) => recordSnapshots(tx, rows, now));
  return now;
}

async function serve(sql: Sql, now: Date): Promise<Listening> {
  const app = createApp({
    sql,
    now: () => now,
    version: "bench",
    config: { baseUrl: null, withhold: false, host: "127.0.0.1", port: 0, requireKey: false, webhookAllow: [] },
    changes: { onChange: () => undefined, isLive: () => true },
    isReady: async () => true,
  });
  return listen({ app, host: "127.0.0.1", port: 0 });
}

/** Each run in a browser context of its own, so that nothing is in its cache; the first warms the server and is left out. */
async function overRuns(browser: Browser, measure: (page: Awaited<ReturnType<Browser["newPage"]>>) => Promise<number>) {
  const figures: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const page = await browser.newPage();
    const figure = await measure(page);
    await page.close();
    if (run > 0) figures.push(figure);
  }
  return median(figures);
}

function line(what: string, figure: number, unit: string, limit: number, isWithin: boolean) {
  console.log(
    `${what.padEnd(62)} ${figure.toFixed(1).padStart(7)} ${unit}  limit ${limit}: ${isWithin ? "yes" : "NO"}`,
  );
}

const PAINT = `new Promise((resolve) => {
  const watch = new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint !== undefined) resolve(paint.startTime);
  });
  watch.observe({ type: "paint", buffered: true });
})`;

/** Notes when the chart is there and two frames have passed without it holding the page up. */
const WATCH = `window.drawn = (selector) => new Promise((resolve) => {
  const check = (_, watch) => {
    if (document.querySelector(selector) === null) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  };
  new MutationObserver(check).observe(document, { subtree: true, childList: true, attributes: true });
});
window.usable = drawn("[data-drawn]");
window.complete = drawn("[data-drawn=all]");`;

/** Zooms in on a point and out again, one step a frame, on the chart's own module. */
const ZOOM = `async ({ module, points, frames }) => {
  const { Chart } = await import(module);
  const host = document.createElement("div");
  document.querySelector("main").prepend(host);
  const x = Array.from({ length: points }, (_, i) => Date.UTC(2015, 0, 2) / 1000 + i * 86400 * 365.25 / 252);
  const values = x.map((_, i) => 0.5 + 0.3 * Math.sin(i / 90) + 0.15 * Math.sin(i * 1.7));
  const series = { key: "one", label: "one", origin: "", values, words: String, color: "odds" };
  const pane = { key: "odds", title: "one series", share: 3, domain: [0, 1], axisWords: String, series: [series], band: null };
  const chart = new Chart(host, { x, panes: [pane], shades: [], marks: [], lines: [] });
  const { min, max } = chart.extent;
  const frame = () => new Promise(requestAnimationFrame);
  for (let i = 0; i < 30; i++) await frame();
  const idle = [];
  for (let i = 0; i < frames / 3; i++) idle.push(await frame());
  const times = [];
  for (let i = 0; i < frames; i++) {
    const share = 0.02 + 0.98 * (0.5 + 0.5 * Math.cos((2 * Math.PI * i) / (frames / 3)));
    const middle = min + (max - min) * (0.5 + 0.3 * Math.sin((2 * Math.PI * i) / frames));
    chart.setView({ min: middle - ((max - min) * share) / 2, max: middle + ((max - min) * share) / 2 });
    times.push(await frame());
  }
  host.remove();
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const idleFps = (1000 * (idle.length - 1)) / (idle.at(-1) - idle[0]);
  return { idleFps, fps: (1000 * gaps.length) / (times.at(-1) - times[0]), late: gaps.filter((gap) => gap > 25).length, gaps: gaps.length };
}`;

interface Zoom {
  /** of the same page while nothing moves: what the machine gives at this moment */
  readonly idleFps: number;
  readonly fps: number;
  /** frames that took more than one and a half of their time */
  readonly late: number;
  readonly gaps: number;
}

async function measurePages(browser: Browser, url: string): Promise<void> {
  const paintMs = await overRuns(browser, async (page) => {
    await page.goto(url);
    return page.evaluate<number>(PAINT);
  });
  line("first contentful paint of /", paintMs, "ms ", LIMITS.paintMs, paintMs < LIMITS.paintMs);
  const story = `${url}/story?meeting=${MEETING}&range=350-375`;
  for (const [promise, what] of [
    ["usable", "story usable: its line drawn"],
    ["complete", "story complete: repricings, events too"],
  ] as const) {
    const figureMs = await overRuns(browser, async (page) => {
      await page.addInitScript(WATCH);
      await page.goto(story);
      return page.evaluate<number>(`window.${promise}`);
    });
    const { interactiveMs } = LIMITS;
    line(`${what}, ${TRADE_DATES} trade dates`, figureMs, "ms ", interactiveMs, figureMs < interactiveMs);
  }
  const page = await browser.newPage();
  await page.goto(story);
  await page.waitForSelector("[data-drawn]");
  const module = await page.evaluate<string>(
    "document.querySelector('script[src*=\"client/story.js\"]').src.replace('story.js', 'chart.js')",
  );
  const argument = JSON.stringify({ module, points: POINTS, frames: ZOOM_FRAMES });
  const { fps, idleFps, late, gaps } = await page.evaluate<Zoom>(`(${ZOOM})(${argument})`);
  // A screen gives 60 at most; a frame in a hundred may be lost to the browser's own business.
  line(
    `zoom of ${POINTS} points (${late} of ${gaps} late; idle ${idleFps.toFixed(1)} fps)`,
    fps,
    "fps",
    LIMITS.framesPerSecond,
    fps >= LIMITS.framesPerSecond * 0.99,
  );
  await page.close();
}

if (!existsSync(BROWSER)) {
  console.log(`not measured: ${BROWSER} is not installed`);
} else {
  await withDatabase(async (sql) => {
    const server = await serve(sql, await seed(sql));
    const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
    try {
      await measurePages(browser, server.url);
    } finally {
      await browser.close();
      await server.close(0);
    }
  });
}
