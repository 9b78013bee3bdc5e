/** The repricings of a story's meeting, as a list that leads to their cards. */
import { dateWords } from "../wording.ts";
import { rateText, signedText } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { StoryQuestion } from "./story-question.ts";
import { at } from "./when.ts";

/** What the list reads of `/v1/repricings`. */
export interface ListedRepricing {
  readonly id: number;
  readonly direction: string;
  readonly status: string;
  readonly state: string;
  readonly severity: string;
  readonly started_on: string;
  readonly confirmed_on: string;
  readonly extreme_on: string;
  readonly amplitude_bp: number;
  readonly at_most: { readonly upper_bp: number; readonly shift_pp: number | null } | null;
}

/** The list; of what is looked at from the past, only what could be known then. */
export function repricingList(rows: readonly ListedRepricing[], question: StoryQuestion): Html {
  const { last } = question;
  // Before it was confirmed nobody could know of it.
  const known = rows.filter(({ confirmed_on: on }) => last === null || on <= last);
  if (known.length === 0)
    return html`<p class="faint">No repricing of this meeting is stored${last === null ? "" : ` that was confirmed by ${dateWords(last)}`}.</p>`;
  const items = known.map((row) => {
    // After the moment that is looked at, how far it went was still to come.
    const isComplete = last === null || row.extreme_on <= last;
    const moved = row.direction === "hawkish" ? row.amplitude_bp : -row.amplitude_bp;
    const odds =
      row.at_most?.shift_pp == null
        ? null
        : html`, ${signedText(row.at_most.shift_pp)} pp for a range no higher than ${rateText(row.at_most.upper_bp)}`;
    const words = isComplete
      ? html`<span class="severity ${row.severity}">${row.severity}</span> ${row.direction}, ${dateWords(row.started_on)} to ${dateWords(row.extreme_on)}, ${signedText(moved)} bp${odds}${row.status === "open" ? ", open" : null}${row.state === "confirmed" ? null : `, ${row.state}`}`
      : html`${row.direction}, from ${dateWords(row.started_on)}, confirmed ${dateWords(row.confirmed_on)}, still going on`;
    return html`<li>${words}. <a href="${at(`/repricings/${row.id}`, { asOf: null, knownAt: question.when.knownAt })}">Its card<span class="unseen">: ${row.direction} from ${dateWords(row.started_on)}</span></a></li>\n`;
  });
  return html`<ul class="story-repricings">${items}</ul>`;
}
