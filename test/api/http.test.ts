import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RESOURCES } from "../../src/api/openapi.ts";
import { parameterObjects } from "../../src/api/openapi-parts.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { draftOf, seedEpisode, store } from "./episode.ts";
import { readJson, type Served, serveTest } from "./served.ts";

let database: TestDatabase;
let served: Served;

beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
  served = serveTest(database.sql);
});
afterAll(() => database.drop());

const LOOPBACK = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };

async function problemAt(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
  const response = await served.app.request(path, init);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = (await response.json()) as Record<string, unknown>;
  expect(body.status).toBe(response.status);
  return body;
}

describe("a question that cannot be read", () => {
  it.each([
    ["/v1/probabilities?as_of=2025-02-30", "as_of", "2025-02-30"],
    ["/v1/probabilities?as_of=1989-12-31", "as_of", "1989-12-31"],
    ["/v1/probabilities?as_of=2025-11-17T20:00:00", "as_of", "2025-11-17T20:00:00"],
    ["/v1/probabilities?known_at=yesterday", "known_at", "yesterday"],
    ["/v1/probabilities?method=cme_article", "method", "cme_article"],
    ["/v1/probabilities?grid=hourly", "grid", "hourly"],
    ["/v1/probabilities?basis=", "basis", ""],
    ["/v1/meetings?limit=0", "limit", "0"],
    ["/v1/meetings?limit=1001", "limit", "1001"],
    ["/v1/meetings?cursor=abc", "cursor", "abc"],
    ["/v1/meetings/2025-12-10/history?range=351-376", "range", "351-376"],
    ["/v1/meetings/2025-12-10/history?range=350-400", "range", "350-400"],
    ["/v1/meetings/2025-12-10/history", "range", null],
    ["/v1/meetings/2025-12-10/history?measure=expected_rate&range=350-375", "range", "350-375"],
    ["/v1/meetings/nonsense/history?range=350-375", "meeting", "nonsense"],
    ["/v1/shifts", "meeting", null],
    ["/v1/shifts?meeting=2025-12-10&window=2d", "window", "2d"],
    ["/v1/shifts?meeting=2025-12-10&from=2025-11-10", "to", null],
    ["/v1/shifts?meeting=2025-12-10&from=2025-11-17&to=2025-11-10", "from", "2025-11-17"],
    ["/v1/assets/DOGE/closes", "symbol", "DOGE"],
    ["/?as_of=tomorrow", undefined, undefined],
  ])("%s: 400 with the parameter, what it was and what it may be", async (path, parameter, was) => {
    const problem = await problemAt(path);
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining("may be") });
    if (parameter !== undefined) expect(problem).toMatchObject({ parameter, was, accepted: expect.any(String) });
  });

  it("names the parameters that are known when one is not", async () => {
    expect(await problemAt("/v1/probabilities?asof=2025-11-17")).toMatchObject({
      status: 400,
      parameter: "asof",
      detail: expect.stringContaining("as_of, meeting, method, grid, basis, known_at"),
    });
  });

  it("refuses a parameter given twice", async () => {
    expect(await problemAt("/v1/probabilities?as_of=2025-11-17&as_of=2025-11-10")).toMatchObject({
      status: 400,
      parameter: "as_of",
    });
  });

  it.each([
    "/v1/meetings/2025-12-11/history?range=350-375",
    "/v1/shifts?meeting=2025-12-11",
    "/v1/probabilities?meeting=2025-12-11",
  ])("%s: 404 naming the neighbours of an unknown meeting", async (path) => {
    expect(await problemAt(path)).toMatchObject({
      status: 404,
      detail: expect.stringMatching(/2025-12-10 and 2026-01-28/),
    });
  });

  it("is 404 for a known meeting that the reading does not cover, naming what it covers", async () => {
    const problem = await problemAt("/v1/probabilities?meeting=2025-10-29&as_of=2025-11-17");
    expect(problem).toMatchObject({ status: 404, detail: expect.stringContaining("from 2025-12-10 to 2026-04-29") });
  });

  it("is 404 for another path and 405 with Allow for another verb", async () => {
    expect(await problemAt("/v2/nothing")).toMatchObject({ status: 404 });
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const response = await served.app.request("/v1/probabilities", { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD");
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });
});

