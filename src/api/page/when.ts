/** Looking at the past: what `as_of` and `known_at` of a page ask for, and the words that say so. */
import { dateWords } from "../wording.ts";
import { type Html, html } from "./html.ts";
import { apiPath } from "./read-api.ts";

/** What is asked for, as it was written; null: now. */
export interface When {
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

/** Of a page's parameters; an empty field of a form is none. */
export function whenOf(texts: Readonly<Record<string, string>>): When {
  return { asOf: texts.as_of || null, knownAt: texts.known_at || null };
}

/** A path of ours that keeps looking at the same moment. */
export function at(path: string, { asOf, knownAt }: When): string {
  return apiPath(path, { as_of: asOf, known_at: knownAt });
}

/** Whether another moment than the present is shown. */
export function isPast({ asOf, knownAt }: When): boolean {
  return asOf !== null || knownAt !== null;
}

/**
 * The day after which nothing is shown: that of the reading at the moment asked for, or the day asked for where there is no
 * reading as old as that. Null: no moment is asked for.
 */
export function lastDayShown({ asOf }: When, reading: { readonly trade_date: string } | null): string | null {
  return asOf === null ? null : (reading?.trade_date ?? asOf.slice(0, 10));
}

/** `17 Nov 2025`, or `17 Nov 2025 at 20:00 UTC`. */
export function instantWords(text: string): string {
  const day = dateWords(text.slice(0, 10));
  return text.length > 10 ? `${day} at ${text.slice(11, 16)} UTC` : day;
}

/**
 * Says that the past is shown, with the way back. Null when it is not.
 *
 * @param path of the same page without the two
 */
export function pastBanner(when: When, path: string): Html | null {
  if (!isPast(when)) return null;
  const market = when.asOf === null ? null : html` the market as of <strong>${momentText(when.asOf)}</strong>`;
  const known = when.knownAt === null ? null : html` what was known by <strong>${momentText(when.knownAt)}</strong>`;
  return html`<aside class="past" aria-label="The past is shown"><span>You are looking at${market}${market !== null && known !== null ? "," : null}${known}.</span>
<a class="button" href="${path}">Back to now</a></aside>`;
}

// Whatever was asked for is shown: a page is only made of what the API could read.
function momentText(text: string): string {
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? instantWords(text) : text;
}

/** The form that leads to another moment. */
export function whenForm(when: When, path: string, shownDate: string | null): Html {
  const asOf = when.asOf?.slice(0, 10) ?? shownDate ?? "";
  return html`<form class="when" method="get" action="${path}">
<label>As it was on <input name="as_of" type="date" min="1990-01-01" max="2100-12-31" value="${asOf}"></label>
<label>known by <input name="known_at" type="date" min="1990-01-01" max="2100-12-31" value="${when.knownAt?.slice(0, 10) ?? ""}"></label>
<button>Show</button></form>`;
}
