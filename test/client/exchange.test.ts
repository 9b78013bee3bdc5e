import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClientOptions, ConnectionError, createClient, ProblemError } from "../../src/client/client.ts";
import { hanging, json, problem, type ScriptedServer, scriptedServer } from "./scripted-server.ts";

const KEY = "cw_0123456789abcdef";
const DATED = { Date: "Tue, 18 Nov 2025 12:00:00 GMT" };

function clientOf(server: ScriptedServer, options: Partial<ClientOptions> = {}) {
  return createClient({ baseUrl: "http://odds.example", fetch: server.fetch, ...options });
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it did not fail");
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2025-11-18T12:00:00Z") });
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("createClient()", () => {
  it.each(["ftp://odds.example", "odds.example", "http://desk:secret@odds.example", "http://odds.example/?key=secret"])(
    "refuses the address %s without repeating what may be secret in it",
    (baseUrl) => {
      expect(() => createClient({ baseUrl })).toThrow(/^Cannot use baseUrl: was ".*", may be a URL such as http/);
      expect(() => createClient({ baseUrl })).not.toThrow(/secret/);
    },
  );

  it("refuses a key that no header can carry without repeating it", () => {
    const make = () => createClient({ baseUrl: "http://odds.example", key: "cw_secret\n" });
    expect(make).toThrow(/^Cannot use key: /);
    expect(make).not.toThrow(/secret/);
  });

  it("asks below the path of its address, of the page's own origin when that is empty", async () => {
    const server = scriptedServer(json({ status: "ok" }), json({ status: "ok" }));
    await clientOf(server, { baseUrl: "https://desk.example/odds/" }).health();
    await clientOf(server, { baseUrl: "" }).health();
    expect(server.asked.map(({ address }) => address)).toEqual(["/odds/healthz", "/healthz"]);
  });
});

describe("a question", () => {
  it("writes instants in UTC and lists with commas, and leaves out what is undefined", async () => {
    const server = scriptedServer(json({}), json({ data: [], next_cursor: null }));
    const client = clientOf(server, { key: KEY });
    await client.probabilities({ as_of: new Date("2025-11-17T15:00:00-05:00"), meeting: undefined });
    await client.alerts.list({ types: ["repricing.severe", "meeting.decided"], after: 0 }).page();
    expect(server.asked.map(({ address }) => decodeURIComponent(address))).toEqual([
      "/v1/probabilities?as_of=2025-11-17T20:00:00.000Z",
      "/v1/alerts?types=repricing.severe,meeting.decided&after=0",
    ]);
    expect(server.asked[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
  });

  it("refuses a time that is none before anything is sent", async () => {
    const server = scriptedServer();
    await expect(clientOf(server).probabilities({ as_of: new Date("never") })).rejects.toThrow(
      "Cannot ask with as_of: it is not a time",
    );
    expect(server.asked).toEqual([]);
  });

  it("tells of a problem in the server's words, with the parameter at fault", async () => {
    const body = { detail: "Cannot read as_of: was", parameter: "as_of", was: "x", accepted: "a date" };
    const error = await failureOf(clientOf(scriptedServer(json(body, {}, 400))).probabilities({ as_of: "x" }));
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      name: "ProblemError",
      message: "Cannot read as_of: was",
      status: 400,
      parameter: "as_of",
      was: "x",
      accepted: "a date",
      retryAfterS: null,
      request: "GET /v1/probabilities",
    });
  });

  it.each([
    ["a page of HTML", new Response("<html>bad gateway</html>", { status: 502, statusText: "Bad Gateway" })],
    ["JSON cut off", new Response('{"detail":', { status: 502, headers: { "Content-Type": "application/json" } })],
  ])("tells of the status when a proxy answers with %s", async (_, response) => {
    const error = await failureOf(clientOf(scriptedServer(response)).health());
    expect(error).toMatchObject({ name: "ProblemError", status: 502 });
    expect(error.message).toMatch(/^Cannot GET \/healthz: the answer was 502/);
  });

  it("says so when the answer is not this API's", async () => {
    const login = new Response("<html>please log in</html>", { status: 200 });
    expect(await failureOf(clientOf(scriptedServer(login)).health())).toMatchObject({
      name: "ConnectionError",
      message: "Cannot read /healthz: the answer is not JSON, so it is not this API's",
    });
  });

  it("says why a server is not reached, and does not ask again by itself", async () => {
    const refused = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED 127.0.0.1:8080") });
    const server = scriptedServer(refused);
    const error = await failureOf(clientOf(server).health());
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toBe("Cannot reach http://odds.example: connect ECONNREFUSED 127.0.0.1:8080");
    expect(server.asked).toHaveLength(1);
  });

  it("is given up when no answer came in time", async () => {
    const failing = failureOf(clientOf(scriptedServer(hanging), { timeoutMs: 5_000 }).health());
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await failing).toMatchObject({
      name: "ConnectionError",
      message: "Cannot GET /healthz: no answer within 5000 ms",
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(["its own", "the client's"])("ends with the reason of %s signal", async (whose) => {
    const stop = new AbortController();
    const given = whose === "its own" ? {} : { signal: stop.signal };
    const client = clientOf(scriptedServer(hanging), given);
    const failing = failureOf(client.health(whose === "its own" ? { signal: stop.signal } : {}));
    await vi.advanceTimersByTimeAsync(0);
    stop.abort(new Error("the user left"));
    expect((await failing).message).toBe("the user left");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("asking again", () => {
  const waits = async (server: ScriptedServer, work: Promise<unknown>, upToMs: number) => {
    const times: number[] = [];
    const began = Date.now();
    let seen = 0;
    const settled = work.then(
      () => "answered",
      () => "failed",
    );
    for (let ms = 0; ms <= upToMs; ms += 250) {
      await vi.advanceTimersByTimeAsync(ms === 0 ? 0 : 250);
      for (; seen < server.asked.length; seen++) times.push(Date.now() - began);
    }
    return { times, outcome: await settled };
  };

  it.each([
    ["seconds", "2", 2_000],
    ["a date", "Tue, 18 Nov 2025 12:00:03 GMT", 3_000],
  ])("waits as long as Retry-After says in %s", async (_, after, ms) => {
    const server = scriptedServer(problem(429, "later", { "Retry-After": after, ...DATED }), json({ status: "ok" }));
    expect(await waits(server, clientOf(server).health(), 5_000)).toEqual({ times: [0, ms], outcome: "answered" });
  });

  it("doubles its wait where the server says nothing, and gives up after three times", async () => {
    const server = scriptedServer(...[1, 2, 3, 4].map(() => problem(503, "not now")));
    const { times, outcome } = await waits(server, clientOf(server).health(), 5_000);
    // 500, 1000 and 2000 ms, each spread from half of it to one and a half; random() is 0 here.
    expect({ times, outcome }).toEqual({ times: [0, 250, 750, 1750], outcome: "failed" });
  });

  it.each(["61", "999999999", "Wed, 19 Nov 2025 12:00:00 GMT"])(
    "does not wait for a server that says %s",
    async (after) => {
      const server = scriptedServer(problem(503, "tomorrow", { "Retry-After": after }));
      expect(await failureOf(clientOf(server).health())).toMatchObject({ status: 503, message: "tomorrow" });
    },
  );

  it("does not repeat a command that may have been carried out", async () => {
    const server = scriptedServer(problem(503, "perhaps", { "Retry-After": "1" }));
    await expect(clientOf(server).webhooks.create({ url: "https://bot.example" })).rejects.toThrow("perhaps");
    expect(server.asked).toHaveLength(1);
  });

  it("repeats a command that met 429, with its body", async () => {
    const server = scriptedServer(problem(429, "later", { "Retry-After": "1" }), json({ id: 1 }, {}, 201));
    const { outcome } = await waits(server, clientOf(server).webhooks.create({ url: "https://bot.example" }), 2_000);
    expect(outcome).toBe("answered");
    expect(server.asked.map(({ method, body }) => [method, body])).toEqual(
      Array(2).fill(["POST", '{"url":"https://bot.example"}']),
    );
  });

  it("stops waiting when it is told to", async () => {
    const stop = new AbortController();
    const server = scriptedServer(problem(503, "later", { "Retry-After": "30" }));
    const failing = failureOf(clientOf(server).health({ signal: stop.signal }));
    await vi.advanceTimersByTimeAsync(1_000);
    stop.abort(new Error("the user left"));
    expect((await failing).message).toBe("the user left");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an answer that did not change", () => {
  const unchanged = () => new Response(null, { status: 304 });

  it("is the same object again, and cannot be changed by who has it", async () => {
    const server = scriptedServer(
      json({ meetings: [{ ease: 0.4 }] }, { ETag: '"a"' }),
      unchanged(),
      json({ meetings: [] }),
    );
    const client = clientOf(server);
    const first = await client.probabilities({ meeting: "2025-12-10" });
    expect(await client.probabilities({ meeting: "2025-12-10" })).toBe(first);
    expect(server.asked.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, '"a"']);
    expect(() => Object.assign(first.meetings[0] ?? {}, { ease: 1 })).toThrow(TypeError);
    expect(await client.probabilities({ meeting: "2025-12-10" })).toEqual({ meetings: [] });
  });

  it("is told apart by every part of the question", async () => {
    const server = scriptedServer(json({ n: 1 }, { ETag: '"a"' }), json({ n: 2 }, { ETag: '"b"' }), unchanged());
    const client = clientOf(server);
    await client.probabilities({ meeting: "2025-12-10" });
    await client.probabilities({ meeting: "2026-01-28" });
    expect(await client.probabilities({ meeting: "2026-01-28" })).toEqual({ n: 2 });
    expect(server.asked.map(({ headers }) => headers.get("if-none-match"))).toEqual([null, null, '"b"']);
  });

  it("is forgotten when 200 others were asked for since", async () => {
    const replies = Array.from({ length: 202 }, (_, n) => json({ n }, { ETag: `"${n}"` }));
    const server = scriptedServer(...replies);
    const client = clientOf(server);
    for (let id = 0; id < 201; id++) await client.repricing(id);
    await client.repricing(0);
    expect(server.asked.at(-1)?.headers.get("if-none-match")).toBeNull();
  });
});

describe("List", () => {
  const page = (data: readonly number[], next_cursor: string | null) => json({ data, next_cursor });

  it("gives every row of every page, and asks for a page only when it is needed", async () => {
    const server = scriptedServer(page([1, 2], "b"), page([3], null));
    const rows: unknown[] = [];
    for await (const row of clientOf(server).sources({ limit: 2 })) {
      rows.push(row);
      if (rows.length === 2) expect(server.asked).toHaveLength(1);
    }
    expect(rows).toEqual([1, 2, 3]);
    expect(server.asked.map(({ address }) => address)).toEqual(["/v1/sources?limit=2", "/v1/sources?limit=2&cursor=b"]);
  });

  it("does not ask for ever where a page names itself as the next", async () => {
    const server = scriptedServer(page([1], "b"), page([2], "b"));
    await expect(clientOf(server).sources().all()).rejects.toThrow("the page at b names itself as the next");
  });

  it("joins the pages of a CSV under one line of headings", async () => {
    const csv = (text: string, link: Record<string, string>) => new Response(text, { headers: link });
    const next = { Link: '</v1/sources?cursor=b&format=csv&limit=1>; rel="next"' };
    const server = scriptedServer(csv("source,what\na,x\n", next), csv('source,what\nb,"y\nz"\n', {}));
    expect(await clientOf(server).sources({ limit: 1 }).csv()).toBe('source,what\na,x\nb,"y\nz"\n');
    expect(server.asked.map(({ address }) => address)).toEqual([
      "/v1/sources?limit=1&format=csv",
      "/v1/sources?cursor=b&format=csv&limit=1",
    ]);
  });
});
