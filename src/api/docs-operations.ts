/** What is done with webhooks, on the page of documentation. */
import { bodyFields } from "./fields.ts";
import { parameterObjects } from "./openapi-parts.ts";
import { OPERATIONS } from "./operations.ts";
import { type Html, html } from "./page/html.ts";
import type { Operation } from "./write.ts";

interface Row {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
}

function table(heading: string, rows: readonly Row[]): Html | null {
  if (rows.length === 0) return null;
  const lines = rows.map(
    ({ name, required, description }) =>
      html`<tr><td><code>${name}</code></td><td class="text">${required ? "needed" : ""}</td><td class="text">${description.replaceAll("`", "")}</td></tr>
`,
  );
  return html`<div class="wide"><table><thead><tr><th scope="col">${heading}</th><td></td><th scope="col" class="text">Meaning</th></tr></thead><tbody>
${lines}</tbody></table></div>
`;
}

function section(operation: Operation): Html {
  const { method, path, summary, description, body, examples = {} } = operation;
  const shown = Object.entries(examples).map(
    ([what, example]) => html`<p class="faint">${what}:</p>
<pre><code>${JSON.stringify(example)}</code></pre>
`,
  );
  return html`<h2><code>${method} ${path}</code></h2>
<p>${summary}. ${description.replaceAll("`", "")}</p>
${table("Parameter", parameterObjects(operation))}${body === null ? null : table("Member of the body", bodyFields(body))}${shown}`;
}

/** The sections, with what they share. */
export function operationSections(): Html {
  return html`<h2>Webhooks</h2>
<p>These need a key of scope webhooks: <code>Authorization: Bearer cw_…</code>, made by <code>cutwatch keys create</code>. Keys of
one tenant share its webhooks; another tenant's are not found. Bodies are <code>application/json</code>, 64 KiB at most; a member
that is not known is refused by name.</p>
${OPERATIONS.map(section)}`;
}
