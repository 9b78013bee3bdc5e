/** Webhooks: made, read, changed, deleted, and given another secret. */
import { z } from "zod";
import { addWebhook, changeWebhook, deleteWebhook, rotateSecret } from "../store/webhook-changes.ts";
import { type WebhookSettings, webhookOf, webhooksAfter } from "../store/webhooks.ts";
import { tenantSeen } from "./auth.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { choice, cursor, limit } from "./parameters.ts";
import { Problem } from "./problem.ts";
import { webhookId, webhookNotFound } from "./webhooks-found.ts";
import { BLANK, NewWebhook, settingsOf, WebhookAnswer, WebhookChange, WebhookWithSecret } from "./webhooks-json.ts";
import { aheadCheck, checkMeetings } from "./webhooks-meetings.ts";
import { newSealedSecret } from "./webhooks-secrets.ts";
import { oneWebhookJson, webhooksJson } from "./webhooks-sight.ts";
import { defineOperation } from "./write.ts";

const MOST_PER_TENANT = 100;
const BOTH_SIGN_MS = 24 * 3_600_000;
const LIST = "webhooks";

const EXAMPLES = {
  "Sharp repricings of the next meeting, to Slack": {
    url: "https://hooks.slack.com/services/T000/B000/XXXX",
    format: "slack",
    meetings: ["next"],
  },
  "When a hold at the next meeting becomes more likely than not, or less": {
    url: "https://bot.example.com/cutwatch",
    rules: [{ meeting: "next", measure: "hold", crosses_pct: 50 }],
    events: ["rule.matched"],
  },
} as const;

export const createWebhook = defineOperation({
  method: "POST",
  path: "/v1/webhooks",
  operationId: "create_webhook",
  summary: "Subscribe an address to alerts",
  description:
    "Answers the signing secret, which is shown this once. The address is checked as it is written; where its name leads is " +
    "looked up on every attempt, so send a test to know that it is reached. An address of Slack, Discord or Telegram takes its " +
    "own format alone, one of Telegram is `…/bot<token>/sendMessage?chat_id=…`. What could never send anything is refused: " +
    "types that `min_severity` excludes, a date within the calendar that is no meeting, rules alone that are all on decided meetings, a level that cannot be crossed both ways. " +
    "At most 100 webhooks a tenant.",
  parameters: z.object({}),
  body: NewWebhook,
  examples: EXAMPLES,
  status: 201,
  answer: WebhookWithSecret,
  refusals: [409],
  run: async (_, body, commanded) => {
    const { sql, now, identity, allow } = commanded;
    const settings = settingsOf(body, BLANK, allow);
    await checkMeetings(sql, body);
    (await aheadCheck(sql, body, now))(settings.subscription);
    const { secret, sealed } = await newSealedSecret(commanded);
    const webhook = await addWebhook(
      sql,
      { ...settings, tenant: identity.tenant, secret: sealed },
      MOST_PER_TENANT,
      now,
    );
    if (webhook === null) {
      const why = `this tenant has ${MOST_PER_TENANT}, and that is how many there may be; delete one first`;
      throw new Problem(409, `Cannot create a webhook: ${why}`);
    }
    return { body: { ...(await oneWebhookJson(webhook, commanded)), secret }, location: `/v1/webhooks/${webhook.id}` };
  },
});

export const listWebhooks = defineOperation({
  method: "GET",
  path: "/v1/webhooks",
  operationId: "list_webhooks",
  summary: "Your tenant's webhooks",
  description: "Oldest first. A key of scope admin sees those of every tenant.",
  parameters: z.object({ limit, cursor }),
  body: null,
  status: 200,
  answer: z.strictObject({ data: z.array(WebhookAnswer), next_cursor: z.string().nullable() }),
  refusals: [],
  run: async (question, _, commanded) => {
    const { sql, now, identity } = commanded;
    const isMark = ([id = ""]: readonly string[]) => /^\d{1,15}$/.test(id);
    const [after = "0"] = question.cursor === undefined ? [] : decodeCursor(LIST, question.cursor, isMark);
    const page = { tenant: tenantSeen(identity), after: Number(after), limit: question.limit + 1 };
    const found = await webhooksAfter(sql, page, now);
    const data = await webhooksJson(found.slice(0, question.limit), commanded);
    const last = found.length > question.limit ? data.at(-1) : undefined;
    return { body: { data, next_cursor: last === undefined ? null : encodeCursor(LIST, [String(last.id)]) } };
  },
});

