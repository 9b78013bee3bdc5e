import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dateTicks, pixelOf, valueAxis } from "../../src/api/chart-scale.ts";
import { type Chart, chartSvg } from "../../src/api/chart-svg.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedEpisode } from "./episode.ts";
import { type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const rate = fc.double({ min: -100, max: 2_000, noNaN: true });
const DAY_MS = 86_400_000;

describe("valueAxis()", () => {
  it("holds every value between its first and last mark, at even steps, not too many", () => {
    fc.assert(
      fc.property(fc.array(rate, { minLength: 1, maxLength: 50 }), fc.integer({ min: 2, max: 8 }), (values, most) => {
        const { low, high, ticks } = valueAxis(values, { least: 10, most });
        const slack = (high - low) * 1e-6;
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - slack);
        expect(Math.max(...values)).toBeLessThanOrEqual(high + slack);
        expect(high - low).toBeGreaterThanOrEqual(10 - slack);
        expect([ticks[0], ticks.at(-1)]).toEqual([low, high]);
        expect(ticks.length).toBeLessThanOrEqual(most + 3);
      }),
      { seed: 5 },
    );
  });
});

describe("pixelOf()", () => {
  it("lays the ends on the ends and the middle on the middle", () => {
    const axis = { low: 350, high: 400 };
    expect([350, 375, 400].map((value) => pixelOf(axis, value, 300, 100))).toEqual([300, 200, 100]);
  });
});

describe("dateTicks()", () => {
  it("gives marks within the period, ascending, no more than asked for", () => {
    const start = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 2, max: 12 }), (from, days, most) => {
        const [fromMs, toMs] = [from * DAY_MS, (from + days) * DAY_MS];
        const at = dateTicks(fromMs, toMs, most).map(({ ms }) => ms);
        expect(at.every((ms) => ms >= fromMs && ms <= toMs)).toBe(true);
        expect(at).toEqual([...new Set(at)].toSorted((a, b) => a - b));
        expect(at.length).toBeLessThanOrEqual(most + 2);
      }),
      { seed: 5 },
    );
  });

  it("names weeks by their day and the first month and each January by their year", () => {
    const labels = (from: string, to: string) =>
      dateTicks(Date.parse(from), Date.parse(to), 8).map(({ label }) => label);
    expect(labels("2025-10-17", "2025-11-17")).toEqual(["17 Oct", "24 Oct", "31 Oct", "7 Nov", "14 Nov"]);
    expect(labels("2025-10-15", "2026-03-10")).toEqual(["Nov 2025", "Dec", "Jan 2026", "Feb", "Mar"]);
  });
});

const chart: Chart = {
  title: "Odds",
  subtitle: "now",
  footer: "settlement",
  description: "all of it",
  points: [
    { ms: 0, value: 0.9 },
    { ms: DAY_MS, value: 0.4 },
  ],
  unit: "probability",
  shades: [{ fromMs: -DAY_MS, toMs: DAY_MS / 2, tone: "hawkish", weight: 0.1 }],
  lines: [{ ms: DAY_MS / 2, label: "Fed" }],
  asset: {
    symbol: "BTC",
    points: [
      { ms: 0, value: 0 },
      { ms: DAY_MS, value: -0.1 },
    ],
  },
};

