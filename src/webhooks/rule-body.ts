/** What a receiver is told when one of its own rules matches. */
import type { DeliveryDraft } from "./delivery-drafts.ts";
import { ruleMessageId } from "./message-id.ts";
import { ruleJson, ruleKey } from "./rule-json.ts";
import type { FoundMatch, MeasuredReading } from "./rule-series.ts";
import { thresholdOf } from "./rule-threshold.ts";

const PER_CENT = 100;

/** Where the reading is served, pinned so that the same figures are given again. */
function readingUrl(baseUrl: string | null, { meeting, grid, basis, tradeDate, asOf, recordedAt }: MeasuredReading) {
  const pinned = new URLSearchParams({
    meeting,
    as_of: grid === "settlement" ? tradeDate : asOf.toISOString(),
    grid,
    basis,
    known_at: recordedAt.toISOString(),
  });
  return `${baseUrl ?? ""}/v1/probabilities?${pinned}`;
}

interface RuleHow {
  readonly webhookId: number;
  readonly baseUrl: string | null;
  readonly recordedAt: Date;
  /** of stored history, told because somebody asked for it */
  readonly historical?: boolean;
}

/** A match that was told and does not stand, as it was told. */
function takenBackJson({ takesBack }: FoundMatch["match"]) {
  if (takesBack === undefined) return null;
  const { reason, told } = takesBack;
  return { reason, direction: told.direction, basis: told.basis, as_of: told.asOf, value: told.value ?? null };
}

/**
 * The body of a match. Values are in the rule's own unit (per cent, or bp); of probabilities the fraction as well.
 *
 * @param how `baseUrl`: where cutwatch is served, without a trailing slash; null: not known, so that `url` is a path
 */
export function ruleBody({ rule, meeting, match, reading, crossesDecision }: FoundMatch, how: RuleHow) {
  const { kind, unit, amount } = thresholdOf(rule);
  const { before, after, direction } = match;
  const fraction = (value: number) => (unit === "pct" ? value / PER_CENT : null);
  return {
    type: "rule.matched" as const,
    timestamp: how.recordedAt.toISOString(),
    data: {
      webhook_id: how.webhookId,
      url: readingUrl(how.baseUrl, reading),
      rule: ruleJson(rule),
      meeting,
      measure: rule.measure,
      range: rule.range === null ? null : { lower_bp: rule.range.lowerBp, upper_bp: rule.range.upperBp },
      direction,
      unit,
      level: kind === "level" ? amount : null,
      shift: kind === "shift" ? amount : null,
      window: rule.window,
      value_before: before.value,
      value_after: after.value,
      change: after.value - before.value,
      takes_back: takenBackJson(match),
      probability_before: fraction(before.value),
      probability_after: fraction(after.value),
      expected_rate_bp: reading.expectedRateBp,
      from: before.asOf,
      as_of: after.asOf,
      trade_date: reading.tradeDate,
      target: { lower_bp: reading.target.lowerBp, upper_bp: reading.target.upperBp },
      crosses_decision: crossesDecision,
      grid: reading.grid,
      basis: reading.basis,
      method: reading.method,
      source: reading.source,
      sample: reading.isSample,
      historical: how.historical ?? false,
      assets: null,
    },
  };
}

/** A match as a message to its webhook: its name is the same however often it is found. */
export function ruleDraft(found: FoundMatch, how: RuleHow): DeliveryDraft {
  const { asOf } = found.match.after;
  // The same instant may have been told before the correction, and be corrected once more.
  const told = found.correctedAt === undefined ? asOf : `${asOf} ${found.correctedAt.toISOString()}`;
  return {
    webhookId: how.webhookId,
    messageId: ruleMessageId(how.webhookId, ruleKey(found.rule, found.meeting), told),
    type: "rule.matched",
    alertId: null,
    noticeId: null,
    body: ruleBody(found, how),
    asOf,
    recordedAt: how.recordedAt,
    askedFor: false,
  };
}
