/** What a replay puts in the queue: what the webhook wants of what was told, whether or not it was ever sent. */
import type { Meeting } from "../pricing/meetings.ts";
import { alertDrafts, type DeliveryDraft, noticeDrafts, type StoredSubscription } from "./delivery-drafts.ts";
import { type ToldAlert, type ToldNotice, wantsAlert } from "./match.ts";
import { alertMessageId } from "./message-id.ts";
import { voiceKey } from "./one-voice.ts";

export interface Replay {
  readonly webhook: StoredSubscription;
  readonly alerts: readonly ToldAlert[];
  readonly notices: readonly ToldNotice[];
  readonly meetings: readonly Meeting[];
  /** message ids that this webhook has received */
  readonly delivered: ReadonlySet<string>;
  /** leaves alone what was received */
  readonly missingOnly: boolean;
}

/**
 * The messages of a replay, asked for by a person, so that their age does not matter. With `missingOnly` a cluster and
 * snapshot of which any alert was received counts as told, also where another one would speak for it today.
 */
export function replayDrafts(replay: Replay): DeliveryDraft[] {
  const { webhook, alerts, notices, meetings, delivered, missingOnly } = replay;
  const isDelivered = (alert: ToldAlert) => delivered.has(alertMessageId(webhook.webhookId, alert.id));
  const heard = new Set(missingOnly ? alerts.filter(isDelivered).map(voiceKey) : []);
  const unheard = alerts.filter(
    (alert) => wantsAlert(webhook.subscription, alert, meetings) && !heard.has(voiceKey(alert)),
  );
  const calendar = { meetings };
  return [...alertDrafts([webhook], unheard, calendar), ...noticeDrafts([webhook], notices, calendar)]
    .filter(({ messageId }) => !(missingOnly && delivered.has(messageId)))
    .map((draft) => ({ ...draft, askedFor: true }));
}
