/** The repricings that the page shows: those open, and the latest. */
import { dateWords } from "../wording.ts";
import { type Html, html } from "./html.ts";
import { type RepricingDetail, repricingTable } from "./repricing-table.ts";

const SHOWN = 6;

interface Listed {
  readonly id: number;
  readonly started_on: string;
}

/**
 * Reads them, latest start first.
 *
 * @param upTo trade date: only those that had started by then; null: all
 */
export async function readRepricings(
  read: <T>(path: string) => Promise<T>,
  upTo: string | null,
): Promise<RepricingDetail[]> {
  const asked = (more: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({ ...more, ...(upTo === null ? {} : { to: upTo }), limit: String(SHOWN) });
    return read<{ data: Listed[] }>(`/v1/repricings?${query}`);
  };
  const [open, latest] = await Promise.all([asked({ status: "open" }), asked({})]);
  const listed = new Map([...open.data, ...latest.data].map((row) => [row.id, row]));
  const shown = [...listed.values()].sort((a, b) =>
    a.started_on === b.started_on ? b.id - a.id : a.started_on < b.started_on ? 1 : -1,
  );
  return Promise.all(shown.map(({ id }) => read<RepricingDetail>(`/v1/repricings/${id}`)));
}

/** The section. */
export function repricingsSection(repricings: readonly RepricingDetail[], upTo: string | null): Html {
  const begun = upTo === null ? "" : ` Those that had begun by ${dateWords(upTo)}, as they are known now.`;
  return html`<h2 id="repricings">Repricings</h2>
${repricingTable(repricings)}
<p class="faint">A repricing is a move of the expected rate from one extreme to the next.${begun} Returns are from the close dated its
start to the close dated its latest alert; a market that was closed on either has none. What moved together did not for that
reason cause one another. <a href="/v1/repricings?format=csv">All as CSV</a></p>`;
}
