/** The table of sources and how each does. */
import { instant, NONE, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";

/** What pages read of `/v1/sources`. */
export interface Source {
  readonly source: string;
  readonly status: string;
  readonly last_success_at: string | null;
  readonly last_error: string | null;
  readonly missing: string | null;
  readonly newest_as_of: string | null;
  readonly expected_next_at: string | null;
  readonly redistributable: boolean;
  readonly what: string;
  readonly terms: string;
  readonly quarantined: number;
}

/** The sources in use; the others are a line that opens. */
export function sourceTable(sources: readonly Source[]): Html {
  const used = sources.filter(({ status }) => status !== "off");
  const off = sources.filter(({ status }) => status === "off");
  const others =
    off.length === 0
      ? null
      : html`<details id="unused"><summary>${off.length} not used here</summary>${tableOf(off, "Sources not used here")}</details>`;
  return html`${used.length === 0 ? html`<p class="faint">No source is set up. <code>CUTWATCH_FUTURES</code> names the sources of futures prices.</p>` : tableOf(used, "Sources in use")}${others}`;
}

function tableOf(sources: readonly Source[], label: string): Html {
  const rows = sources.map(
    (source) =>
      html`<tr><th scope="row">${source.source}</th><td class="left"><span class="dot ${source.status}"></span>${source.status}</td><td class="text">${source.what}${source.last_error === null ? null : html`<br><span class="error">${source.last_error}</span>`}${source.missing === null ? null : html`<br><small>${source.missing}</small>`}</td><td>${instant(source.newest_as_of)}</td><td>${instant(source.last_success_at)}</td><td>${instant(source.expected_next_at)}</td><td>${source.quarantined === 0 ? NONE : source.quarantined}</td><td class="text">${source.terms}${source.redistributable ? null : html` <small>not to be passed on</small>`}</td></tr>
`,
  );
  return wide(
    label,
    html`<table><thead><tr><th scope="col">Source</th><th scope="col" class="left">status</th><th scope="col" class="left">what it gives, and its error</th><th scope="col">newest figure</th><th scope="col">last success</th><th scope="col">next one due</th><th scope="col">put aside</th><th scope="col" class="left">terms</th></tr></thead><tbody>
${rows}</tbody></table>`,
  );
}
