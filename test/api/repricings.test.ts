import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESOURCES } from "../../src/api/openapi.ts";
import { isAtLeast, SEVERITIES } from "../../src/repricing/repricing.ts";
import type { TestDatabase } from "../setup/database.ts";
import { ASKED, CORRECTED, flattenLastDays, STORED, sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

interface Item {
  readonly id: number;
  readonly meeting: string;
  readonly path: number | null;
  readonly direction: string;
  readonly status: string;
  readonly state: string;
  readonly severity: (typeof SEVERITIES)[number];
  readonly started_on: string;
  readonly started_at: string;
  readonly extreme_on: string;
  readonly ended_on: string | null;
  readonly end_reason: string | null;
  readonly start_rate_bp: number;
  readonly extreme_rate_bp: number;
  readonly basis: string;
  readonly reverses: number | null;
  readonly at_most: { readonly upper_bp: number; readonly shift_pp: number };
  readonly alerts: readonly { readonly id: number; readonly kind: string; readonly as_of: string }[];
}
interface List {
  readonly data: readonly Item[];
  readonly next_cursor: string | null;
}
interface Feed {
  readonly data: readonly {
    readonly type: string;
    readonly data: {
      readonly sequence: number;
      readonly id: number;
      readonly basis: string;
      readonly reverses: number | null;
    };
  }[];
  readonly next_cursor: string | null;
}

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await sampleDatabase();
  served = serveTest(database.sql, { now: ASKED });
});
afterAll(() => database.drop());

const list = (query = "") => readJson<List>(served.app, `/v1/repricings${query}`);
const feed = (query = "") => readJson<Feed>(served.app, `/v1/alerts${query}`);
const words = (row: Item) =>
  `${row.direction} ${row.start_rate_bp.toFixed(1)} (${row.started_on}) -> ${row.extreme_rate_bp.toFixed(1)} (${row.extreme_on}) ${row.alerts.map(({ kind, as_of }) => `${kind} ${as_of.slice(0, 10)}`).join(", ")}`;