describe("any query string at all", () => {
  const TEXTS = [
    "2025-11-17",
    "2025-12-10",
    "1h",
    "350-375",
    "expected_rate",
    "at_most",
    "csv",
    "1",
    "",
    "'",
    "\u0000",
    "9999-99-99",
  ];
  const NAMES = [...new Set(RESOURCES.flatMap((resource) => parameterObjects(resource).map(({ name }) => name)))];
  const paths = fc.constantFrom(
    ...RESOURCES.map((resource) => resource.path.replace("{meeting}", "2025-12-10").replace("{symbol}", "BTC")),
    "/",
    "/docs",
    "/v1/meetings/%zz/history",
  );
  const pairs = fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 5 })),
      fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "binary", maxLength: 30 })),
    ),
    { maxLength: 4 },
  );

  it("never makes an error of ours, and every error is a problem", async () => {
    await fc.assert(
      fc.asyncProperty(paths, pairs, async (path, query) => {
        const search = query.map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
        const response = await served.app.request(`${path}?${search.join("&")}`);
        expect(response.status).toBeLessThan(500);
        if (response.status !== 200) expect(response.headers.get("content-type")).toBe("application/problem+json");
        await response.arrayBuffer();
      }),
      { numRuns: 400, seed: 20251217 },
    );
    expect(served.errors).toEqual([]);
  });
});

