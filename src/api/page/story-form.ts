/** The fields that choose what a story shows. */
import { PANEL } from "../../pricing/observations.ts";
import { dateWords } from "../wording.ts";
import { rangeText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Range } from "./odds.ts";
import { rangeParameter, STORY_MEASURES, type StoryQuestion } from "./story-question.ts";

/** A meeting to choose. */
export interface MeetingChoice {
  readonly meeting: string;
  readonly status: string;
}

const MOST_DECIDED = 24;
const MOST_TO_COME = 16;

function option(value: string, words: string, isChosen: boolean): Html {
  return html`<option value="${value}"${isChosen ? html` selected` : null}>${words}</option>`;
}

/** The chosen meeting is always among them, however old. */
function meetingOptions(meetings: readonly MeetingChoice[], chosen: string): Html {
  const held = meetings.filter(({ status }) => status !== "cancelled");
  const toCome = held.filter(({ status }) => status === "upcoming").slice(0, MOST_TO_COME);
  const decided = held
    .filter(({ status }) => status !== "upcoming")
    .slice(-MOST_DECIDED)
    .toReversed();
  const group = (label: string, rows: readonly MeetingChoice[]) =>
    rows.length === 0
      ? null
      : html`<optgroup label="${label}">${rows.map(({ meeting }) => option(meeting, dateWords(meeting), meeting === chosen))}</optgroup>`;
  const isListed = [...toCome, ...decided].some(({ meeting }) => meeting === chosen);
  return html`${isListed ? null : option(chosen, dateWords(chosen), true)}${group("To come", toCome)}${group("Decided", decided)}`;
}

function dateField(name: string, label: string, value: string | null): Html {
  return html`<label>${label} <input type="date" name="${name}" min="1990-01-01" max="2100-12-31" value="${value?.slice(0, 10) ?? ""}"></label>`;
}

/** The form; a browser without scripts submits it as it is. */
export function storyForm(
  question: StoryQuestion,
  { meetings, ranges }: { readonly meetings: readonly MeetingChoice[]; readonly ranges: readonly Range[] },
): Html {
  const { meeting, range, measure, from, to, assets, when } = question;
  const rangeOptions = ranges.map((one) => option(rangeParameter(one), rangeText(one), rangeParameter(one) === range));
  const boxes = PANEL.map(
    (symbol) =>
      html`<label class="asset asset-${symbol.toLowerCase()}"><input type="checkbox" data-asset="${symbol}"${assets.includes(symbol) ? html` checked` : null}> ${symbol}</label>`,
  );
  return html`<form id="story-form" class="story-form" method="get" action="/story">
<div class="fields">
<label>Meeting <select name="meeting">${meetingOptions(meetings, meeting)}</select></label>
${
  range === null
    ? null
    : html`<label>Target range <select name="range">${rangeOptions}</select></label>
<label>Odds of <select name="measure">${STORY_MEASURES.map(([value, words]) => option(value, words, value === measure))}</select></label>`
}
<button class="go">Show</button>
</div>
<details class="fields"${from !== null || to !== null || when.asOf !== null || when.knownAt !== null ? html` open` : null}><summary>Period, and another moment</summary>
${dateField("from", "From", from)}${dateField("to", "to", to)}
${dateField("as_of", "As it was on", when.asOf)}${dateField("known_at", "known by", when.knownAt)}
</details>
<input type="hidden" name="asset" value="${assets.join(",")}">
<fieldset class="assets" hidden><legend>Lay over</legend>${boxes}</fieldset>
</form>`;
}