describe("/v1/repricings", () => {
  // the README, target 10 Dec 2025.
  it("tells the episode leg by leg, latest first", async () => {
    const { data } = await list("?meeting=2025-12-10");
    expect(data.map(words)).toEqual([
      "dovish 380.0 (2025-11-19) -> 366.2 (2025-11-25) sharp 2025-11-21",
      "hawkish 359.5 (2025-10-16) -> 380.0 (2025-11-19) notice 2025-10-23, sharp 2025-10-29, severe 2025-11-13, extension 2025-11-19",
      "dovish 373.4 (2025-09-25) -> 359.5 (2025-10-16) notice 2025-09-30, sharp 2025-10-16",
      "hawkish 367.2 (2025-09-18) -> 373.4 (2025-09-25) notice 2025-09-25",
    ]);
    expect(data.map(({ reverses }) => reverses)).toEqual([data[1]?.id, data[2]?.id, data[3]?.id, null]);
    expect(data[1]?.at_most).toMatchObject({ upper_bp: 375, shift_pp: expect.closeTo(-69.93, 2) });
  });

  it("lists a move once, on the basis that covers its meeting best, unless a basis is asked for", async () => {
    const all = (await list()).data;
    const published = (await list("?basis=published")).data;
    expect(new Set(all.map(({ basis }) => basis))).toEqual(new Set(["settlement"]));
    expect(published.map(({ meeting }) => meeting)).toEqual(Array(4).fill("2025-12-10"));
    expect(published.every(({ basis }) => basis === "published")).toBe(true);
    expect(new Set(all.map((row) => `${row.meeting} ${row.started_on}`)).size).toBe(all.length);
  });

  it("keeps what was going on in a period, and what is severe enough", async () => {
    const all = (await list()).data;
    const day = fc.date({ min: new Date("2025-09-10"), max: new Date("2025-12-01"), noInvalidDate: true });
    await fc.assert(
      fc.asyncProperty(day, day, fc.constantFrom(...SEVERITIES), async (a, b, least) => {
        const [from = "", to = ""] = [a, b].map((date) => date.toISOString().slice(0, 10)).sort();
        const { data } = await list(`?from=${from}&to=${to}&min_severity=${least}`);
        const expected = all.filter(
          (row) =>
            row.started_on <= to && (row.ended_on === null || row.ended_on >= from) && isAtLeast(row.severity, least),
        );
        expect(data.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 40, seed: 20251119 },
    );
  });

  it("reads an instant as an instant: the settlement at which one ended, and a second after it", async () => {
    const ids = async (from: string) => (await list(`?meeting=2025-12-10&from=${from}`)).data.map(words);
    expect(await ids("2025-11-21T20:00:00Z")).toHaveLength(2);
    expect(await ids("2025-11-21T20:00:01Z")).toHaveLength(1);
  });

  it("filters by status, path and state", async () => {
    const all = (await list()).data;
    expect((await list("?status=closed")).data).toEqual(all);
    expect(all.filter(({ end_reason }) => end_reason === "decision").length).toBeGreaterThan(0);
    // Their meetings were decided long ago, whatever readings there are.
    expect((await list("?status=open")).data).toEqual([]);
    expect((await list("?path=none")).data).toEqual(all);
    expect((await list("?path=2025")).data).toEqual([]);
    expect((await list("?state=confirmed")).data).toEqual(all);
    expect((await list("?state=withdrawn")).data).toEqual([]);
  });

  it.each([1, 2, 3, 7])("pages by %i without losing or repeating one", async (limit) => {
    const all = (await list()).data;
    const paged: Item[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: List = await list(`?limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`);
      paged.push(...page.data);
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(all);
  });

  it("comes as CSV, one row a repricing", async () => {
    const csv = await (await served.app.request("/v1/repricings?format=csv")).text();
    const lines = csv.trimEnd().split("\r\n");
    expect(lines[0]).toMatch(/^id,cluster_id,meeting,.*at_most_upper_bp,at_most_probability_start/);
    const { data } = await list();
    expect(lines).toHaveLength(data.length + 1);
    const head = (lines[0] ?? "").split(",");
    for (const [i, { alerts }] of data.entries()) {
      const cells = (lines[i + 1] ?? "").split(",");
      const at = (name: string) => cells[head.indexOf(name)];
      const last = alerts.at(-1);
      expect([at("alerts"), at("last_alert_kind"), at("last_alert_as_of")]).toEqual([
        String(alerts.length),
        last?.kind,
        last?.as_of,
      ]);
    }
  });
});

describe("/v1/repricings/{id}", () => {
  const severe = async () => (await list("?meeting=2025-12-10&min_severity=severe")).data[0];

  it("is the item of the list, and more", async () => {
    for (const item of (await list()).data) {
      expect(await readJson(served.app, `/v1/repricings/${item.id}`)).toMatchObject({ ...item });
    }
  });

  it("says what assets did to the latest alert, how unusual it is, and how to quote it", async () => {
    const id = (await severe())?.id;
    const answer = await readJson<Record<string, unknown>>(served.app, `/v1/repricings/${id}`);
    expect(answer).toMatchObject({
      evaluated: { on: "2025-11-19", provisional: false },
      sharpest_day: { trade_date: "2025-10-29" },
      unusual: { sigmas: expect.closeTo(20.5117 / 2.5, 3), percentile: null },
      markets: {
        breadth: { n: 8, value: expect.any(Number) },
        leader: { answer: "no statistical leader", earliest_peak: { date: expect.any(String) } },
      },
    });
    expect(answer.citation).toMatch(
      /^From 16 Oct 2025 to 19 Nov 2025 the market's expected rate after the 10 Dec 2025 meeting went from 359\.5 to 380\.0 bp, \+20\.5 bp, and the odds of a target range no higher than 3\.75 % from 100\.0 % to 30\.1 % \(hawkish repricing, severe, closed; settlement, method cme, source sample, built-in sample\): https:\/\/odds\.example\/v1\/repricings\/\d+\?known_at=/,
    );
    const assets = answer.assets as { symbol: string; return: number }[];
    expect(assets.map(({ symbol }) => symbol).join(" ")).toBe("BTC ETH NDX SPX NVDA GOLD HSI SSE");
    // closes of the episode: 108186.04 on 16 Oct, 91465.99 on 19 Nov
    expect(assets[0]?.return).toBeCloseTo(-0.155, 3);
  });

  it("gives the same bytes at the address it is quoted with", async () => {
    const id = (await severe())?.id;
    const { citation } = await readJson<{ citation: string }>(served.app, `/v1/repricings/${id}`);
    const quoted = new URL(citation.slice(citation.indexOf("https://")));
    const [now, pinned] = await Promise.all(
      [`/v1/repricings/${id}`, `${quoted.pathname}${quoted.search}`].map(async (path) =>
        (await served.app.request(path)).text(),
      ),
    );
    expect(pinned).toBe(now);
  });

  it("lists the events inside its sharpest day as they were known, or says that it is unexplained", async () => {
    const other = await sampleDatabase();
    try {
      const notice = (key: string, at: string, status: string, recorded: Date) => other.sql`
        insert into cutwatch.market_events (event_key, what, scheduled_at, status, known_at, recorded_at, source)
        values (${key}, ${`the ${key}`}, ${at}::timestamptz, ${status}, ${at}::timestamptz, ${recorded.toISOString()}::timestamptz, 'test')`;
      await notice("statement", "2025-10-29T18:00:00Z", "scheduled", CORRECTED);
      await notice("meeting called off", "2025-10-29T18:30:00Z", "scheduled", CORRECTED);
      await notice("meeting called off", "2025-10-29T18:30:00Z", "cancelled", CORRECTED);
      await notice("day before", "2025-10-28T19:00:00Z", "released", CORRECTED);
      await notice("day after", "2025-10-29T19:00:01Z", "released", CORRECTED);
      const { app } = serveTest(other.sql, { now: ASKED });
      const found = await readJson<List>(app, "/v1/repricings?meeting=2025-12-10&min_severity=severe");
      const path = `/v1/repricings/${found.data[0]?.id}`;
      expect(await readJson(app, path)).toMatchObject({
        events: [{ what: "the statement", scheduled_at: "2025-10-29T18:00:00.000Z", status: "scheduled" }],
        unexplained: false,
      });
      expect(await readJson(app, `${path}?known_at=${STORED.toISOString()}`)).toMatchObject({
        events: [],
        unexplained: true,
      });
    } finally {
      await other.drop();
    }
  });

  it("is 404 for a number nobody has, and for one that was not known yet", async () => {
    const id = (await severe())?.id;
    for (const path of ["/v1/repricings/999999999", `/v1/repricings/${id}?known_at=2026-11-20T11:59:59Z`]) {
      const response = await served.app.request(path);
      expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });
});

describe("/v1/alerts", () => {
  it("is in order of recording, numbers its bodies, and tells the episode", async () => {
    const { data, next_cursor } = await feed();
    const sequences = data.map((body) => body.data.sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(next_cursor).toBe(String(sequences.at(-1)));
    const december = (await list("?meeting=2025-12-10")).data.toReversed().flatMap(({ alerts }) => alerts);
    const told = data.filter((body) => december.some(({ id }) => id === body.data.sequence));
    expect(told.map(({ type }) => type)).toEqual(
      ["notice", "notice", "sharp", "notice", "sharp", "severe", "extended", "sharp"].map(
        (kind) => `repricing.${kind}`,
      ),
    );
  });

  it("carries exactly what was stored, which is what a webhook carries", async () => {
    const stored = await database.sql<{ body: unknown }[]>`
      select body from cutwatch.alerts where is_primary order by id`;
    expect((await feed()).data).toEqual(stored.map(({ body }) => body));
  });

  it("names the repricing and the one it reverses by number", async () => {
    const ids = new Set((await list()).data.map(({ id }) => id));
    const { data } = await feed();
    expect(data.every((body) => ids.has(body.data.id))).toBe(true);
    const reversing = data.filter((body) => body.data.reverses !== null);
    expect(reversing.length).toBeGreaterThan(0);
    expect(reversing.every((body) => ids.has(body.data.reverses ?? 0))).toBe(true);
  });

  it("goes on where a reader left off, by after or by the cursor it was given", async () => {
    const { data } = await feed();
    const first = await feed("?limit=3");
    expect(first.data).toEqual(data.slice(0, 3));
    expect((await feed(`?after=${first.next_cursor}`)).data).toEqual(data.slice(3));
    expect((await feed(`?cursor=${first.next_cursor}`)).data).toEqual(data.slice(3));
    expect(await feed(`?after=${data.at(-1)?.data.sequence}`)).toEqual({ data: [], next_cursor: null });
  });

  it("speaks with one voice a day unless a basis is asked for", async () => {
    expect((await feed()).data.every((body) => body.data.basis === "settlement")).toBe(true);
    const published = await feed("?basis=published");
    expect(published.data).toHaveLength(8);
    expect(published.data.every((body) => body.data.basis === "published")).toBe(true);
  });
});

describe("a correction", () => {
  it("withdraws what is no more, and known_at repeats what was told before it, byte for byte", async () => {
    const other = await sampleDatabase();
    try {
      const { app } = serveTest(other.sql, { now: ASKED });
      const text = async (path: string) => (await app.request(path)).text();
      const ids = (await readJson<List>(app, "/v1/repricings")).data.map(({ id }) => id);
      const paths = [
        "/v1/repricings",
        "/v1/repricings?status=open",
        "/v1/alerts",
        "/v1/decisions?from=2025-09-01&to=2025-12-31",
        "/v1/markets?from=2025-10-17&to=2025-11-21",
        ...ids.map((id) => `/v1/repricings/${id}`),
      ];
      const before = await Promise.all(paths.map(text));
      await flattenLastDays(other.sql);
      const late = serveTest(other.sql, { now: ASKED }).app;
      const last = await readJson<List>(late, "/v1/repricings?meeting=2025-12-10&from=2025-12-10");
      expect(last.data.map(({ direction, started_on }) => [direction, started_on])).toEqual([
        ["hawkish", "2025-10-16"],
      ]);
      const withdrawn = await readJson<List>(late, "/v1/repricings?meeting=2025-12-10&state=withdrawn");
      expect(withdrawn.data.map(({ direction, started_on }) => [direction, started_on])).toEqual([
        ["dovish", "2025-11-19"],
      ]);
      // What was told stays told.
      const told = await readJson<Feed>(late, "/v1/alerts");
      expect(told.data.slice(0, JSON.parse(before[2] ?? "").data.length)).toEqual(JSON.parse(before[2] ?? "").data);
      for (const [i, path] of paths.entries()) {
        const pinned = `${path}${path.includes("?") ? "&" : "?"}known_at=${STORED.toISOString()}`;
        expect(await (await late.request(pinned)).text(), path).toBe(before[i]);
      }
    } finally {
      await other.drop();
    }
  });
});

describe("answers about repricings", () => {
  it("have the form that the document gives them", async () => {
    const [first] = (await list()).data;
    const paths: Readonly<Record<string, string>> = {
      "/v1/repricings": "/v1/repricings",
      "/v1/repricings/{id}": `/v1/repricings/${first?.id}`,
      "/v1/alerts": "/v1/alerts",
      "/v1/markets": "/v1/markets?from=2025-10-17&to=2025-11-17",
      "/v1/decisions": "/v1/decisions?from=2025-01-01",
      "/v1/assets/{symbol}/closes": "/v1/assets/HSI/closes",
    };
    for (const [name, path] of Object.entries(paths)) {
      const resource = RESOURCES.find((one) => one.path === name);
      expect(resource?.answer.safeParse(await readJson(served.app, path)).error?.issues ?? [], name).toEqual([]);
    }
  });

  it("are never an error of ours, whatever is asked", async () => {
    const texts = fc.constantFrom(
      "2025-11-17",
      "2025-11-17T20:00:00Z",
      "open",
      "sharp",
      "none",
      "2025",
      "settlement",
      "0",
      "1",
      "csv",
      "999999999999999",
      "-1",
      "x",
    );
    const names = fc.constantFrom(
      "meeting",
      "path",
      "from",
      "to",
      "min_severity",
      "status",
      "state",
      "basis",
      "known_at",
      "limit",
      "cursor",
      "format",
      "after",
    );
    const paths = fc.constantFrom(
      "/v1/repricings",
      "/v1/alerts",
      "/v1/markets",
      "/v1/decisions",
      "/v1/repricings/1",
      "/v1/repricings/x",
    );
    await fc.assert(
      fc.asyncProperty(paths, fc.dictionary(names, texts, { maxKeys: 4 }), async (path, query) => {
        const response = await served.app.request(`${path}?${new URLSearchParams(query)}`);
        expect(response.status).toBeLessThan(500);
        await response.arrayBuffer();
      }),
      { numRuns: 300, seed: 20251121 },
    );
    expect(served.errors).toEqual([]);
  });
});
