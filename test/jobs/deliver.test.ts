import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DISABLED_AFTER_DAYS } from "../../jobs/delivery-results.ts";
import { openDatabase } from "../../src/store/connect.ts";
import { queueTest } from "../../src/store/replay.ts";
import { RETRY_DELAYS_S } from "../../src/webhooks/retry.ts";
import { newSecret } from "../../src/webhooks/secret.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import {
  addDeliveries,
  addWebhooks,
  attemptRows,
  deliveryRow,
  emptyQueue,
  expireLeases,
  START,
} from "../store/webhook-rows.ts";
import { answer, openAnswer, type Sending, startSending, until } from "./sending.ts";

let db: TestDatabase;
let sendings: Sending[] = [];
beforeAll(async () => {
  db = await testDatabase();
});
afterEach(async () => {
  await Promise.all(sendings.map((sending) => sending.stop(0)));
  sendings = [];
  await emptyQueue(db.sql);
});
afterAll(() => db.drop());

const DAY_S = 86_400;
const later = (seconds: number) => new Date(START.getTime() + seconds * 1000);

function start(...args: Parameters<typeof startSending> extends [unknown, ...infer Rest] ? Rest : never): Sending {
  const sending = startSending(db.sql, ...args);
  sendings.push(sending);
  return sending;
}

