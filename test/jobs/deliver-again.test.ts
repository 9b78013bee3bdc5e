/** What a person or another process does to a message or its webhook while the message is being sent. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { againAtDeadlock } from "../../src/store/deadlock.ts";
import { requeue } from "../../src/store/delivery-queue.ts";
import { redeliver } from "../../src/store/replay.ts";
import { deleteWebhook } from "../../src/store/webhook-changes.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { addDeliveries, addWebhooks, deliveryRow, emptyQueue, expireLeases, START } from "../store/webhook-rows.ts";
import { answer, openAnswer, type Sending, startSending, until } from "./sending.ts";

let db: TestDatabase;
const sendings: Sending[] = [];
beforeAll(async () => {
  db = await testDatabase();
});
afterEach(async () => {
  await Promise.all(sendings.splice(0).map((sending) => sending.stop(100)));
  await emptyQueue(db.sql);
});
afterAll(() => db.drop());

function start(
  ...[post, given]: Parameters<typeof startSending> extends [unknown, ...infer Rest] ? Rest : never
): Sending {
  const sending = startSending(db.sql, post, given);
  sendings.push(sending);
  return sending;
}

async function isRefusedWhile(act: (id: number) => Promise<unknown>, status = 500): Promise<number> {
  const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
  await db.sql`update cutwatch.webhook_deliveries set tries = 10 where id = ${id}::bigint`;
  const open = openAnswer();
  let posts = 0;
  start(() => {
    posts += 1;
    return posts === 1 ? open.promise : answer(204);
  });
  await until(() => posts === 1);
  await act(id);
  open.resolve(answer(status));
  return id;
}

describe("a message that a person asks for while it is being sent", () => {
  it("is tried again at once when that attempt fails, even if it was the last one", async () => {
    const id = await isRefusedWhile((delivery) => db.sql.begin((tx) => requeue(tx, [delivery], START)));
    await until(async () => (await deliveryRow(db.sql, id)).state === "delivered");
    expect(await deliveryRow(db.sql, id)).toMatchObject({ attempts: 2, tries: 1 });
  });

  it("is sent once when that attempt succeeds", async () => {
    const id = await isRefusedWhile((delivery) => db.sql.begin((tx) => requeue(tx, [delivery], START)), 204);
    await until(async () => (await deliveryRow(db.sql, id)).state === "delivered");
    expect(await deliveryRow(db.sql, id)).toMatchObject({ attempts: 1 });
  });

  it("has its whole schedule before it when who sent it has died", async () => {
    const [id = 0] = await addDeliveries(db.sql, await addWebhooks(db.sql, 1), 1);
    const dead = startSending(db.sql, () => new Promise(() => undefined));
    await until(() => dead.posts.length === 1);
    await db.sql`update cutwatch.webhook_deliveries set tries = 11 where id = ${id}::bigint`;
    await expireLeases(db.sql, [id]);
    await redeliver(db.sql, id, START);
    expect(await deliveryRow(db.sql, id)).toMatchObject({ state: "pending", tries: 0 });
    await dead.stop(0);
  });
});

describe("a webhook whose address is changed while a message is sent to the old one", () => {
  const changed = async (status: number) => {
    const [webhook = 0] = await addWebhooks(db.sql, 1, { url: "http://old/" });
    const [id = 0] = await addDeliveries(db.sql, [webhook], 1);
    const open = openAnswer();
    const sending = start(({ url }) => (url === "http://old/" ? open.promise : answer(204)));
    await until(() => sending.posts.length === 1);
    await db.sql`update cutwatch.webhooks set url = 'http://new/' where id = ${webhook}::bigint`;
    open.resolve(answer(status));
    const read = async () =>
      (await db.sql`select enabled, failing_since from cutwatch.webhooks where id = ${webhook}::bigint`)[0];
    return { id, read };
  };

  it("stays enabled when the old one answers 410, and gets the message", async () => {
    const { id, read } = await changed(410);
    await until(async () => (await deliveryRow(db.sql, id)).state === "delivered");
    expect(await read()).toMatchObject({ enabled: true, failing_since: null });
  });

  it("is not said to fail when the old one does", async () => {
    const { id, read } = await changed(500);
    await until(async () => (await deliveryRow(db.sql, id)).last_status === 500);
    expect(await read()).toMatchObject({ enabled: true, failing_since: null });
  });
});

describe("two workers, replays and deletions at once", () => {
  it("all end, even if two wait for each other in a circle", async () => {
    const webhooks = await addWebhooks(db.sql, 20, { lastSuccessAt: START });
    const ids = await addDeliveries(db.sql, webhooks, 15);
    const workers = ["one", "two"].map((worker) => start(() => answer(204), { worker }));
    const errors: unknown[] = [];
    const kept = (error: unknown) => void errors.push(error);
    for (let round = 0; round < 8; round++) {
      const some = ids.filter((_, i) => (i * 7 + round) % 5 !== 0).toReversed();
      const [deleted = 0] = webhooks.splice(0, 1);
      await Promise.all([
        againAtDeadlock(() => db.sql.begin((tx) => requeue(tx, some, START))).catch(kept),
        againAtDeadlock(() => db.sql.begin((tx) => requeue(tx, some.toReversed(), START))).catch(kept),
        deleteWebhook(db.sql, { id: deleted, tenant: null }, START).catch(kept),
      ]);
      for (const worker of workers) worker.wake();
    }
    await until(async () => {
      const rows = await db.sql`
        select from cutwatch.webhook_deliveries where state = 'pending' and webhook_id = any(${webhooks}::bigint[]) limit 1
      `;
      return rows.length === 0;
    });
    expect(errors).toEqual([]);
    // What was taken back from a worker it may not end; else it has nothing to say.
    const refused = "acknowledgement refused: the delivery is no longer held";
    expect(workers.flatMap(({ log }) => log).filter((line) => line !== refused)).toEqual([]);
  });
});
