/** The table of sources and how each does. */
import { type Html, html } from "./html.ts";

/** What the page reads of `/v1/sources`. */
export interface Source {
  readonly source: string;
  readonly status: string;
  readonly last_success_at: string | null;
  readonly last_error: string | null;
  readonly newest_as_of: string | null;
  readonly what: string;
}

/** The sources in use; the others are a line that opens. */
export function sourceTable(sources: readonly Source[]): Html {
  const used = sources.filter(({ status }) => status !== "off");
  const off = sources.filter(({ status }) => status === "off");
  const others =
    off.length === 0 ? null : html`<details><summary>${off.length} not used here</summary>${tableOf(off)}</details>`;
  return html`${used.length === 0 ? html`<p class="faint">No source is set up.</p>` : tableOf(used)}${others}`;
}

function tableOf(sources: readonly Source[]): Html {
  const rows = sources.map(
    (source) =>
      html`<tr><td>${source.source}</td><td>${source.status}</td><td>${source.newest_as_of ?? "–"}</td><td>${source.last_success_at ?? "–"}</td><td class="text">${source.last_error ?? source.what}</td></tr>
`,
  );
  return html`<div class="wide"><table><thead><tr><th>Source</th><th>Status</th><th>Newest figure</th><th>Last success</th><th class="text">What, or its error</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}
