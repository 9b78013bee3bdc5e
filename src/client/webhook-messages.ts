/** Bodies of webhooks: those of the feed, and three that only the webhook's owner is told. */
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
    readonly assets: null;
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
export type WebhookMessage = FeedItem | RuleMatched | WebhookTest | WebhookDisabled;
