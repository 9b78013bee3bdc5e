import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESOURCES } from "../../src/api/openapi.ts";
import { recordQuarantine } from "../../src/store/quarantine.ts";
import { recordCheck } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { DAYS, draftOf, RECORDED, seedEpisode, store } from "./episode.ts";
import { readJson, type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const page = async (path: string) => (await served.app.request(path)).text();
/** The part of a page with this id. */
const section = (text: string, id: string) => text.split(`<section id="${id}"`)[1]?.split("</section>")[0] ?? "";

/** Every page that there is. */
const PATHS = ["/", "/?as_of=2025-11-14", "/meetings/2025-12-10", "/sources", "/webhooks", "/docs"];

describe("/", () => {
  it("shows the API's own numbers of the reading asked for", async () => {
    const text = await page("/?as_of=2025-11-17");
    expect(text).toContain("What does the market expect of the Fed?");
    expect(text).toContain('<td class="h4">42.4<small>−2.0</small></td>');
    expect(text).toContain("3.75-4.00");
    expect(text).toMatch(/<td>\+16\.0/);
    expect(text).toContain("−10.6 bp");
  });

  it("says of every figure what it rests on, and gives its citation and its permalink to copy", async () => {
    const text = section(await page("/?as_of=2025-11-17"), "odds");
    const odds = await readJson<{ citation: string }>(served.app, "/v1/probabilities?as_of=2025-11-17");
    expect(text).toContain('<span class="basis">settlement</span> of 17 Nov 2025, method cme, source test-exchange');
    expect(text).toContain(`data-copy="${odds.citation.replaceAll("&", "&amp;")}"`);
    const permalink = /data-copy-link="([^"]*)"/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(permalink).toBe("/?as_of=2025-11-17&known_at=2025-11-18T01%3A00%3A00.000Z");
    expect(section(await page(permalink), "odds")).toContain('<td class="h4">42.4<small>−2.0</small></td>');
  });

  it("says that it shows the past, by the market's clock and by what was known, and leads back", async () => {
    expect(await page("/")).not.toContain("You are looking at");
    const asOf = await page("/?as_of=2025-11-14");
    expect(asOf).toContain("You are looking at the market as of <strong>14 Nov 2025</strong>.");
    expect(asOf).toMatch(/<body data-past>[\s\S]*<a class="button" href="\/">Back to now<\/a>/);
    const known = await page("/?as_of=2025-11-14&known_at=2025-11-17");
    expect(known).toContain("what was known by <strong>17 Nov 2025</strong>");
    expect(known).toContain("No reading is stored at or before 2025-11-14 as it was known by 2025-11-17");
    // Fields of the form that are left empty ask for nothing.
    expect(await page("/?as_of=&known_at=")).not.toContain("You are looking at");
  });

  it("counts down to the next statement, 14:00 New York, and not to one that is over", async () => {
    const text = await page("/");
    expect(text).toContain('<span data-countdown="2025-12-10T19:00:00.000Z">in 22 d 7 h</span>');
    const later = serveTest(database.sql, { now: "2025-12-10T19:00:00Z" });
    expect(await (await later.app.request("/")).text()).toContain('data-countdown="2026-01-28T19:00:00.000Z"');
  });

  it("opens on the episode, and says so, when the sample is all there is", async () => {
    const other = await testDatabase();
    try {
      await store(
        other.sql,
        DAYS.map((day) => ({ ...draftOf(day), isSample: true })),
        new Date("2026-11-01T00:00:00Z"),
      );
      const text = await (await serveTest(other.sql, { now: "2026-11-22T00:00:00Z" }).app.request("/")).text();
      expect(text).toContain("built-in sample");
      expect(section(text, "odds")).toContain("of 17 Nov 2025");
      expect(text).toContain("23 days after this reading");
    } finally {
      await other.drop();
    }
  });

  it("is a page, not an error, over an empty database, and shows text of sources as text", async () => {
    const other = await testDatabase();
    try {
      await other.sql`insert into cutwatch.source_catalog values ('<b>bold</b>', 'a & b', '', true, true)`;
      const empty = serveTest(other.sql);
      for (const path of ["/", "/sources", "/webhooks"]) expect((await empty.app.request(path)).status).toBe(200);
      expect(await (await empty.app.request("/")).text()).toContain("No reading is stored");
      expect(await (await empty.app.request("/sources")).text()).toContain("&lt;b&gt;bold&lt;/b&gt;");
    } finally {
      await other.drop();
    }
  });
});

