/** The page `/story`: a meeting's odds over time, with what happened meanwhile. */
import type { Document } from "../answers.ts";
import { Problem } from "../problem.ts";
import { soon } from "../resource.ts";
import { dateWords } from "../wording.ts";
import { rangeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Odds, Range } from "./odds.ts";
import { apiPath, type Get, readApi, readIfAny } from "./read-api.ts";
import { pageDocument } from "./shell.ts";
import { downloads, preloads, storyFigure, storyPath } from "./story-figure.ts";
import { type MeetingChoice, storyForm } from "./story-form.ts";
import { lastOdds, rangeParameter, type StoryQuestion, storyQuestion } from "./story-question.ts";
import {
  historyPath,
  measureWords,
  readingsSummary,
  readingsTable,
  readReadings,
  type StoryReading,
} from "./story-readings.ts";
import { type ListedRepricing, repricingList } from "./story-repricings.ts";
import { undecidedNote } from "./undecided-note.ts";
import { isPast, pastBanner } from "./when.ts";

const STEP_BP = 25;

function rangeOf(text: string): Range {
  const [, lower = "0", upper = "0"] = /^(-?\d+)-(-?\d+)$/.exec(text) ?? [];
  return { lower_bp: Number(lower), upper_bp: Number(upper) };
}

/** The ranges that had odds at the first or the last reading, and the one that is asked for. */
async function rangesOf(get: Get, question: StoryQuestion, first: StoryReading | undefined): Promise<Range[]> {
  const { meeting, range, when } = question;
  const early =
    first === undefined
      ? null
      : readIfAny<Odds>(
          get,
          apiPath("/v1/probabilities", { meeting, as_of: first.trade_date, known_at: when.knownAt }),
        );
  const answers = await Promise.all([lastOdds(get, meeting, when), early]);
  const outcomes = answers.flatMap((odds) => odds?.meetings.find((row) => row.meeting === meeting)?.outcomes ?? []);
  const found = new Map(outcomes.map((outcome) => [rangeParameter(outcome), outcome as Range]));
  if (range !== null) found.set(range, rangeOf(range));
  const lowers = outcomes.filter(({ lower_bp, upper_bp }) => upper_bp > lower_bp).map(({ lower_bp }) => lower_bp);
  // In between, ranges on either side may have had odds for a while.
  for (let lower = Math.min(...lowers) - STEP_BP; lower <= Math.max(...lowers) + STEP_BP; lower += STEP_BP) {
    const between = { lower_bp: lower, upper_bp: lower + STEP_BP };
    found.set(rangeParameter(between), between);
  }
  return [...found.values()].sort((a, b) => a.lower_bp - b.lower_bp);
}

function notices(question: StoryQuestion, readings: readonly StoryReading[]): (Html | null)[] {
  const sample = readings.some((reading) => reading.sample);
  return [
    undecidedNote(readings.at(-1)?.undecided_meeting ?? null),
    question.isEpisode
      ? html`<p class="note">Only the built-in sample is here: this is its episode, the weeks before the meeting of 10 Dec 2025. Once a source has given prices, the story opens on the next meeting.</p>`
      : sample
        ? html`<p class="note">These are figures of the built-in sample.</p>`
        : null,
    readings.length > 0
      ? null
      : html`<p class="note">No reading of this meeting is stored${question.last === null ? "" : ` at or before ${dateWords(question.last)}`}${question.when.knownAt === null ? "" : ` as it was known by ${question.when.knownAt}`}. Choose another meeting or period.</p>`,
  ];
}

async function readMeetings(get: Get): Promise<readonly MeetingChoice[]> {
  const { data } = await readApi<{ data: readonly MeetingChoice[] }>(get, "/v1/meetings");
  return data;
}

/** The readings; none for a meeting that nobody knows, which the page says in the API's words. */
async function readOrSay(get: Get, question: StoryQuestion): Promise<{ readings: StoryReading[]; said: Html | null }> {
  try {
    return { readings: await readReadings(get, question), said: null };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
    return { readings: [], said: html`<p class="note">${error.message}.</p>` };
  }
}

function nothingStored(now: Date): Document {
  const body = html`<h1>The story of the odds</h1>
<p class="note">No reading is stored, so there is no story yet.</p>
<p>Odds appear here as soon as a source has given prices: <a href="/sources">how the sources do</a>.</p>`;
  return pageDocument({ title: "Story", body, place: "/story", until: soon(now) });
}

/**
 * Writes the page: what is asked for as text and table; the client module draws the chart from the same API.
 *
 * @param texts `meeting`, `range`, `measure` (range, at_most, at_least), `from`, `to`, `asset` (symbols with commas),
 *   `as_of`, `known_at`; without a meeting it opens on the next one, or on the episode where the sample is all there is
 * @param get asks the public API
 * @throws Problem 400 for a parameter that cannot be read, and what the API answers when it is unwell
 */
export async function storyPage(texts: Readonly<Record<string, string>>, get: Get, now: Date): Promise<Document> {
  const question = await storyQuestion(texts, get);
  if (question === null) return nothingStored(now);
  const { meeting, range, measure, when } = question;
  const [{ readings, said }, meetings, repricings] = await Promise.all([
    readOrSay(get, question),
    readMeetings(get),
    readApi<{ data: readonly ListedRepricing[] }>(
      get,
      apiPath("/v1/repricings", {
        meeting,
        from: question.from,
        to: question.to ?? question.last,
        known_at: when.knownAt,
      }),
    ),
  ]);
  const ranges = await rangesOf(get, question, readings[0]);
  const shown = range === null ? null : rangeOf(range);
  const title = `${shown === null ? "Expected rate" : `Odds of ${measureWords(measure, shown)}`} after the ${dateWords(meeting)} meeting`;
  const csv = historyPath(question, { format: "csv" });
  const hasChart = range !== null && readings.length > 0;
  const body = html`${hasChart ? preloads(question) : null}${pastBanner(when, storyPath({ ...question, when: { asOf: null, knownAt: null } }))}
<h1>${title}</h1>
<div id="story-notes" data-live>${said ?? notices(question, readings)}</div>
${storyForm(question, { meetings, ranges })}
${hasChart ? storyFigure(question, title) : null}
${readings.length === 0 ? null : downloads(question)}
<section id="story-text" data-live aria-labelledby="story-text-heading"><h2 id="story-text-heading">In words</h2>
${shown === null ? null : readingsSummary(readings, measure, shown)}
<h3>Repricings</h3>${repricingList(repricings.data, question)}
<p class="faint">The odds are of the same absolute range on every day. <a href="/meetings/${meeting}">This meeting's odds by range</a>.</p></section>
${
  readings.length === 0 || shown === null
    ? null
    : html`<details id="story-table" data-live><summary>All ${readings.length} readings as a table</summary>
${readingsTable(readings, `odds of ${measure === "range" ? rangeText(shown) : measureWords(measure, shown)}`, csv)}</details>`
}`;
  return pageDocument({
    title: `Story: ${title}`,
    body,
    place: "/story",
    scripts: ["client/story.js"],
    styles: ["uplot.css", "story.css"],
    isPast: isPast(when),
    until: soon(now),
  });
}
