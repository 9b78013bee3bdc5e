/** The page `/sources`: how each source does, and the rows that were refused. */
import type { Document } from "../answers.ts";
import { soon } from "../resource.ts";
import { instant, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { apiPath, type Get, readApi } from "./read-api.ts";
import { pageDocument } from "./shell.ts";
import { type Source, sourceTable } from "./source-table.ts";

const SHOWN = "50";

/** What the page reads of `/v1/quarantine`. */
interface Refused {
  readonly id: number;
  readonly recorded_at: string;
  readonly source: string;
  readonly line: number | null;
  readonly kind: string;
  readonly reason: string;
  readonly row: string | null;
}

function refusedTable(rows: readonly Refused[]): Html {
  const lines = rows.map(
    (row) =>
      html`<tr><th scope="row">${row.source}</th><td class="left">${row.kind}</td><td class="text">${row.reason}</td><td class="text"><code>${row.row ?? "withheld"}</code></td><td>${row.line ?? "–"}</td><td>${instant(row.recorded_at)}</td></tr>
`,
  );
  return wide(
    "Rows in quarantine",
    html`<table><thead><tr><th scope="col">Source</th><th scope="col" class="left">kind</th><th scope="col" class="left">reason</th><th scope="col" class="left">row as it was sent</th><th scope="col">line</th><th scope="col">recorded</th></tr></thead><tbody>
${lines}</tbody></table>`,
  );
}

function quarantineSection({
  data,
  next_cursor: next,
}: {
  data: readonly Refused[];
  next_cursor: string | null;
}): Html {
  if (data.length === 0) return html`<p class="faint">No row was refused.</p>`;
  const older =
    next === null ? null : html`<a href="${apiPath("/sources", { cursor: next })}#quarantine">Older ones</a> · `;
  return html`<p class="faint">Rows that were refused, newest first. A refused row is in no figure; the rest of its file or answer is.</p>
${refusedTable(data)}
<p>${older}<a href="/v1/quarantine?format=csv" download="quarantine.csv">All as CSV</a> · <a href="/v1/quarantine">JSON</a></p>`;
}

/**
 * Writes the page.
 *
 * @param texts `cursor`: where the list of refused rows begins
 */
export async function sourcesPage(texts: Readonly<Record<string, string>>, get: Get, now: Date): Promise<Document> {
  const [sources, refused] = await Promise.all([
    readApi<{ data: Source[] }>(get, "/v1/sources"),
    readApi<{ data: Refused[]; next_cursor: string | null }>(
      get,
      apiPath("/v1/quarantine", { limit: SHOWN, cursor: texts.cursor }),
    ),
  ]);
  const body = html`<h1>Where the figures come from</h1>
<section id="sources" data-live aria-labelledby="sources-heading"><h2 id="sources-heading">Sources</h2>
${sourceTable(sources.data)}
<p class="faint">Stale: the next figure is overdue, or the source was never asked. Terms are cautions, not legal advice.
<a href="/v1/sources?format=csv" download="sources.csv">CSV</a> · <a href="/v1/sources">JSON</a></p></section>
<section id="quarantine" data-live aria-labelledby="quarantine-heading"><h2 id="quarantine-heading">Quarantine</h2>
${quarantineSection(refused)}</section>`;
  return pageDocument({ title: "Sources", body, place: "/sources", until: soon(now) });
}
