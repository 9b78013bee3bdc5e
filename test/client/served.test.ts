import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { RESOURCES } from "../../src/api/openapi.ts";
import { OPERATIONS } from "../../src/api/operations.ts";
import { type Listening, listen } from "../../src/api/server.ts";
import {
  type Client,
  createClient,
  ProblemError,
  type SnapshotTold,
  type StreamEvent,
  type StreamState,
} from "../../src/client/client.ts";
import { storedKey } from "../api/keys.ts";
import { ASKED, sampleDatabase } from "../api/sample-repricings.ts";
import { type Served, serveTest } from "../api/served.ts";
import { storeFresh } from "../api/stream-episode.ts";
import type { TestDatabase } from "../setup/database.ts";

let database: TestDatabase;
let served: Served;
let server: Listening;
let client: Client;
let keyed: Client;
/** status of each answer, in order */
const statuses: number[] = [];

beforeAll(async () => {
  database = await sampleDatabase();
  served = serveTest(database.sql, { now: ASKED, secretKey: new Uint8Array(32).fill(7) });
  const observe = (_: unknown, status: number) => statuses.push(status);
  server = await listen({ app: served.app, host: "127.0.0.1", port: 0, observe });
  client = createClient({ baseUrl: server.url });
  const { key } = await storedKey(database.sql, "webhooks", "client");
  keyed = createClient({ baseUrl: server.url, key });
});
afterAll(async () => {
  await server.close(0);
  await database.drop();
});

/** Whether a value has exactly the form that the API documents for a path. */
function fits(form: z.ZodType | null | undefined, value: unknown): void {
  expect(form?.safeParse(value)).toEqual({ success: true, data: value });
}

function formOf(path: string): z.ZodType | undefined {
  return RESOURCES.find((resource) => resource.path === path)?.answer;
}

function answerOf(operationId: string): z.ZodType | null | undefined {
  return OPERATIONS.find((operation) => operation.operationId === operationId)?.answer;
}

