/** A page that cannot be made, as a page. */
import { type Problem, SECURITY_HEADERS } from "../problem.ts";
import { type Html, html } from "./html.ts";
import { PAGE_POLICY, pageHtml } from "./shell.ts";

const HEADINGS: Readonly<Record<number, string>> = {
  400: "That question cannot be read",
  401: "A key is needed",
  404: "There is nothing here",
  429: "Too many questions at once",
  503: "No answer just now",
};

/** Statuses after which asking again may help: the page does so by itself. */
const PASSING = [429, 503];

function advice(status: number): Html {
  if (PASSING.includes(status)) {
    return html`<p>Nothing is lost: what is stored stays stored. This page asks again by itself every few seconds;
<a href="">ask again now</a>.</p>`;
  }
  if (status === 401) return html`<p>This installation answers only with an API key. Ask whoever runs it for one.</p>`;
  return html`<p><a href="/">The odds as they are now</a></p>`;
}

/**
 * Whether somebody looks at the answer. A program that asks is told what went wrong as RFC 9457 says, and so is whoever
 * opens an address of the API, whose answers are JSON.
 */
export function wantsPage(method: string, path: string, accept: string | undefined): boolean {
  return ["GET", "HEAD"].includes(method) && !path.startsWith("/v1/") && (accept ?? "").includes("text/html");
}

/** The answer. */
export function problemPage(problem: Problem): Response {
  const { status, message } = problem;
  const heading = HEADINGS[status] ?? "Something went wrong here";
  const retry = PASSING.includes(status) ? html` data-retry` : null;
  const body = html`<section id="problem"${retry}><h1>${heading}</h1>
<p class="note">${message}.</p>
${advice(status)}</section>`;
  return new Response(pageHtml({ title: heading, body }).text, {
    status,
    headers: {
      ...SECURITY_HEADERS,
      "Content-Security-Policy": PAGE_POLICY,
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      ...problem.headers,
    },
  });
}
