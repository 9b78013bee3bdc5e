/** The page `/`: the odds of every meeting, read from the public API and nowhere else. */
import type { Document } from "../answers.ts";
import { Problem } from "../problem.ts";
import { soon } from "../resource.ts";
import { dateWords, rangeWords } from "../wording.ts";
import { episodeHeadline, readHeadline } from "./headline.ts";
import { type Html, html } from "./html.ts";
import { oddsTable, type Reading, type ShiftRow, shiftTable } from "./odds-table.ts";
import { readRepricings, repricingsSection } from "./repricings-section.ts";
import { pageDocument } from "./shell.ts";
import { type Source, sourceTable } from "./source-table.ts";

type Get = (path: string) => Promise<Response>;

/** The day on which the story of the built-in sample is plainest: 93.7 % a month before, 42.4 % then. */
const EPISODE = "2025-11-17";
const WINDOWS = ["1d", "1w", "1m"] as const;
const SHIFTED_MEETINGS = 4;

async function read<T>(get: Get, path: string): Promise<T> {
  const response = await get(path);
  if (response.ok) return (await response.json()) as T;
  const { detail } = (await response.json()) as { detail: string };
  const wait = response.headers.get("retry-after");
  throw new Problem(response.status, detail, wait === null ? {} : { headers: { "Retry-After": wait } });
}

function oddsPath(asOf: string | null): string {
  return asOf === null ? "/v1/probabilities" : `/v1/probabilities?${new URLSearchParams({ as_of: asOf })}`;
}

async function readReading(get: Get, asOf: string | null): Promise<Reading | null> {
  const asked = (date: string | null) => read<Reading>(get, oddsPath(date));
  try {
    const reading = await asked(asOf);
    // Where the newest reading is of the sample there is nothing else to open on.
    return reading.sample && asOf === null ? await asked(EPISODE) : reading;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null; // said on the page: no reading is stored
    throw error;
  }
}

async function readShifts(get: Get, reading: Reading, asOf: string): Promise<ShiftRow[]> {
  const solved = reading.meetings.filter((meeting) => meeting.unsolved === null).slice(0, SHIFTED_MEETINGS);
  return Promise.all(
    solved.map(async ({ meeting }) => ({
      meeting,
      shifts: await Promise.all(
        WINDOWS.map((window) =>
          read<ShiftRow["shifts"][number]>(get, `/v1/shifts?${new URLSearchParams({ meeting, as_of: asOf, window })}`),
        ),
      ),
    })),
  );
}

function notices(reading: Reading, asOf: string | null): (Html | null)[] {
  return [
    reading.sample
      ? html`<p class="note">These are figures of the built-in sample, the episode before the meeting of 10 Dec 2025; no source has
given newer ones yet. See <a href="/?as_of=2025-10-17">17 Oct 2025</a>, <a href="/?as_of=2025-11-17">17 Nov 2025</a>,
<a href="/?as_of=2025-11-25">25 Nov 2025</a>.</p>`
      : null,
    reading.stale && asOf !== null
      ? html`<p class="note">Stale: a newer reading was already due at the time asked for.</p>`
      : null,
    reading.stale && asOf === null && !reading.sample
      ? html`<p class="note">Stale: the newest reading is of ${dateWords(reading.trade_date)}, and a newer one is due.</p>`
      : null,
  ];
}

function oddsSection(reading: Reading, shifts: readonly ShiftRow[], asOf: string | null): Html {
  return html`<p>Range in force: <strong>${rangeWords({ lowerBp: reading.target.lower_bp, upperBp: reading.target.upper_bp })}</strong>.
Reading of <strong>${dateWords(reading.trade_date)}</strong>, basis ${reading.basis.replaceAll("_", " ")}, method ${reading.method}, source ${reading.source}.
<span class="faint">True in the market at ${reading.as_of}, recorded ${reading.recorded_at}.</span></p>
${notices(reading, asOf)}
<h2>Odds of the target range after each meeting</h2>
${oddsTable(reading)}
<p class="faint">Bold: the likeliest range. Underlined: the range in force. Each cell is the probability, in per cent, of exactly that range after that meeting.</p>
${shifts.length === 0 ? null : html`<h2>What moved</h2>${shiftTable(shifts)}`}
${reading.citation === null ? null : html`<p class="faint">To quote: ${reading.citation}</p>`}`;
}

/**
 * Writes the page.
 *
 * @param asOf what `as_of` of the API takes; null: the newest reading, or the sample's story where that is all there is
 * @param get asks the public API
 */
export async function oddsPage(asOf: string | null, get: Get, now: Date): Promise<Document> {
  const [reading, sources] = await Promise.all([readReading(get, asOf), read<{ data: Source[] }>(get, "/v1/sources")]);
  const shownAsOf = asOf ?? reading?.trade_date ?? null;
  // A sample reading without a date asked for is the episode's: then its story comes first, and all its repricings.
  const isEpisode = reading?.sample === true && asOf === null;
  const upTo = asOf === null ? null : (reading?.trade_date ?? null);
  const [shifts, repricings, headline] = await Promise.all([
    reading === null || shownAsOf === null ? [] : readShifts(get, reading, shownAsOf),
    readRepricings((path) => read(get, path), upTo),
    isEpisode ? readHeadline((path) => get(path)) : null,
  ]);
  const body = html`<h1>What does the market expect of the Fed?</h1>
${headline === null ? null : episodeHeadline(headline)}
${reading === null ? html`<p class="note">No reading is stored${asOf === null ? "" : ` at or before ${asOf}`}.</p>` : oddsSection(reading, shifts, asOf)}
<form method="get" action="/"><label for="as_of">As of</label><input id="as_of" name="as_of" type="date" value="${(reading?.trade_date ?? "").slice(0, 10)}"><button>Show</button> <a href="/">newest</a></form>
${repricingsSection(repricings, upTo)}
<h2>Sources</h2>
${sourceTable(sources.data)}
<footer><a href="/docs">API documentation</a> · <a href="/openapi.json">OpenAPI</a> · <a href="${oddsPath(shownAsOf)}">these odds as JSON</a></footer>`;
  return pageDocument({ title: "cutwatch: what does the market expect of the Fed?", body, until: soon(now) });
}
