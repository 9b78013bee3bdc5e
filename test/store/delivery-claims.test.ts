import type { TransactionSql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ClaimedDelivery, type ClaimQuery, claimDeliveries, nextDueAt } from "../../src/store/delivery-claims.ts";
import { type AttemptEnd, endAttempts } from "../../src/store/delivery-ends.ts";
import { extendLeases } from "../../src/store/delivery-leases.ts";
import { redeliver } from "../../src/store/replay.ts";
import { changeWebhook } from "../../src/store/webhook-changes.ts";
import type { Webhook } from "../../src/store/webhooks.ts";
import { until } from "../jobs/sending.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import {
  addWebhooks as addAnyWebhooks,
  addDeliveries,
  attemptRows,
  deliveryRow,
  emptyQueue,
  expireLeases,
  START,
  type WebhookRow,
} from "./webhook-rows.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterEach(() => emptyQueue(db.sql));
afterAll(() => db.drop());

const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);

/** Webhooks that have taken a message just now, so that they may have several at once. */
const addWebhooks: typeof addAnyWebhooks = (sql, count, row: Partial<WebhookRow> = {}) =>
  addAnyWebhooks(sql, count, { lastSuccessAt: START, ...row });

function claim(query: Partial<ClaimQuery> = {}) {
  const all = { worker: "w", now: START, failing: false, limit: 1000, each: 1000, free: new Map(), after: 0 };
  return claimDeliveries(db.sql, { ...all, ...query });
}

async function claimOne(query: Partial<ClaimQuery> = {}): Promise<ClaimedDelivery> {
  const [claimed] = (await claim(query)).claimed;
  if (claimed === undefined) throw new Error("nothing was claimed");
  return claimed;
}

function endOf(claimed: ClaimedDelivery, end: Partial<AttemptEnd> = {}): AttemptEnd {
  return {
    id: claimed.id,
    fence: claimed.fence,
    attempt: claimed.attempt,
    state: "delivered",
    dueAt: null,
    endedAt: later(1),
    released: false,
    status: 204,
    error: null,
    answer: "",
    durationMs: 12,
    ...end,
  };
}

/** Whether somebody waits for what this transaction holds. */
async function isWaitedFor(tx: TransactionSql): Promise<boolean> {
  const rows = await db.sql`
    select from pg_locks w
    where not w.granted and ${(await tx<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid ?? 0}::integer = any(pg_blocking_pids(w.pid))
  `;
  return rows.length > 0;
}

