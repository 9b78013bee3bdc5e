import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../src/api/failure.ts";
import { ASSETS_PATH, assetResponse, assetUrl } from "../../src/api/page/assets.ts";
import { signedText } from "../../src/api/page/figures.ts";
import { heat } from "../../src/api/page/matrix.ts";
import type { MeetingOdds } from "../../src/api/page/odds.ts";
import { pathPoint } from "../../src/api/page/path-chart.ts";
import { countdown, sourceWords } from "../../src/api/page/tiles.ts";
import { problemResponse } from "../../src/api/problem.ts";
import { clientModule } from "../page/client-module.ts";

const app = new Hono();
app.get(`${ASSETS_PATH}*`, (c) => assetResponse(c.req.raw));
app.onError((error) => problemResponse(problemOf(error), "/"));

interface AlertWords {
  alertWords(body: { type: string; data: object }): { text: string; path: string | null } | null;
}

const RUNS = { seed: 20251210, numRuns: 200 };

describe("assetResponse()", () => {
  it("gives style sheets, modules and the charting library with their types, kept for ever under their hash", async () => {
    for (const [name, type] of [
      ["style.css", "text/css; charset=utf-8"],
      ["client/page.js", "text/javascript; charset=utf-8"],
      ["uplot.css", "text/css; charset=utf-8"],
      ["uplot.js", "text/javascript; charset=utf-8"],
    ] as const) {
      const pinned = await app.request(assetUrl(name));
      expect([name, pinned.status, pinned.headers.get("content-type")]).toEqual([name, 200, type]);
      expect(pinned.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      const plain = await app.request(`${ASSETS_PATH}${name}`);
      expect(plain.headers.get("cache-control")).toBe("public, no-cache");
      expect(await plain.text()).toBe(await pinned.text());
    }
  });

  it("gives today's file, but not for ever, to a page that was opened before an update", async () => {
    const old = await app.request(`${ASSETS_PATH}abcdefghijkl/style.css`);
    expect([old.status, old.headers.get("cache-control")]).toEqual([200, "public, no-cache"]);
  });

  it("answers 304 to who has it, gzip to who takes it, and these do not mix", async () => {
    const plain = await app.request(assetUrl("style.css"));
    const zipped = await app.request(assetUrl("style.css"), { headers: { "Accept-Encoding": "br, gzip" } });
    expect(zipped.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(Buffer.from(await zipped.arrayBuffer())).toString()).toBe(await plain.text());
    expect(zipped.headers.get("vary")).toBe("Accept-Encoding");
    const etag = zipped.headers.get("etag") ?? "";
    expect(etag).not.toBe(plain.headers.get("etag"));
    const again = { "Accept-Encoding": "gzip", "If-None-Match": etag };
    expect((await app.request(assetUrl("style.css"), { headers: again })).status).toBe(304);
    expect((await app.request(assetUrl("style.css"), { headers: { "If-None-Match": etag } })).status).toBe(200);
    expect(
      (await app.request(assetUrl("style.css"), { headers: { "Accept-Encoding": "gzip;q=0" } })).headers.has(
        "content-encoding",
      ),
    ).toBe(false);
  });

  it.each([
    "nothing.css",
    "client/tsconfig.json",
    "../shell.ts",
    "%2e%2e/shell.ts",
    "shell.ts",
    "client/../assets.ts",
    "",
  ])("has no file %j", async (name) => {
    expect((await app.request(`http://localhost${ASSETS_PATH}${name}`)).status).toBe(404);
  });

  it("keeps a page with all its files, the chart included, under 150 KB", async () => {
    const client = ["page", "theme", "theme-button", "say", "copy", "clock", "swap", "toast", "live", "alert-words"];
    const webhooks = ["webhooks", "webhook-api", "webhook-form", "webhook-list", "elements"];
    const names = [...client, ...webhooks].map((name) => `client/${name}.js`);
    let bytes = 0;
    for (const name of [...names, "style.css", "uplot.css", "uplot.js"]) {
      bytes += gzipSync(Buffer.from(await (await app.request(assetUrl(name))).arrayBuffer())).byteLength;
    }
    // The largest page itself, nine meetings by eight ranges, is 6 KB.
    expect(bytes).toBeLessThan(60_000);
  });
});

describe("the style sheet", () => {
  const css = readFileSync(new URL("../../src/api/page/style.css", import.meta.url), "utf8");

  const linear = (byte: number) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16)));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  /** WCAG 2.2, contrast ratio */
  const contrast = (one: string, other: string) => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const pair = (text: string | undefined) => /light-dark\((#\w{6}), (#\w{6})\)/.exec(text ?? "")?.slice(1, 3) ?? [];
  const color = (name: string) => pair(new RegExp(`--${name}: (.*);`).exec(css)?.[1]);

  it("has contrasts of 4.5:1 and more on every cell of the heat map, light and dark", () => {
    const strong = pair(/\.h10 \{\n {2}color: (.*);/.exec(css)?.[1]);
    for (let level = 0; level <= 10; level++) {
      const ground =
        level === 0 ? color("card") : pair(new RegExp(`\\.h${level} \\{\\n {2}background: (.*);`).exec(css)?.[1]);
      const ink = level >= 7 ? strong : color("ink");
      for (const theme of [0, 1]) {
        const ratio = contrast(ground[theme] ?? "", ink[theme] ?? "");
        expect(ratio, `h${level}, ${theme === 0 ? "light" : "dark"}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("has contrasts of 4.5:1 and more of every text colour on every surface", () => {
    for (const text of ["ink", "faint", "accent", "hawkish", "dovish", "good", "bad", "late"]) {
      for (const surface of ["paper", "card", "note", "past"]) {
        // On the coloured surfaces only ink and links stand.
        if ((surface === "note" || surface === "past") && !["ink", "accent"].includes(text)) continue;
        for (const theme of [0, 1]) {
          const ratio = contrast(color(text)[theme] ?? "", color(surface)[theme] ?? "");
          expect(ratio, `${text} on ${surface}, ${theme === 0 ? "light" : "dark"}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  });
});

describe("heat()", () => {
  it("never falls as the odds rise, from h0 to h10", () => {
    const level = (odds: number) => Number(heat(odds).slice(1));
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        expect(level(Math.max(a, b))).toBeGreaterThanOrEqual(level(Math.min(a, b)));
      }),
      RUNS,
    );
    expect([heat(0), heat(1), heat(1.000000001)]).toEqual(["h0", "h10", "h10"]);
  });
});

describe("pathPoint()", () => {
  const meetingOf = (rateBp: number, odds: readonly (readonly [number, number])[]): MeetingOdds => ({
    meeting: "2025-12-10",
    announced: false,
    expected_rate_bp: rateBp,
    moves: null,
    start_rate_bp: null,
    end_rate_bp: null,
    outcomes: odds.map(([lower_bp, probability]) => ({
      lower_bp,
      upper_bp: lower_bp + 25,
      probability,
      low: null,
      high: null,
    })),
    ease: null,
    hold: null,
    hike: null,
    meeting_move: null,
    tick_sensitivity_pp: null,
    contracts: [],
    unsolved: null,
    unverified: false,
  });

  it("is 25 bp times the root of p(1 - p) wide for two neighbouring ranges", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        const rateBp = 362.5 + 25 * (1 - p);
        const point = pathPoint(
          meetingOf(rateBp, [
            [350, p],
            [375, 1 - p],
          ]),
        );
        expect(point?.deviationBp).toBeCloseTo(25 * Math.sqrt(p * (1 - p)), 6);
      }),
      RUNS,
    );
  });

  it("is not there for a meeting without odds", () => {
    expect(pathPoint({ ...meetingOf(0, []), expected_rate_bp: null })).toBeNull();
  });
});

