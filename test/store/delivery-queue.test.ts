import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enabledSubscriptions, queueDeliveries, subscriptionOf } from "../../src/store/delivery-queue.ts";
import type { DeliveryDraft } from "../../src/webhooks/delivery-drafts.ts";
import type { Subscription } from "../../src/webhooks/subscription.ts";
import { type TestDatabase, testDatabase } from "../setup/database.ts";
import { ruleOn, subscriptionTo } from "../webhooks/told.ts";

const NOW = new Date("2025-11-13T20:00:41.123Z");
const WANTED: Subscription = subscriptionTo({
  minSeverity: "severe",
  meetings: ["2025-12-10", "next+1"],
  rules: [ruleOn({ crossesPct: 50 }), ruleOn({ shiftPp: 12.5, window: "1w", coolDownS: 60 })],
  events: ["repricing.severe", "rule.matched"],
  format: "slack",
  maxAgeS: 900,
});

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

async function webhookFor(subscription: Subscription, enabled = true, deletedAt: Date | null = null): Promise<number> {
  const [row] = await db.sql<{ id: number }[]>`
    insert into cutwatch.webhooks
      (tenant, url, min_severity, meetings, rules, events, format, max_age_s, description, enabled, secret, created_at,
        updated_at, deleted_at)
    values ('t', 'https://example.com/hook', ${subscription.minSeverity}, ${subscription.meetings}::text[],
      ${JSON.stringify(subscription.rules)}::text::jsonb, ${subscription.events}::text[], ${subscription.format},
      ${subscription.maxAgeS}, '', ${enabled}, '\\x00', now(), now(), ${deletedAt?.toISOString() ?? null}::timestamptz)
    returning id::float8 as id
  `;
  return row?.id ?? 0;
}

function draftOf(webhookId: number, messageId: string): DeliveryDraft {
  const body = { type: "webhook.test", data: { text: 'quote " backslash \\ é😀' } };
  const common = { alertId: null, noticeId: null, recordedAt: NOW, askedFor: false } as const;
  return { webhookId, messageId, type: "webhook.test", body, asOf: "2025-11-13T20:00:00.000Z", ...common };
}

describe("enabledSubscriptions(), subscriptionOf()", () => {
  it("give back what was stored, and only the first leaves out disabled webhooks", async () => {
    const webhookId = await webhookFor(WANTED);
    const disabled = await webhookFor(subscriptionTo(), false);
    const gone = await webhookFor(subscriptionTo(), true, NOW);
    expect(await enabledSubscriptions(db.sql)).toEqual([{ webhookId, tenant: "t", subscription: WANTED }]);
    expect(await subscriptionOf(db.sql, disabled)).toMatchObject({
      webhookId: disabled,
      subscription: subscriptionTo(),
    });
    expect(await subscriptionOf(db.sql, gone)).toBeNull();
  });
});

describe("queueDeliveries()", () => {
  it("queues each message once, due at once, with its body as it was given", async () => {
    const webhookId = await webhookFor(WANTED);
    const drafts = [draftOf(webhookId, "msg_a"), draftOf(webhookId, "msg_b")];
    const queue = (some: readonly DeliveryDraft[]) => db.sql.begin((tx) => queueDeliveries(tx, some, NOW));
    expect(await queue(drafts)).toBe(2);
    expect(await queue([...drafts, draftOf(webhookId, "msg_c")])).toBe(1);
    expect(await queue([])).toBe(0);
    const rows = await db.sql`
      select message_id, type, state, asked_for, tries, attempts, due_at, created_at, as_of, finished_at, body
      from cutwatch.webhook_deliveries where webhook_id = ${webhookId} order by id
    `;
    expect(rows.map(({ message_id }) => message_id)).toEqual(["msg_a", "msg_b", "msg_c"]);
    expect(rows[0]).toEqual({
      message_id: "msg_a",
      type: "webhook.test",
      state: "pending",
      asked_for: false,
      tries: 0,
      attempts: 0,
      due_at: NOW,
      created_at: NOW,
      as_of: new Date("2025-11-13T20:00:00Z"),
      finished_at: null,
      body: drafts[0]?.body,
    });
  });

  it("leaves a message alone that has left the queue", async () => {
    const webhookId = await webhookFor(WANTED);
    const drafts = [draftOf(webhookId, "msg_a")];
    await db.sql.begin((tx) => queueDeliveries(tx, drafts, NOW));
    await db.sql`
      update cutwatch.webhook_deliveries set state = 'delivered', finished_at = now() where webhook_id = ${webhookId}
    `;
    expect(await db.sql.begin((tx) => queueDeliveries(tx, drafts, NOW))).toBe(0);
    expect(await db.sql`select state from cutwatch.webhook_deliveries where webhook_id = ${webhookId}`).toEqual([
      { state: "delivered" },
    ]);
  });

  it("leaves nothing behind when what it tells of is not recorded", async () => {
    const webhookId = await webhookFor(WANTED);
    const failing = db.sql.begin(async (tx) => {
      await queueDeliveries(tx, [draftOf(webhookId, "msg_a")], NOW);
      throw new RangeError("not recorded");
    });
    await expect(failing).rejects.toThrow("not recorded");
    expect(await db.sql`select from cutwatch.webhook_deliveries where webhook_id = ${webhookId}`).toHaveLength(0);
  });
});