async function states(ids: readonly number[]): Promise<Record<string, number>> {
  const rows = await db.sql<{ state: string; count: number }[]>`
    select state, count(*)::integer as count
    from cutwatch.webhook_deliveries
    where id = any(${ids}::bigint[])
    group by state
  `;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

async function hook(id: number) {
  const [row] = await db.sql<
    { enabled: boolean; disabled_reason: string | null; failing_since: Date | null; last_success_at: Date | null }[]
  >`
    select enabled, disabled_reason, failing_since, last_success_at from cutwatch.webhooks where id = ${id}::bigint
  `;
  return row;
}

describe("startDeliveries()", () => {
  it("sends each message once, however many processes send, and each attempt is one POST", async () => {
    const ids = await addDeliveries(db.sql, await addWebhooks(db.sql, 40), 10);
    const workers = ["a", "b", "c"].map((worker) => start(() => answer(204), { worker }));
    await until(async () => (await states(ids)).delivered === ids.length);
    const posts = workers.flatMap((worker) => worker.posts.map(({ id }) => id));
    expect(posts).toHaveLength(ids.length);
    expect(new Set(posts).size).toBe(ids.length);
    const [attempts] = await db.sql<{ count: number }[]>`
      select count(*)::integer as count
      from cutwatch.webhook_attempts
      where delivery_id = any(${ids}::bigint[]) and status = 204 and finished_at is not null
    `;
    expect(attempts?.count).toBe(ids.length);
  });

  it("signs what it sends, as the official library checks it, with the previous secret too for its time", async () => {
    const [secret, previous] = [newSecret(), newSecret()];
    const [id = 0] = await addWebhooks(db.sql, 1, { secret });
    const [old = 0] = await addWebhooks(db.sql, 1, { secret: previous, enabled: false });
    await db.sql`
      update cutwatch.webhooks w
      set previous_secret = o.secret, previous_until = ${later(60).toISOString()}::timestamptz
      from cutwatch.webhooks o
      where w.id = ${id}::bigint and o.id = ${old}::bigint
    `;
    const now = new Date();
    await db.sql`update cutwatch.webhooks set previous_until = ${new Date(now.getTime() + 60_000).toISOString()}::timestamptz where id = ${id}::bigint`;
    await addDeliveries(db.sql, [id], 1);
    const sending = start(() => answer(204), { now: () => now });
    await until(() => sending.posts.length === 1);
    const { body, headers } = sending.posts[0] ?? { body: new Uint8Array(), headers: {} };
    for (const each of [secret, previous]) {
      const verified = new Webhook(each).verify(Buffer.from(body).toString(), headers) as { data: unknown };
      expect(verified.data).toEqual({ n: 1, webhook: id });
    }
  });

  it("tries again on the schedule with the same id and body, and gives up visibly when it is over", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1);
    let now = START;
    const sending = start(() => answer(503, { answer: "down" }), { now: () => now });
    const dues: number[] = [];
    for (let tries = 1; tries <= RETRY_DELAYS_S.length; tries++) {
      await until(async () => (await attemptRows(db.sql, id))[tries - 1]?.finished_at instanceof Date);
      const { state, due_at } = await deliveryRow(db.sql, id);
      if (state !== "pending") break;
      dues.push((due_at.getTime() - now.getTime()) / 1000);
      now = due_at;
      sending.wake();
    }
    expect(dues).toEqual(RETRY_DELAYS_S.slice(1));
    expect(await deliveryRow(db.sql, id)).toMatchObject({
      ...{ state: "failed", tries: RETRY_DELAYS_S.length, attempts: RETRY_DELAYS_S.length, finished_at: now },
      ...{ last_status: 503, last_error: "Answered 503" },
    });
    expect((await attemptRows(db.sql, id)).at(-1)).toMatchObject({ status: 503, answer: "down" });
    expect(new Set(sending.posts.map((post) => post.id))).toEqual(new Set([`msg_${webhook}_t1`]));
    expect(new Set(sending.posts.map((post) => Buffer.from(post.body).toString())).size).toBe(1);
    const times = sending.posts.map((post) => post.headers["webhook-timestamp"]);
    expect(new Set(times).size).toBe(RETRY_DELAYS_S.length);
  });

  it("sends the same bytes again after the webhook's format was changed, and what was never tried in the new one", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1);
    let now = START;
    const sending = start(() => answer(sending.posts.length === 1 ? 503 : 204), { now: () => now });
    await until(async () => (await deliveryRow(db.sql, id)).last_status === 503);
    await db.sql`update cutwatch.webhooks set format = 'slack' where id = ${webhook}::bigint`;
    now = later(5);
    const untried = (await queueTest(db.sql, webhook, now))?.deliveryId ?? 0;
    sending.wake();
    await until(async () => (await states([id, untried])).delivered === 2);
    const texts = (isTried: boolean) =>
      sending.posts
        .filter((post) => (post.id === `msg_${webhook}_t1`) === isTried)
        .map((post) => Buffer.from(post.body).toString());
    const [first, again] = texts(true);
    expect(again).toBe(first);
    expect(JSON.parse(first ?? "")).toMatchObject({ type: "webhook.test" });
    expect(JSON.parse(texts(false)[0] ?? "")).toHaveProperty("blocks");
  });

  it("records a refusal of the guard and a POST that throws as failed attempts", async () => {
    const [refused = 0, thrown = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 2), 1);
    const why = "Cannot call this webhook: 10.0.0.1 is private";
    const answers = [answer(null, { error: why, refused: true }), null];
    const sending = start(() => {
      const given = answers[sending.posts.length - 1];
      if (given === null || given === undefined) throw new Error("no network");
      return given;
    });
    await until(async () => [refused, thrown].every((id) => id > 0) && sending.posts.length === 2);
    await until(async () => (await deliveryRow(db.sql, thrown)).last_error !== null);
    await until(async () => (await deliveryRow(db.sql, refused)).last_error !== null);
    expect(await deliveryRow(db.sql, refused)).toMatchObject({ state: "pending", due_at: later(5), last_error: why });
    expect(await deliveryRow(db.sql, thrown)).toMatchObject({ due_at: later(5), last_error: "no network" });
  });

  it("parks a message that cannot be written after three tries, and sends the others", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1, { name: "bad" });
    // No message of this body can be written for a chat.
    await db.sql`update cutwatch.webhooks set secret = 'not sealed'::bytea where id = ${webhook}::bigint`;
    const good = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 3);
    let now = START;
    const sending = start(() => answer(204), { now: () => now });
    for (let tries = 1; tries <= 3; tries++) {
      await until(async () => (await attemptRows(db.sql, id))[tries - 1]?.finished_at instanceof Date);
      now = (await deliveryRow(db.sql, id)).due_at;
      sending.wake();
    }
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "parked", tries: 3, attempts: 3 });
    expect((await deliveryRow(db.sql, id)).last_error).toContain("Cannot open a webhook secret");
    await until(async () => (await states(good)).delivered === 3);
    expect(sending.posts).toHaveLength(3);
    expect(await hook(webhook)).toMatchObject({ failing_since: null });
  });

  it("sends nothing, and says so once, where the secrets were sealed with another key", async () => {
    await db.sql`insert into cutwatch.secret_keys values ('0123456789abcdef', now())`;
    try {
      const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
      const sending = start(() => answer(204), { pollMs: 10 });
      await until(() => sending.log.length > 0);
      await pause(50);
      expect(sending.log).toEqual([expect.stringContaining("sealed with another key")]);
      expect(await attemptRows(db.sql, id)).toEqual([]);
    } finally {
      await db.sql`delete from cutwatch.secret_keys`;
    }
  });

  it("keeps messages that grew too old, as expired", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1, { maxAgeS: 60 }), 1);
    const sending = start(() => answer(204), { now: () => later(61) });
    await until(async () => (await deliveryRow(db.sql, id)).state === "expired");
    expect(sending.posts).toEqual([]);
    expect(sending.log).toEqual(["messages were older than their webhooks want: not sent"]);
  });
});