describe("sourceWords()", () => {
  it.each([
    [["stooq"], "stooq"],
    [["fed-press", "stooq"], "fed-press, stooq"],
    [["a", "b", "c", "d", "e", "f"], "6 sources"],
  ])("makes of %j %j", (names, words) => {
    expect(sourceWords(names)).toBe(words);
  });
});

describe("countdown()", () => {
  it.each([
    [-1, "in 0 min"],
    [59 * 60_000, "in 59 min"],
    [4 * 3_600_000 + 10 * 60_000, "in 4 h 10 min"],
    [23 * 86_400_000 + 4 * 3_600_000, "in 23 d 4 h"],
  ])("says %d ms as %s", (milliseconds, words) => {
    expect(countdown(milliseconds)).toBe(words);
  });
});

describe("signedText()", () => {
  it("has no sign on what rounds to nothing, and no hyphen", () => {
    expect([signedText(-0.04), signedText(0.04), signedText(-2), signedText(16), signedText(null)]).toEqual([
      "0.0",
      "0.0",
      "−2.0",
      "+16.0",
      "–",
    ]);
  });
});

describe("alertWords()", () => {
  const data = { historical: false, direction: "dovish", meeting: "2025-12-10", path: null, id: 7 };

  it("says who moved and how far, and where it is told in full", async () => {
    const { alertWords } = await clientModule<AlertWords>("alert-words.js");
    expect(
      alertWords({
        type: "repricing.extreme",
        data: { ...data, path: 2025, start_rate_bp: 380, extreme_rate_bp: 354.9 },
      }),
    ).toEqual({
      text: "extreme: dovish repricing of the path to the end of 2025: expected rate 380.0 → 354.9 bp.",
      path: "/repricings/7",
    });
    // Where a licence forbids the figures they are null.
    expect(
      alertWords({ type: "repricing.sharp", data: { ...data, start_rate_bp: null, extreme_rate_bp: null } })?.text,
    ).toBe("sharp: dovish repricing of the meeting of 2025-12-10.");
    expect(alertWords({ type: "data.stale", data: { what: "futures" } })).toEqual({
      text: "New futures are overdue.",
      path: "/sources",
    });
    expect(alertWords({ type: "meeting.decided", data })?.path).toBe("/meetings/2025-12-10");
  });

  it("has nothing to say of history, of the digest, and of what it does not know", async () => {
    const { alertWords } = await clientModule<AlertWords>("alert-words.js");
    expect(alertWords({ type: "repricing.sharp", data: { ...data, historical: true } })).toBeNull();
    expect(alertWords({ type: "digest.daily", data: {} })).toBeNull();
    expect(alertWords({ type: "weather.fair", data: {} })).toBeNull();
  });
});