describe("chartSvg()", () => {
  it("is well-formed and draws within its bounds, whatever the series, the size and the words", () => {
    const point = fc.record({ ms: fc.integer({ min: 0, max: 4_000 }).map((day) => day * DAY_MS), value: rate });
    const points = fc.array(point, { minLength: 1, maxLength: 40 }).map((all) => all.toSorted((a, b) => a.ms - b.ms));
    const size = fc.record({
      width: fc.integer({ min: 320, max: 2_000 }),
      height: fc.integer({ min: 200, max: 1_200 }),
    });
    const words = fc.string({ unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(points, size, words, fc.boolean(), (series, bounds, title, besides) => {
        const asset = besides ? { symbol: "BTC", points: [{ ms: 0, value: 0.1 }] } : null;
        const drawn = { ...chart, title, points: series, unit: "bp" as const, asset };
        const svg = chartSvg(drawn, bounds, "auto");
        expect(XMLValidator.validate(svg)).toBe(true);
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        const path = /class="main" d="([^"]*)"/.exec(svg)?.[1] ?? "";
        for (const [, x, y] of path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(bounds.width);
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(bounds.height);
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("does not join readings that lie more than a long week-end apart", () => {
    const points = [0, 1, 20, 21].map((day) => ({ ms: day * DAY_MS, value: 0.5 }));
    const path = /class="main" d="([^"]*)"/.exec(
      chartSvg({ ...chart, points }, { width: 800, height: 400 }, "light"),
    )?.[1];
    expect(path?.match(/M/g)).toHaveLength(2);
  });

  it("has one theme's colours when asked for it, and both by the reader's otherwise", () => {
    const size = { width: 800, height: 400 };
    expect(chartSvg(chart, size, "dark")).not.toContain("prefers-color-scheme");
    expect(chartSvg(chart, size, "auto")).toContain("@media(prefers-color-scheme:dark)");
  });
});

async function drawn(query: string): Promise<string> {
  const response = await served.app.request(`/v1/chart.svg${query}`);
  const svg = await response.text();
  expect([response.status, response.headers.get("content-type")], svg).toEqual([200, "image/svg+xml; charset=utf-8"]);
  return svg;
}

describe("GET /v1/chart.svg", () => {
  it("draws a meeting's odds with what moved, the decision between, and what they rest on", async () => {
    const svg = await drawn("?meeting=2025-12-10&range=350-375&from=2025-10-17&to=2025-11-17");
    expect(svg).toContain(">Odds of 3.50-3.75 % after the 10 Dec 2025 meeting</text>");
    expect(svg).toContain(">93.7 % on 17 Oct 2025 → 42.4 % on 17 Nov 2025: −51.3 pp</text>");
    expect(svg).toContain(">Fed Oct 29: −25 bp</text>");
    expect(svg).toContain(">settlement, method cme, source test-exchange · cutwatch</text>");
    expect(/class="main" d="([^"]*)"/.exec(svg)?.[1]?.match(/[ML]/g)).toHaveLength(5);
    expect(/<desc[^>]*>([^<]*)</.exec(svg)?.[1]).toContain("5 readings, lowest 42.4 % on 17 Nov 2025");
  });

  it("is about the next meeting and its likeliest range unless asked otherwise", async () => {
    expect(await drawn("")).toContain(">Odds of 3.75-4.00 % after the 10 Dec 2025 meeting</text>");
    expect(await drawn("?to=2025-10-17")).toContain(">Odds of 3.75-4.00 % after the 29 Oct 2025 meeting</text>");
  });

  it("draws the expected rate, and an asset on an axis of its own", async () => {
    const svg = await drawn("?measure=expected_rate&meeting=2025-12-10&asset=BTC&from=2025-11-14&width=600&height=300");
    expect(svg).toContain(">Expected rate after the 10 Dec 2025 meeting</text>");
    // 95549.15 on the 15th to 92093.88 on the 17th
    expect(svg).toContain("BTC −3.6 % since the start, dotted");
    expect(svg).toMatch(/^<svg [^>]*width="600" height="300" viewBox="0 0 600 300" role="img"/);
  });

  it.each([
    ["?range=350-370", 400, "range"],
    ["?measure=expected_rate&range=350-375", 400, "range"],
    ["?width=20", 400, "width"],
    ["?theme=pink", 400, "theme"],
    ["?asset=DOGE", 400, "asset"],
    ["?meeting=2025-12-10&range=350-375&from=2024-01-01&to=2024-02-01", 404, undefined],
    ["?meeting=2024-05-05&range=350-375", 404, undefined],
  ])("refuses %s in problem+json", async (query, status, parameter) => {
    const response = await served.app.request(`/v1/chart.svg${query}`);
    expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    if (parameter !== undefined) expect(await response.json()).toMatchObject({ parameter });
  });
});