describe("a lease that may be lost", () => {
  it("is not sent under: after a pause of the process the delivery is given back unsent", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    let readings = 0;
    let stopped = true;
    // Each look at the clock finds it 20 s further on, as when the process is stopped again and again.
    const monotonicMs = () => (stopped ? 20_000 * readings++ : 20_000 * readings);
    const sending = start(() => answer(204), { monotonicMs });
    await until(async () => (await attemptRows(db.sql, id))[0]?.error === "released: the lease had run out");
    expect(sending.posts).toEqual([]);
    stopped = false;
    await until(async () => (await deliveryRow(db.sql, id)).state === "delivered");
    expect(await deliveryRow(db.sql, id)).toMatchObject({ tries: 1 });
    expect(sending.posts).toHaveLength(1);
  });

  it("is not acknowledged under: who took it over decides", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const late = openAnswer();
    const stopped = start(() => late.promise, { worker: "stopped" });
    await until(() => stopped.posts.length === 1);
    await expireLeases(db.sql, [id]);
    const other = start(() => answer(500), { worker: "other" });
    await until(async () => (await attemptRows(db.sql, id))[1]?.finished_at instanceof Date);
    late.resolve(answer(204));
    await until(() => stopped.log.includes("acknowledgement refused: the delivery is no longer held"));
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "pending", last_status: 500, tries: 2 });
    expect(await attemptRows(db.sql, id)).toMatchObject([{ status: 204 }, { status: 500 }]);
    expect(other.posts[0]?.id).toBe(stopped.posts[0]?.id);
    expect(other.posts[0]?.body).toEqual(stopped.posts[0]?.body);
  });
});

