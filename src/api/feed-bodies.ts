/** Bodies of the feed as the document describes them: the same that webhooks carry. */
import { z } from "zod";
import { BASES, METHODS } from "../pricing/observations.ts";
import { DIRECTIONS, SEVERITIES } from "../repricing/repricing.ts";
import { WITHDRAWAL_REASONS } from "../webhooks/payload.ts";
import { CalendarDate, Instant, Range } from "./provenance.ts";
import { ALERT_KINDS, Repricing, STATES, STATUSES } from "./repricing-json.ts";

const Sequence = z.number().int().meta({ description: "Place in the feed" });
const Timestamp = Instant.meta({ format: "date-time", description: "When it was recorded" });

const Asset = z.strictObject({
  symbol: z.string(),
  return: z.number().nullable(),
  from_at: Instant.nullable(),
  to_at: Instant.nullable(),
  provisional: z.boolean(),
  return_1d: z.number().nullable(),
  return_5d: z.number().nullable(),
  drawdown: z.number().nullable(),
  percentile: z.number().nullable(),
});

const AlsoTold = z.strictObject({
  id: z.number().int().meta({ description: "Its place in the feed" }),
  meeting: CalendarDate,
  path: z.number().nullable(),
  kind: z.enum(ALERT_KINDS),
  severity: z.enum(SEVERITIES),
  amplitude_bp: z.number(),
  expected_rate_bp: z.number(),
});

/** `repricing.…`: an alert, or what became of one. */
export const RepricingFeedBody = z.strictObject({
  type: z.enum([
    "repricing.notice",
    "repricing.sharp",
    "repricing.severe",
    "repricing.extreme",
    "repricing.extended",
    "repricing.confirmed",
    "repricing.withdrawn",
  ]),
  timestamp: Timestamp,
  data: z.strictObject({
    sequence: Sequence,
    supersedes: z
      .number()
      .int()
      .nullable()
      .meta({ description: "The last item about the same repricing before this one; null: it is the first" }),
    resolves: z
      .number()
      .int()
      .nullable()
      .meta({ description: "The item that this one confirms or withdraws; null: it is news" }),
    resolved: z
      .strictObject({
        kind: z.enum(ALERT_KINDS),
        severity: z.enum(SEVERITIES),
        trade_date: CalendarDate,
        alert_key: z.string(),
        reason: z
          .enum(WITHDRAWAL_REASONS)
          .optional()
          .meta({
            description:
              "Of a withdrawal: settlement (the one that was to bear it out did not), corrected (readings were) or no_settlement " +
              "(none has come by the second settlement time after its own)",
          }),
      })
      .nullable()
      .meta({
        description:
          "What that item told. Where it is withdrawn, this no longer stands; the repricing itself may, as state and severity say",
      }),
    id: z.number().int().meta({ description: "The repricing" }),
    url: z.string(),
    cluster_id: z.string(),
    meeting: CalendarDate,
    path: z.number().nullable(),
    direction: z.enum(DIRECTIONS),
    status: z.enum(STATUSES),
    state: z.enum(STATES).meta({ description: "Of the repricing, after this item" }),
    severity: z.enum(SEVERITIES).meta({ description: "Of the repricing, after this item" }),
    kind: z.enum(ALERT_KINDS),
    alert_key: z.string(),
    reverses: z.number().int().nullable(),
    trade_date: CalendarDate,
    as_of: Instant,
    started_at: Instant,
    confirmed_at: Instant,
    start_rate_bp: z.number(),
    expected_rate_bp: z.number(),
    extreme_rate_bp: z.number(),
    amplitude_bp: z.number(),
    one_day_bp: z.number().nullable(),
    at_most: Repricing.shape.at_most,
    unusual: z
      .strictObject({ sigmas: z.number(), percentile: z.number().nullable(), past_legs: z.number() })
      .nullable(),
    basis: z.enum(BASES),
    method: z.enum(METHODS),
    sample: z.boolean(),
    historical: z.boolean(),
    assets: z.array(Asset),
    also: z.array(AlsoTold).meta({ description: "The others of the same piece of news and snapshot" }),
  }),
});

const Told = { sequence: Sequence, historical: z.literal(false), as_of: Instant, url: z.string() };

/** `meeting.decided` */
export const DecidedFeedBody = z.strictObject({
  type: z.literal("meeting.decided"),
  timestamp: Timestamp,
  data: z.strictObject({
    ...Told,
    supersedes: z
      .number()
      .int()
      .nullable()
      .optional()
      .meta({ description: "The last item about the same meeting, which this one corrects; null: it is the first" }),
    meeting: CalendarDate,
    effective_date: CalendarDate,
    scheduled: z.boolean(),
    outcome: Range,
    change_bp: z.number().nullable(),
    surprise_bp: z.number().nullable().meta({ description: "Null until the settlement after the decision" }),
    surprise_reason: z.string().nullable(),
    odds_before: z
      .strictObject({
        trade_date: CalendarDate,
        probability: z.number(),
        expected_rate_bp: z.number(),
        basis: z.enum(BASES),
        method: z.enum(METHODS),
        source: z.string(),
      })
      .nullable(),
    source: z.string(),
  }),
});

/** `digest.daily` */
export const DigestFeedBody = z.strictObject({
  type: z.literal("digest.daily"),
  timestamp: Timestamp,
  data: z.strictObject({
    ...Told,
    trade_date: CalendarDate,
    basis: z.enum(BASES),
    method: z.enum(METHODS),
    source: z.string(),
    compared_with: z.strictObject({ trade_date: CalendarDate, as_of: Instant }).nullable(),
    target: Range,
    effr_bp: z.number().nullable(),
    priced_by_year_end_bp: z.number().nullable(),
    priced_by_year_end_shift_bp: z.number().nullable(),
    meetings: z.array(
      z.strictObject({
        meeting: CalendarDate,
        announced: z.boolean(),
        expected_rate_bp: z.number().nullable(),
        expected_rate_shift_bp: z.number().nullable(),
        ease: z.number().nullable(),
        hold: z.number().nullable(),
        hike: z.number().nullable(),
        crosses_decision: z.boolean().nullable(),
        outcomes: z.array(
          z.strictObject({
            ...Range.shape,
            probability: z.number().nullable(),
            shift_pp: z.number().nullable(),
          }),
        ),
      }),
    ),
    open_repricings: z.array(
      z.strictObject({
        id: z.number().int(),
        url: z.string(),
        meeting: CalendarDate,
        path: z.number().nullable(),
        direction: z.enum(DIRECTIONS),
        severity: z.enum(SEVERITIES),
        started_at: Instant,
        start_rate_bp: z.number(),
        extreme_rate_bp: z.number(),
        amplitude_bp: z.number(),
      }),
    ),
    alerts: z.array(AlsoTold),
    summary: z.string(),
  }),
});

/** `data.stale` and `data.recovered` */
export const OutageFeedBody = z.strictObject({
  type: z.enum(["data.stale", "data.recovered"]),
  timestamp: Timestamp,
  data: z.strictObject({
    ...Told,
    what: z.enum(["futures", "fixings"]),
    sources: z.array(z.string()),
    expected_at: Instant,
    newest_as_of: Instant.nullable(),
    last_success_at: Instant.nullable(),
    last_error: z.string().nullable(),
  }),
});

/** Any item of the feed. */
export const FeedBody = z.union([RepricingFeedBody, DecidedFeedBody, DigestFeedBody, OutageFeedBody]);
