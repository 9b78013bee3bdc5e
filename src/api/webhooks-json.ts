/** Webhooks in JSON: what a person may say of one, and how it is answered. */
import { z } from "zod";
import { SEVERITIES } from "../repricing/repricing.ts";
import type { Webhook, WebhookSettings } from "../store/webhooks.ts";
import type { AllowList } from "../webhooks/allow-list.ts";
import { checkUrl } from "../webhooks/guard.ts";
import { ruleJson } from "../webhooks/rule-json.ts";
import type { NotJudgedNow } from "../webhooks/rule-sight.ts";
import { EVENT_TYPES, type EventType, FORMATS, type Subscription } from "../webhooks/subscription.ts";
import { bodyOf, choiceField, field, listField, wholeField } from "./fields.ts";
import { Problem } from "./problem.ts";
import { CalendarDate, Instant } from "./provenance.ts";
import { RULES, readSelector, ruleOf, SELECTOR_SCHEMA, SELECTORS } from "./webhooks-rules.ts";
import { checkChat, checkEvents } from "./webhooks-silent.ts";

const MOST_MEETINGS = 20;
const SHOWN_URL = 80;
const LONGEST_DESCRIPTION = 500;
const LONGEST_AGE_S = 365 * 86_400;

// A line of a terminal or a log is drawn by them; Postgres has no place for the first.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** What a subscription is made of; each is optional, and null is the same as absent. */
const SUBSCRIPTION = {
  min_severity: choiceField("Least severity of repricings, sharp when absent", SEVERITIES).nullish(),
  meetings: listField({
    accepted: SELECTORS,
    description: "Meetings to be told of, all when absent",
    parse: readSelector,
    most: MOST_MEETINGS,
    item: SELECTOR_SCHEMA,
  }).nullish(),
  rules: RULES.nullish(),
  events: listField<EventType>({
    accepted: EVENT_TYPES.join(", "),
    description: "Types of message, repricings and matches of its rules when absent",
    parse: (given) => EVENT_TYPES.find((type) => type === given) ?? null,
    most: EVENT_TYPES.length,
    item: { enum: EVENT_TYPES },
  }).nullish(),
  format: choiceField("Form of the messages, standard when absent", FORMATS).nullish(),
  max_age_s: wholeField(
    "Messages recorded longer ago (their `timestamp`; `as_of` may be earlier) are not sent; no limit when absent; seconds",
    1,
    LONGEST_AGE_S,
  ).nullish(),
} as const;

const PUBLIC_URL = "an https URL of a public host on port 443 or 8443";

const url = field<string>({
  accepted: PUBLIC_URL,
  description: "Where messages are sent; for Telegram with the chat, …/sendMessage?chat_id=…",
  parse: (given) => (typeof given === "string" ? given : null),
  schema: { type: "string", format: "uri" },
});

const description = field<string>({
  accepted: `a text of at most ${LONGEST_DESCRIPTION} characters on one line`,
  description: "In your own words",
  parse: (given) =>
    typeof given === "string" && given.length <= LONGEST_DESCRIPTION && !CONTROL.test(given) ? given : null,
  schema: { type: "string", maxLength: LONGEST_DESCRIPTION },
}).nullish();

const enabled = field<boolean>({
  accepted: "true or false",
  description: "Whether messages are queued and sent, true when absent",
  parse: (given) => (typeof given === "boolean" ? given : null),
  schema: { type: "boolean" },
}).optional();

/** Body of POST. */
export const NewWebhook = bodyOf({ url, ...SUBSCRIPTION, description, enabled });
/** Body of PATCH: what is absent stays, null is back to what it is when absent. */
export const WebhookChange = bodyOf({ url: url.optional(), ...SUBSCRIPTION, description, enabled });
/** A subscription alone, for a dry run; the rest is taken and not looked at, so that the same body can be tried first. */
export const TRIED_FIELDS = { ...SUBSCRIPTION, url: url.optional(), description, enabled } as const;

type Given = z.output<z.ZodObject<typeof SUBSCRIPTION>>;

const DEFAULTS: Subscription = {
  minSeverity: "sharp",
  meetings: null,
  rules: [],
  events: null,
  format: "standard",
  maxAgeS: null,
};

/** What was given, otherwise what was before; null: the default. */
function merged<T>(given: T | null | undefined, before: T, fallback: T): T {
  return given === undefined ? before : (given ?? fallback);
}

/**
 * A subscription as it becomes.
 *
 * @param before what members that were not given keep
 * @throws Problem 400 for members that do not go together
 */
export function subscriptionOf(given: Given, before: Subscription = DEFAULTS): Subscription {
  const rules = given.rules?.map((rule, i) => ruleOf(rule, `rules[${i}]`));
  const subscription = {
    minSeverity: merged(given.min_severity, before.minSeverity, DEFAULTS.minSeverity),
    meetings: merged(given.meetings, before.meetings, null),
    rules: given.rules === null ? [] : (rules ?? before.rules),
    events: merged(given.events, before.events, null),
    format: merged(given.format, before.format, DEFAULTS.format),
    maxAgeS: merged(given.max_age_s, before.maxAgeS, null),
  };
  // What it already was stays, so that it can be disabled whatever it is.
  if ([given.events, given.rules, given.min_severity].some((member) => member !== undefined)) checkEvents(subscription);
  return subscription;
}

