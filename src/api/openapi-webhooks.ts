/** Messages as the OpenAPI document has them: what is sent to a webhook of format `standard`. */
import { MESSAGE_TYPES, type MessageType } from "../webhooks/subscription.ts";
import { messageExample } from "./examples.ts";
import { messageSchema } from "./message-schemas.ts";

/** When each type is sent. */
export const MESSAGE_SUMMARIES: Readonly<Record<MessageType, string>> = {
  "repricing.notice": "A repricing began to be worth a notice",
  "repricing.sharp": "A repricing is sharp",
  "repricing.severe": "A repricing is severe",
  "repricing.extreme": "A repricing is extreme",
  "repricing.extended": "A repricing that was told before goes on",
  "repricing.confirmed": "The settlement bears out what was told during the day",
  "repricing.withdrawn":
    "What was told does not stand: the settlement, or a correction of prices, does not bear it out",
  "rule.matched": "A rule of this webhook matched",
  "rule.suspended":
    "Rules of this webhook are not judged, since the outcome of a meeting is not known: their silence says nothing",
  "rule.resumed": "Rules that were suspended are judged again",
  "meeting.decided": "The Fed decided",
  "digest.daily": "The odds after each settlement with their changes: silence can be told from death",
  "data.stale": "Prices or fixings are overdue, so that what cutwatch says is old",
  "data.recovered": "Prices or fixings arrive again",
  "webhook.test": "A person asked for a test",
  "webhook.disabled": "Another webhook of this tenant was disabled, since it failed for 5 days or answered 410",
};

function header(name: string, description: string) {
  return { name, in: "header", required: true, description, schema: { type: "string" } };
}

const HEADERS = [
  header("webhook-id", "The same on every attempt: a message that comes twice can be told by it"),
  header("webhook-timestamp", "Seconds since 1970 when it was sent"),
  header("webhook-signature", "v1, and the base64 of HMAC-SHA256 over id.timestamp.body; several separated by spaces"),
];

const RESPONSES = {
  "2XX": { description: "It was taken; anything else, or nothing within 15 s, is a failure and tried again" },
  "410": { description: "Nothing is wanted here any more: the webhook is disabled" },
  default: { description: "A failure, redirects included: tried again at growing intervals for three days" },
};

/** The document's `webhooks`, by type of message. */
export function webhookObjects(): Record<string, object> {
  return Object.fromEntries(
    MESSAGE_TYPES.map((type) => {
      const { $schema: _, ...schema } = messageSchema(type);
      const example = messageExample(type);
      const examples = example === null ? {} : { examples: { example: { summary: type, value: example } } };
      const post = {
        operationId: `message_${type.replace(".", "_")}`,
        summary: MESSAGE_SUMMARIES[type],
        security: [],
        parameters: HEADERS,
        requestBody: { required: true, content: { "application/json": { schema, ...examples } } },
        responses: RESPONSES,
      };
      return [type, { post }];
    }),
  );
}
