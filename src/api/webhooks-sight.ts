/** Webhooks as they are answered: with which of their rules are blind now. */
import { passableSources } from "../store/passable-sources.ts";
import { notJudgedNow } from "../store/rule-sight.ts";
import type { Webhook } from "../store/webhooks.ts";
import { webhookJson } from "./webhooks-json.ts";
import type { Commanded } from "./write.ts";

type Asked = Pick<Commanded, "sql" | "now" | "withhold">;

/** Several, read together. */
export async function webhooksJson(webhooks: readonly Webhook[], { sql, now, withhold }: Asked) {
  const rules = webhooks.map(({ id, subscription }) => ({ id, rules: subscription.rules }));
  const passable = withhold ? await passableSources(sql) : null;
  const notJudged = await notJudgedNow(sql, rules, { now, passable });
  return webhooks.map((webhook) => webhookJson(webhook, notJudged.get(webhook.id) ?? []));
}

/** One. */
export async function oneWebhookJson(webhook: Webhook, asked: Asked) {
  const [json = webhookJson(webhook, [])] = await webhooksJson([webhook], asked);
  return json;
}
