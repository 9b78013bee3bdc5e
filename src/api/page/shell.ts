/** What every page shares: one style sheet in the page itself, no script, nothing from elsewhere. */
import { createHash } from "node:crypto";
import type { Document } from "../answers.ts";
import { Html, html } from "./html.ts";

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fdfdfb;--faint:#5d6670;--line:#d9dcdf;--note:#fff4d6;--bar:37,99,235}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--paper:#14171a;--faint:#9aa4ae;--line:#30363c;--note:#3a3014;--bar:96,150,255}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:75rem;padding:1rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
p{margin:.4rem 0}a{color:inherit}code{font-size:.9em;overflow-wrap:anywhere}
.faint{color:var(--faint)}.note{background:var(--note);padding:.5rem .75rem;border-radius:.4rem}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem}
th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--paper)}
td.left,th.left{text-align:left}td.text,th.text{text-align:left;white-space:normal}th{font-weight:600}.top{font-weight:700}.inforce{text-decoration:underline}
details{margin:.4rem 0}summary{cursor:pointer}.lead{font-size:1.15rem}
form{margin:.6rem 0;display:flex;gap:.5rem;flex-wrap:wrap;align-items:center}input,button{font:inherit;padding:.25rem .5rem}
footer{margin:2rem 0 1rem;border-top:1px solid var(--line);padding-top:.6rem}
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** A page as an answer. */
export function pageDocument({ title, body, until }: { title: string; body: Html; until: Date | null }): Document {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return {
    contentType: "text/html; charset=utf-8",
    headers: { "Content-Security-Policy": POLICY },
    text: page.text,
    until,
  };
}
