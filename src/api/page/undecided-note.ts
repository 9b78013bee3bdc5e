/** What pages say while the outcome of a past meeting is not known, so that the range in force is assumed. */
import { dateWords, unknownOutcomeWords } from "../wording.ts";
import { type Html, html } from "./html.ts";

/** Over the figures: why they are not to be relied on, and what to do. Null: all outcomes are known. */
export function undecidedNote(meeting: string | null): Html | null {
  if (meeting === null) return null;
  return html`<p class="note"><strong>Unverified:</strong> ${unknownOutcomeWords(meeting)}. The range in force may be another, and a
decision of 25 bp moves every figure here by as much. It is taken over as soon as a <a href="/sources">source</a> gives it; by hand:
<code>npx cutwatch decide ${meeting} LOWER-UPPER</code>, the range decided in basis points, such as <code>350-375</code>.</p>`;
}

/** Over repricings: from when on none can have been found. Null: all days are judged. */
export function unjudgedNote(meeting: string | null): Html | null {
  if (meeting === null) return null;
  return html`<p class="note">Days after ${dateWords(meeting)} are not judged: ${unknownOutcomeWords(meeting)}, and odds against a range that is
assumed would read as a repricing. They are judged once it is recorded.</p>`;
}
