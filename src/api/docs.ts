/** The documentation of the API as a page, from the same resources as the OpenAPI document; it needs no network. */
import type { Document } from "./answers.ts";
import { operationSections } from "./docs-operations.ts";
import { RESOURCES } from "./openapi.ts";
import { parameterObjects } from "./openapi-parts.ts";
import { html } from "./page/html.ts";
import { pageDocument } from "./page/shell.ts";
import type { Resource } from "./resource.ts";

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  "/v1/probabilities": ["/v1/probabilities", "/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10"],
  "/v1/shifts": ["/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m"],
  "/v1/meetings": ["/v1/meetings?from=2025-01-01&to=2025-12-31", "/v1/meetings?format=csv"],
  "/v1/meetings/{meeting}/history": ["/v1/meetings/2025-12-10/history?range=350-375&format=csv"],
  "/v1/decisions": ["/v1/decisions?from=2025-01-01&to=2025-12-31"],
  "/v1/repricings": ["/v1/repricings?status=open", "/v1/repricings?meeting=2025-12-10&min_severity=sharp&format=csv"],
  "/v1/alerts": ["/v1/alerts?limit=10"],
  "/v1/markets": ["/v1/markets?from=2025-10-17&to=2025-11-17"],
  "/v1/assets": ["/v1/assets"],
  "/v1/assets/{symbol}/closes": ["/v1/assets/BTC/closes?from=2025-11-01"],
  "/v1/sources": ["/v1/sources"],
  "/v1/quarantine": ["/v1/quarantine?limit=10"],
};

function section(resource: Resource) {
  const examples = (EXAMPLES[resource.path] ?? []).map((path) => html` <a href="${path}"><code>${path}</code></a>`);
  const rows = parameterObjects(resource).map(
    (parameter) =>
      html`<tr><td><code>${parameter.name}</code></td><td class="text">${parameter.required ? "needed" : ""}</td><td class="text">${parameter.description.replaceAll("`", "")}</td></tr>
`,
  );
  return html`<h2><code>GET ${resource.path}</code></h2>
<p>${resource.summary}. ${resource.description.replaceAll("`", "")}</p>
<div class="wide"><table><thead><tr><th scope="col">Parameter</th><td></td><th scope="col" class="text">Meaning</th></tr></thead><tbody>
${rows}</tbody></table></div>
<p class="faint">Try:${examples}</p>
`;
}

/** The page `/docs`. */
export function docsDocument({ version }: { readonly version: string; readonly baseUrl: string }): Document {
  const body = html`<h1>cutwatch API</h1>
<p>Version ${version}. <a href="/openapi.json">OpenAPI 3.1 document</a> · <a href="/">the odds</a></p>
<p>JSON with names in snake_case; rates in basis points (<code>_bp</code>), probabilities 0 to 1, changes of probability in
percentage points (<code>_pp</code>), times ISO 8601 in UTC. A trade date as a time means that day's settlement, or the last one
before it. Errors are <code>application/problem+json</code> (RFC 9457). Answers carry a strong <code>ETag</code>;
<code>If-None-Match</code> answers 304. Lists have <code>data</code> and <code>next_cursor</code>, and come as CSV with
<code>format=csv</code>, where the next page is named in the <code>Link</code> header.</p>
${RESOURCES.map(section)}
${operationSections()}
<h2><code>GET /healthz</code>, <code>GET /readyz</code></h2>
<p>Whether the process lives (never asks the database), and whether it can answer.</p>
`;
  return pageDocument({ title: "API", body, place: "/docs", until: null });
}