describe("/meetings/{date}", () => {
  it("shows the odds now and before with their bands, and the working down to the prices", async () => {
    const text = await page("/meetings/2025-12-10?as_of=2025-11-17");
    const row = section(text, "odds")
      .split("\n")
      .find((line) => line.includes('id="r350"'));
    expect(row).toContain("42.4<small>41.3 to 43.5</small>"); // half a tick of ZQF26: 1.1 pp
    expect(row).toContain("<small>−51.3 pp</small>"); // 93.67 % a month before
    expect(section(text, "odds")).toContain("a decision lies between; the range in force was 4.00-4.25 % then");
    expect(section(text, "working")).toContain("(376.41 − 387.00) / 25 bp = <strong>−0.4236</strong>");
    expect(section(text, "working")).toContain(
      '<th scope="row">ZQF26</th><td class="left">2026-01</td><td>96.2450</td>',
    );
  });

  it("says why a window has no figure instead of a zero", async () => {
    const text = section(await page("/meetings/2025-12-10?as_of=2025-10-17"), "odds");
    expect(text).toMatch(/1 month before: no two readings of this meeting/);
  });

  it("says why a meeting is unsolved", async () => {
    const text = await page("/meetings/2026-04-29");
    const { meetings } = await readJson<{ meetings: { unsolved: { detail: string } | null }[] }>(
      served.app,
      "/v1/probabilities?meeting=2026-04-29",
    );
    expect(text).toContain("Why is this unsolved?");
    expect(text).toContain(meetings[0]?.unsolved?.detail ?? "no detail");
    expect(text).not.toContain('<section id="working"');
  });

  it("gives each range's history as CSV, and every such link answers", async () => {
    const links = [...(await page("/meetings/2025-12-10")).matchAll(/href="([^"]*format=csv[^"]*)"/g)];
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const [, link = ""] of links) {
      const answer = await served.app.request(link.replaceAll("&amp;", "&"));
      expect([link, answer.status, answer.headers.get("content-type")]).toEqual([
        link,
        200,
        expect.stringContaining("csv"),
      ]);
    }
  });

  it("shows a meeting that is over with its last odds", async () => {
    const text = await page("/meetings/2025-10-29");
    expect(text).toContain("<strong>decided</strong>: 3.75-4.00 %, −25 bp");
    expect(text).toContain("The meeting is over");
  });
});

