/** Everything that is done with webhooks, in reading order. */
import type { Hono } from "hono";
import {
  createWebhook,
  listWebhooks,
  readWebhook,
  removeWebhook,
  rotateWebhookSecret,
  updateWebhook,
} from "./webhooks.ts";
import { replayToWebhook, testWebhook, tryWebhook } from "./webhooks-actions.ts";
import { listDeliveries, readDelivery, redeliverDelivery } from "./webhooks-deliveries.ts";
import { answerOperation, type Operation, type OperationsContext, routeOf } from "./write.ts";

export const OPERATIONS: readonly Operation[] = [
  createWebhook,
  tryWebhook,
  listWebhooks,
  readWebhook,
  updateWebhook,
  removeWebhook,
  testWebhook,
  rotateWebhookSecret,
  replayToWebhook,
  listDeliveries,
  readDelivery,
  redeliverDelivery,
];

/** Adds their paths to the API. */
export function addOperations(app: Hono, context: OperationsContext): void {
  for (const operation of OPERATIONS) {
    app.on(operation.method, routeOf(operation.path), answerOperation(operation, context));
  }
}