describe("endpoints", () => {
  it("that fail are sent one message at a time, and all that waits once they answer", async () => {
    const webhooks = await addWebhooks(db.sql, 1, { failingSince: later(-60) });
    const ids = await addDeliveries(db.sql, webhooks, 20);
    let underWay = 0;
    let most = 0;
    const first = openAnswer();
    const sending = start(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      const given = sending.posts.length === 1 ? await first.promise : answer(204);
      underWay -= 1;
      return given;
    });
    await until(() => sending.posts.length === 1);
    sending.wake();
    await pause(50);
    expect(most).toBe(1);
    first.resolve(answer(204));
    await until(async () => (await states(ids)).delivered === 20);
    expect(await hook(webhooks[0] ?? 0)).toMatchObject({ failing_since: null, last_success_at: START });
  });

  it("are disabled at 410; the tenant's others are told, what waits goes out when it is enabled", async () => {
    const [gone = 0, other = 0] = await addWebhooks(db.sql, 2, { tenant: "desk" });
    const [stranger = 0] = await addWebhooks(db.sql, 1, { tenant: "elsewhere" });
    await db.sql`update cutwatch.webhooks set url = 'http://gone/' where id = ${gone}::bigint`;
    const [id = 0] = await addDeliveries(db.sql, [gone], 1);
    const [waits = 0] = await addDeliveries(db.sql, [gone], 1, { name: "later", dueAt: later(10) });
    let now = START;
    let isGone = true;
    const sending = start(({ url }) => answer(url === "http://gone/" && isGone ? 410 : 204), { now: () => now });
    await until(() => sending.posts.length === 2);
    expect(sending.posts[1]?.id).toBe(`msg_${other}_d${gone}_${START.getTime()}`);
    expect(JSON.parse(Buffer.from(sending.posts[1]?.body ?? []).toString())).toEqual({
      type: "webhook.disabled",
      timestamp: START.toISOString(),
      data: {
        as_of: START.toISOString(),
        url: `/v1/webhooks/${gone}`,
        webhook_id: gone,
        description: "a test",
        reason: "The endpoint answered 410 Gone",
        failing_since: START.toISOString(),
        last_success_at: null,
        // The one that was refused for good does not wait.
        pending: 1,
      },
    });
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "failed", last_status: 410 });
    expect(await hook(gone)).toMatchObject({ enabled: false, disabled_reason: "The endpoint answered 410 Gone" });
    expect(await hook(stranger)).toMatchObject({ enabled: true });
    expect(sending.log).toEqual(["webhook disabled: its messages wait until it is enabled"]);

    now = later(20);
    isGone = false;
    sending.wake();
    await pause(50);
    expect(await deliveryRow(db.sql, waits)).toMatchObject({ state: "pending", attempts: 0 });
    await db.sql`update cutwatch.webhooks set enabled = true, failing_since = null where id = ${gone}::bigint`;
    sending.wake();
    await until(async () => (await deliveryRow(db.sql, waits)).state === "delivered");
  });

  it("leave what was on its way at 410 waiting, as the notice says, until the webhook is enabled", async () => {
    const [gone = 0] = await addWebhooks(db.sql, 1, { url: "http://gone/", lastSuccessAt: START });
    const ids = await addDeliveries(db.sql, [gone], 3);
    const [first, others] = [openAnswer(), openAnswer()];
    const sending = start(({ url }) => {
      if (url !== "http://gone/") return answer(204);
      return sending.posts.length === 1 ? first.promise : others.promise;
    });
    await until(() => sending.posts.length === 3);
    first.resolve(answer(410));
    await until(async () => (await hook(gone))?.enabled === false);
    others.resolve(answer(410));
    const answered = () => db.sql`
      select from cutwatch.webhook_deliveries where id = any(${ids}::bigint[]) and last_status = 410
    `;
    await until(async () => (await answered()).length === 3);
    expect(await states(ids)).toEqual({ failed: 1, pending: 2 });
    await db.sql`update cutwatch.webhooks set enabled = true, url = 'http://back/', failing_since = null where id = ${gone}::bigint`;
    sending.wake();
    await until(async () => (await states(ids)).delivered === 2);
  });

  it("are disabled after five days without a success, not sooner, and not after one", async () => {
    const [webhook = 0] = await addWebhooks(db.sql, 1);
    let now = START;
    let status = 500;
    const sending = start(() => answer(status), { now: () => now });
    const sendAt = async (seconds: number, given: number) => {
      now = later(seconds);
      status = given;
      const [id = 0] = await addDeliveries(db.sql, [webhook], 1, { name: `at${seconds}`, dueAt: now });
      // Only the newest is due: the schedule of the others does not matter here.
      await db.sql`
        update cutwatch.webhook_deliveries
        set due_at = 'infinity'
        where webhook_id = ${webhook}::bigint and id <> ${id}::bigint and state = 'pending'
      `;
      sending.wake();
      await until(async () => (await attemptRows(db.sql, id))[0]?.finished_at instanceof Date);
      return hook(webhook);
    };
    const limit = DISABLED_AFTER_DAYS * DAY_S;
    expect(await sendAt(0, 500)).toMatchObject({ enabled: true, failing_since: START });
    for (let day = 1; day < DISABLED_AFTER_DAYS; day++) await sendAt(day * DAY_S, 500);
    expect(await sendAt(limit - 1, 500)).toMatchObject({ enabled: true, failing_since: START });
    expect(await sendAt(limit, 200)).toMatchObject({
      enabled: true,
      failing_since: null,
      last_success_at: later(limit),
    });
    expect(await sendAt(limit + 1, 500)).toMatchObject({ enabled: true, failing_since: later(limit + 1) });
    // Six quiet days prove nothing, but what failed before them counts.
    const began = later(limit + 1);
    const anew = 2 * limit + DAY_S;
    expect(await sendAt(anew, 500)).toMatchObject({ enabled: true, failing_since: began });
    for (let day = 1; day < DISABLED_AFTER_DAYS; day++) {
      expect(await sendAt(anew + day * DAY_S, 500)).toMatchObject({ enabled: true, failing_since: began });
    }
    const ended = await sendAt(anew + limit, 500);
    expect(ended).toMatchObject({ enabled: false, failing_since: began });
    expect(ended?.disabled_reason).toBe(`Failed for 5 days without a success since ${began.toISOString()}`);
    // A message a week, each tried for three days: five days of failures are full in the second week.
    await db.sql`update cutwatch.webhooks set enabled = true, failing_since = null where id = ${webhook}::bigint`;
    const week = anew + 2 * limit;
    for (const day of [0, 1, 2, 3, 7, 8]) {
      expect(await sendAt(week + day * DAY_S, 500)).toMatchObject({ enabled: true });
    }
    expect(await sendAt(week + 9 * DAY_S, 500)).toMatchObject({ enabled: false });
  });

  it("that hang, 1,000 of them with 8 messages each, do not keep those that answer", async () => {
    const hanging = await addWebhooks(db.sql, 1_000, { url: "http://hangs/" });
    const healthy = await addWebhooks(db.sql, 50, { url: "http://answers/" });
    await addDeliveries(db.sql, hanging, 8);
    const wanted = await addDeliveries(db.sql, healthy, 3);
    const never = new Promise<never>(() => undefined);
    let clockMs = 0;
    const sending = start(({ url }) => (url === "http://hangs/" ? never : answer(204)), { monotonicMs: () => clockMs });
    const isDone = async () => (await states(wanted)).delivered === wanted.length;
    // A wave of 1,000 passes the narrow lane of 256 in 4 spans of 0.1 s. Five seconds are the promise.
    await until(async () => {
      const before = sending.posts.length;
      sending.wake();
      await pause(20);
      if (sending.posts.length === before && !(await isDone())) clockMs += 100;
      return isDone();
    });
    expect(clockMs).toBeLessThanOrEqual(3_000);
    expect(sending.posts.length).toBeLessThan(4_096);
  });
});

