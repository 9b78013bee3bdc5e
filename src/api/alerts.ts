import { z } from "zod";
import { BASES, METHODS } from "../pricing/observations.ts";
import { DIRECTIONS, SEVERITIES } from "../repricing/repricing.ts";
import { alertsAfter } from "../store/alert-feed.ts";
import { basis, format, knownAt, limit, parameter } from "./parameters.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { ALERT_KINDS, Repricing, STATES } from "./repricing-json.ts";
import { defineResource } from "./resource.ts";
import { mayPass } from "./withholding.ts";

const place = {
  accepted: "the sequence of an alert, a whole number",
  example: "0",
  parse: (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : null),
  schema: { type: "integer", minimum: 0 },
} as const;

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

const Body = z.strictObject({
  type: z.string().meta({ example: "repricing.sharp" }),
  timestamp: Instant.meta({ format: "date-time", description: "When it was recorded" }),
  data: z.strictObject({
    sequence: z.number().int().meta({ description: "Place in this feed" }),
    id: z.number().int().meta({ description: "The repricing" }),
    url: z.string(),
    cluster_id: z.string(),
    meeting: CalendarDate,
    path: z.number().nullable(),
    direction: z.enum(DIRECTIONS),
    state: z.enum(STATES),
    severity: z.enum(SEVERITIES),
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
  }),
});

export const alertsResource = defineResource({
  path: "/v1/alerts",
  summary: "The feed of alerts, in order of recording",
  description:
    "Append only: an alert is never changed and numbers only grow. Each item is the body that a webhook carries, as it was " +
    "known when it was recorded. `next_cursor` is the last number of the page, also on the newest page, and is given again as " +
    "`after` to ask for what came since; null: nothing did. One voice a day, of the best basis there was, unless `basis` " +
    "asks for another.",
  parameters: z.object({
    after: parameter<number>({
      ...place,
      description: "Only alerts after this one; absent: from the first",
    }).optional(),
    basis: basis.optional(),
    known_at: knownAt,
    limit,
    cursor: parameter<number>({ ...place, description: "The same as after" }).optional(),
    format,
  }),
  answer: z.strictObject({ data: z.array(Body), next_cursor: z.string().nullable() }),
  item: Body,
  read: async (question, { sql, passable }) => {
    const rows = await alertsAfter(sql, {
      after: question.cursor ?? question.after ?? 0,
      basis: question.basis ?? null,
      knownAt: question.known_at ?? null,
      limit: question.limit,
    });
    const allowed = await passable();
    // A published distribution is its source's own figure, and a body is told whole or not at all.
    const told = rows.filter((row) => row.basis !== "published" || mayPass(row.source, allowed));
    const last = rows.at(-1);
    return {
      body: { data: told.map((row) => row.body), next_cursor: last === undefined ? null : String(last.id) },
      until: null,
    };
  },
});
