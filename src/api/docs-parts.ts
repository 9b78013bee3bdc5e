/** Pieces that the page of documentation is made of. */
import { compactJson } from "./compact-json.ts";
import { type Exchange, exchangeOf } from "./examples.ts";
import { type Html, html } from "./page/html.ts";

const JSON_WIDTH = 92;

/** What is between backticks is code. */
export function prose(text: string): Html[] {
  return text.split("`").map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

/** A section with its own address. */
export function section(id: string, heading: string, content: Html): Html {
  return html`<section id="${id}"><h2>${heading} ${anchor(id, heading)}</h2>
${content}</section>
`;
}

function anchor(id: string, name: string): Html {
  return html`<a class="anchor" href="#${id}" aria-label="Link to ${name}">#</a>`;
}

/** Heading of a request: verb and path. */
export function requestHeading(id: string, method: string, path: string): Html {
  const name = `${method} ${path}`;
  return html`<h3 id="${id}"><code>${name}</code> ${anchor(id, name)}</h3>`;
}

/** A row of a table about parameters or members. */
export interface Row {
  readonly name: string;
  /** below the name, small: that it is needed, or what it is */
  readonly note: string;
  readonly meaning: string;
}

/** A table of names; null: there is nothing to list. */
export function nameTable(heading: string, rows: readonly Row[]): Html | null {
  if (rows.length === 0) return null;
  const lines = rows.map(
    ({ name, note, meaning }) =>
      html`<tr><th scope="row"><code>${name}</code>${note === "" ? null : html`<small>${note}</small>`}</th><td class="text">${prose(meaning)}</td></tr>
`,
  );
  return html`<table><thead><tr><th scope="col">${heading}</th><th scope="col" class="text">Meaning</th></tr></thead><tbody>
${lines}</tbody></table>
`;
}

/** Code as it stands. */
export function code(text: string): Html {
  return html`<pre><code>${text}</code></pre>
`;
}

export function json(value: unknown): Html {
  return code(compactJson(value, JSON_WIDTH));
}

/** Content that is shown when it is asked for. */
export function folded(summary: string, content: Html): Html {
  return html`<details><summary>${summary}</summary>
${content}</details>
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The request for a terminal. */
function curl({ method, path, headers, body }: Exchange["request"], baseUrl: string): string {
  const named = Object.entries(headers).map(([name, value]) =>
    name === "Authorization" ? `-H "Authorization: Bearer $CUTWATCH_KEY"` : `-H ${quoted(`${name}: ${value}`)}`,
  );
  const parts = [
    `curl ${method === "GET" ? "" : `-X ${method} `}${quoted(baseUrl + path)}`,
    ...named,
    ...(body === null ? [] : [`-d ${quoted(JSON.stringify(body))}`]),
  ];
  return parts.join(" \\\n  ");
}

function answerOf({ status, content_type: contentType, body }: Exchange["answer"]): Html {
  if (contentType === null) return html`<p>${status}, without a body.</p>`;
  if (typeof body !== "string") return json(body);
  if (!contentType.startsWith("image/")) return code(body);
  const source = `data:image/svg+xml,${encodeURIComponent(body)}`;
  return html`<p><img class="drawn" src="${source}" alt="${/<title[^>]*>([^<]*)</.exec(body)?.[1] ?? "The image"}"></p>
`;
}

/** The recorded request of an operation with its answer; null: none was recorded. */
export function exchange(operationId: string, baseUrl: string): Html | null {
  const recorded = exchangeOf(operationId);
  if (recorded === null) return null;
  const { title, request, answer } = recorded;
  return html`<p class="faint">${title}:</p>
${code(curl(request, baseUrl))}${folded(`Answer: ${answer.status} ${answer.content_type ?? "without a body"}`, answerOf(answer))}`;
}