describe("claimDeliveries()", () => {
  it("gives each of 300 deliveries to one of 6 workers, with one attempt each", async () => {
    const webhooks = await addWebhooks(db.sql, 30);
    const ids = await addDeliveries(db.sql, webhooks, 10);
    const workers = ["a", "b", "c", "d", "e", "f"];
    const claims = await Promise.all(
      workers.map(async (worker) => {
        const had: number[] = [];
        for (let after = 0, whole = false; !whole; ) {
          const { claimed, lastWebhookId } = await claim({ worker, limit: 7, each: 2, after });
          had.push(...claimed.map(({ id }) => id));
          whole = claimed.length === 0 && after === 0;
          after = claimed.length < 7 ? 0 : (lastWebhookId ?? 0);
        }
        return had;
      }),
    );
    expect(claims.flat().sort((a, b) => a - b)).toEqual(ids);
    const [attempts] = await db.sql<{ count: number }[]>`
      select count(*)::integer as count from cutwatch.webhook_attempts where delivery_id = any(${ids}::bigint[])
    `;
    expect(attempts?.count).toBe(ids.length);
  });

  it("takes of each webhook what is due first, no more than asked, and goes on behind a webhook", async () => {
    const [first = 0, second = 0, third = 0] = await addWebhooks(db.sql, 3);
    const [late] = await addDeliveries(db.sql, [first], 1, { name: "late", dueAt: later(-5) });
    const [early] = await addDeliveries(db.sql, [first], 1, { name: "early", dueAt: later(-9) });
    await addDeliveries(db.sql, [first, second, third], 20);
    const one = await claim({ each: 2, limit: 5 });
    expect(one.claimed.slice(0, 2).map(({ id }) => id)).toEqual([early, late]);
    expect(one.claimed.slice(2).map(({ webhookId }) => webhookId)).toEqual([second, second, third]);
    const behind = await claim({ each: 3, after: first, free: new Map([[second, 0]]) });
    expect(behind.claimed.map(({ webhookId }) => webhookId)).toEqual([third, third, third]);
    expect(behind.lastWebhookId).toBe(third);
  });

  it("takes one of an endpoint that has not taken a message for ten minutes, however many it may have", async () => {
    const webhooks = await addAnyWebhooks(db.sql, 2);
    const stale = await addAnyWebhooks(db.sql, 1, { lastSuccessAt: later(-601) });
    const proven = await addAnyWebhooks(db.sql, 1, { lastSuccessAt: later(-599) });
    await addDeliveries(db.sql, [...webhooks, ...stale, ...proven], 5);
    const { claimed } = await claim({ each: 3 });
    const counts = [...webhooks, ...stale, ...proven].map((id) => claimed.filter((c) => c.webhookId === id).length);
    expect(counts).toEqual([1, 1, 1, 3]);
  });

  it("does not let 10,000 messages to one endpoint stand before those of others", async () => {
    const [busy = 0, quiet = 0] = await addWebhooks(db.sql, 2);
    await addDeliveries(db.sql, [busy], 10_000, { dueAt: later(-60) });
    const [wanted] = await addDeliveries(db.sql, [quiet], 1);
    const { claimed } = await claim({ each: 8, limit: 512 });
    expect(claimed).toHaveLength(9);
    expect(claimed.map(({ id }) => id)).toContain(wanted);
  });

  it("leaves what is not due, held, disabled, deleted or of the other lane", async () => {
    const [due = 0] = await addWebhooks(db.sql, 1);
    const [disabled = 0] = await addWebhooks(db.sql, 1, { enabled: false });
    const [failing = 0] = await addWebhooks(db.sql, 1, { failingSince: later(-60) });
    const [deleted = 0] = await addWebhooks(db.sql, 1);
    await db.sql`update cutwatch.webhooks set deleted_at = now() where id = ${deleted}::bigint`;
    await addDeliveries(db.sql, [due, disabled, failing, deleted], 1);
    await addDeliveries(db.sql, [due], 1, { name: "later", dueAt: later(1) });
    expect((await claim()).claimed.map(({ webhookId }) => webhookId)).toEqual([due]);
    expect((await claim()).claimed).toEqual([]);
    expect((await claim({ failing: true })).claimed.map(({ webhookId }) => webhookId)).toEqual([failing]);
  });

  it("marks what is too old as expired, without an attempt, unless a person asked for it", async () => {
    const webhooks = await addWebhooks(db.sql, 1, { maxAgeS: 60 });
    const [old = 0] = await addDeliveries(db.sql, webhooks, 1, { recordedAt: later(-61) });
    const asked = { name: "asked", recordedAt: later(-61), askedFor: true };
    const [wanted = 0] = await addDeliveries(db.sql, webhooks, 1, asked);
    const [fresh = 0] = await addDeliveries(db.sql, webhooks, 1, { name: "fresh", recordedAt: later(-60) });
    const { claimed, expired } = await claim();
    expect(expired).toBe(1);
    expect(claimed.map(({ id }) => id)).toEqual([wanted, fresh]);
    expect(await deliveryRow(db.sql, old)).toMatchObject({ state: "expired", attempts: 0, finished_at: START });
    expect(await attemptRows(db.sql, old)).toEqual([]);
  });

  it("hands out the previous secret only while it signs", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    await db.sql`
      update cutwatch.webhooks
      set previous_secret = 'old'::bytea, previous_until = ${later(10).toISOString()}::timestamptz
      where id = ${webhook}::bigint
    `;
    await addDeliveries(db.sql, [webhook], 2);
    expect((await claimOne({ limit: 1 })).previousSecret).toEqual(Buffer.from("old"));
    expect((await claimOne({ limit: 1, now: later(10) })).previousSecret).toBeNull();
  });
});

