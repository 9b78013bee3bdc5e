/** Subscriptions, rules and news for tests: what is not named is as quiet as can be. */
import type { Meeting } from "../../src/calendar/meetings.ts";
import type { ToldAlert } from "../../src/webhooks/match.ts";
import type { Rule, Subscription } from "../../src/webhooks/subscription.ts";

export function subscriptionTo(wanted: Partial<Subscription> = {}): Subscription {
  return {
    minSeverity: "sharp",
    meetings: null,
    rules: [],
    events: null,
    format: "standard",
    maxAgeS: null,
    ...wanted,
  };
}

export function ruleOn(wanted: Partial<Rule> = {}): Rule {
  return {
    meeting: "2025-12-10",
    measure: "at_most",
    range: { lowerBp: 350, upperBp: 375 },
    crossesPct: null,
    crossesBp: null,
    shiftPp: null,
    shiftBp: null,
    window: null,
    hysteresis: null,
    coolDownS: null,
    ...wanted,
  };
}

export function alertOf(told: Partial<ToldAlert> = {}): ToldAlert {
  return {
    id: 1,
    type: "repricing.sharp",
    kind: "sharp",
    severity: "sharp",
    meeting: "2025-12-10",
    path: null,
    clusterId: "c",
    asOf: "2025-10-16T19:00:00.000Z",
    recordedAt: new Date("2025-10-16T19:01:00Z"),
    ...told,
  };
}

export function meetingOn(meetingDate: string, told: Partial<Meeting> = {}): Meeting {
  return {
    meetingDate,
    effectiveDate: meetingDate,
    scheduled: true,
    knownFrom: null,
    cancelledAt: null,
    decision: null,
    ...told,
  };
}

/** The scheduled meetings of autumn 2025 and the next one, undecided. */
export const MEETINGS = ["2025-09-17", "2025-10-29", "2025-12-10", "2026-01-28", "2026-03-18"].map((date) =>
  meetingOn(date),
);
