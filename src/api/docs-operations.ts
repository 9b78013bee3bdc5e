/** What is done with webhooks, on the page of documentation. */
import { exchange, folded, json, nameTable, prose, requestHeading } from "./docs-parts.ts";
import { memberRows } from "./docs-schema.ts";
import { exchangeOf } from "./examples.ts";
import { bodyFields } from "./fields.ts";
import { jsonSchema, parameterObjects } from "./openapi-parts.ts";
import { OPERATIONS } from "./operations.ts";
import { type Html, html } from "./page/html.ts";
import type { Operation } from "./write.ts";

interface Named {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

const row = ({ name, required, description }: Named) => ({
  name,
  note: required ? "needed" : "",
  meaning: description,
});

function operationDocs(operation: Operation, baseUrl: string): Html {
  const { method, path, operationId, summary, description, body, answer, examples = {} } = operation;
  const recorded = JSON.stringify(exchangeOf(operationId)?.request.body ?? null);
  const others = Object.entries(examples).filter(([, example]) => JSON.stringify(example) !== recorded);
  const shown = others.map(
    ([what, example]) => html`<p class="faint">${what}:</p>
${json(example)}`,
  );
  const members = answer === null ? [] : memberRows(jsonSchema(answer, "output"));
  return html`${requestHeading(operationId, method, path)}
<p>${summary}. ${prose(description)}</p>
${nameTable("Parameter", parameterObjects(operation).map(row))}${
  body === null ? null : nameTable("Member of the body", bodyFields(body).map(row))
}${shown}${exchange(operationId, baseUrl)}${
  members.length === 0 ? null : folded("Members of the answer", nameTable("Member", members) ?? html``)
}`;
}

/** Every operation, with what they share. */
export function operationsDocs(baseUrl: string): Html {
  return html`<p>These need a key of scope <code>webhooks</code>: <code>Authorization: Bearer cw_…</code>, made by
<code>cutwatch keys create</code>. Keys of one tenant share its webhooks; another tenant's are not found. Bodies are
<code>application/json</code>, 64 KiB at most; a member that is not known is refused by name. The same can be done on
<a href="/webhooks">the page</a> and with <code>cutwatch webhooks</code>.</p>
${OPERATIONS.map((operation) => operationDocs(operation, baseUrl))}`;
}
