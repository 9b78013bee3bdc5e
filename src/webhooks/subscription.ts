/** What a webhook wants to be told, in domain terms; how it is reached and signed is kept apart from it. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Severity } from "../repricing/repricing.ts";

export const FORMATS = ["standard", "slack", "discord", "telegram"] as const;
export type WebhookFormat = (typeof FORMATS)[number];

/**
 * Every type of message there is. `webhook.test` and `webhook.disabled` are sent whatever a webhook asks for, and
 * `rule.suspended` and `rule.resumed` wherever matches of its rules are.
 */
export const MESSAGE_TYPES = [
  "repricing.notice",
  "repricing.sharp",
  "repricing.severe",
  "repricing.extreme",
  "repricing.extended",
  "repricing.confirmed",
  "repricing.withdrawn",
  "rule.matched",
  "rule.suspended",
  "rule.resumed",
  "meeting.decided",
  "digest.daily",
  "data.stale",
  "data.recovered",
  "webhook.test",
  "webhook.disabled",
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Types that come by themselves. */
export const UNASKED_TYPES = ["webhook.test", "webhook.disabled", "rule.suspended", "rule.resumed"] as const;

/** Types that a webhook may ask for by `events`. Without `events` it is told of repricings and of its rules. */
export type EventType = Exclude<MessageType, (typeof UNASKED_TYPES)[number]>;

export const EVENT_TYPES: readonly EventType[] = MESSAGE_TYPES.filter((type): type is EventType =>
  UNASKED_TYPES.every((unasked) => unasked !== type),
);

/** A meeting by its date, or relative to the instant: the next decision, the one after it, the year's last. */
export type MeetingSelector = IsoDate | "next" | "next+1" | "year_end";

export const RULE_MEASURES = ["range", "at_most", "at_least", "expected_rate", "ease", "hold", "hike"] as const;
export type RuleMeasure = (typeof RULE_MEASURES)[number];

export const RULE_WINDOWS = ["1h", "1d", "1w", "1m"] as const;
export type RuleWindow = (typeof RULE_WINDOWS)[number];

/**
 * A level that a measure crosses, or a shift within a window: exactly one of `crossesPct`, `crossesBp`, `shiftPp` and
 * `shiftBp`. Probabilities take per cent and percentage points, `expected_rate` basis points.
 */
export interface Rule {
  readonly meeting: MeetingSelector;
  readonly measure: RuleMeasure;
  /** for range, at_most and at_least; null otherwise */
  readonly range: { readonly lowerBp: number; readonly upperBp: number } | null;
  readonly crossesPct: number | null;
  readonly crossesBp: number | null;
  readonly shiftPp: number | null;
  readonly shiftBp: number | null;
  /** of a shift; null for a level */
  readonly window: RuleWindow | null;
  /** how far the measure must go back before the rule can match again, in the rule's own unit; null: the default */
  readonly hysteresis: number | null;
  /** seconds after a match in which the rule says nothing; null: the default */
  readonly coolDownS: number | null;
}

/** What a webhook wants. */
export interface Subscription {
  readonly minSeverity: Severity;
  /** null: every meeting */
  readonly meetings: readonly MeetingSelector[] | null;
  readonly rules: readonly Rule[];
  /** null: repricings and matches of its rules */
  readonly events: readonly EventType[] | null;
  readonly format: WebhookFormat;
  /** older messages are recorded as expired, not sent; null: no limit */
  readonly maxAgeS: number | null;
}