describe("the format of a message", () => {
  const setFormat = (webhook: number, format: string) =>
    db.sql`update cutwatch.webhooks set format = ${format} where id = ${webhook}::bigint`;

  it("is the webhook's when it is first attempted, and the same from then on, whoever attempts it", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [tried = 0, untried = 0] = await addDeliveries(db.sql, [webhook], 2);
    const first = await claimOne({ limit: 1 });
    expect([first.id, first.format]).toEqual([tried, "standard"]);
    await endAttempts(db.sql, [endOf(first, { state: "pending", dueAt: START, status: 500, error: "Answered 500" })]);
    await setFormat(webhook, "slack");
    const formats = (claims: readonly ClaimedDelivery[]) => new Map(claims.map(({ id, format }) => [id, format]));
    const second = await claim({ worker: "other" });
    expect(formats(second.claimed)).toEqual(
      new Map([
        [tried, "standard"],
        [untried, "slack"],
      ]),
    );
    // A process died with both: they may have been sent.
    await expireLeases(db.sql, [tried, untried]);
    await setFormat(webhook, "discord");
    expect(formats((await claim()).claimed)).toEqual(formats(second.claimed));
  });

  it("is open again when the webhook has another address and another format, and only with both", async () => {
    for (const [change, wanted] of [
      [{ url: "https://hooks.slack.com/services/a", format: "slack" }, "slack"],
      [{ url: "https://elsewhere.example/" }, "standard"],
      [{ format: "slack" }, "standard"],
    ] as const) {
      const [webhook = 0] = await addWebhooks(db.sql, 1);
      const [id] = await addDeliveries(db.sql, [webhook], 1);
      const first = await claimOne();
      await endAttempts(db.sql, [endOf(first, { state: "pending", dueAt: START, status: 500, error: "Answered 500" })]);
      const settings = ({ subscription, ...rest }: Webhook) => ({
        ...rest,
        ...("url" in change ? { url: change.url } : {}),
        subscription: { ...subscription, ...("format" in change ? { format: change.format } : {}) },
      });
      await changeWebhook(db.sql, { id: webhook, tenant: null }, settings, START);
      expect(await claimOne()).toMatchObject({ id, attempt: 2, format: wanted });
      await emptyQueue(db.sql);
    }
  });

  it("is open again when the first attempt was given back with nothing sent, and only then", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1);
    const released = { state: "pending", released: true, status: null, error: "released" } as const;
    await endAttempts(db.sql, [endOf(await claimOne(), released)]);
    await setFormat(webhook, "slack");
    const sent = await claimOne();
    expect([sent.id, sent.format]).toEqual([id, "slack"]);
    await endAttempts(db.sql, [endOf(sent, { state: "pending", dueAt: START, status: 500 })]);
    await setFormat(webhook, "discord");
    await endAttempts(db.sql, [endOf(await claimOne(), released)]);
    expect((await claimOne()).format).toBe("slack");
  });

  it("is left alone by what expires", async () => {
    const webhooks = await addWebhooks(db.sql, 1, { maxAgeS: 60, format: "slack" });
    const [old = 0] = await addDeliveries(db.sql, webhooks, 1, { recordedAt: later(-61) });
    await claim();
    expect(await db.sql`select format from cutwatch.webhook_deliveries where id = ${old}::bigint`).toEqual([
      { format: null },
    ]);
  });

  it.each([
    ["delivered", "standard"],
    ["failed", "slack"],
    ["parked", "slack"],
    ["expired", "slack"],
  ] as const)("of a message that a person asks for again, %s before, is then %s", async (state, format) => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1);
    await endAttempts(db.sql, [endOf(await claimOne(), { state })]);
    await setFormat(webhook, "slack");
    await redeliver(db.sql, id, START);
    expect(await claimOne()).toMatchObject({ id, format });
  });

  it("stays when a person asks for a message that waits for its next attempt", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1);
    await endAttempts(db.sql, [endOf(await claimOne(), { state: "pending", dueAt: later(600), status: 500 })]);
    await setFormat(webhook, "slack");
    await redeliver(db.sql, id, START);
    expect(await claimOne()).toMatchObject({ id, format: "standard", tries: 1 });
  });
});

describe("a lease", () => {
  it("passes to another when it has run out; the first owner can end the attempt but not the delivery", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const first = await claimOne({ worker: "stopped" });
    await expireLeases(db.sql, [id]);
    const second = await claimOne({ worker: "other", now: later(40) });
    expect([first.fence, first.attempt, first.tries]).toEqual([1, 1, 1]);
    expect([second.fence, second.attempt, second.tries]).toEqual([2, 2, 2]);
    expect(await extendLeases(db.sql, [first])).toEqual(new Set());

    expect(await endAttempts(db.sql, [endOf(first, { state: "failed", status: 500 })])).toEqual(new Set());
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "pending", last_status: null });
    expect(await endAttempts(db.sql, [endOf(second)])).toEqual(new Set([id]));
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "delivered", last_status: 204, lease_until: null });
    expect(await attemptRows(db.sql, id)).toMatchObject([
      { number: 1, worker: "stopped", status: 500 },
      { number: 2, worker: "other", status: 204 },
    ]);
    // What is over stays over, whoever comes late.
    expect(await endAttempts(db.sql, [endOf(second, { state: "failed" })])).toEqual(new Set());
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "delivered" });
  });

  it("is still good for an end when it has run out and nobody took it", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const held = await claimOne();
    await expireLeases(db.sql, [id]);
    expect(await endAttempts(db.sql, [endOf(held)])).toEqual(new Set([id]));
  });

  it("lasts longer with each sign of life", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const held = await claimOne();
    await expireLeases(db.sql, [id]);
    expect(await extendLeases(db.sql, [held])).toEqual(new Set([id]));
    expect((await claim({ now: later(60) })).claimed).toEqual([]);
  });

  it("leaves the attempt of a process that died in sight", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    await claimOne({ worker: "dead" });
    await expireLeases(db.sql, [id]);
    await endAttempts(db.sql, [endOf(await claimOne({ worker: "alive" }))]);
    expect(await attemptRows(db.sql, id)).toMatchObject([
      { worker: "dead", finished_at: null, status: null },
      { worker: "alive", finished_at: later(1) },
    ]);
  });
});

