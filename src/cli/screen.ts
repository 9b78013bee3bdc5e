/** A terminal's second screen, drawn over in place; what was on it before comes back afterwards. */
import type { Printer } from "./shell.ts";

const ESCAPE = "\u001b[";
// The second screen, no cursor, and lines that are cut instead of wrapped: a wrapped line would push the others down.
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}?7l`;
const LEAVE = `${ESCAPE}?7h${ESCAPE}?25h${ESCAPE}?1049l`;
const HOME = `${ESCAPE}H`;
const CLEAR_LINE = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;

export interface Screen {
  /** Shows these lines and nothing else; the same lines again are not sent again. */
  readonly draw: (lines: readonly string[]) => void;
  /** Goes back to the first screen. A second time it does nothing. */
  readonly leave: () => void;
}

export function openScreen(printer: Printer): Screen {
  let shown = "";
  let isOpen = true;
  printer.write(ENTER);
  return {
    draw: (lines) => {
      // Cleared before they are written: after a line that fills the window, clearing would take its last character.
      const last = lines.length - 1;
      const text = lines.map((line, i) => `${i === last ? CLEAR_BELOW : CLEAR_LINE}${line}`).join("\r\n");
      // A window that was made larger or smaller has to be drawn again.
      const frame = `${printer.columns} ${printer.rows} ${text}`;
      if (!isOpen || frame === shown) return;
      shown = frame;
      printer.write(`${HOME}${text}`);
    },
    leave: () => {
      if (isOpen) printer.write(LEAVE);
      isOpen = false;
    },
  };
}
