import { createParser, type EventSourceMessage } from "eventsource-parser";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient, type StreamState } from "../../src/client/client.ts";
import { EventFrames } from "../../src/client/event-frames.ts";
import { events, hanging, json, problem, type ScriptedServer, scriptedServer } from "./scripted-server.ts";

const SEED = 20251210;

/** Bytes cut into pieces, in the middle of characters too. */
const pieces = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 40 })).map(([whole, sizes]) => {
    const bytes = new TextEncoder().encode(whole);
    const cut: Uint8Array[] = [];
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      cut.push(bytes.slice(at, at + size));
      at += size;
    }
    return { whole, cut };
  });

const line = fc.oneof(
  fc.constantFrom("", "data", "data:", "id", "event", "retry: 20", "retry: x", ": beat", "id: 1.2", "event: alert"),
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, "")}`),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\r\n\0]/g, "")),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 30 })
  .map((lines) => lines.map(([text, end]) => text + end).join(""));

describe("EventFrames", () => {
  it("reads the events that the reference parser reads, however the bytes are cut", () => {
    fc.assert(
      fc.property(pieces(stream), ({ whole, cut }) => {
        const wanted: EventSourceMessage[] = [];
        createParser({ onEvent: (event) => wanted.push(event) }).feed(whole);
        const frames = new EventFrames();
        const found = cut.flatMap((bytes) => frames.read(bytes)).filter(({ data }) => data !== null);
        const told = found.map(({ event, data, id }) => ({ event, data, id }));
        expect(told).toEqual(wanted.map(({ event = "message", data, id = null }) => ({ event, data, id })));
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it("keeps the id of a frame without data, which no event carries", () => {
    const frames = new EventFrames().read(new TextEncoder().encode("retry: 3000\n\nid: 4.2\n\n"));
    expect(frames).toEqual([
      { event: "message", data: null, id: null, retryMs: 3000 },
      { event: "message", data: null, id: "4.2", retryMs: null },
    ]);
  });

  it("refuses an event without an end", () => {
    const frames = new EventFrames();
    const much = new TextEncoder().encode("x".repeat(3_000_000));
    frames.read(much);
    expect(() => frames.read(much)).toThrow("Cannot read the stream: an event has more than 4000000 characters");
  });
});

describe("client.stream()", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  const told = (id: string, event = "alert") => `id: ${id}\nevent: ${event}\ndata: {"n":"${id}"}\n\n`;

  /** Reads until `count` events came or it ended; time passes as it waits. */
  async function read(server: ScriptedServer, count: number, options: { events?: ("alert" | "source")[] } = {}) {
    const states: StreamState[] = [];
    const client = createClient({ baseUrl: "http://odds.example", fetch: server.fetch });
    const ids: string[] = [];
    const reading = (async () => {
      for await (const event of client.stream({ ...options, onState: (state) => states.push(state) })) {
        expect(event.data).toEqual({ n: event.id });
        if (ids.push(event.id) === count) break;
      }
    })().catch((error: Error) => error);
    await vi.advanceTimersByTimeAsync(400_000);
    return {
      ids,
      states,
      error: await reading,
      waits: states.flatMap((one) => (one.state === "open" ? [] : [one.waitMs])),
    };
  }

  it("goes on where a connection ended, also when all it was told there was its place", async () => {
    const server = scriptedServer(
      events(["retry: 3000\n\nid: 1.1\n\n"]),
      events([told("1.2"), told("1.3")]),
      events([told("1.4")]),
    );
    const { ids, states } = await read(server, 3, { events: ["alert", "source"] });
    expect(ids).toEqual(["1.2", "1.3", "1.4"]);
    expect(server.asked.map(({ address }) => decodeURIComponent(address))).toEqual([
      "/v1/stream?events=alert,source",
      "/v1/stream?events=alert,source&last_event_id=1.1",
      "/v1/stream?events=alert,source&last_event_id=1.3",
    ]);
    expect(states.map(({ state }) => state)).toEqual(["open", "waiting", "open", "waiting", "open"]);
  });

  it("tells of a beginning anew whatever was asked for, and goes on from there", async () => {
    const server = scriptedServer(events([told("9.9"), told("1.1", "reset")]), events([told("1.2")]));
    const { ids } = await read(server, 3, { events: ["alert"] });
    expect(ids).toEqual(["9.9", "1.1", "1.2"]);
    expect(server.asked.at(-1)?.address).toContain("last_event_id=1.1");
  });

  it("waits longer with each failure, up to a minute, and as the server says", async () => {
    const refused = new TypeError("fetch failed");
    const server = scriptedServer(
      ...[1, 2, 3, 4, 5, 6].map(() => refused),
      problem(503, "stopping", { "Retry-After": "90" }),
      events([`retry: 1000\n\n${told("1.1")}`]),
      refused,
      events([told("1.2")]),
    );
    const { ids, waits } = await read(server, 2);
    expect(ids).toEqual(["1.1", "1.2"]);
    expect(waits).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 90_000, 1_000, 2_000]);
  });

  it("throws what would be refused again", async () => {
    const { error, ids } = await read(scriptedServer(problem(401, "Cannot use the key: it is not known")), 1);
    expect({ error, ids }).toMatchObject({ error: { name: "ProblemError", status: 401 }, ids: [] });
  });

  it("takes a connection of which nothing is heard for 45 s for dead", async () => {
    const server = scriptedServer(events([told("1.1")], { ends: false }), events([told("1.2")]));
    const { ids, states } = await read(server, 2);
    expect(ids).toEqual(["1.1", "1.2"]);
    expect(states[1]).toMatchObject({
      state: "waiting",
      error: { message: "Cannot go on: nothing was heard for 45 s" },
    });
  });

  it("passes over events that it does not know, and keeps its place", async () => {
    const server = scriptedServer(events([told("1.1", "novelty")]), events([told("1.2")]));
    expect((await read(server, 1)).ids).toEqual(["1.2"]);
    expect(server.asked[1]?.address).toBe("/v1/stream?last_event_id=1.1");
  });

  it.each(["while it listens", "while it waits", "before it begins"])(
    "ends without an error when told %s",
    async (when) => {
      const stop = new AbortController();
      const server = scriptedServer(when === "while it waits" ? new TypeError("fetch failed") : hanging);
      const client = createClient({ baseUrl: "http://odds.example", fetch: server.fetch });
      if (when === "before it begins") stop.abort();
      const reading = client.stream({ signal: stop.signal }).next();
      await vi.advanceTimersByTimeAsync(500);
      stop.abort();
      expect(await reading).toEqual({ done: true, value: undefined });
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("ends when it is stopped while a connection is made by a fetch that cannot be broken off", async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream<Uint8Array>({ cancel: cancelled });
    const stop = new AbortController();
    const slow = () => new Promise<Response>((resolve) => setTimeout(() => resolve(new Response(body)), 1_000));
    const client = createClient({ baseUrl: "http://odds.example", fetch: slow });
    const reading = client.stream({ signal: stop.signal }).next();
    await vi.advanceTimersByTimeAsync(500);
    stop.abort();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await reading).toEqual({ done: true, value: undefined });
    expect(cancelled).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("closes the connection when its events are no longer wanted", async () => {
    const cancelled = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(told("1.1"))),
      cancel: cancelled,
    });
    await read(scriptedServer(new Response(body)), 1);
    expect(cancelled).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("client.alerts.follow()", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const page = (...numbers: readonly number[]) =>
    json({ data: numbers, next_cursor: numbers.length === 0 ? null : String(numbers.at(-1)) });

  it("gives all there is, then what is new, and waits out what may pass", async () => {
    const server = scriptedServer(
      page(1, 2),
      page(3),
      page(),
      new TypeError("fetch failed"),
      new TypeError("fetch failed"),
      page(5),
    );
    const client = createClient({ baseUrl: "http://odds.example", fetch: server.fetch });
    const trouble: number[] = [];
    const found: unknown[] = [];
    const reading = (async () => {
      const following = client.alerts.follow({ intervalMs: 10_000, onTrouble: (_, waitMs) => trouble.push(waitMs) });
      for await (const item of following) if (found.push(item) === 4) break;
    })();
    await vi.advanceTimersByTimeAsync(60_000);
    await reading;
    expect(found).toEqual([1, 2, 3, 5]);
    expect(trouble).toEqual([10_000, 20_000]);
    expect(server.asked.map(({ address }) => address.replace("/v1/alerts?", ""))).toEqual(
      [0, 2, 3, 3, 3, 3].map((after) => `after=${after}`),
    );
  });

  it("throws what would be refused again", async () => {
    const server = scriptedServer(problem(400, "Cannot read after"));
    const client = createClient({ baseUrl: "http://odds.example", fetch: server.fetch });
    await expect(client.alerts.follow({ after: -1 }).next()).rejects.toThrow("Cannot read after");
  });
});
