import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { badgeSvg } from "../../src/api/badge-svg.ts";
import { textWidth } from "../../src/api/text-width.ts";
import { wholePercentWords } from "../../src/api/wording.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { draftOf, seedEpisode, store } from "./episode.ts";
import { type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const LOOPBACK = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };

async function badge(query: string): Promise<{ title: string; texts: string[]; svg: string }> {
  const response = await served.app.request(`/v1/badge.svg${query}`);
  const svg = await response.text();
  expect([response.status, response.headers.get("content-type")], svg).toEqual([200, "image/svg+xml; charset=utf-8"]);
  expect(XMLValidator.validate(svg)).toBe(true);
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? "");
  return { title: /<title[^>]*>([^<]*)</.exec(svg)?.[1] ?? "", texts, svg };
}

describe("badgeSvg()", () => {
  it("is well-formed whatever it is labelled with, and wide enough for it", () => {
    const label = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter((text) => !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(label, label, (name, value) => {
        const svg = badgeSvg({ label: name, value, tone: "plain", title: name });
        expect(XMLValidator.validate(svg)).toBe(true);
        expect(Number(/width="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(textWidth(name, 11) + textWidth(value, 11));
      }),
      { seed: 5 },
    );
  });

  it("draws with its own style only, whose hash the policy names", async () => {
    const response = await served.app.request("/v1/badge.svg");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; frame-ancestors 'none'$/,
    );
    expect(await response.text()).not.toMatch(/ style="|<script/);
  });
});

describe("wholePercentWords()", () => {
  it.each([
    [0, "0 %"],
    [0.001, "<1 %"],
    [0.424, "42 %"],
    [0.9951, ">99 %"],
    [1, "100 %"],
  ])("says %f as %s", (probability, words) => {
    expect(wholePercentWords(probability)).toBe(words);
  });
});

describe("GET /v1/badge.svg", () => {
  it("is about a cut at the next meeting unless asked otherwise", async () => {
    const { texts, title } = await badge("");
    expect(texts).toEqual(["Dec 10 cut", "42 %"]);
    expect(title).toBe(
      "42.4 % odds of a range below 3.75-4.00 %, the one in force, after the 10 Dec 2025 meeting on 17 Nov 2025 " +
        "(settlement, method cme, source test-exchange)",
    );
  });

  it.each([
    ["?measure=hold", ["Dec 10 hold", "58 %"]],
    ["?range=350-375", ["Dec 10 3.50-3.75 %", "42 %"]],
    ["?measure=at_most&range=375-400", ["Dec 10 ≤ 4.00 %", "100 %"]],
    ["?measure=at_least&range=375-400", ["Dec 10 ≥ 3.75 %", "58 %"]],
    ["?measure=expected_rate", ["Dec 10 expected", "3.77 %"]],
    ["?label=FOMC%20%3C%26%3E", ["FOMC &lt;&amp;&gt;", "42 %"]],
    ["?meeting=2026-01-28", ["Jan 28 cut", expect.stringMatching(/^\d\d %$/)]],
  ])("draws %s", async (query, texts) => {
    expect((await badge(query)).texts).toEqual(texts);
  });

  it("names the day of a figure that is not today's", async () => {
    expect((await badge("?as_of=2025-10-17&meeting=2025-12-10&range=350-375")).texts[1]).toBe("94 % · Oct 17");
    expect((await badge("?known_at=2025-11-18T02:00:00Z")).texts[1]).toBe("42 % · Nov 17");
    served.now = new Date("2025-11-25T12:00:00Z");
    expect((await badge("?meeting=2025-12-10")).texts[1]).toBe("42 % · Nov 17");
    served.now = new Date("2025-11-18T12:00:00Z");
  });

  it("adds up to one over cut, hold and hike", async () => {
    const figure = async (measure: string) => Number.parseFloat((await badge(`?measure=${measure}`)).title);
    const sum = (await figure("ease")) + (await figure("hold")) + (await figure("hike"));
    expect(sum).toBeCloseTo(100, 0);
  });

  it("answers 304 to those who have it", async () => {
    const first = await served.app.request("/v1/badge.svg");
    const etag = first.headers.get("etag") ?? "";
    const again = await served.app.request("/v1/badge.svg", { headers: { "If-None-Match": etag } });
    expect([again.status, again.headers.get("cache-control")]).toEqual([304, "public, no-cache"]);
  });

  it.each([
    ["?measure=range", 400, "range"],
    ["?measure=ease&range=350-375", 400, "range"],
    ["?measure=weather", 400, "measure"],
    ["?label=", 400, "label"],
    ["?label=%01", 400, "label"],
    ["?colour=red", 400, "colour"],
    ["?as_of=1999-01-04", 404, undefined],
    ["?meeting=2024-05-05", 404, "meeting"],
  ])("refuses %s in problem+json", async (query, status, parameter) => {
    const response = await served.app.request(`/v1/badge.svg${query}`);
    expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    if (parameter !== undefined && status === 400) expect(await response.json()).toMatchObject({ parameter });
  });

  it("does not tell others a published figure where figures are withheld, also not through a proxy here", async () => {
    await store(
      database.sql,
      [{ ...draftOf("2025-11-17", 1), basis: "published", method: "published" }],
      new Date("2025-11-18T05:00:00Z"),
    );
    const withholding = serveTest(database.sql, { withhold: true });
    const value = async (env: object) => {
      const query = "/v1/badge.svg?known_at=2025-11-18T06:00:00Z&measure=expected_rate";
      const svg = await (await withholding.app.request(query, undefined, env)).text();
      return /text-anchor="middle" textLength="\d+">([^<]*)<\/text>\n<\/svg>/.exec(svg)?.[1];
    };
    expect(await value(LOOPBACK)).toBe("3.77 % · Nov 17");
    expect(await value({})).toBe("3.77 % · Nov 17"); // the settlement, which is ours
    const published = async (env: object) => {
      const path = "/v1/probabilities?basis=published&meeting=2025-12-10";
      return (await (await withholding.app.request(path, undefined, env)).json()) as { meetings: { ease: unknown }[] };
    };
    const behindProxy = { incoming: { ...LOOPBACK.incoming, headers: { "x-forwarded-for": "203.0.113.5" } } };
    expect((await published(LOOPBACK)).meetings[0]?.ease).toBeTypeOf("number");
    expect((await published(behindProxy)).meetings[0]?.ease).toBeNull();
  });
});
