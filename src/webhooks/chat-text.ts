/** Text that is safe to show in a chat. */

// Controls, line ends, what turns the direction of writing, and what is not seen. A word of other people stays one line.
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** One line of plain text: no control characters, no mention, no address that becomes a link by itself. */
export function plain(text: string): string {
  // A zero-width space after the sign: the word is read as before and is the name of nobody.
  return text.replace(UNSEEN, " ").replaceAll("@", "@\u200b").replaceAll("://", ":\u200b//");
}

/** The first so many characters, whole ones, with a mark where something was cut. */
export function clipped(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}

/** As many whole lines as fit, each of them escaped; a mark where some were left out. */
export function fitting(lines: readonly string[], escaped: (text: string) => string, most: number): string {
  let text = "";
  for (const line of lines) {
    const next = `${text === "" ? "" : `${text}\n`}${escaped(line)}`;
    // Two for a line end and the mark.
    if (next.length > most - 2) return `${text}\n…`;
    text = next;
  }
  return text;
}

/** An address that a client can follow, or null for a path or anything else. Nothing in it can end a link early. */
export function linkable(url: string): string | null {
  if (!/^https?:\/\//.test(url)) return null;
  return url.replace(
    /[\s<>|"'()[\]\\`*_~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
