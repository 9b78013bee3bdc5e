/** `/v1/alerts` with all that is told in it: one order, filters, the forms that the document gives. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tellNotice } from "../../jobs/tell-notice.ts";
import { alertsResource } from "../../src/api/alerts.ts";
import { recordCatalog } from "../../src/store/source-health.ts";
import { noticeBody } from "../../src/webhooks/notice-bodies.ts";
import type { TestDatabase } from "../setup/database.ts";
import { ASKED, CORRECTED, flattenLastDays, sampleDatabase } from "./sample-repricings.ts";
import { readJson, type Served, serveTest } from "./served.ts";

interface Feed {
  readonly data: readonly {
    readonly type: string;
    readonly data: { readonly sequence: number; readonly basis?: string };
  }[];
  readonly next_cursor: string | null;
}

const TOLD = new Date("2026-11-21T18:00:00Z");
const AS_OF = "2026-11-20T21:00:00.000Z";

let database: TestDatabase;
let served: Served;
const feed = (query = "") => readJson<Feed>(served.app, `/v1/alerts${query}`);
const types = ({ data }: Feed) => [...new Set(data.map(({ type }) => type))].sort();

beforeAll(async () => {
  database = await sampleDatabase();
  const { sql } = database;
  const digest = {
    as_of: AS_OF,
    trade_date: "2026-11-20",
    url: "/v1/probabilities?as_of=2026-11-20",
    basis: "published",
    method: "published",
    source: "cme-fedwatch",
    compared_with: null,
    target: { lower_bp: 350, upper_bp: 375 },
    effr_bp: null,
    priced_by_year_end_bp: null,
    priced_by_year_end_shift_bp: null,
    meetings: [],
    open_repricings: [],
    alerts: [],
    summary: "nothing unusual",
  } as const;
  const outage = {
    as_of: AS_OF,
    url: "/v1/sources",
    what: "futures",
    sources: ["yahoo"],
    expected_at: AS_OF,
    newest_as_of: null,
    last_success_at: null,
    last_error: null,
  } as const;
  const tell = (key: string, source: string, body: ReturnType<typeof noticeBody>) =>
    tellNotice(sql, { key, asOf: new Date(AS_OF), source, body, meeting: null }, () => TOLD);
  expect(await tell("digest.daily/2026-11-20", "cme-fedwatch", noticeBody("digest.daily", digest, TOLD))).toBe(true);
  // Alerts of a correction come between two notices.
  await flattenLastDays(sql);
  expect(await tell("data.stale/1", "yahoo", noticeBody("data.stale", outage, TOLD))).toBe(true);
  expect(await tell("data.stale/1", "yahoo", noticeBody("data.stale", outage, TOLD))).toBe(false);
  const entry = { what: "w", terms: "t", enabled: true };
  await recordCatalog(sql, [
    { ...entry, source: "sample", redistributable: true },
    { ...entry, source: "cme-fedwatch", redistributable: false },
  ]);
  served = serveTest(sql, { now: ASKED });
});
afterAll(() => database.drop());

describe("/v1/alerts", () => {
  it("is a table as CSV, empty where a type has no such figure", async () => {
    const csv = await (await served.app.request("/v1/alerts?format=csv")).text();
    const [head = "", ...lines] = csv.trimEnd().split("\r\n");
    const names = head.split(",");
    expect(names.slice(0, 4)).toEqual(["sequence", "type", "timestamp", "meeting"]);
    for (const name of ["severity", "state", "basis", "historical", "url", "outcome_lower_bp", "summary", "what"]) {
      expect(names).toContain(name);
    }
    const { data } = await feed();
    expect(lines).toHaveLength(data.length);
    // No text of these has a comma.
    const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i] ?? "", cell])));
    const withSequence = (one: Feed["data"][number]) => `${one.data.sequence} ${one.type}`;
    expect(rows.map((row) => `${row.sequence} ${row.type}`)).toEqual(data.map(withSequence));
    const severe = rows.find(({ type, meeting }) => type === "repricing.severe" && meeting === "2025-12-10");
    expect(severe).toMatchObject({ direction: "hawkish", kind: "severe", historical: "true", what: "", summary: "" });
    expect(Number(severe?.expected_rate_bp) - Number(severe?.start_rate_bp)).toBeCloseTo(15.5, 1);
    expect(rows.find(({ type }) => type === "data.stale")).toMatchObject({
      what: "futures",
      meeting: "",
      severity: "",
    });
  });

  it("tells alerts and all else in one order, each under its own number, in the form that the document gives", async () => {
    const all = await feed();
    const numbers = all.data.map(({ data }) => data.sequence);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(types(all)).toEqual([
      "data.stale",
      "digest.daily",
      "repricing.extended",
      "repricing.notice",
      "repricing.severe",
      "repricing.sharp",
      "repricing.withdrawn",
    ]);
    const order = all.data.map(({ type }) => type);
    expect(order.indexOf("digest.daily")).toBeLessThan(order.indexOf("repricing.withdrawn"));
    expect(order.at(-1)).toBe("data.stale");
    expect(alertsResource.answer.safeParse(all).error?.issues ?? []).toEqual([]);
  });

  it.each(["digest.daily", "repricing.severe,repricing.extended", "data.stale,repricing.withdrawn"])(
    "tells only %s when asked to",
    async (asked) => {
      const all = (await feed()).data;
      const wanted = asked.split(",");
      const expected = all.filter(({ type }) => wanted.includes(type));
      expect(expected.length).toBeGreaterThan(0);
      expect((await feed(`?types=${asked}`)).data).toEqual(expected);
      const paged: unknown[] = [];
      for (let cursor: string | null = "0"; cursor !== null; ) {
        const page: Feed = await feed(`?types=${asked}&limit=1&after=${cursor}`);
        paged.push(...page.data);
        cursor = page.next_cursor;
      }
      expect(paged).toEqual(expected);
    },
  );

  it("is of alerts alone when a basis is asked for", async () => {
    const published = await feed("?basis=published");
    expect(published.data.length).toBeGreaterThan(0);
    expect(published.data.every(({ data, type }) => data.basis === "published" && type.startsWith("repricing."))).toBe(
      true,
    );
    expect((await feed("?basis=published&types=digest.daily")).data).toEqual([]);
  });

  it("answers as it would have then", async () => {
    const all = (await feed()).data;
    const before = (await feed("?known_at=2026-11-20")).data;
    expect(before).toEqual(all.slice(0, before.length));
    expect(before.some(({ type }) => type === "digest.daily")).toBe(false);
    expect((await feed(`?known_at=${CORRECTED.toISOString()}`)).data.length).toBeLessThan(all.length);
  });

  it("names what types there are when it is asked for another", async () => {
    for (const wrong of ["rule.matched", "", "repricing.sharp,", "sharp"]) {
      const response = await served.app.request(`/v1/alerts?types=${wrong}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ parameter: "types", was: wrong });
    }
  });

  it("leaves out a digest of odds that may not be passed on", async () => {
    const withheld = serveTest(database.sql, { now: ASKED, withhold: true });
    const told = await readJson<Feed>(withheld.app, "/v1/alerts");
    expect(types(told)).not.toContain("digest.daily");
    expect(types(told)).toContain("data.stale");
  });
});

describe("/v1/repricings", () => {
  it.each([
    ["2025-11-18", "2025-11-17"],
    ["2025-11-17T20:00:01Z", "2025-11-17"],
  ])("refuses a period from %s to %s", async (from, to) => {
    const response = await served.app.request(`/v1/repricings?from=${from}&to=${to}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      parameter: "from",
      accepted: expect.stringMatching(/^at or before to/),
    });
  });

  it("shows the assets of the latest alert that stands", async () => {
    interface Item {
      readonly id: number;
      readonly started_on: string;
    }
    const { data } = await readJson<{ data: readonly Item[] }>(served.app, "/v1/repricings?meeting=2025-12-10");
    const hawkish = data.find(({ started_on }) => started_on === "2025-10-16");
    expect(await readJson(served.app, `/v1/repricings/${hawkish?.id}`)).toMatchObject({
      evaluated: { on: "2025-11-19" },
    });
  });
});
