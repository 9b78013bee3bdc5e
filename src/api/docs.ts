/** The documentation of the API as a page, from the same resources as the OpenAPI document; it needs no network. */
import { MESSAGE_TYPES } from "../webhooks/subscription.ts";
import type { Document } from "./answers.ts";
import { accessDocs, basicsDocs, errorsDocs } from "./docs-basics.ts";
import { messagesDocs, receivingDocs } from "./docs-messages.ts";
import { operationsDocs } from "./docs-operations.ts";
import { exchange, requestHeading, section } from "./docs-parts.ts";
import { questionDocs } from "./docs-questions.ts";
import { DRAWINGS } from "./drawings.ts";
import { RESOURCES } from "./openapi.ts";
import { operationIdOf } from "./openapi-parts.ts";
import { OPERATIONS } from "./operations.ts";
import { type Html, html } from "./page/html.ts";
import { pageDocument } from "./page/shell.ts";
import { STREAM } from "./stream.ts";

interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
  /** entries of the contents below it: address within the page and name */
  readonly entries: readonly (readonly [string, string])[];
}

const QUESTION_CHAPTERS = [
  {
    id: "odds",
    title: "Odds",
    paths: [
      "/v1/probabilities",
      "/v1/shifts",
      "/v1/meetings",
      "/v1/meetings/{meeting}/history",
      "/v1/decisions",
      "/v1/scores",
    ],
  },
  {
    id: "repricings-and-alerts",
    title: "Repricings and alerts",
    paths: ["/v1/repricings", "/v1/repricings/{id}", "/v1/alerts", STREAM.path],
  },
  { id: "other-markets", title: "Other markets", paths: ["/v1/markets", "/v1/assets", "/v1/assets/{symbol}/closes"] },
  { id: "images", title: "Images", paths: DRAWINGS.map(({ path }) => path) },
] as const;

const QUESTIONS = [...RESOURCES, STREAM, ...DRAWINGS];

function chapter(id: string, title: string, paths: readonly string[], baseUrl: string): Chapter {
  const questions = paths.flatMap((path) => QUESTIONS.find((one) => one.path === path) ?? []);
  return {
    id,
    title,
    content: html`${questions.map((question) => questionDocs(question, baseUrl))}`,
    entries: questions.map(({ path }) => [operationIdOf(path), path.replace("/v1/", "")]),
  };
}

const SERVICE = [
  ["healthz", "Whether the process lives; never asks the database."],
  ["readyz", "Whether it can answer; 503 while the database does not."],
  ["metrics", "Figures about the service, for Prometheus."],
] as const;

function serviceDocs(baseUrl: string): Html {
  return html`${SERVICE.map(
    ([name, what]) => html`${requestHeading(name, "GET", `/${name}`)}
<p>${what}</p>
${exchange(name, baseUrl)}`,
  )}`;
}

function chapters(baseUrl: string): Chapter[] {
  const listed: string[] = QUESTION_CHAPTERS.flatMap(({ paths }) => [...paths]);
  // Whatever is new has a place until somebody finds it a better one.
  const rest = RESOURCES.map(({ path }) => path).filter((path) => !listed.includes(path));
  return [
    { id: "basics", title: "Basics", content: basicsDocs(baseUrl), entries: [] },
    ...QUESTION_CHAPTERS.map(({ id, title, paths }) => chapter(id, title, paths, baseUrl)),
    chapter("provenance", "Sources", rest, baseUrl),
    {
      id: "webhooks",
      title: "Webhooks",
      content: operationsDocs(baseUrl),
      entries: OPERATIONS.map(({ operationId, method, path }) => [
        operationId,
        `${method} ${path.replace("/v1/", "")}`,
      ]),
    },
    {
      id: "messages",
      title: "Messages",
      content: messagesDocs(),
      entries: MESSAGE_TYPES.map((type) => [`message-${type}`, type]),
    },
    { id: "receiving", title: "Receiving webhooks", content: receivingDocs(), entries: [] },
    { id: "access", title: "Keys, limits, other origins", content: accessDocs(), entries: [] },
    { id: "errors", title: "Errors", content: errorsDocs(baseUrl), entries: [] },
    {
      id: "service",
      title: "The service",
      content: serviceDocs(baseUrl),
      entries: SERVICE.map(([name]) => [name, name]),
    },
  ];
}

function contents(all: readonly Chapter[]): Html {
  const link = (id: string, name: string) => html`<a href="#${id}">${name}</a>`;
  return html`<nav class="contents" aria-label="On this page"><ul>
${all.map(
  ({ id, title, entries }) => html`<li>${link(id, title)}${
    entries.length === 0 ? null : html`<ul>${entries.map((entry) => html`<li>${link(...entry)}</li>`)}</ul>`
  }</li>
`,
)}</ul></nav>`;
}

/** The page `/docs`. `baseUrl`: where the API is, for requests to copy. */
export function docsDocument({ version, baseUrl }: { readonly version: string; readonly baseUrl: string }): Document {
  const all = chapters(baseUrl);
  const body = html`<h1>The cutwatch API</h1>
<p>Version ${version}, at <code>${baseUrl}</code>. <a href="/openapi.json">OpenAPI 3.1 document</a>. Every request on this page
was asked and its answer is shown as it came from the built-in sample; long lists are cut.</p>
<div class="docs">
${contents(all)}
<div>
${all.map(({ id, title, content }) => section(id, title, content))}</div>
</div>
`;
  return pageDocument({ title: "API", body, place: "/docs", styles: ["docs.css"], isPast: true, until: null });
}
