/** What every page shares: the head, the way around, and a policy under which nothing but our own files runs. */
import type { Document } from "../answers.ts";
import { assetUrl } from "./assets.ts";
import { type Html, html } from "./html.ts";

/** No inline script and no inline style, nothing from elsewhere. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const PLACES = [
  ["/", "Now"],
  ["/story", "Story"],
  ["/webhooks", "Webhooks"],
  ["/sources", "Sources"],
  ["/docs", "API"],
] as const;

/** What a page is made of. */
export interface Page {
  /** in the browser's tab, before the name of the program */
  readonly title: string;
  /** the content of `main`, headed by an `h1`; elements with an id and `data-live` are replaced when figures change */
  readonly body: Html;
  /** where it is in the navigation; absent: nowhere */
  readonly place?: (typeof PLACES)[number][0];
  /** client modules besides the shared one, by file name: `client/story.js` */
  readonly scripts?: readonly string[];
  /** style sheets besides the shared one */
  readonly styles?: readonly string[];
  /** shows the past: new figures do not change it */
  readonly isPast?: boolean;
}

/** The page as HTML. */
export function pageHtml({ title, body, place, scripts = [], styles = [], isPast = false }: Page): Html {
  const links = PLACES.map(
    ([path, name]) => html`<li><a href="${path}"${path === place ? html` aria-current="page"` : null}>${name}</a></li>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · cutwatch</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%231464b4'/%3E%3Cpath d='M3 5h4v3h3v3h3' fill='none' stroke='white' stroke-width='2'/%3E%3C/svg%3E">
<link rel="stylesheet" href="${assetUrl("style.css")}">
${styles.map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">\n`)}<script src="${assetUrl("client/theme.js")}"></script>
${["client/page.js", ...scripts].map((name) => html`<script type="module" src="${assetUrl(name)}"></script>\n`)}</head>
<body${isPast ? html` data-past` : null}>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="name" href="/">cutwatch</a>
<nav aria-label="Pages"><ul>${links}</ul></nav>
<span class="tools"><span id="live" class="live" role="status" hidden></span>
<button type="button" id="theme" class="quiet" hidden>Theme</button></span>
</header>
<main id="main" tabindex="-1">
${body}
</main>
<footer class="bottom"><p>Odds from fed-funds futures prices. They are what prices imply, not a forecast, and no advice.
<a href="/docs">API</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/sources">sources and their terms</a></p></footer>
<div id="toasts" class="toasts" role="region" aria-label="Alerts" aria-live="polite"></div>
<p id="said" class="unseen" role="status"></p>
</body>
</html>
`;
}

/** A page as an answer; `until` is when the clock alone may change it. */
export function pageDocument({ until, ...page }: Page & { readonly until: Date | null }): Document {
  return {
    contentType: "text/html; charset=utf-8",
    headers: { "Content-Security-Policy": PAGE_POLICY },
    text: pageHtml(page).text,
    until,
  };
}
