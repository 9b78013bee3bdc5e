import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBackup } from "../../src/store/backup.ts";
import { claimDeliveries } from "../../src/store/delivery-claims.ts";
import { restoreBackup } from "../../src/store/restore.ts";
import { startSending, until } from "../jobs/sending.ts";
import { emptyDatabase, type TestDatabase, testDatabase } from "../setup/database.ts";
import { addDeliveries, addWebhooks, deliveryRow, START } from "./webhook-rows.ts";

const MIGRATIONS = fileURLToPath(new URL("../../drizzle", import.meta.url));

let original: TestDatabase;
let copy: TestDatabase;
let folder: string;
beforeAll(async () => {
  original = await testDatabase();
  copy = await emptyDatabase();
  folder = await mkdtemp(join(tmpdir(), "cutwatch-restore-"));
});
afterAll(async () => {
  await original.drop();
  await copy.drop();
  await rm(folder, { recursive: true });
});

describe("restoreBackup()", () => {
  it("sends nothing again: what waited, or was held, is expired; what was delivered stays so", async () => {
    const { sql } = original;
    const webhooks = await addWebhooks(sql, 1);
    const all = { worker: "w", now: START, failing: false, limit: 9, each: 9, free: new Map(), after: 0 };
    const [done = 0] = await addDeliveries(sql, webhooks, 1, { name: "done" });
    await sql`
      update cutwatch.webhook_deliveries
      set state = 'delivered', finished_at = due_at, last_status = 204
      where id = ${done}::bigint
    `;
    const [held = 0] = await addDeliveries(sql, webhooks, 1, { name: "held" });
    await claimDeliveries(sql, all);
    const [waits = 0] = await addDeliveries(sql, webhooks, 1, { name: "waits" });
    const file = join(folder, "a.backup");
    await writeBackup(sql, { file, force: false, version: "1.2.3", now: START });
    await restoreBackup(copy.sql, { file, migrations: MIGRATIONS });

    for (const id of [held, waits]) {
      const last_error = "Restored from a backup: not sent";
      expect(await deliveryRow(copy.sql, id)).toMatchObject({ state: "expired", lease_until: null, last_error });
    }
    expect(await deliveryRow(copy.sql, done)).toMatchObject({ state: "delivered", last_status: 204, last_error: null });
    const [fresh = 0] = await addDeliveries(copy.sql, webhooks, 1, { name: "fresh" });
    const sending = startSending(copy.sql, () => ({
      ...{ status: 204, answer: "", error: null, durationMs: 1, retryAfter: null, refused: false },
    }));
    await until(async () => (await deliveryRow(copy.sql, fresh)).state === "delivered");
    await sending.stop(0);
    expect(sending.posts.map(({ id }) => id)).toEqual([`msg_${webhooks[0]}_fresh1`]);
  });
});
