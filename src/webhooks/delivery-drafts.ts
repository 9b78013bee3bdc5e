/** Who gets which message: subscriptions and news in, deliveries to be queued out. */
import type { MeetingCalendar } from "../calendar/meetings.ts";
import { type ToldAlert, type ToldNotice, wantsAlert, wantsNotice } from "./match.ts";
import { alertMessageId, noticeMessageId } from "./message-id.ts";
import { leadAlerts } from "./one-voice.ts";
import type { MessageType, Subscription } from "./subscription.ts";

/** A subscription and whose it is. */
export interface StoredSubscription {
  readonly webhookId: number;
  readonly tenant: string;
  readonly subscription: Subscription;
}

/** One message to one webhook. Of alert, notice and body exactly one is given. */
export interface DeliveryDraft {
  readonly webhookId: number;
  readonly messageId: string;
  readonly type: MessageType;
  readonly alertId: number | null;
  readonly noticeId: number | null;
  /** of what is told to this webhook alone */
  readonly body: object | null;
  readonly asOf: Date | string;
  /** when what it tells of was recorded */
  readonly recordedAt: Date;
  /** a person wants it sent, however old it is */
  readonly askedFor: boolean;
}

/** The alerts that each webhook is told of: those it wants, one for each cluster and snapshot. */
export function alertDrafts(
  subscriptions: readonly StoredSubscription[],
  alerts: readonly ToldAlert[],
  { meetings }: Pick<MeetingCalendar, "meetings">,
): DeliveryDraft[] {
  return subscriptions.flatMap(({ webhookId, subscription }) =>
    leadAlerts(alerts.filter((alert) => wantsAlert(subscription, alert, meetings))).map((alert) => ({
      webhookId,
      messageId: alertMessageId(webhookId, alert.id),
      type: alert.type,
      alertId: alert.id,
      noticeId: null,
      body: null,
      asOf: alert.asOf,
      recordedAt: alert.recordedAt,
      askedFor: false,
    })),
  );
}

/** The notices that each webhook is told of. */
export function noticeDrafts(
  subscriptions: readonly StoredSubscription[],
  notices: readonly ToldNotice[],
  { meetings }: Pick<MeetingCalendar, "meetings">,
): DeliveryDraft[] {
  return subscriptions.flatMap(({ webhookId, subscription }) =>
    notices
      .filter((notice) => wantsNotice(subscription, notice, meetings))
      .map((notice) => ({
        webhookId,
        messageId: noticeMessageId(webhookId, notice.id),
        type: notice.type,
        alertId: null,
        noticeId: notice.id,
        body: null,
        asOf: notice.asOf,
        recordedAt: notice.recordedAt,
        askedFor: false,
      })),
  );
}
