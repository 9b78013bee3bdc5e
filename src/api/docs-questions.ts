/** Questions and drawings on the page of documentation. */
import { exchange, folded, nameTable, prose, requestHeading } from "./docs-parts.ts";
import { memberRows } from "./docs-schema.ts";
import { jsonSchema, operationIdOf, parameterObjects } from "./openapi-parts.ts";
import { type Html, html } from "./page/html.ts";
import type { Resource } from "./resource.ts";

/** Further requests that make sense in any database. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  "/v1/probabilities": ["/v1/probabilities"],
  "/v1/shifts": ["/v1/shifts?meeting=2025-12-10&as_of=2025-11-17&window=1m"],
  "/v1/meetings": ["/v1/meetings?from=2025-01-01&to=2025-12-31", "/v1/meetings?format=csv"],
  "/v1/meetings/{meeting}/history": ["/v1/meetings/2025-12-10/history?range=350-375&format=csv"],
  "/v1/decisions": ["/v1/decisions?from=2025-01-01&to=2025-12-31"],
  "/v1/repricings": ["/v1/repricings?status=open", "/v1/repricings?meeting=2025-12-10&min_severity=sharp&format=csv"],
  "/v1/alerts": ["/v1/alerts?limit=10"],
  "/v1/markets": ["/v1/markets?from=2025-10-17&to=2025-11-17"],
  "/v1/scores": ["/v1/scores"],
  "/v1/assets": ["/v1/assets"],
  "/v1/assets/{symbol}/closes": ["/v1/assets/BTC/closes?from=2025-11-01"],
  "/v1/sources": ["/v1/sources"],
  "/v1/quarantine": ["/v1/quarantine?limit=10"],
  "/v1/badge.svg": ["/v1/badge.svg"],
  "/v1/chart.svg": ["/v1/chart.svg"],
};

type Question = Pick<Resource, "path" | "parameters" | "summary" | "description"> & Partial<Pick<Resource, "answer">>;

/** One question: what it takes, what it answers, and where to try it. */
export function questionDocs(question: Question, baseUrl: string): Html {
  const { path, summary, description, answer } = question;
  const operationId = operationIdOf(path);
  const parameters = parameterObjects(question).map(({ name, required, description: meaning }) => ({
    name,
    note: required ? "needed" : "",
    meaning,
  }));
  const links = (MORE[path] ?? []).map((one) => html` <a href="${one}"><code>${one}</code></a>`);
  const members = answer === undefined ? [] : memberRows(jsonSchema(answer, "output"));
  return html`${requestHeading(operationId, "GET", path)}
<p>${summary}. ${prose(description)}</p>
${nameTable("Parameter", parameters)}${links.length === 0 ? null : html`<p>Try:${links}</p>\n`}${exchange(operationId, baseUrl)}${
  members.length === 0 ? null : folded("Members of the answer", nameTable("Member", members) ?? html``)
}`;
}