export const readWebhook = defineOperation({
  method: "GET",
  path: "/v1/webhooks/{id}",
  operationId: "read_webhook",
  summary: "One webhook, and how it does",
  description:
    "Without its secret, which nobody is shown again. `rules_not_judged` says which of its rules are blind, since when and why: " +
    "such as all of them while the outcome of a meeting is not known. Of that the webhook is told as well, by " +
    "`rule.suspended` once it is so and `rule.resumed` once it is not any more.",
  parameters: z.object({ id: webhookId }),
  body: null,
  status: 200,
  answer: WebhookAnswer,
  refusals: [404],
  run: async ({ id }, _, commanded) => {
    const { sql, now, identity } = commanded;
    const webhook = await webhookOf(sql, { id, tenant: tenantSeen(identity) }, now);
    if (webhook === null) throw webhookNotFound(id);
    return { body: await oneWebhookJson(webhook, commanded) };
  },
});

export const updateWebhook = defineOperation({
  method: "PATCH",
  path: "/v1/webhooks/{id}",
  operationId: "update_webhook",
  summary: "Change a webhook",
  description:
    "What is absent stays as it is; null is back to the default. Enabling it forgets why it was disabled and since when it " +
    "failed; messages that wait for it go on. Another `format` is that of messages which were not attempted yet: one that was " +
    "is sent again as it was, so that a receiver which gets it twice gets the same bytes, until it has been given up and a " +
    "person asks for it again, or the webhook has another `url` as well.",
  parameters: z.object({ id: webhookId }),
  body: WebhookChange,
  examples: {
    "Enable it again": { enabled: true },
    "Be told of every meeting, severe ones only": { meetings: null, min_severity: "severe" },
  },
  status: 200,
  answer: WebhookAnswer,
  refusals: [404],
  run: async ({ id }, body, commanded) => {
    const { sql, now, identity, allow } = commanded;
    const ref = { id, tenant: tenantSeen(identity) };
    await checkMeetings(sql, body);
    const checkAhead = await aheadCheck(sql, body, now);
    const change = (before: WebhookSettings) => {
      const settings = settingsOf(body, before, allow);
      checkAhead(settings.subscription);
      return settings;
    };
    const webhook = await changeWebhook(sql, ref, change, now);
    if (webhook === null) throw webhookNotFound(id);
    return { body: await oneWebhookJson(webhook, commanded) };
  },
});

export const removeWebhook = defineOperation({
  method: "DELETE",
  path: "/v1/webhooks/{id}",
  operationId: "delete_webhook",
  summary: "Delete a webhook",
  description: "Messages that wait for it are not sent any more.",
  parameters: z.object({ id: webhookId }),
  body: null,
  status: 204,
  answer: null,
  refusals: [404],
  run: async ({ id }, _, { sql, now, identity }) => {
    if (!(await deleteWebhook(sql, { id, tenant: tenantSeen(identity) }, now))) throw webhookNotFound(id);
    return { body: null };
  },
});

export const rotateWebhookSecret = defineOperation({
  method: "POST",
  path: "/v1/webhooks/{id}/rotate-secret",
  operationId: "rotate_webhook_secret",
  summary: "Give a webhook another signing secret",
  description:
    "Answers the new secret, which is shown this once. For 24 hours messages carry the signatures of both. Within that time " +
    "it is not rotated again, since the older secret, which a receiver may still check with, would stop at once: 409 tells " +
    "until when, and `force=true` does it all the same.",
  parameters: z.object({
    id: webhookId,
    force: choice("Also while the secret before still signs, which ends that one at once", [
      "true",
      "false",
    ]).optional(),
  }),
  body: null,
  status: 200,
  answer: WebhookWithSecret,
  refusals: [404, 409],
  run: async ({ id, force }, _, commanded) => {
    const { sql, now, identity } = commanded;
    const { secret, sealed } = await newSealedSecret(commanded);
    const rotation = {
      secret: sealed,
      previousUntil: new Date(now.getTime() + BOTH_SIGN_MS),
      endsPrevious: force === "true",
    };
    const rotated = await rotateSecret(sql, { id, tenant: tenantSeen(identity) }, rotation, now);
    if (rotated === null) throw webhookNotFound(id);
    const { webhook } = rotated;
    if (!rotated.done) {
      const until = webhook.previousUntil?.toISOString() ?? "";
      throw new Problem(
        409,
        `Cannot rotate the secret of webhook ${id}: the one before signs too until ${until}, and another rotation would end it at once; wait until then, or force it`,
      );
    }
    return { body: { ...(await oneWebhookJson(webhook, commanded)), secret } };
  },
});
