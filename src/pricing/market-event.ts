/** Something on the calendar that can move prices: a decision, a press conference, minutes, a release. */
export const EVENT_STATUSES = ["scheduled", "released", "rescheduled", "cancelled"] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** One notice of an event. A change of plan is a further notice with the same key. */
export interface MarketEvent {
  /** the same for each notice of one event */
  readonly eventKey: string;
  readonly what: string;
  /** when it is due or was; an event of a whole day: that day's start in New York */
  readonly scheduledAt: Date;
  readonly status: EventStatus;
  /** when the world knew; null: not said */
  readonly knownAt: Date | null;
}