describe("stop()", () => {
  it("begins nothing more and lets what is under way end", async () => {
    const ids = await addDeliveries(db.sql, await addWebhooks(db.sql, 1, { lastSuccessAt: START }), 30);
    const open = openAnswer();
    const sending = start(() => open.promise);
    await until(() => sending.posts.length === 8);
    const stopping = sending.stop(10_000);
    open.resolve(answer(204));
    await stopping;
    expect(sending.posts).toHaveLength(8);
    expect(await states(ids)).toEqual({ delivered: 8, pending: 22 });
    const [held] = await db.sql<{ count: number }[]>`
      select count(*)::integer as count from cutwatch.webhook_deliveries where lease_until is not null
    `;
    expect(held?.count).toBe(0);
  });

  it("gives back what does not end in time, due at once", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const sending = start(() => new Promise(() => undefined), { now: () => later(3) });
    await until(() => sending.posts.length === 1);
    await sending.stop(20);
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "pending", lease_until: null, due_at: later(3) });
    expect(await attemptRows(db.sql, id)).toMatchObject([{ error: "Stopped before the answer came", status: null }]);
    const next = start(() => answer(204), { now: () => later(3) });
    await until(async () => (await deliveryRow(db.sql, id)).state === "delivered");
    expect(next.posts[0]?.id).toBe(sending.posts[0]?.id);
  });
});

describe("a database that goes away", () => {
  it("is waited for: nothing is lost, and the log tells of it once", async () => {
    const client = await openDatabase({ url: db.url, applicationName: "cutwatch cut off", statementTimeoutMs: 0 });
    try {
      const ids = await addDeliveries(db.sql, await addWebhooks(db.sql, 20), 10);
      const sending = startSending(
        client.sql,
        async () => {
          if (sending.posts.length === 20 || sending.posts.length === 120) {
            await db.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cutwatch cut off'`;
          }
          return answer(204);
        },
        { pollMs: 50 },
      );
      sendings.push(sending);
      await until(async () => {
        // A claim whose answer was cut off holds its deliveries until the lease is over.
        await db.sql`
          update cutwatch.webhook_deliveries d
          set lease_until = clock_timestamp()
          where lease_until > clock_timestamp() and not exists (
            select from unnest(${sending.posts.map(({ id }) => id)}::text[]) sent where sent = d.message_id
          )
        `;
        return (await states(ids)).delivered === ids.length;
      });
      expect(new Set(sending.posts.map(({ id }) => id)).size).toBe(ids.length);
      const said = sending.log.filter((line) => line.startsWith("deliveries"));
      said.forEach((line, i) => {
        expect(line).toContain(i % 2 === 0 ? "the database does not answer" : "the database answers again");
      });
    } finally {
      await Promise.all(sendings.map((sending) => sending.stop(0)));
      sendings = [];
      await client.close(0);
    }
  });
});
