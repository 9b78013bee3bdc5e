/** What one asks of a webhook: a test, all that it should have been told since, and what it would have been told. */
import { z } from "zod";
import { SEVERITIES } from "../repricing/repricing.ts";
import { dryRun } from "../store/dry-run.ts";
import { passableSources } from "../store/passable-sources.ts";
import { queueTest, replayWebhook } from "../store/replay.ts";
import { tenantSeen } from "./auth.ts";
import { bodyOf, field } from "./fields.ts";
import { choice, marketTimeParameter, readMarketTime, WHEN } from "./parameters.ts";
import { Problem } from "./problem.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { enabledWebhook, webhookId, webhookNotFound } from "./webhooks-found.ts";
import { subscriptionOf, TRIED_FIELDS, urlOf } from "./webhooks-json.ts";
import { checkMeetings } from "./webhooks-meetings.ts";
import { checkChat } from "./webhooks-silent.ts";
import { defineOperation } from "./write.ts";

export const testWebhook = defineOperation({
  method: "POST",
  path: "/v1/webhooks/{id}/test",
  operationId: "test_webhook",
  summary: "Send a webhook.test message",
  description:
    "Queued like any other message; `Location` tells what became of it. This is where it shows that a name leads nowhere, or " +
    "to an address that may not be called.",
  parameters: z.object({ id: webhookId }),
  body: null,
  status: 202,
  answer: z.strictObject({ delivery_id: z.number().int(), message_id: z.string() }),
  refusals: [404, 409],
  run: async ({ id }, _, { sql, now, identity, baseUrl }) => {
    await enabledWebhook(sql, { id, tenant: tenantSeen(identity) }, "send a test", now);
    const queued = await queueTest(sql, id, now, baseUrl);
    if (queued === null) throw webhookNotFound(id); // deleted a moment ago
    return {
      body: { delivery_id: queued.deliveryId, message_id: queued.messageId },
      location: `/v1/deliveries/${queued.deliveryId}`,
    };
  },
});

export const replayToWebhook = defineOperation({
  method: "POST",
  path: "/v1/webhooks/{id}/replay",
  operationId: "replay_webhook",
  summary: "Send again all that this webhook wants since an instant",
  description:
    "By `as_of`, historical alerts too: this is the one way to have those sent. Of its rules, as they are now, the matches that " +
    "were told and those that only stored history shows (`historical`), as a dry run lists them. Each message has the webhook-id " +
    "it had, or would have had, so a receiver that has it can tell. `only=missing` leaves out what was delivered. A date means " +
    "its beginning in UTC, so that its settlement is included.",
  parameters: z.object({
    id: webhookId,
    since: marketTimeParameter("From when in the market"),
    only: choice("`missing`: only what was not delivered", ["missing"]).optional(),
  }),
  body: null,
  status: 202,
  answer: z.strictObject({ queued: z.number().int(), since: Instant }),
  refusals: [404, 409],
  run: async ({ id, since: from, only }, _, { sql, now, identity, withhold, baseUrl }) => {
    await enabledWebhook(sql, { id, tenant: tenantSeen(identity) }, "replay", now);
    const since = "tradeDate" in from ? new Date(`${from.tradeDate}T00:00:00Z`) : from.instant;
    const passable = withhold ? await passableSources(sql) : null;
    const request = { webhookId: id, since, missingOnly: only === "missing", now, passable, baseUrl };
    const { queued } = await replayWebhook(sql, request);
    return { body: { queued, since: since.toISOString() } };
  },
});

const END_OF_DAY = "T23:59:59.999Z";

function periodField(description: string, timeOfDate: string) {
  return field<Date>({
    accepted: WHEN,
    description,
    parse: (given) => {
      const time = typeof given === "string" ? readMarketTime(given) : null;
      if (time === null) return null;
      return "tradeDate" in time ? new Date(`${time.tradeDate}${timeOfDate}`) : time.instant;
    },
    schema: { type: "string", anyOf: [{ format: "date" }, { format: "date-time" }] },
  }).nullish();
}

const Message = z.strictObject({
  type: z.string(),
  as_of: Instant,
  meeting: z.string().nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  kind: z.string().nullable(),
  alert_id: z.number().int().nullable().meta({ description: "Its sequence in the feed; null: the match of a rule" }),
  summary: z.string(),
});

export const tryWebhook = defineOperation({
  method: "POST",
  path: "/v1/webhooks/dry-run",
  operationId: "try_webhook",
  summary: "What a subscription would have been told by now",
  description:
    "Which messages of stored history it would have received, and how many a year that is, so that its severity and rules can " +
    "be chosen before anybody is woken. Rules are tried on daily readings: `not_judged` names those that these cannot show, " +
    "such as a window of an hour, and `unjudged` when a rule was blind, and why. Takes the body of a new webhook, with or " +
    "without url, and a period; nothing is stored or sent.",
  parameters: z.object({}),
  body: bodyOf({
    ...TRIED_FIELDS,
    from: periodField("Begin of the period, the first reading when absent", "T00:00:00Z"),
    to: periodField("End of the period, the last reading when absent", END_OF_DAY),
  }),
  examples: {
    "How often a level was crossed": {
      events: ["rule.matched"],
      rules: [{ meeting: "next", measure: "hold", crosses_pct: 50 }],
      from: "2025-01-01",
    },
  },
  status: 200,
  answer: z.strictObject({
    from: Instant.meta({ description: "Of the period, as far as anything is stored" }),
    to: Instant,
    messages: z.array(Message),
    days_covered: z.number().meta({ description: "Of the period, what lies between readings: a gap is no quiet time" }),
    per_year: z.number().nullable().meta({ description: "By the days covered; null: they are fewer than 28" }),
    not_judged: z
      .array(
        z.strictObject({
          rule: z.number().int().meta({ description: "Its place in rules, the first 0" }),
          reason: z.string(),
        }),
      )
      .meta({ description: "Rules that no stored reading can judge: that they brought no message says nothing" }),
    unjudged: z
      .array(
        z.strictObject({
          rule: z.number().int().meta({ description: "Its place in rules, the first 0" }),
          meeting: CalendarDate,
          from: Instant.meta({ format: "date-time", description: "as_of of the first reading" }),
          to: Instant,
          days: z.number().int().meta({ description: "Trade dates" }),
          reason: z.string(),
        }),
      )
      .meta({ description: "Readings at which a rule could not be judged: what it would have said nobody knows" }),
    withheld: z.number().int().meta({
      description: "Messages left out, for CUTWATCH_WITHHOLD keeps their figures back; they would not be sent",
    }),
    by_type: z.record(z.string(), z.number().int()),
    by_severity: z.record(z.string(), z.number().int()),
  }),
  refusals: [],
  run: async (_, { url, from, to, ...fields }, { sql, now, allow, withhold }) => {
    const subscription = subscriptionOf(fields);
    if (url !== undefined) checkChat(urlOf(url, allow), subscription);
    await checkMeetings(sql, fields);
    const period = { ...(from instanceof Date ? { from } : {}), ...(to instanceof Date ? { to } : {}) };
    if (period.from !== undefined && period.to !== undefined && period.from > period.to) {
      throw new Problem(400, "Cannot use from and to: the period ends before it begins", {
        members: { parameter: "from", accepted: "an instant before to" },
      });
    }
    const passable = withhold ? await passableSources(sql) : null;
    return { body: await dryRun(sql, subscription, { ...period, now, passable }) };
  },
});