describe("endAttempts()", () => {
  it("puts back what failed for its next attempt, and what was released as if it had not been claimed", async () => {
    const [failed = 0, given = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 2);
    const claims = new Map((await claim()).claimed.map((claimed) => [claimed.id, claimed]));
    const [one, two] = [claims.get(failed), claims.get(given)];
    if (one === undefined || two === undefined) throw new Error("not claimed");
    const none = { status: null, answer: null, durationMs: null };
    await endAttempts(db.sql, [
      endOf(one, { state: "pending", dueAt: later(5), error: "Answered 500", status: 500 }),
      endOf(two, { ...none, state: "pending", released: true, error: "released" }),
    ]);
    expect(await deliveryRow(db.sql, failed)).toMatchObject({
      ...{ state: "pending", tries: 1, attempts: 1, due_at: later(5), lease_until: null },
      ...{ last_status: 500, last_error: "Answered 500" },
    });
    expect(await deliveryRow(db.sql, given)).toMatchObject({ tries: 0, attempts: 1, due_at: START, last_error: null });
    expect(await claimOne()).toMatchObject({ id: given, attempt: 2, tries: 1, fence: 2 });
  });

  it("ends what another changes at the same moment, and neither before it nor twice", async () => {
    await addDeliveries(db.sql, await addWebhooks(db.sql, 4), 10);
    const { claimed } = await claim();
    const odd = claimed.filter((_, index) => index % 2 === 1);
    let ending: Promise<ReadonlySet<number>> = Promise.resolve(new Set());
    await db.sql.begin(async (tx) => {
      // Still open, so that the ends find these as they were and must wait for them.
      await extendLeases(tx, odd);
      ending = endAttempts(db.sql, claimed.map((one) => endOf(one)).toReversed());
      await until(() => isWaitedFor(tx));
    });
    const ended = await ending;
    expect([...ended].sort((one, other) => one - other)).toEqual(claimed.map(({ id }) => id).sort((a, b) => a - b));
    for (const { id } of claimed)
      expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "delivered", attempts: 1 });
    // A second end of the same changes nothing.
    expect(
      await endAttempts(
        db.sql,
        claimed.map((one) => endOf(one, { state: "failed" })),
      ),
    ).toEqual(new Set());
  });

  it("ends nothing that another took over while it waited", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const held = await claimOne();
    let ending: Promise<ReadonlySet<number>> = Promise.resolve(new Set());
    await db.sql.begin(async (tx) => {
      await tx`update cutwatch.webhook_deliveries set fence = fence + 1 where id = ${id}::bigint`;
      ending = endAttempts(db.sql, [endOf(held)]);
      await until(() => isWaitedFor(tx));
    });
    expect(await ending).toEqual(new Set());
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "pending" });
    // That it was sent is true all the same.
    expect(await attemptRows(db.sql, id)).toMatchObject([{ status: 204 }]);
  });

  it("keeps an answer that holds a NUL", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    await endAttempts(db.sql, [endOf(await claimOne(), { answer: "a\0b" })]);
    expect((await attemptRows(db.sql, id))[0]?.answer).toBe("a\uFFFDb");
  });
});

describe("nextDueAt()", () => {
  it("is null for an empty queue and for webhooks that are disabled", async () => {
    expect(await nextDueAt(db.sql)).toBeNull();
    await addDeliveries(db.sql, await addWebhooks(db.sql, 1, { enabled: false }), 1);
    expect(await nextDueAt(db.sql)).toBeNull();
  });

  it("is the earliest due instant, and the end of the lease for what is held", async () => {
    const webhooks = await addWebhooks(db.sql, 2);
    await addDeliveries(db.sql, webhooks, 2, { dueAt: later(9) });
    const [id = 0] = await addDeliveries(db.sql, webhooks.slice(1), 1, { name: "first", dueAt: later(3) });
    expect(await nextDueAt(db.sql)).toEqual(later(3));
    await claimOne({ now: later(3) });
    expect(await nextDueAt(db.sql)).toEqual(later(9));
    for (const other of (await claim({ now: later(9) })).claimed) await endAttempts(db.sql, [endOf(other)]);
    expect(await nextDueAt(db.sql)).toEqual((await deliveryRow(db.sql, id)).lease_until);
  });
});
