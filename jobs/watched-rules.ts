/** Which rules are followed these days, and which readings are news to them. */
import { addDays } from "../src/calendar/calendar-date.ts";
import type { Meeting } from "../src/calendar/meetings.ts";
import type { WebhookWithRules } from "../src/store/delivery-queue.ts";
import type { StoredRuleState } from "../src/store/rule-states.ts";
import { keyOfRule, ruleKey } from "../src/webhooks/rule-json.ts";
import { isAbout, type MeasuredReading } from "../src/webhooks/rule-series.ts";
import { type MeetingSpan, ruleSpans } from "../src/webhooks/rule-spans.ts";
import type { RuleState } from "../src/webhooks/rule-state.ts";
import { faultOf } from "../src/webhooks/rule-threshold.ts";
import type { Rule } from "../src/webhooks/subscription.ts";
import { isHistorical } from "./historical.ts";

/** The newest reading is at most this old, over any holidays. */
export const NEWEST_WITHIN_DAYS = 5;

/** One rule of a webhook at one of the meetings that it may mean now. */
export interface Watched {
  readonly webhook: WebhookWithRules;
  readonly rule: Rule;
  readonly key: string;
  readonly span: MeetingSpan;
  readonly before: RuleState | null;
  /** nothing is remembered of this meeting, but of one that the rule's selector meant before it */
  readonly arrives: boolean;
}

/** Of each rule of each webhook the key of the earliest meeting that it remembers: keys of one rule sort by meeting. */
function earliestKeys(states: readonly StoredRuleState[]): ReadonlyMap<string, string> {
  const earliest = new Map<string, string>();
  for (const { webhookId, ruleKey: key } of states) {
    const name = `${webhookId} ${keyOfRule(key)}`;
    const known = earliest.get(name);
    if (known === undefined || key < known) earliest.set(name, key);
  }
  return earliest;
}

/**
 * Every rule at each meeting that it may mean these days. One that makes no sense, stored by another version, is named
 * and left out: it must not silence the others.
 */
export function watchedRules(
  webhooks: readonly WebhookWithRules[],
  meetings: readonly Meeting[],
  states: readonly StoredRuleState[],
  now: Date,
): { readonly watched: readonly Watched[]; readonly broken: readonly string[] } {
  const known = new Map(states.map((each) => [`${each.webhookId} ${each.ruleKey}`, each.state]));
  const earliest = earliestKeys(states);
  const today = now.toISOString().slice(0, 10);
  // Evening trading belongs to a trade date up to a long weekend ahead.
  const period = { from: addDays(today, -NEWEST_WITHIN_DAYS), to: addDays(today, NEWEST_WITHIN_DAYS) };
  const broken: string[] = [];
  const watched = webhooks.flatMap((webhook) =>
    webhook.subscription.rules.flatMap((rule) => {
      const fault = faultOf(rule);
      if (fault !== null) broken.push(`webhook ${webhook.webhookId}: ${fault}`);
      if (fault !== null) return [];
      return ruleSpans(rule, meetings, period).map((span) => {
        const key = ruleKey(rule, span.meeting);
        const before = known.get(`${webhook.webhookId} ${key}`) ?? null;
        const first = earliest.get(`${webhook.webhookId} ${keyOfRule(key)}`);
        return { webhook, rule, key, span, before, arrives: before === null && first !== undefined && first < key };
      });
    }),
  );
  return { watched, broken };
}

/**
 * The readings that are news to a rule: live ones of what it means; at its first look the newest of each basis alone, unless
 * it comes from another meeting and has looked until then.
 */
export function newsOf(
  { rule, before, arrives }: Watched,
  readings: readonly MeasuredReading[],
  meetings: readonly Meeting[],
  now: Date,
): ReadonlySet<MeasuredReading> {
  const live = readings.filter(
    (reading) =>
      reading.asOf <= now &&
      reading.recordedAt <= now &&
      !isHistorical({ ...reading, asOf: reading.asOf.toISOString() }, { live: true, recordedAt: reading.recordedAt }) &&
      isAbout(rule, reading, meetings),
  );
  if (before !== null || arrives) return new Set(live);
  const newest = new Map(live.filter(({ value }) => value !== null).map((reading) => [reading.basis, reading]));
  return new Set(newest.values());
}
