/** How the terminal wants to be written to. */
import { styleText } from "node:util";
import type { Printer, Shell } from "./shell.ts";

export interface Look {
  readonly coloured: boolean;
  /** bars of block characters; a pipe may not be UTF-8 */
  readonly blocks: boolean;
  /** characters a line */
  readonly columns: number;
}

type Format = Parameters<typeof styleText>[0];

/**
 * Colours at a terminal that has them, unless `NO_COLOR` is set; in a pipe too where `FORCE_COLOR` asks for them.
 *
 * @see https://no-color.org and https://force-color.org
 */
export function lookOf({ env }: Pick<Shell, "env">, { isTty, columns }: Printer): Look {
  const { NO_COLOR: noColor = "", FORCE_COLOR: force = "", TERM: terminal } = env;
  const wanted = force === "" ? isTty && terminal !== "dumb" : !/^(0|false)$/i.test(force);
  // The first of the three that is set decides (POSIX).
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((name) => name !== undefined && name !== "") ?? "UTF-8";
  return { coloured: noColor === "" && wanted, blocks: isTty && /utf-?8/i.test(locale), columns };
}

export function styled(format: Format, text: string, { coloured }: Look): string {
  return coloured && text !== "" ? styleText(format, text, { validateStream: false }) : text;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar for a share of 0 to 1, padded to `width`. */
export function barOf(share: number, width: number, { blocks }: Look): string {
  if (!blocks) return "#".repeat(Math.round(share * width)).padEnd(width);
  const eighths = Math.round(share * width * EIGHTHS.length);
  const rest = EIGHTHS[eighths % EIGHTHS.length] ?? "";
  return `${"█".repeat(Math.floor(eighths / EIGHTHS.length))}${rest}`.padEnd(width);
}

/** A sentence on lines of at most `columns` characters; a word that is longer has a line of its own. */
export function wrapped(text: string, columns: number, indent = ""): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(lines.length === 0 ? word : `${indent}${word}`);
  }
  return lines;
}
