/** The page `/`: what the market expects now, read from the public API and nowhere else. */
import type { Document } from "../answers.ts";
import { Problem } from "../problem.ts";
import { soon } from "../resource.ts";
import { dateWords } from "../wording.ts";
import { copyButton, copyLink, originLine } from "./figures.ts";
import { episodeHeadline, readHeadline } from "./headline.ts";
import { type Html, html } from "./html.ts";
import { matrix, type Shifts } from "./matrix.ts";
import { type Odds, pinnedAsOf, readOdds, readShift, type Shift, WINDOWS, type Window } from "./odds.ts";
import { pathChart } from "./path-chart.ts";
import { apiPath, type Get, readApi } from "./read-api.ts";
import { readRepricings, repricingsSection } from "./repricings-section.ts";
import { pageDocument } from "./shell.ts";
import type { Source } from "./source-table.ts";
import { tiles } from "./tiles.ts";
import { undecidedNote } from "./undecided-note.ts";
import { isPast, lastDayShown, pastBanner, type When, whenForm, whenOf } from "./when.ts";

async function readShifts(get: Get, odds: Odds, { knownAt }: When): Promise<Shifts> {
  const solved = odds.meetings.filter(({ unsolved }) => unsolved === null);
  const entries = solved.map(async ({ meeting }) => {
    const of = WINDOWS.map(
      async ([window]) => [window, await readShift(get, odds, { meeting, window, knownAt })] as const,
    );
    return [meeting, Object.fromEntries(await Promise.all(of)) as Partial<Record<Window, Shift>>] as const;
  });
  return new Map(await Promise.all(entries));
}

/** A part of the page that may fail alone: then its place says so, and the rest is shown. */
async function part<T>(reading: Promise<T>): Promise<{ value: T | null; problem: Html | null }> {
  try {
    return { value: await reading, problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { value: null, problem: html`<p class="note">${error.message}.</p>` };
  }
}

function notices(odds: Odds, when: When): (Html | null)[] {
  return [
    undecidedNote(odds.undecided_meeting),
    odds.sample
      ? html`<p class="note">These are figures of the built-in sample, the episode before the meeting of 10 Dec 2025, as of
${dateWords(odds.trade_date)}; no source has given newer ones yet. Other days of it: <a href="/?as_of=2025-10-17">17 Oct</a>,
<a href="/?as_of=2025-11-17">17 Nov</a>, <a href="/?as_of=2025-11-25">25 Nov</a>, its last.</p>`
      : null,
    odds.stale && isPast(when)
      ? html`<p class="note">Stale: a newer reading was already due at the time asked for.</p>`
      : null,
    odds.stale && !isPast(when) && !odds.sample
      ? html`<p class="note">Stale: the newest reading is of ${dateWords(odds.trade_date)}, and a newer one is due. <a href="/sources">How the sources do</a></p>`
      : null,
  ];
}

function nothingStored(when: When): Html {
  return html`<section id="odds" data-live><p class="note">No reading is stored${when.asOf === null ? "" : ` at or before ${when.asOf}`}${when.knownAt === null ? "" : ` as it was known by ${when.knownAt}`}.</p>
<p>Odds appear here as soon as a source has given prices: <a href="/sources">how the sources do</a>. By hand:
<code>npx cutwatch import settlements.csv</code> reads a file,
<code>npx cutwatch job ingest-futures</code> asks the source now.</p></section>`;
}

function oddsSections(odds: Odds, shifts: { value: Shifts | null; problem: Html | null }, when: When): Html {
  const asOf = pinnedAsOf(odds);
  const knownAt = when.knownAt ?? odds.recorded_at;
  const permalink = apiPath("/", { as_of: asOf, known_at: knownAt });
  const json = apiPath("/v1/probabilities", { as_of: asOf, known_at: when.knownAt });
  return html`<section id="odds" data-live aria-labelledby="odds-heading"><h2 id="odds-heading">Odds of the target range after each meeting</h2>
${shifts.problem}${matrix(odds, shifts.value ?? new Map(), when)}
<p class="source">${originLine(odds)}. <a href="${json}">JSON</a> ${copyLink(permalink, "Copy link to this view")}</p>
${odds.citation === null ? null : html`<p class="quote">To quote: <q>${odds.citation}</q> ${copyButton(odds.citation, "Copy citation")}</p>`}</section>
<section id="path" data-live aria-labelledby="path-heading"><h2 id="path-heading">Expected path</h2>
${pathChart(odds) ?? html`<p class="faint">Fewer than two meetings are solved: there is no path to draw.</p>`}</section>`;
}

/**
 * Writes the page.
 *
 * @param texts `as_of` and `known_at` as the API takes them; without: the newest reading, or the sample's story where
 *   that is all there is
 * @param get asks the public API
 * @throws Problem when the odds cannot be read
 */
export async function nowPage(texts: Readonly<Record<string, string>>, get: Get, now: Date): Promise<Document> {
  const when = whenOf(texts);
  const [odds, sources] = await Promise.all([
    readOdds(get, when, null),
    part(readApi<{ data: Source[] }>(get, "/v1/sources")),
  ]);
  // A sample reading without a date asked for is the episode's: then its story comes first, and all its repricings.
  const isEpisode = odds?.sample === true && when.asOf === null;
  const upTo = lastDayShown(when, odds);
  const [shifts, repricings, headline] = await Promise.all([
    odds === null ? { value: new Map(), problem: null } : part(readShifts(get, odds, when)),
    part(readRepricings(get, { upTo, knownAt: when.knownAt })),
    isEpisode ? readHeadline(get) : null,
  ]);
  const body = html`${pastBanner(when, "/")}<h1>What does the market expect of the Fed?</h1>
<div id="lead" data-live>${headline === null ? null : episodeHeadline(headline)}
${odds === null ? null : html`${tiles(odds, sources.value?.data ?? null, when, now)}${sources.problem}${notices(odds, when)}`}</div>
${odds === null ? nothingStored(when) : oddsSections(odds, shifts, when)}
<section id="repricings" data-live aria-labelledby="repricings-heading"><h2 id="repricings-heading">Repricings</h2>
${repricings.problem ?? repricingsSection(repricings.value ?? [], when, { upTo, odds })}</section>
<section id="moment" data-live aria-labelledby="moment-heading"><h2 id="moment-heading">Another moment</h2>${whenForm(when, "/", odds?.trade_date ?? null)}</section>`;
  return pageDocument({
    title: "What does the market expect of the Fed?",
    body,
    place: "/",
    isPast: isPast(when),
    until: soon(now),
  });
}
