/** Whether a webhook wants to be told of something. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { type AlertKind, isAtLeast, type Severity } from "../repricing/repricing.ts";
import { decisionInstant, selectedMeeting } from "./meeting-selection.ts";
import type { EventType, Subscription } from "./subscription.ts";

/** What decides who is told of an alert. */
export interface ToldAlert {
  readonly id: number;
  /** `repricing.…` */
  readonly type: EventType;
  readonly kind: AlertKind | "confirmed" | "withdrawn";
  /** of a confirmation or withdrawal: that of the alert it answers */
  readonly severity: Severity;
  readonly meeting: IsoDate;
  /** year of the path; null: the meeting's own series */
  readonly path: number | null;
  readonly clusterId: string;
  /** ISO 8601, UTC */
  readonly asOf: string;
  readonly recordedAt: Date;
}

/** What decides who is told of anything else. */
export interface ToldNotice {
  readonly id: number;
  readonly type: EventType;
  /** null: it is about no single meeting */
  readonly meeting: IsoDate | null;
  /** ISO 8601, UTC */
  readonly asOf: string;
  readonly recordedAt: Date;
}

/** Whether messages of this type are asked for at all: without `events`, those of repricings and of its own rules. */
export function wantsType({ events }: Pick<Subscription, "events">, type: EventType): boolean {
  return events === null ? type.startsWith("repricing.") || type === "rule.matched" : events.includes(type);
}

/**
 * Whether an alert is wanted: its type asked for, bad enough, and of a selected meeting. Relative selectors are read at the
 * alert's `asOf`; `year_end` takes the alerts of a path as well, whichever its year.
 */
export function wantsAlert(subscription: Subscription, alert: ToldAlert, meetings: readonly Meeting[]): boolean {
  if (!wantsType(subscription, alert.type) || !isAtLeast(alert.severity, subscription.minSeverity)) return false;
  if (subscription.meetings === null) return true;
  const asOf = new Date(alert.asOf);
  return subscription.meetings.some(
    (selector) =>
      (selector === "year_end" && alert.path !== null) || selectedMeeting(selector, meetings, asOf) === alert.meeting,
  );
}

/** Whether a notice is wanted. Of all notices only `meeting.decided` is about a meeting that `meetings` can select. */
export function wantsNotice(subscription: Subscription, notice: ToldNotice, meetings: readonly Meeting[]): boolean {
  if (!wantsType(subscription, notice.type)) return false;
  if (subscription.meetings === null || notice.type !== "meeting.decided") return true;
  const decided = meetings.find((meeting) => meeting.meetingDate === notice.meeting);
  if (decided === undefined) return notice.meeting !== null && subscription.meetings.includes(notice.meeting);
  // A decision is that of the next meeting, which it no longer is an instant later.
  const before = new Date(decisionInstant(decided).getTime() - 1);
  return subscription.meetings.some(
    (selector) =>
      // One between the scheduled meetings is the next decision for whoever waits for that.
      (selector === "next" && !decided.scheduled) || selectedMeeting(selector, meetings, before) === notice.meeting,
  );
}