describe("/v1/quarantine and /sources", () => {
  const refuse = (source: string, lines: readonly number[]) =>
    database.sql.begin((tx) =>
      recordQuarantine(
        tx,
        lines.map((line) => ({
          line,
          reasonCode: "jump",
          reason: `line ${line}: price 9${line} is too far`,
          rowText: `<i>${line}</i>,9${line}`,
        })),
        { source, payloadId: null, recordedAt: RECORDED },
      ),
    );

  beforeAll(async () => {
    await refuse("test-open", [1, 2]);
    await refuse("test-exchange", [3]);
  });

  it("lists refused rows newest first, page by page, of one source, and as CSV", async () => {
    interface Rows {
      data: { line: number; row: string | null }[];
      next_cursor: string | null;
    }
    const first = await readJson<Rows>(served.app, "/v1/quarantine?limit=2");
    expect(first.data.map(({ line }) => line)).toEqual([3, 2]);
    const rest = await readJson<Rows>(served.app, `/v1/quarantine?limit=2&cursor=${first.next_cursor}`);
    expect(rest).toMatchObject({ data: [{ line: 1, row: "<i>1</i>,91" }], next_cursor: null });
    expect((await readJson<Rows>(served.app, "/v1/quarantine?source=test-exchange")).data).toHaveLength(1);
    const knownAt = (ms: number) =>
      readJson<Rows>(served.app, `/v1/quarantine?known_at=${new Date(RECORDED.getTime() + ms).toISOString()}`);
    expect((await knownAt(0)).data).toHaveLength(3);
    expect((await knownAt(-1)).data).toHaveLength(0);
    const csv = await (await served.app.request("/v1/quarantine?format=csv&limit=1")).text();
    expect(csv.split("\r\n")[0]).toBe("id,recorded_at,source,line,kind,reason,row,withheld");
  });

  it("withholds the row and its reason where the source's licence forbids passing figures on", async () => {
    const { app } = serveTest(database.sql, { withhold: true });
    const { data } = await readJson<{ data: Record<string, unknown>[] }>(app, "/v1/quarantine");
    expect(data[0]).toMatchObject({ source: "test-exchange", row: null, withheld: true });
    expect(JSON.stringify(data[0])).not.toContain("93");
    expect(data[1]).toMatchObject({ source: "test-open", row: "<i>2</i>,92" });
  });

  it("refuses a cursor that is not its own", async () => {
    const other = await readJson<{ next_cursor: string }>(served.app, "/v1/meetings?limit=1");
    expect((await served.app.request(`/v1/quarantine?cursor=${other.next_cursor}`)).status).toBe(400);
  });

  it("shows them on the page as text, with the sources' terms", async () => {
    const text = await page("/sources");
    expect(text).toContain("<code>&lt;i&gt;3&lt;/i&gt;,93</code>");
    expect(section(text, "sources")).toContain("not to be passed on");
    expect(section(text, "sources").split("1 not used here")[0]).not.toContain("test-off");
  });
});

