import { enabledSubscriptions, queueDeliveries } from "../src/store/delivery-queue.ts";
import { disableWebhook } from "../src/store/webhook-health.ts";
import type { DeliveryDraft } from "../src/webhooks/delivery-drafts.ts";
import { disabledBody } from "../src/webhooks/disabled-body.ts";
import type { DeliveryContext } from "./delivery-context.ts";

/** Why a webhook is given up. */
export interface Disabling {
  readonly webhookId: number;
  readonly reason: string;
  /** only if it has failed without a success since then; null: whatever its health */
  readonly failingBy: Date | null;
  /** the address that failed: nothing is done where the webhook has another by now */
  readonly url: string;
  /** deliveries that are about to end and will not wait */
  readonly ending: readonly number[];
}

/**
 * Disables a webhook and tells the tenant's other webhooks and the log.
 *
 * @returns false, with nothing done, where it was disabled before or is not to be
 */
export async function giveUpWebhook(context: DeliveryContext, disabling: Disabling): Promise<boolean> {
  const { sql, log } = context;
  const now = context.now();
  const disabled = await sql.begin(async (tx) => {
    const found = await disableWebhook(tx, disabling.webhookId, { ...disabling, now });
    if (found === null) return null;
    const body = disabledBody({ ...found, reason: disabling.reason }, now, context.baseUrl);
    const others = (await enabledSubscriptions(tx)).filter(({ tenant }) => tenant === found.tenant);
    const drafts = others.map(
      ({ webhookId }): DeliveryDraft => ({
        webhookId,
        messageId: `msg_${webhookId}_d${found.webhookId}_${now.getTime()}`,
        type: body.type,
        alertId: null,
        noticeId: null,
        body,
        asOf: now,
        recordedAt: now,
        askedFor: false,
      }),
    );
    await queueDeliveries(tx, drafts, now);
    return found;
  });
  if (disabled === null) return false;
  const { webhookId, pending } = disabled;
  log.error(
    { webhook: webhookId, reason: disabling.reason, pending },
    "webhook disabled: its messages wait until it is enabled",
  );
  return true;
}
