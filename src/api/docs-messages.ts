/** Messages and how they are received, on the page of documentation. */
import { LONGEST_RETRY_AFTER_S, RETRY_DELAYS_S, RETRY_JITTER } from "../webhooks/retry.ts";
import { MESSAGE_TYPES, type MessageType } from "../webhooks/subscription.ts";
import { code, folded, json, nameTable } from "./docs-parts.ts";
import { memberRows } from "./docs-schema.ts";
import { messageExample, receiverProgram } from "./examples.ts";
import { messageSchema } from "./message-schemas.ts";
import { MESSAGE_SUMMARIES } from "./openapi-webhooks.ts";
import { type Html, html } from "./page/html.ts";

const UNITS = [
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

function waitWords(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${seconds / size} ${unit}`;
}

/** Types whose bodies differ in nothing but the type. */
function alike(): MessageType[][] {
  const groups = new Map<string, MessageType[]>();
  for (const type of MESSAGE_TYPES) {
    const { properties } = messageSchema(type);
    const { type: _, ...rest } = properties as Readonly<Record<string, unknown>>;
    const form = JSON.stringify(rest);
    groups.set(form, [...(groups.get(form) ?? []), type]);
  }
  return [...groups.values()];
}

const TOLD_BY = "repricing.severe";

function messageDocs(types: readonly MessageType[]): Html {
  const shown = types.find((type) => type === TOLD_BY) ?? types[0];
  if (shown === undefined) return html``;
  const schema = messageSchema(shown);
  const example = messageExample(shown);
  const headings = types.map(
    (
      type,
    ) => html`<h3 id="message-${type}"><code>${type}</code> <a class="anchor" href="#message-${type}" aria-label="Link to ${type}">#</a></h3>
<p>${MESSAGE_SUMMARIES[type]}.</p>
`,
  );
  const others = types.length === 1 ? "" : `, of ${shown}: the others differ in type alone`;
  return html`${headings}${example === null ? null : folded(`Example${others}`, json(example))}${folded(
    "Members",
    nameTable("Member", memberRows(schema)) ?? html``,
  )}${folded(`JSON Schema${others}`, json(schema))}`;
}

/** Every type of message. */
export function messagesDocs(): Html {
  return html`<p>A webhook of format <code>standard</code> receives <code>{type, timestamp, data}</code>; of format
<code>slack</code>, <code>discord</code> or <code>telegram</code> it receives the same news as that service's own message. Of
what happens at one instant to several meetings one message tells, with the others in <code>data.also</code>. A receiver that
keeps the highest <code>data.sequence</code> of each <code>data.id</code> ends right in whatever order messages arrive. What the
sample, an import or a recomputation raises is historical: in the feed, and sent by a replay alone.</p>
${alike().map(messageDocs)}`;
}

/** How a receiver verifies what it is sent, and what its answers do. */
export function receivingDocs(): Html {
  // The first attempt is made at once.
  const waits = RETRY_DELAYS_S.slice(1).map(waitWords);
  return html`<p>Messages follow Standard Webhooks 1.0.0 (standardwebhooks.com): the header
<code>webhook-signature</code> holds <code>v1,</code> and the base64 of HMAC-SHA256 over
<code>webhook-id.webhook-timestamp.body</code>, with the bytes after <code>whsec_</code>, decoded from base64, as the key. For
24 hours after a rotation there are two, separated by a space. Verify before you believe anything, on the bytes as they came,
and refuse what is older than 5 minutes:</p>
${code(receiverProgram())}
<p>A client of TypeScript has it too: <code>import { verifyWebhook } from "cutwatch/client"</code>.</p>
<ul>
<li>Answer 2xx within 15 seconds, and do the work afterwards. Anything else, redirects included, is a failure.</li>
<li>Failures are tried again after ${waits.join(", ")}, each ±${RETRY_JITTER * 100} %.
<code>Retry-After</code> lengthens a wait, up to ${waitWords(LONGEST_RETRY_AFTER_S)}. After the last the delivery is <code>failed</code>;
it can be sent again, and a replay sends whatever is missing.</li>
<li>410 disables the webhook, and so do 5 days without any success. The tenant's other webhooks are told.</li>
<li>Delivery is at least once: what comes twice has the same <code>webhook-id</code>.</li>
<li>An address is https, on port 443 or 8443, and leads to public addresses only, which is looked up on each attempt.
<code>CUTWATCH_WEBHOOK_ALLOW</code> names hosts of your own network.</li>
</ul>
`;
}