describe("every page", () => {
  it("has a policy under which nothing inline and nothing foreign runs, and keeps to it", async () => {
    for (const path of PATHS) {
      const response = await served.app.request(path);
      const text = await response.text();
      const policy = response.headers.get("content-security-policy") ?? "";
      expect([path, response.status]).toEqual([path, 200]);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain("unsafe");
      expect(text).not.toMatch(/<style|\sstyle="|\son\w+="|javascript:|<script(?![^>]*\ssrc=)/i);
      expect(text).not.toMatch(/<(?:script|link|img|iframe|form)[^>]*\s(?:src|href|action)="(?!\/(?!\/)|data:)/);
      expect(text).not.toMatch(/href="(?:https?:)?\/\//);
    }
  });

  it("leads nowhere in vain: its files and links on this server answer", async () => {
    const links = new Set<string>();
    for (const path of PATHS) {
      for (const [, link = ""] of (await page(path)).matchAll(/\s(?:href|src)="(\/[^"#]*)/g)) {
        links.add(link.replaceAll("&amp;", "&"));
      }
    }
    expect(links.size).toBeGreaterThan(30);
    for (const link of links) expect([link, (await served.app.request(link)).status]).toEqual([link, 200]);
  });

  it("has one heading of the first order, a language, a title and a way past the navigation", async () => {
    for (const path of PATHS) {
      const text = await page(path);
      expect([path, text.match(/<h1[ >]/g)?.length]).toEqual([path, 1]);
      expect(text).toContain('<html lang="en">');
      expect(text).toMatch(/<title>[^<]+ · cutwatch<\/title>/);
      expect(text.indexOf('<a class="skip" href="#main">')).toBeLessThan(text.indexOf("<nav"));
    }
  });
});

describe("a page that cannot be made", () => {
  const BROWSER = { headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

  it("is to a browser a page that says why, with the status of the reason, and to a program a problem", async () => {
    for (const [path, status, words] of [
      ["/meetings/2025-12-11", 404, "no FOMC meeting of that date is known"],
      ["/meetings/soon", 400, "Cannot read meeting: was &quot;soon&quot;, may be a date"],
      ["/nowhere", 404, "Cannot find /nowhere: no such path"],
      ["/?as_of=never", 400, "Cannot read as_of"],
      ["/?color=red", 400, "Cannot use the parameter"],
    ] as const) {
      const response = await served.app.request(path, BROWSER);
      expect([path, response.status, response.headers.get("content-type")]).toEqual([
        path,
        status,
        "text/html; charset=utf-8",
      ]);
      expect(await response.text()).toContain(words);
      const program = await served.app.request(path);
      expect([program.status, program.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    }
  });

  it("is a friendly one that asks again by itself while the database is away", async () => {
    const other = await testDatabase();
    const broken = serveTest(other.sql);
    await other.drop();
    for (const path of ["/", "/meetings/2025-12-10", "/sources", "/webhooks"]) {
      const response = await broken.app.request(path, BROWSER);
      expect([path, response.status, response.headers.get("retry-after")]).toEqual([path, 503, "2"]);
      expect(await response.text()).toMatch(/<section id="problem" data-retry><h1>No answer just now<\/h1>/);
    }
    expect(broken.errors).toEqual([]);
  });
});

describe("/openapi.json", () => {
  it("is OpenAPI 3.1 and names every resource and its parameters", async () => {
    const document = await readJson<{
      openapi: string;
      paths: Record<string, { get: { parameters: { name: string; in: string }[] } }>;
    }>(served.app, "/openapi.json");
    expect(document.openapi).toBe("3.1.0");
    for (const { path } of RESOURCES) {
      const parameters = document.paths[path]?.get.parameters ?? [];
      expect(parameters.length).toBeGreaterThan(0);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
        expect(parameters).toContainEqual(expect.objectContaining({ name, in: "path", required: true }));
      }
      expect(new Set(parameters.map((parameter) => parameter.name)).size).toBe(parameters.length);
    }
  });

  it("gives examples that the API takes", async () => {
    const text = await page("/docs");
    const examples = [...text.matchAll(/<a href="(\/v1\/[^"]*)"/g)].map((match) =>
      (match[1] ?? "").replaceAll("&amp;", "&"),
    );
    expect(examples.length).toBeGreaterThanOrEqual(RESOURCES.length);
    for (const example of examples)
      expect([example, (await served.app.request(example)).status]).toEqual([example, 200]);
  });
});

describe("/v1/sources", () => {
  const CHECKED = new Date("2025-11-18T10:00:00Z");
  const statusAt = async (now: string, source: string) => {
    const { data } = await readJson<{ data: { source: string; status: string; last_error: string | null }[] }>(
      serveTest(database.sql, { now }).app,
      "/v1/sources",
    );
    return data.find((row) => row.source === source);
  };

  it("says off, stale before the first answer, ok, stale when overdue, failing, and ok again", async () => {
    const check = {
      source: "test-open",
      checkedAt: CHECKED,
      error: null,
      newestAsOf: CHECKED,
      expectedNextAt: new Date("2025-11-18T12:00:00Z"),
    };
    expect(await statusAt("2025-11-18T11:00:00Z", "test-off")).toMatchObject({ status: "off" });
    expect(await statusAt("2025-11-18T11:00:00Z", "test-open")).toMatchObject({ status: "stale", last_error: null });
    await recordCheck(database.sql, check);
    expect(await statusAt("2025-11-18T12:00:00Z", "test-open")).toMatchObject({ status: "ok" });
    expect(await statusAt("2025-11-18T12:00:01Z", "test-open")).toMatchObject({ status: "stale" });
    await recordCheck(database.sql, {
      ...check,
      checkedAt: new Date("2025-11-18T12:30:00Z"),
      error: "no route",
      newestAsOf: null,
      expectedNextAt: null,
    });
    expect(await statusAt("2025-11-18T12:31:00Z", "test-open")).toMatchObject({
      status: "failing",
      last_error: "no route",
    });
    await recordCheck(database.sql, { ...check, checkedAt: new Date("2025-11-18T13:00:00Z"), expectedNextAt: null });
    expect(await statusAt("2025-11-18T13:01:00Z", "test-open")).toMatchObject({ status: "ok", last_error: null });
  });
});
