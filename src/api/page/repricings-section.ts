/** The repricings that pages show: those open, and the latest. */
import { dateWords } from "../wording.ts";
import { type Html, html } from "./html.ts";
import type { Odds } from "./odds.ts";
import { apiPath, type Get, readApi } from "./read-api.ts";
import { type RepricingDetail, repricingTable } from "./repricing-table.ts";
import { unjudgedNote } from "./undecided-note.ts";
import { instantWords, type When } from "./when.ts";

const SHOWN = 6;

interface Listed {
  readonly id: number;
  readonly started_on: string;
  readonly confirmed_on: string;
}

interface Wanted {
  /** trade date: only those that were confirmed by then; null: all */
  readonly upTo: string | null;
  readonly knownAt: string | null;
  /** only those of this meeting; absent: of all */
  readonly meeting?: string;
}

/** Reads them, latest start first. */
export async function readRepricings(get: Get, { upTo, knownAt, meeting }: Wanted): Promise<RepricingDetail[]> {
  const asked = (status: string | null) =>
    readApi<{ data: Listed[] }>(
      get,
      apiPath("/v1/repricings", { status, meeting, to: upTo, known_at: knownAt, limit: String(SHOWN) }),
    );
  const [open, latest] = await Promise.all([asked("open"), asked(null)]);
  const listed = new Map([...open.data, ...latest.data].map((row) => [row.id, row]));
  // Before it was confirmed nobody could know of it.
  const known = [...listed.values()].filter(({ confirmed_on: on }) => upTo === null || on <= upTo);
  const shown = known.sort((a, b) =>
    a.started_on === b.started_on ? b.id - a.id : a.started_on < b.started_on ? 1 : -1,
  );
  const detail = ({ id }: Listed) =>
    readApi<RepricingDetail>(get, apiPath(`/v1/repricings/${id}`, { known_at: knownAt }));
  return Promise.all(shown.map(detail));
}

interface Beside {
  /** trade date that is looked at; null: now */
  readonly upTo: string | null;
  /** the odds above; null: there are none */
  readonly odds: Pick<Odds, "sample" | "undecided_meeting"> | null;
  /** only those of this meeting; absent: of all */
  readonly meeting?: string;
}

/** The table with what to keep in mind about it. */
export function repricingsSection(
  repricings: readonly RepricingDetail[],
  when: When,
  { upTo, odds, meeting }: Beside,
): Html {
  const unjudged = unjudgedNote(odds?.undecided_meeting ?? null);
  const csv = apiPath("/v1/repricings", { meeting, known_at: when.knownAt, format: "csv" });
  const stream = html`<a href="${csv}" download="repricings.csv">All as CSV</a>`;
  if (repricings.length === 0) {
    return html`${unjudged}<p class="faint">None is stored${upTo === null ? "" : ` that was confirmed by ${dateWords(upTo)}`}. A repricing begins when the expected rate
has moved 5 bp or more from its last extreme.</p>`;
  }
  const known = when.knownAt === null ? "as they are known now" : `as they were known by ${instantWords(when.knownAt)}`;
  const begun =
    upTo === null
      ? ""
      : ` Those that were confirmed by ${dateWords(upTo)}, ${known}; of one that went on after that day, no figure.`;
  const bases = [...new Set(repricings.map(({ basis }) => basis.replaceAll("_", " ")))].join(" and ");
  return html`${unjudged}${repricingTable(repricings, when, { upTo, isReal: odds?.sample === false })}
<p class="faint">A repricing is a move of the expected rate from one extreme to the next; here on ${bases}.${begun} Returns are from the
close dated its start to the close dated its extreme (its latest alert while it goes on); a market that was closed on either has none. What moved together did
not for that reason cause one another. ${stream}</p>`;
}
