/** The form of every message, one JSON Schema a type: what a webhook of format `standard` receives. */
import { z } from "zod";
import { BASES, GRIDS, METHODS } from "../pricing/observations.ts";
import { SIGHT_TYPES } from "../webhooks/sight-body.ts";
import { MESSAGE_TYPES, type MessageType, RULE_MEASURES, RULE_WINDOWS } from "../webhooks/subscription.ts";
import { DecidedFeedBody, DigestFeedBody, OutageFeedBody, RepricingFeedBody } from "./feed-bodies.ts";
import { CalendarDate, Instant, Range } from "./provenance.ts";

const Timestamp = Instant.meta({ format: "date-time", description: "When it was recorded" });
const Probability = z.number().min(0).max(1);

const RuleAsWritten = z.strictObject({
  meeting: z.string(),
  measure: z.enum(RULE_MEASURES),
  range: z.string().optional(),
  crosses_pct: z.number().optional(),
  crosses_bp: z.number().optional(),
  shift_pp: z.number().optional(),
  shift_bp: z.number().optional(),
  window: z.enum(RULE_WINDOWS).optional(),
  hysteresis: z.number().optional(),
  cool_down_s: z.number().optional(),
});

const RuleMatchedBody = z.strictObject({
  type: z.literal("rule.matched"),
  timestamp: Timestamp,
  data: z.strictObject({
    webhook_id: z.number().int(),
    url: z.string().meta({ description: "The reading, pinned: it gives the same figures again" }),
    rule: RuleAsWritten.meta({ description: "As it was written" }),
    meeting: CalendarDate.meta({ format: "date", description: "The meeting that the rule meant" }),
    measure: z.enum(RULE_MEASURES),
    range: Range.nullable(),
    direction: z.enum(["up", "down"]),
    unit: z.enum(["pct", "bp"]).meta({ description: "Of level, shift, values and change" }),
    level: z.number().nullable().meta({ description: "The level that was crossed; null: the rule is about a shift" }),
    shift: z.number().nullable().meta({ description: "The least shift asked for; null: the rule is about a level" }),
    window: z.enum(RULE_WINDOWS).nullable(),
    value_before: z.number(),
    value_after: z.number(),
    change: z.number(),
    takes_back: z
      .strictObject({
        reason: z
          .enum(["basis", "corrected"])
          .meta({ description: "basis: a better one shows otherwise; corrected: the figure it rested on was" }),
        direction: z.enum(["up", "down"]),
        basis: z.enum(BASES),
        as_of: Instant,
        value: z
          .number()
          .nullable()
          .meta({ description: "That was told; of a shift the change. Null: it is not known" }),
      })
      .nullable()
      .optional()
      .meta({
        description:
          "A match that was told before and no longer stands: of a level, the measure is on the side that direction names. " +
          "Null: this one is news",
      }),
    probability_before: Probability.nullable().meta({ description: "value_before as a fraction; null for rates" }),
    probability_after: Probability.nullable(),
    expected_rate_bp: z.number().nullable(),
    from: Instant.meta({ format: "date-time", description: "When value_before was true in the market" }),
    as_of: Instant,
    trade_date: CalendarDate,
    target: Range.meta({ description: "The range in force at as_of" }),
    crosses_decision: z.boolean(),
    grid: z.enum(GRIDS),
    basis: z.enum(BASES),
    method: z.enum(METHODS),
    source: z.string(),
    sample: z.boolean(),
    historical: z
      .boolean()
      .optional()
      .meta({ description: "A match of stored history, sent because somebody asked for it" }),
    assets: z.null(),
  }),
});

const SightBody = z.strictObject({
  type: z.enum(SIGHT_TYPES),
  timestamp: Timestamp,
  data: z.strictObject({
    webhook_id: z.number().int(),
    url: z.string().meta({ description: "The decision, once it is known" }),
    as_of: Instant.meta({
      format: "date-time",
      description: "Of the newest reading; where they are judged again, when that was found",
    }),
    since: Instant.nullable().meta({
      format: "date-time",
      description: "as_of of the first reading that could not be judged; null where they are judged again",
    }),
    undecided_meeting: CalendarDate.meta({ format: "date", description: "In effect, and its outcome was not known" }),
    reason: z.string(),
    rules: z.array(
      z.strictObject({
        rule: z.number().int().meta({ description: "Its place in the webhook's rules, the first 0" }),
        meeting: CalendarDate.nullable().meta({ format: "date", description: "The meeting that it means" }),
        as_written: RuleAsWritten.nullable(),
      }),
    ),
  }),
});

const DisabledBody = z.strictObject({
  type: z.literal("webhook.disabled"),
  timestamp: Timestamp,
  data: z.strictObject({
    as_of: Instant,
    url: z.string(),
    webhook_id: z.number().int(),
    description: z.string(),
    reason: z.string(),
    failing_since: Instant.nullable(),
    last_success_at: Instant.nullable(),
    pending: z.number().int().meta({ description: "Messages that wait until it is enabled again" }),
  }),
});

const TestBody = z.strictObject({
  type: z.literal("webhook.test"),
  timestamp: Timestamp,
  data: z.strictObject({ webhook_id: z.number().int(), url: z.string(), as_of: Instant, message: z.string() }),
});

function bodyOf(type: MessageType): z.ZodObject {
  switch (type) {
    case "rule.matched":
      return RuleMatchedBody;
    case "rule.suspended":
    case "rule.resumed":
      return SightBody.extend({ type: z.literal(type) });
    case "meeting.decided":
      return DecidedFeedBody;
    case "digest.daily":
      return DigestFeedBody;
    case "webhook.disabled":
      return DisabledBody;
    case "webhook.test":
      return TestBody;
    case "data.stale":
    case "data.recovered":
      return OutageFeedBody.extend({ type: z.literal(type) });
    default:
      return RepricingFeedBody.extend({ type: z.literal(type) });
  }
}

/** What reads and checks a body of each type. */
export const MESSAGE_BODIES: ReadonlyMap<MessageType, z.ZodObject> = new Map(
  MESSAGE_TYPES.map((type) => [type, bodyOf(type)]),
);

/** JSON Schema (2020-12) of the body of a type of message. */
export function messageSchema(type: MessageType): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(bodyOf(type)), title: type };
}