describe("the client at a server", () => {
  const QUESTIONS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
    "/v1/probabilities": (to) => to.probabilities({ as_of: "2025-11-17", meeting: "2025-12-10" }),
    "/v1/shifts": (to) => to.shifts({ meeting: "2025-12-10", as_of: "2025-11-17", window: "1m" }),
    "/v1/meetings": (to) => to.meetings({ from: "2025-01-01" }).page(),
    "/v1/meetings/{meeting}/history": (to) => to.history("2025-12-10", { range: "350-375", from: "2025-11-01" }).page(),
    "/v1/decisions": (to) => to.decisions({ from: "2025-01-01", to: "2025-12-31" }).page(),
    "/v1/repricings": (to) => to.repricings({ meeting: "2025-12-10", min_severity: "sharp" }).page(),
    "/v1/repricings/{id}": async (to) => {
      const [first] = (await to.repricings({ meeting: "2025-12-10" }).page()).data;
      return to.repricing(first?.id ?? 0);
    },
    "/v1/alerts": (to) => to.alerts.list({ after: 0 }).page(),
    "/v1/markets": (to) => to.markets({ from: "2025-10-17", to: "2025-11-17" }),
    "/v1/scores": (to) => to.scores({ horizon: 30 }).page(),
    "/v1/assets": (to) => to.assets().page(),
    "/v1/assets/{symbol}/closes": (to) => to.closes("BTC", { from: "2025-11-01" }).page(),
    "/v1/sources": (to) => to.sources().page(),
    "/v1/quarantine": (to) => to.quarantine().page(),
  };

  it.each(RESOURCES.map(({ path }) => path))("asks %s and answers what the API documents", async (path) => {
    const ask = QUESTIONS[path];
    if (ask === undefined) throw new Error(`Cannot ask ${path}: the client has no method for it`);
    fits(formOf(path), await ask(client));
  });

  it("has the figures that CME published", async () => {
    const { meetings } = await client.probabilities({ as_of: "2025-11-17", meeting: "2025-12-10" });
    // CME FedWatch for the settlement of 17 Nov 2025: 42.3571 %.
    const outcome = meetings[0]?.outcomes.find(({ lower_bp }) => lower_bp === 350);
    expect(outcome?.probability).toBeCloseTo(0.423571, 5);
  });

  it("takes an answer that did not change from memory", async () => {
    const ask = () => client.probabilities({ as_of: "2025-11-14" });
    const first = await ask();
    statuses.length = 0;
    expect(await ask()).toBe(first);
    expect(statuses).toEqual([304]);
  });

  it("gives the same rows whatever the size of a page", async () => {
    const rows = await client.history("2025-12-10", { range: "350-375" }).all();
    expect(rows.length).toBeGreaterThan(20);
    expect(await client.history("2025-12-10", { range: "350-375", limit: 7 }).all()).toEqual(rows);
    const items = await client.alerts.list().all();
    expect(await client.alerts.list({ limit: 1 }).all()).toEqual(items);
  });

  it("gives every row of a list as CSV", async () => {
    const whole = await client.closes("BTC").csv();
    expect(await client.closes("BTC", { limit: 9 }).csv()).toBe(whole);
    expect(whole.trim().split("\n")).toHaveLength(1 + (await client.closes("BTC").all()).length);
  });

  it("tells of problems in the API's words", async () => {
    const error = await client.probabilities({ as_of: "yesterday" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 400, parameter: "as_of", was: "yesterday" });
    expect(String(error)).toMatch(/^ProblemError: Cannot read as_of: was "yesterday", may be a date/);
    await expect(client.webhooks.list().page()).rejects.toMatchObject({ status: 401 });
  });

  it("reads what is about the service", async () => {
    expect(await client.health()).toEqual({ status: "ok", version: "0.0.0-test" });
    expect(await client.ready()).toEqual({ status: "ready" });
    expect(await client.openApi()).toMatchObject({ openapi: "3.1.0" });
    expect(await client.metrics()).toContain("# HELP");
    expect(await client.drawing("badge", { meeting: "2025-12-10", as_of: "2025-11-17" })).toMatch(/^<svg/);
  });

  it("follows the feed from where one stopped", async () => {
    const items = await client.alerts.list().all();
    const [second, third] = [items[1], items[2]];
    if (second === undefined || third === undefined) throw new Error("the sample has fewer than three alerts");
    for await (const item of client.alerts.follow({ after: second.data.sequence })) {
      expect(item).toEqual(third);
      break;
    }
  });
});