describe("an answer's ETag", () => {
  const path = "/v1/probabilities?as_of=2025-11-17";

  it("is strong, and the same for the same bytes whatever the order of the parameters", async () => {
    const one = await served.app.request(`${path}&meeting=2025-12-10`);
    const other = await served.app.request("/v1/probabilities?meeting=2025-12-10&as_of=2025-11-17");
    expect(one.headers.get("etag")).toMatch(/^"[\w-]{27}"$/);
    expect(other.headers.get("etag")).toBe(one.headers.get("etag"));
    expect(await other.text()).toBe(await one.text());
  });

  it("answers 304 without a body to a caller that has the bytes", async () => {
    const etag = (await served.app.request(path)).headers.get("etag") ?? "";
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await served.app.request(path, { headers: { "If-None-Match": tag } });
      expect([response.status, await response.text(), response.headers.get("etag")]).toEqual([304, "", etag]);
    }
    expect((await served.app.request(path, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });

  it("changes if and only if the bytes change", async () => {
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const fresh = serveTest(other.sql);
      const read = async () => {
        const response = await fresh.app.request(path);
        return { etag: response.headers.get("etag"), body: await response.text() };
      };
      const first = await read();
      fresh.announce("snapshots");
      expect(await read()).toEqual(first); // announced, though nothing changed
      await store(other.sql, [draftOf("2025-11-17", 0.5)], new Date("2025-11-18T02:00:00Z"));
      expect(await read()).toEqual(first); // not announced yet: from memory
      fresh.announce("snapshots");
      const second = await read();
      expect(second.body).not.toBe(first.body);
      expect(second.etag).not.toBe(first.etag);
    } finally {
      await other.drop();
    }
  });

  it("comes from memory for a second at most where announcements do not arrive", async () => {
    const other = await testDatabase();
    try {
      await seedEpisode(other.sql);
      const deaf = serveTest(other.sql);
      deaf.live = false;
      const first = await (await deaf.app.request(path)).text();
      await store(other.sql, [draftOf("2025-11-17", 0.5)], new Date("2025-11-18T02:00:00Z"));
      expect(await (await deaf.app.request(path)).text()).toBe(first);
      deaf.now = new Date(deaf.now.getTime() + 1000);
      expect(await (await deaf.app.request(path)).text()).not.toBe(first);
    } finally {
      await other.drop();
    }
  });

  it("comes with HEAD too, and the length, without the body", async () => {
    const whole = await served.app.request(path);
    const head = await served.app.request(path, { method: "HEAD" });
    expect(head.headers.get("etag")).toBe(whole.headers.get("etag"));
    expect(head.headers.get("content-length")).toBe(String((await whole.arrayBuffer()).byteLength));
    expect(await head.text()).toBe("");
  });
});

describe("a list", () => {
  it("comes as CSV with the names of the JSON answer", async () => {
    const response = await served.app.request("/v1/meetings?from=2025-09-01&to=2025-10-31&format=csv");
    expect(response.headers.get("content-type")).toMatch(/^text\/csv/);
    const [head, ...lines] = (await response.text()).trimEnd().split("\r\n");
    expect(head).toBe(
      "meeting,effective_date,scheduled,status,target_after_lower_bp,target_after_upper_bp,change_bp,announced_at,recorded_at,source",
    );
    expect(lines).toEqual([
      "2025-09-17,2025-09-18,true,decided,400,425,-25,2025-09-17T18:00:00.000Z,2025-11-18T01:00:00.000Z,test-exchange",
      "2025-10-29,2025-10-30,true,decided,375,400,-25,2025-10-29T18:00:00.000Z,2025-11-18T01:00:00.000Z,test-exchange",
    ]);
  });

  it("names its next page, in the body and in Link", async () => {
    const response = await served.app.request("/v1/assets/BTC/closes?limit=2");
    const body = (await response.json()) as { data: { date: string }[]; next_cursor: string };
    expect(body.data.map((row) => row.date)).toEqual(["2025-11-15", "2025-11-16"]);
    expect(response.headers.get("link")).toBe(`</v1/assets/BTC/closes?cursor=${body.next_cursor}&limit=2>; rel="next"`);
    const next = await readJson(served.app, `/v1/assets/BTC/closes?limit=2&cursor=${body.next_cursor}`);
    expect(next).toMatchObject({ data: [{ date: "2025-11-17", close: 92093.88 }], next_cursor: null });
  });

  it("refuses the cursor of another list", async () => {
    const { next_cursor } = await readJson<{ next_cursor: string }>(served.app, "/v1/assets/BTC/closes?limit=1");
    expect(await problemAt(`/v1/meetings?cursor=${next_cursor}`)).toMatchObject({ status: 400, parameter: "cursor" });
  });
});

describe("withheld figures", () => {
  const price = async (app: Served["app"], env?: object, headers: Record<string, string> = {}) => {
    const response = await app.request("/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10", { headers }, env);
    const { meetings } = (await response.json()) as {
      meetings: { contracts: { price: number | null; withheld?: true }[] }[];
    };
    return meetings[0]?.contracts[0];
  };

  it("are null with a mark for others, and given on this machine", async () => {
    const { app } = serveTest(database.sql, { withhold: true });
    expect(await price(app, LOOPBACK)).toMatchObject({ price: 96.13 });
    expect(await price(app)).toMatchObject({ price: null, withheld: true });
    expect(await price(app, { incoming: { socket: { remoteAddress: "203.0.113.9" } } })).toMatchObject({
      withheld: true,
    });
    expect(await price(app, LOOPBACK, { "X-Forwarded-For": "127.0.0.1" })).toMatchObject({
      price: null,
      withheld: true,
    });
  });

  it("are only those whose licence forbids passing them on", async () => {
    const { app } = serveTest(database.sql, { withhold: true });
    expect(await readJson(app, "/v1/assets/BTC/closes?from=2025-11-17")).toMatchObject({ data: [{ close: 92093.88 }] });
    expect(await readJson(app, "/v1/assets/NDX/closes")).toMatchObject({ data: [{ close: null, withheld: true }] });
  });
});

describe("when the database is away", () => {
  it("liveness stays, readiness goes, questions are 503 with Retry-After, without SQL or stack", async () => {
    const other = await testDatabase();
    const gone = serveTest(other.sql);
    await other.drop();
    expect((await gone.app.request("/healthz")).status).toBe(200);
    expect((await gone.app.request("/readyz")).status).toBe(503);
    const response = await gone.app.request("/v1/probabilities");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await response.text()).not.toMatch(/select|cutwatch\.|node_modules/);
  });

  it("an error of our own is 500 without its message, and reported", async () => {
    const failing = Object.assign(() => Promise.reject(new Error("secret select")), {}) as never;
    const { app, errors } = serveTest(failing);
    const response = await app.request("/v1/sources");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(errors).toHaveLength(1);
  });
});
