import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { listen as listenOn } from "../../src/api/server.ts";
import {
  changedSources,
  type Place,
  parsePlace,
  placeText,
  type SourceStatus,
  standingOf,
} from "../../src/api/stream-place.ts";
import { recordSnapshots } from "../../src/store/snapshots.ts";
import { recordCheck } from "../../src/store/source-health.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { seedEpisode } from "./episode.ts";
import { freshDraft, Listener, listen, type Streamed, storeAlert, storeFresh, streamTest } from "./stream-episode.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await seedEpisode(database.sql);
});
afterAll(() => database.drop());

const open: Streamed[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const { stop } of open.splice(0)) stop.abort();
});

function streaming(options: Parameters<typeof streamTest>[1] = {}): Streamed {
  const streamed = streamTest(database.sql, options);
  open.push(streamed);
  return streamed;
}

const STATUSES: readonly SourceStatus[] = ["ok", "stale", "failing", "off"];
const sourceList = fc.uniqueArray(fc.record({ source: fc.string(), status: fc.constantFrom(...STATUSES) }), {
  selector: ({ source }) => source,
  maxLength: 20,
});
const number = fc.integer({ min: 0, max: 1e14 });

describe("parsePlace()", () => {
  it("gives back the place that was written", () => {
    fc.assert(
      fc.property(number, number, fc.option(sourceList), (snapshot, feed, sources) => {
        const place: Place = { snapshot, feed, sources: sources === null ? "" : standingOf(sources) };
        expect(parsePlace(placeText(place))).toEqual(place);
      }),
      { seed: 5 },
    );
  });

  it.each(["", "12", "1.2.3", "-1.0", "1.2.zzzz-o", "1e3.4", "0.0 "])("does not take %j for a place", (text) => {
    expect(parsePlace(text)).toBeNull();
  });
});

describe("changedSources()", () => {
  it("tells those that stand otherwise, and the last of them leads to how all stand", () => {
    fc.assert(
      fc.property(sourceList, fc.infiniteStream(fc.constantFrom(...STATUSES)), (then, statuses) => {
        const now = then.map(({ source }) => ({ source, status: statuses.next().value }));
        const changed = changedSources(now, standingOf(then));
        const expected = now.filter(({ status }, i) => status !== then[i]?.status);
        expect(changed.map(({ source }) => source)).toEqual(expected);
        expect(changed.at(-1)?.sources ?? standingOf(then)).toBe(standingOf(now));
      }),
      { seed: 5 },
    );
  });

  it("goes on where it stopped among several", () => {
    const now = ["a", "b", "c"].map((source) => ({ source, status: "ok" as const }));
    const [first] = changedSources(now, "");
    expect(changedSources(now, first?.sources ?? "").map(({ source }) => source.source)).toEqual(["b", "c"]);
  });

  it("tells all when there are other sources", () => {
    const then = standingOf([{ source: "a", status: "ok" }]);
    expect(changedSources([{ source: "b", status: "ok" }], then)).toHaveLength(1);
  });
});

