/** What all answers share, on the page of documentation. */
import { code, exchange } from "./docs-parts.ts";
import { type Html, html } from "./page/html.ts";

/** Units, time, lists, caches. */
export function basicsDocs(baseUrl: string): Html {
  return html`<ul>
<li>JSON with names in snake_case. Rates in basis points (<code>_bp</code>), probabilities 0 to 1, changes of probability in
percentage points (<code>_pp</code>), returns as fractions. What is not known is null, never 0.</li>
<li>Times are ISO 8601 in UTC. A trade date as a time means that day's settlement, or the last one before it. An instant needs
its zone.</li>
<li><code>as_of</code> is when something was true in the market; <code>recorded_at</code> is when cutwatch learned it.
<code>known_at</code> asks for the answer as it would have been given then, byte for byte.</li>
<li>Every reading says its <code>grid</code>, <code>basis</code>, <code>method</code> and <code>source</code>; a single answer
has a <code>citation</code> with a permalink.</li>
<li>Lists are <code>{"data": […], "next_cursor": …}</code>; give the cursor back as <code>cursor</code> for the next page, which
<code>Link</code> names too. New rows shift no page. <code>format=csv</code> gives the same rows as CSV.</li>
<li>Answers have a strong <code>ETag</code>. With <code>If-None-Match</code> what has not changed is 304, which costs next to
nothing: poll as often as you like.</li>
<li>HEAD is answered wherever GET is.</li>
</ul>
<p>The whole as a document: <a href="/openapi.json">OpenAPI 3.1</a>. In TypeScript:</p>
${code(`import { createClient } from "cutwatch/client";

const cutwatch = createClient({ baseUrl: "${baseUrl}" });
const { meetings, citation } = await cutwatch.probabilities({ as_of: "2025-11-17" });`)}
`;
}

/** Statuses of errors, and their form. */
export function errorsDocs(baseUrl: string): Html {
  const rows = [
    ["400", "A parameter or a member of the body that cannot be used: named, with what it was and what it may be"],
    ["401", "No key where one is needed, or one that is not known or was revoked"],
    ["403", "A key of a scope that may not do this"],
    ["404", "There is none, or it is another tenant's"],
    ["405", "Another verb: Allow names those that are answered"],
    ["408, 431", "A request that did not arrive in time; headers of more than 16 KiB"],
    ["409", "Not in the state it is in, such as a test for a webhook that is disabled"],
    ["413, 414, 415", "A body of more than 64 KiB, an address of more than 4096 characters, a body that is not JSON"],
    ["429", "Too many requests: Retry-After says when to come back"],
    ["503", "The database is away or too much is asked at once: Retry-After says when to come back"],
  ] as const;
  const lines = rows.map(
    ([status, meaning]) => html`<tr><th scope="row">${status}</th><td class="text">${meaning}</td></tr>
`,
  );
  return html`<p>Every error is <code>application/problem+json</code> (RFC 9457), with one sentence that says what could not be
done and why.</p>
<table><thead><tr><th scope="col">Status</th><th scope="col" class="text">Meaning</th></tr></thead><tbody>
${lines}</tbody></table>
${exchange("problem", baseUrl)}`;
}

/** Keys, limits, and pages of other origins. */
export function accessDocs(): Html {
  return html`<h3 id="keys">Keys</h3>
<p><code>Authorization: Bearer cw_…</code>. Keys are made by <code>cutwatch keys create --name N --scope read|webhooks|admin</code>
and shown once. Reads are open unless <code>CUTWATCH_REQUIRE_KEY</code> is set; a browser may then give the key as the password
of HTTP Basic. A revoked key stops working within 10 seconds.</p>
<h3 id="rate-limits">Rate limits</h3>
<p>6,000 requests a minute for each key, or for each address (of IPv6, each network of 64 bits) without one;
<code>CUTWATCH_RATE_LIMIT</code> sets another number. This machine itself is not limited unless that is set. Answers say where
you stand: <code>RateLimit: "default";r=5999;t=60</code> are the requests left and the seconds until there are all again, and
<code>RateLimit-Policy: "default";q=6000;w=60</code> is the rule. Beyond it the answer is 429 with <code>Retry-After</code>.</p>
<h3 id="cors">Pages of other origins</h3>
<p>None may read the API in a browser unless <code>CUTWATCH_CORS_ORIGINS</code> names it. An origin that is named may also send
a key and write; <code>*</code> lets any page read, and none write.</p>
`;
}