describe("client.webhooks", () => {
  it("does what the API documents, one thing after the other", async () => {
    const done = new Set<string>();
    const told = <T>(operationId: string, value: T): T => {
      fits(answerOf(operationId), value);
      done.add(operationId);
      return value;
    };
    const rules = [{ meeting: "2025-12-10", measure: "at_most", range: "350-375", crosses_pct: 50 } as const];
    const made = told(
      "create_webhook",
      await keyed.webhooks.create({ url: "https://bot.example/hook", rules, min_severity: "severe" }),
    );
    expect(made.secret).toMatch(/^whsec_/);
    const { id } = made;
    expect(told("list_webhooks", await keyed.webhooks.list().page()).data.map((one) => one.id)).toEqual([id]);
    expect(told("read_webhook", await keyed.webhooks.get(id)).rules).toEqual(rules);
    expect(told("update_webhook", await keyed.webhooks.update(id, { min_severity: null })).min_severity).toBe("sharp");
    const rotated = told("rotate_webhook_secret", await keyed.webhooks.rotateSecret(id));
    expect(rotated.secret).not.toBe(made.secret);
    // The first secret still signs: it is ended only by who says so.
    await expect(keyed.webhooks.rotateSecret(id, { force: false })).rejects.toMatchObject({ status: 409 });
    const forced = told("rotate_webhook_secret", await keyed.webhooks.rotateSecret(id, { force: true }));
    expect(new Set([made.secret, rotated.secret, forced.secret]).size).toBe(3);
    const queued = told("test_webhook", await keyed.webhooks.test(id));
    expect(told("read_delivery", await keyed.deliveries.get(queued.delivery_id)).type).toBe("webhook.test");
    expect(told("redeliver", await keyed.deliveries.redeliver(queued.delivery_id))).toEqual(queued);
    const replayed = told("replay_webhook", await keyed.webhooks.replay(id, { since: "2025-10-01", only: "missing" }));
    expect(replayed.queued).toBeGreaterThan(0);
    const log = told("list_deliveries", await keyed.webhooks.deliveries(id, { state: "pending", limit: 2 }).page());
    expect(log.data).toHaveLength(2);
    expect(await keyed.webhooks.deliveries(id, { limit: 2 }).all()).toHaveLength(replayed.queued + 1);
    const dry = told(
      "try_webhook",
      await keyed.webhooks.dryRun({ min_severity: "sharp", from: new Date("2025-10-01") }),
    );
    expect(dry.messages.length).toBeGreaterThan(0);
    expect(await keyed.webhooks.delete(id)).toBeUndefined();
    await expect(keyed.webhooks.get(id)).rejects.toMatchObject({ status: 404 });
    done.add("delete_webhook");
    expect(OPERATIONS.map(({ operationId }) => operationId).filter((one) => !done.has(one))).toEqual([]);
  });
});

describe("client.stream()", () => {
  /** Told when the connection stands as named. */
  function watcher() {
    const waiting: { state: StreamState["state"]; resolve: () => void }[] = [];
    return {
      onState: ({ state }: StreamState) => {
        for (const one of waiting) if (one.state === state) one.resolve();
      },
      until: (state: StreamState["state"]) => new Promise<void>((resolve) => waiting.push({ state, resolve })),
    };
  }

  it("tells what is recorded, also what was recorded while the server was away, and nothing twice", async () => {
    const second = serveTest(database.sql, { now: ASKED });
    const first = await listen({ app: second.app, host: "127.0.0.1", port: 0 });
    const { port } = new URL(first.url);
    const { onState, until } = watcher();
    const stop = new AbortController();
    const open = until("open");
    const events = createClient({ baseUrl: first.url }).stream({ events: ["snapshot"], onState, signal: stop.signal });
    const next = async () => {
      const { value } = await events.next();
      if (value === undefined) throw new Error("the stream ended");
      return value;
    };
    const one = next();
    await open;
    await storeFresh(database.sql, 1);
    second.announce("snapshots");
    const seen: StreamEvent[] = [await one];
    const gone = until("waiting");
    const two = next();
    await first.close(0);
    await gone;
    await storeFresh(database.sql, 2);
    const again = await listen({
      app: serveTest(database.sql, { now: ASKED }).app,
      host: "127.0.0.1",
      port: Number(port),
    });
    try {
      seen.push(await two, await next());
      const ids = await database.sql<{ id: number }[]>`select id from cutwatch.snapshots order by id desc limit 3`;
      expect(seen.map(({ id }) => Number(id.split(".")[0]))).toEqual(ids.map(({ id }) => Number(id)).reverse());
      expect(Object.keys(seen[0]?.data ?? {}).sort()).toEqual(SNAPSHOT_MEMBERS);
    } finally {
      stop.abort();
      await again.close(0);
    }
  });
});

/** Members of the type, so that one which is added to either is noticed. */
const SNAPSHOT_MEMBERS = Object.keys({
  as_of: true,
  trade_date: true,
  recorded_at: true,
  grid: true,
  basis: true,
  method: true,
  source: true,
  sample: true,
  undecided_meeting: true,
  meetings: true,
  url: true,
} satisfies Record<Exclude<keyof SnapshotTold, "withheld">, true>).sort();
