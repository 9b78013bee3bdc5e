/** Bodies of webhooks: those of the feed, and those that only the webhook's owner is told. */
import type { Basis, FeedItem, Grid, Method, Range, Rule } from "./answers.ts";

/** A rule of the webhook matched. Values are in the rule's own unit. */
export interface RuleMatched {
  readonly type: "rule.matched";
  readonly timestamp: string;
  readonly data: {
    readonly webhook_id: number;
    readonly url: string;
    readonly rule: Rule;
    readonly meeting: string;
    readonly measure: Rule["measure"];
    readonly range: Range | null;
    readonly direction: "up" | "down";
    readonly unit: "pct" | "bp";
    /** the level that was crossed; null: it is a rule of shifts */
    readonly level: number | null;
    readonly shift: number | null;
    readonly window: Rule["window"];
    readonly value_before: number;
    readonly value_after: number;
    readonly change: number;
    /** a match that was told before and no longer stands; null: this one is news */
    readonly takes_back?: {
      readonly reason: "basis" | "corrected";
      readonly direction: "up" | "down";
      readonly basis: Basis;
      readonly as_of: string;
      /** that was told; of a shift the change */
      readonly value: number | null;
    } | null;
    /** 0 to 1; null: the measure is a rate */
    readonly probability_before: number | null;
    readonly probability_after: number | null;
    readonly expected_rate_bp: number | null;
    readonly from: string;
    readonly as_of: string;
    readonly trade_date: string;
    readonly target: Range;
    readonly crosses_decision: boolean;
    readonly grid: Grid;
    readonly basis: Basis;
    readonly method: Method;
    readonly source: string;
    readonly sample: boolean;
    /** of stored history, sent because somebody asked for it */
    readonly historical?: boolean;
    readonly assets: null;
  };
}

/** Rules of the webhook are not judged while the outcome of a meeting is not known, or are judged again. */
export interface RuleSight {
  readonly type: "rule.suspended" | "rule.resumed";
  readonly timestamp: string;
  readonly data: {
    readonly webhook_id: number;
    readonly url: string;
    readonly as_of: string;
    /** of the first reading that could not be judged; null: they are judged again */
    readonly since: string | null;
    readonly undecided_meeting: string;
    readonly reason: string;
    readonly rules: readonly {
      /** its place among the webhook's rules, the first 0 */
      readonly rule: number;
      readonly meeting: string | null;
      readonly as_written: Rule | null;
    }[];
  };
}

/** A test that somebody asked for. */
export interface WebhookTest {
  readonly type: "webhook.test";
  readonly timestamp: string;
  readonly data: {
    readonly webhook_id: number;
    readonly url: string;
    readonly as_of: string;
    readonly message: string;
  };
}

/** Another webhook of the same owner was disabled. */
export interface WebhookDisabled {
  readonly type: "webhook.disabled";
  readonly timestamp: string;
  readonly data: {
    readonly as_of: string;
    readonly url: string;
    readonly webhook_id: number;
    readonly description: string;
    readonly reason: string;
    readonly failing_since: string | null;
    readonly last_success_at: string | null;
    readonly pending: number;
  };
}

/** What a webhook of format `standard` carries; `type` tells which. */
export type WebhookMessage = FeedItem | RuleMatched | RuleSight | WebhookTest | WebhookDisabled;
