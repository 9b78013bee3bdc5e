/** What a terminal shows, as a page: for its picture. */
import { type Html, html } from "../../src/api/page/html.ts";

/** By SGR code, on the ground that the page has. */
const COLOURS: Readonly<Record<number, string>> = {
  31: "#ff8a80",
  32: "#57c78d",
  33: "#f2b84b",
  34: "#84bdf7",
  35: "#c9a7f5",
  36: "#4fb8c9",
  90: "#9aa8b6",
};
const ESCAPE = String.fromCharCode(27);
const CODE = new RegExp(`${ESCAPE}\\[(\\d+)m`);
const BOLD = 1;
const NOT_BOLD = 22;
const NO_COLOUR = 39;

/** The words with their colours and weights as spans. */
function spans(text: string): Html[] {
  let colour: string | undefined;
  let isBold = false;
  // Words and codes take turns.
  return text.split(CODE).map((piece, i) => {
    if (i % 2 === 0) {
      const style = `${colour === undefined ? "" : `color:${colour};`}${isBold ? "font-weight:700" : ""}`;
      return html`<span style="${style}">${piece}</span>`;
    }
    const code = Number(piece);
    if (code === BOLD) isBold = true;
    else if (code === NOT_BOLD) isBold = false;
    else if (code === NO_COLOUR) colour = undefined;
    else colour = COLOURS[code];
    return html``;
  });
}

/**
 * The page.
 *
 * @param command as it was typed
 * @param printed with its escape codes
 */
export function terminalPage(command: string, printed: string): string {
  return html`<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #0e1318; }
pre { display: inline-block; margin: 0; padding: 20px 24px; color: #e8edf2; font: 14px/1.4 "DejaVu Sans Mono", monospace; }
</style><pre><span style="color:${COLOURS[90] ?? ""}">$</span> ${command}
${spans(printed.trimEnd())}</pre>`.text;
}