/**
 * An address as it is kept. Looks at the address alone: where its name leads is looked up on each attempt, a test first.
 *
 * @throws Problem 400 for one that may not be called
 */
export function urlOf(given: string, allow: AllowList): string {
  const checked = checkUrl(given, allow);
  if (checked.ok) return checked.url.href;
  // The rest of it is a secret in chat services, and errors end in logs.
  const was = given.replace(/^([a-z]+:\/\/)(?:[^/?#]*@)?([^/?#]{0,60}).*$/is, "$1$2/…").slice(0, SHOWN_URL);
  throw new Problem(400, `Cannot use url: ${checked.reason}`, {
    members: { parameter: "url", was, accepted: PUBLIC_URL },
  });
}

/**
 * A webhook as it becomes.
 *
 * @throws Problem 400 for an address that may not be called, or members that do not go together
 */
export function settingsOf(
  given: z.output<typeof WebhookChange>,
  before: WebhookSettings,
  allow: AllowList,
): WebhookSettings {
  const subscription = subscriptionOf(given, before.subscription);
  const address = given.url === undefined ? before.url : urlOf(given.url, allow);
  // What it already was stays, also where it is said again, so that everything else of it can be changed.
  if (address !== before.url || subscription.format !== before.subscription.format) checkChat(address, subscription);
  return {
    url: address,
    subscription,
    description: merged(given.description, before.description, ""),
    enabled: given.enabled ?? before.enabled,
  };
}

/** What a webhook is before anything is said of it. */
export const BLANK: WebhookSettings = { url: "", subscription: DEFAULTS, description: "", enabled: true };

/** A webhook in an answer. */
export const WebhookAnswer = z.strictObject({
  id: z.number().int(),
  tenant: z.string(),
  url: z.string(),
  min_severity: z.enum(SEVERITIES),
  meetings: z.array(z.string()).nullable().meta({ description: "Null: every meeting" }),
  rules: z.array(z.record(z.string(), z.unknown())).meta({ description: "As they were given" }),
  rules_not_judged: z
    .array(
      z.strictObject({
        rule: z.number().int().meta({ description: "Its place in rules, the first 0" }),
        meeting: CalendarDate.nullable().meta({ format: "date", description: "That it means now; null: none" }),
        since: Instant.nullable().meta({
          format: "date-time",
          description: "as_of of the first reading that could not be judged; null: none could",
        }),
        reason: z.string(),
      }),
    )
    .meta({
      description: "Rules that no reading is shown to now: that they say nothing does not mean that nothing is up",
    }),
  events: z.array(z.enum(EVENT_TYPES)).nullable().meta({ description: "Null: repricings and matches of its rules" }),
  format: z.enum(FORMATS),
  max_age_s: z.number().int().nullable(),
  description: z.string(),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().meta({ description: "Null while enabled, or when a person disabled it" }),
  disabled_at: Instant.nullable(),
  failing_since: Instant.nullable().meta({ description: "First failure after the last success" }),
  last_success_at: Instant.nullable(),
  previous_secret_until: Instant.nullable().meta({
    description: "Until then the secret before the last rotation signs too",
  }),
  health: z.strictObject({
    pending: z.number().int().meta({ description: "Messages that wait for their next attempt" }),
    delivered_24h: z.number().int(),
    failed_24h: z.number().int(),
  }),
  created_at: Instant,
  updated_at: Instant,
});

/** A webhook with the secret, which is answered once. */
export const WebhookWithSecret = WebhookAnswer.extend({
  secret: z.string().meta({ description: "whsec_…: shown this once, and nowhere else", example: "whsec_…" }),
});

/** @param notJudged of its rules, those that are not judged now */
export function webhookJson(webhook: Webhook, notJudged: readonly NotJudgedNow[]): z.input<typeof WebhookAnswer> {
  const { subscription } = webhook;
  return {
    id: webhook.id,
    tenant: webhook.tenant,
    url: webhook.url,
    min_severity: subscription.minSeverity,
    meetings: subscription.meetings === null ? null : [...subscription.meetings],
    rules: subscription.rules.map((rule) => ({ ...ruleJson(rule) })),
    rules_not_judged: notJudged.map(({ rule, meeting, since, reason }) => ({
      rule,
      meeting,
      since: since?.toISOString() ?? null,
      reason,
    })),
    events: subscription.events === null ? null : [...subscription.events],
    format: subscription.format,
    max_age_s: subscription.maxAgeS,
    description: webhook.description,
    enabled: webhook.enabled,
    disabled_reason: webhook.disabledReason,
    disabled_at: webhook.disabledAt?.toISOString() ?? null,
    failing_since: webhook.failingSince?.toISOString() ?? null,
    last_success_at: webhook.lastSuccessAt?.toISOString() ?? null,
    previous_secret_until: webhook.previousUntil?.toISOString() ?? null,
    health: { pending: webhook.pending, delivered_24h: webhook.delivered24h, failed_24h: webhook.failed24h },
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  };
}