describe("GET /v1/stream", () => {
  it("tells a snapshot that is recorded, with its figures and its address", async () => {
    const streamed = streaming();
    const listener = await listen(streamed);
    await storeFresh(database.sql, 1);
    streamed.announce();
    const [told] = await listener.take(1);
    expect(told?.event).toBe("snapshot");
    expect(told?.data).toMatchObject({
      trade_date: "2025-11-17",
      grid: "settlement",
      basis: "settlement",
      source: "test-exchange",
    });
    const meetings = told?.data.meetings as { meeting: string; expected_rate_bp: number }[];
    expect(meetings[0]?.meeting).toBe("2025-12-10");
    expect(meetings[0]?.expected_rate_bp).toBeCloseTo(376.6, 0);
    const url = new URL(String(told?.data.url));
    expect(url.origin + url.pathname).toBe("https://odds.example/v1/probabilities");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ as_of: "2025-11-17", basis: "settlement" });
  });

  it("tells an alert exactly as the feed has it, after the snapshot that raised it", async () => {
    const streamed = streaming();
    const listener = await listen(streamed);
    await storeFresh(database.sql, 1);
    const sequence = await storeAlert(database.sql, "as-the-feed");
    streamed.announce();
    const told = await listener.take(2);
    expect(told.map(({ event }) => event)).toEqual(["snapshot", "alert"]);
    expect(told[1]?.data).toEqual({
      type: "repricing.sharp",
      timestamp: "2025-11-17T22:00:00.000Z",
      data: { alert_key: "as-the-feed", sequence },
    });
  });

  it("tells only what was asked for, and goes on after what was not", async () => {
    const streamed = streaming();
    const listener = await listen(streamed, "?events=alert");
    await storeFresh(database.sql, 2);
    await storeAlert(database.sql, "lesser", { primary: false });
    await storeAlert(database.sql, "only-this");
    streamed.announce();
    const [told] = await listener.take(1);
    expect(told?.data).toMatchObject({ data: { alert_key: "only-this" } });
    await storeAlert(database.sql, "missed");
    const later = await listen(streamed, `?events=alert&last_event_id=${told?.id}`);
    expect((await later.take(1))[0]?.data).toMatchObject({ data: { alert_key: "missed" } });
  });

  it("tells everything once and in order, however often clients leave and come back, to any process", async () => {
    const processes = [streaming(), streaming(), streaming()];
    const probe = await listen(processes[0] as Streamed);
    let place = probe.text.slice(probe.text.indexOf("id: ") + 4).trim();
    const told: string[] = [];
    let stored = 0;
    const random = seeded(20_251_210);
    for (let round = 0; round < 12; round++) {
      const streamed = processes[round % processes.length] as Streamed;
      const listener = new Listener(
        await streamed.app.request("/v1/stream", { headers: { "Last-Event-ID": place, Connection: "keep-alive" } }),
      );
      const before = stored;
      for (let i = random(4); i >= 0; i--) {
        if (random(2) === 0) await storeFresh(database.sql, 1);
        else await storeAlert(database.sql, `walk-${stored}`);
        stored++;
        if (random(2) === 0) streamed.announce();
      }
      streamed.announce();
      // It leaves in the middle of what it is told, or after all of it.
      const events = await listener.take(random(before < told.length ? 1 : stored - told.length) + 1);
      told.push(...events.map(({ event, data }) => `${event} ${keyOf(event, data)}`));
      place = events.at(-1)?.id ?? place;
      await listener.leave();
    }
    const last = await listen(processes[1] as Streamed, `?last_event_id=${place}`);
    const rest = stored - told.length;
    if (rest > 0) {
      const events = await last.take(rest);
      told.push(...events.map(({ event, data }) => `${event} ${keyOf(event, data)}`));
    }
    expect(told).toHaveLength(stored);
    expect(new Set(told).size).toBe(stored);
    for (const kind of ["snapshot", "alert"]) {
      const keys = told.filter((key) => key.startsWith(kind)).map((key) => Number(key.split(" ")[1]));
      expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    }
  });

  it("misses nothing that transactions commit in another order than they began", async () => {
    const streamed = streaming();
    const listener = await listen(streamed);
    const recordedAt = new Date("2025-11-18T03:00:00Z");
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let written: () => void = () => undefined;
    const hasWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const [one, two] = [freshDraft(), freshDraft()];
    const first = database.sql.begin(async (tx) => {
      await recordSnapshots(tx, [one], recordedAt);
      written();
      await held;
    });
    await hasWritten;
    const second = database.sql.begin((tx) => recordSnapshots(tx, [two], recordedAt));
    streamed.announce();
    await storeAlert(database.sql, "while-held");
    streamed.announce();
    expect((await listener.take(1))[0]?.event).toBe("alert");
    finish();
    await first;
    await second;
    streamed.announce();
    const told = await listener.take(2);
    expect(told.map(({ event }) => event)).toEqual(["snapshot", "snapshot"]);
    const numbers = told.map(({ id }) => Number(id.split(".")[0]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it("misses nothing of many writers at once while it reads", async () => {
    const streamed = streaming();
    const listener = await listen(streamed, "?events=snapshot");
    const drafts = Array.from({ length: 12 }, () => freshDraft());
    const writing = drafts.map(async (draft) => {
      await database.sql.begin((tx) => recordSnapshots(tx, [draft], new Date("2025-11-18T04:00:00Z")));
      streamed.announce();
    });
    await Promise.all(writing);
    const numbers = (await listener.take(12)).map(({ id }) => Number(id.split(".")[0]));
    expect(new Set(numbers).size).toBe(12);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it("tells a source whose status changed, once, by news and by the clock", async () => {
    const streamed = streaming();
    const listener = await listen(streamed, "?events=source");
    const check = { source: "test-open", newestAsOf: null, expectedNextAt: new Date("2025-11-18T13:00:00Z") };
    await recordCheck(database.sql, { ...check, checkedAt: new Date("2025-11-18T11:00:00Z"), error: null });
    streamed.announce("sources");
    const [good] = await listener.take(1);
    expect(good?.data).toMatchObject({ source: "test-open", status: "ok", redistributable: true, quarantined: 0 });
    await recordCheck(database.sql, { ...check, checkedAt: new Date("2025-11-18T11:30:00Z"), error: null });
    streamed.now = new Date("2025-11-18T13:00:01Z");
    streamed.announce("sources");
    const [late] = await listener.take(1);
    expect(late?.data).toMatchObject({
      source: "test-open",
      status: "stale",
      last_success_at: "2025-11-18T11:30:00.000Z",
    });
    // Back from before both changes: they are told as they stand. Back from now: nothing is.
    const other = streaming();
    other.now = streamed.now;
    const back = await listen(other, `?events=source&last_event_id=${good?.id}`);
    expect((await back.take(1))[0]?.data).toMatchObject({ source: "test-open", status: "stale" });
    const current = await listen(other, `?last_event_id=${late?.id}`);
    await storeAlert(database.sql, "after-the-source");
    other.announce();
    expect((await current.take(1))[0]?.event).toBe("alert");
  });

  it("leaves a published figure out for others where figures are withheld", async () => {
    const streamed = streaming({ withhold: true });
    const own = await listen(streamed, "?events=snapshot", { incoming: { socket: { remoteAddress: "127.0.0.1" } } });
    const other = await listen(streamed, "?events=snapshot", {
      incoming: { socket: { remoteAddress: "203.0.113.5" } },
    });
    await storeFresh(database.sql, 1, { method: "published", basis: "published" });
    await storeFresh(database.sql, 1);
    streamed.announce();
    const rates = async (listener: Listener) =>
      (await listener.take(2)).map(({ data }) => {
        const [first] = data.meetings as { expected_rate_bp: number | null }[];
        return [first?.expected_rate_bp !== null, data.withheld ?? false];
      });
    expect(await rates(own)).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(await rates(other)).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  it("cuts a client that reads too slowly, which comes back and has lost nothing", async () => {
    const streamed = streaming({ mostPendingBytes: 3_000 });
    const slow = await listen(streamed, "?events=snapshot");
    const place = slow.text.slice(slow.text.indexOf("id: ") + 4).trim();
    const quick = await listen(streamed, "?events=snapshot");
    const quickly: string[] = [];
    for (let i = 0; i < 8; i++) {
      await storeFresh(database.sql, 1);
      streamed.announce();
      quickly.push(...(await quick.take(1)).map(({ id }) => id));
    }
    await expect(slow.take(8)).rejects.toThrow("bytes waited to be read");
    expect(streamed.hub.clientCount).toBe(1);
    const back = await listen(streamed, `?events=snapshot&last_event_id=${place}`);
    expect((await back.take(8)).map(({ id }) => id)).toEqual(quickly);
  });

  it("takes so many clients and no more, and forgets those that left", async () => {
    const streamed = streaming({ mostClients: 2 });
    const first = await listen(streamed);
    await listen(streamed);
    const refused = await streamed.app.request("/v1/stream");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
    await first.leave();
    expect(streamed.hub.clientCount).toBe(1);
    expect((await streamed.app.request("/v1/stream")).status).toBe(200);
  });

  it("asks the database only while somebody listens, every 2 s without being told", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const streamed = streaming();
    expect(vi.getTimerCount()).toBe(0);
    const listener = await listen(streamed, "?events=snapshot");
    await storeFresh(database.sql, 1);
    vi.advanceTimersByTime(2_000);
    expect(await listener.take(1)).toHaveLength(1);
    await listener.leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins from now, and says so, with a place that stays ahead of the database for 10 s", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const streamed = streaming();
    const now = await listen(streamed);
    const place = /^id: (.*)$/m.exec(now.text)?.[1] ?? "";
    const listener = await listen(streamed, "?events=snapshot&last_event_id=999999.999999");
    const settle = async () => {
      // Each wave of the shared reading ends with the others' place being known.
      const other = await listen(streamed);
      await other.leave();
    };
    await settle();
    vi.advanceTimersByTime(8_000);
    await settle();
    expect(listener.text).not.toContain("event:");
    vi.advanceTimersByTime(4_000);
    const [reset] = await listener.take(1);
    expect(reset).toEqual({
      event: "reset",
      id: place,
      data: { last_event_id: "999999.999999", reason: "ahead of all that is stored: begins from now" },
    });
    await storeFresh(database.sql, 1);
    streamed.announce();
    expect(await listener.take(1)).toMatchObject([{ event: "snapshot" }]);
  });

  it("waits for a replica that is behind, and tells nothing twice", async () => {
    const streamed = streaming();
    const first = await listen(streamed);
    const [snapshot = 0, feed = 0] = (/^id: (\d+)\.(\d+)/m.exec(first.text) ?? []).slice(1).map(Number);
    const listener = await listen(streamed, `?events=snapshot&last_event_id=${snapshot + 1}.${feed}`);
    await storeFresh(database.sql, 2);
    streamed.announce();
    const [told] = await listener.take(1);
    expect(told?.event).toBe("snapshot");
    expect(Number(told?.id.split(".")[0])).toBeGreaterThan(snapshot + 1);
  });

  it("shows every 15 s that it lives", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const listener = await listen(streaming());
    vi.advanceTimersByTime(15_000);
    await listener.until(": still here\n\n");
    expect(listener.text.startsWith("retry: 3000\n\n")).toBe(true);
  });

  it("reports a database that is gone once, keeps its clients, and goes on when it is back", async () => {
    let gone = false;
    const sql = new Proxy(database.sql, {
      apply: (target, that, given) => {
        if (gone) throw new Error("connection lost");
        return Reflect.apply(target, that, given);
      },
    });
    const streamed = streamTest(sql);
    open.push(streamed);
    const listener = await listen(streamed, "?events=alert");
    gone = true;
    for (let i = 0; i < 3; i++) {
      streamed.announce();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(streamed.errors).toHaveLength(1);
    gone = false;
    await storeAlert(database.sql, "after-the-outage");
    streamed.announce();
    expect(await listener.take(1)).toHaveLength(1);
  });

  it("begins anew after a restore, which is no news", async () => {
    const streamed = streaming();
    const listener = await listen(streamed, "?events=alert");
    await storeAlert(database.sql, "restored");
    streamed.announce("restored");
    await listener.more();
    await storeAlert(database.sql, "after-the-restore");
    streamed.announce();
    expect((await listener.take(1))[0]?.data).toMatchObject({ data: { alert_key: "after-the-restore" } });
  });

  it.each([
    ["?events=alert,weather", "events"],
    ["?last_event_id=yesterday", "last_event_id"],
    ["?since=1", "since"],
  ])("refuses %s", async (query, parameter) => {
    const response = await streaming().app.request(`/v1/stream${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ parameter });
  });

  it("refuses a Last-Event-ID that is none, and answers HEAD without opening", async () => {
    const streamed = streaming();
    const refused = await streamed.app.request("/v1/stream", { headers: { "Last-Event-ID": "x" } });
    expect(refused.status).toBe(400);
    const head = await streamed.app.request("/v1/stream", { method: "HEAD" });
    expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    expect(streamed.hub.clientCount).toBe(0);
  });
});

describe("the stream over HTTP", () => {
  it("sends at once, frees what a client that left held, and ends when the server stops", async () => {
    const streamed = streaming();
    const server = await listenOn({ app: streamed.app, host: "127.0.0.1", port: 0 });
    try {
      const leaving = new AbortController();
      const first = new Listener(await fetch(`${server.url}/v1/stream`, { signal: leaving.signal }));
      await first.until("id: ");
      const second = new Listener(await fetch(`${server.url}/v1/stream`));
      await second.until("id: ");
      leaving.abort();
      await vi.waitFor(() => expect(streamed.hub.clientCount).toBe(1));
      streamed.stop.abort();
      while (await second.more()) expect(second.text).not.toContain("event:");
      expect((await fetch(`${server.url}/v1/stream`)).status).toBe(503);
    } finally {
      await server.close(20_000);
    }
  });

  it("cuts the connection of a client that does not read", async () => {
    const streamed = streaming({ mostPendingBytes: 400_000 });
    const server = await listenOn({ app: streamed.app, host: "127.0.0.1", port: 0 });
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    try {
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(`GET /v1/stream?events=alert HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
      await new Promise((resolve) => socket.once("readable", resolve));
      // What the kernel keeps for both sides comes before our own limit: some megabytes.
      for (let i = 0; i < 60 && streamed.hub.clientCount === 1; i++) {
        await storeAlert(database.sql, `large-${i}`, { padding: "x".repeat(300_000) });
        streamed.announce();
      }
      await vi.waitFor(() => expect(streamed.hub.clientCount).toBe(0));
      socket.on("error", () => undefined).resume();
      await closed;
    } finally {
      socket.destroy();
      await server.close(20_000);
    }
  });
});

function keyOf(event: string, data: Record<string, unknown>): number {
  if (event === "alert") return Number((data.data as { sequence: number }).sequence);
  const known = new URL(String(data.url)).searchParams.get("known_at");
  return Date.parse(known ?? "");
}

/** Whole numbers below a bound, the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
