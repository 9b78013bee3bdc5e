/** The delivery log: each message to a webhook with its attempts, and sending one again. */
import { z } from "zod";
import { DELIVERY_STATES, type Delivery, deliveriesBefore, deliveryOf } from "../store/delivery-log.ts";
import { redeliver } from "../store/replay.ts";
import { webhookOf } from "../store/webhooks.ts";
import { tenantSeen } from "./auth.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { choice, cursor, limit } from "./parameters.ts";
import { Instant } from "./provenance.ts";
import { deliveryId, deliveryNotFound, webhookDisabled, webhookId, webhookNotFound } from "./webhooks-found.ts";
import { defineOperation } from "./write.ts";

const LIST = "deliveries";
const USUAL_LIMIT = 50; // each comes with its attempts and what was answered to them

const AttemptAnswer = z.strictObject({
  number: z.number().int(),
  started_at: Instant,
  finished_at: Instant.nullable().meta({ description: "Null: under way, or its process did not live to note the end" }),
  duration_ms: z.number().nullable(),
  status: z.number().int().nullable().meta({ description: "HTTP status of the answer; null: there was none" }),
  error: z.string().nullable(),
  answer: z.string().nullable().meta({ description: "The first KiB of it" }),
});

const DeliveryAnswer = z.strictObject({
  id: z.number().int(),
  webhook_id: z.number().int(),
  message_id: z.string().meta({ description: "Header webhook-id, the same on every attempt" }),
  type: z.string(),
  alert_id: z.number().int().nullable().meta({ description: "Its sequence in the feed; null for other messages" }),
  notice_id: z.number().int().nullable().meta({ description: "Its sequence in the feed; null for other messages" }),
  as_of: Instant,
  recorded_at: Instant,
  created_at: Instant,
  state: z.enum(DELIVERY_STATES),
  asked_for: z.boolean().meta({ description: "A person asked for it: a test, a replay or a redelivery" }),
  due_at: Instant.nullable().meta({ description: "Of the next attempt; null once it is not waiting any more" }),
  finished_at: Instant.nullable(),
  last_status: z.number().int().nullable(),
  last_error: z.string().nullable(),
  attempt_count: z.number().int(),
  attempts: z.array(AttemptAnswer).meta({ description: "The latest 22" }),
});

function deliveryJson(delivery: Delivery): z.input<typeof DeliveryAnswer> {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    message_id: delivery.messageId,
    type: delivery.type,
    alert_id: delivery.alertId,
    notice_id: delivery.noticeId,
    as_of: delivery.asOf.toISOString(),
    recorded_at: delivery.recordedAt.toISOString(),
    created_at: delivery.createdAt.toISOString(),
    state: delivery.state,
    asked_for: delivery.askedFor,
    due_at: delivery.dueAt?.toISOString() ?? null,
    finished_at: delivery.finishedAt?.toISOString() ?? null,
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    attempt_count: delivery.attemptCount,
    attempts: delivery.attempts.map((attempt) => ({
      number: attempt.number,
      started_at: attempt.startedAt.toISOString(),
      finished_at: attempt.finishedAt?.toISOString() ?? null,
      duration_ms: attempt.durationMs,
      status: attempt.status,
      error: attempt.error,
      answer: attempt.answer,
    })),
  };
}

export const listDeliveries = defineOperation({
  method: "GET",
  path: "/v1/webhooks/{id}/deliveries",
  operationId: "list_deliveries",
  summary: "What was sent to a webhook, newest first, with every attempt",
  description:
    "`pending` waits for its next attempt; `failed` ran out of attempts, or was refused for good; `expired` was not sent, " +
    "being too old or not to be passed on, as `last_error` says; `parked` could not be made into a request. A page is not shifted by newer deliveries. 50 a page when `limit` " +
    "is absent.",
  parameters: z.object({
    id: webhookId,
    state: choice("Only deliveries in this state", DELIVERY_STATES).optional(),
    limit: limit.unwrap().optional(),
    cursor,
  }),
  body: null,
  status: 200,
  answer: z.strictObject({ data: z.array(DeliveryAnswer), next_cursor: z.string().nullable() }),
  refusals: [404],
  run: async ({ id, state = null, cursor: mark, limit: most = USUAL_LIMIT }, _, { sql, now, identity }) => {
    if ((await webhookOf(sql, { id, tenant: tenantSeen(identity) }, now)) === null) throw webhookNotFound(id);
    const isMark = ([webhook, before = ""]: readonly string[]) => webhook === String(id) && /^\d{1,15}$/.test(before);
    const before = mark === undefined ? null : Number(decodeCursor(LIST, mark, isMark)[1]);
    const found = await deliveriesBefore(sql, { webhookId: id, state, before, limit: most + 1 });
    const data = found.slice(0, most).map(deliveryJson);
    const last = found.length > most ? data.at(-1) : undefined;
    const next = last === undefined ? null : encodeCursor(LIST, [String(id), String(last.id)]);
    return { body: { data, next_cursor: next } };
  },
});

export const readDelivery = defineOperation({
  method: "GET",
  path: "/v1/deliveries/{id}",
  operationId: "read_delivery",
  summary: "One delivery with its attempts",
  description: "To see what became of a test or of a redelivery.",
  parameters: z.object({ id: deliveryId }),
  body: null,
  status: 200,
  answer: DeliveryAnswer,
  refusals: [404],
  run: async ({ id }, _, { sql, identity }) => {
    const found = await deliveryOf(sql, { id, tenant: tenantSeen(identity) });
    if (found === null) throw deliveryNotFound(id);
    return { body: deliveryJson(found.delivery) };
  },
});

export const redeliverDelivery = defineOperation({
  method: "POST",
  path: "/v1/deliveries/{id}/redeliver",
  operationId: "redeliver",
  summary: "Send one message again",
  description:
    "Whatever became of it: it is put back into the queue with the same webhook-id, so that a receiver that had it can tell. " +
    "However old it is, it is sent.",
  parameters: z.object({ id: deliveryId }),
  body: null,
  status: 202,
  answer: z.strictObject({ delivery_id: z.number().int(), message_id: z.string() }),
  refusals: [404, 409],
  run: async ({ id }, _, { sql, now, identity }) => {
    const found = await deliveryOf(sql, { id, tenant: tenantSeen(identity) });
    if (found === null) throw deliveryNotFound(id);
    const { delivery, webhookEnabled } = found;
    if (!webhookEnabled) throw webhookDisabled(`send delivery ${id} again`, delivery.webhookId);
    if (!(await redeliver(sql, id, now))) throw deliveryNotFound(id); // its webhook was deleted a moment ago
    return { body: { delivery_id: id, message_id: delivery.messageId }, location: `/v1/deliveries/${id}` };
  },
});
