/** Words of a stranger's calendar, fit for a terminal and for one line. */

// Controls (an escape sequence repaints a terminal), line separators, and what turns the direction of writing or is not seen.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const BLANKS = /[\s\p{Cc}\u2028\u2029]+/gu;
const INVISIBLE = /\p{Cf}+/gu;

/** One line: controls and runs of blanks become a blank, marks that are not seen (direction overrides) go. */
export function plainWords(text: string): string {
  return text.replace(INVISIBLE, "").replace(BLANKS, " ").trim();
}

/** Whether a text holds what nobody sees. A key with it is refused: cleaned, it could be another event's. */
export function holdsUnseen(text: string): boolean {
  return UNSEEN.test(text);
}
