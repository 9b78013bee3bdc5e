/** The lines of an iCalendar file (RFC 5545, section 3.1), read in one pass: a line of any shape costs its length. */

/** One line, `NAME;PARAMETER=value:value`. */
export interface IcsLine {
  /** in capitals */
  readonly name: string;
  /** by name in capitals; quotation marks are gone, several values are joined by commas */
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  /** of the file, from 1: where it begins */
  readonly line: number;
}

/** A line before it is read. */
export interface UnfoldedLine {
  readonly text: string;
  readonly line: number;
}

/** Lines put together again: one that begins with a blank goes on from the line before. */
export function* unfolded(text: string): Generator<UnfoldedLine> {
  let whole = "";
  let first = 1;
  let line = 0;
  for (const part of text.split(/\r\n|\n|\r/)) {
    line += 1;
    if (part.startsWith(" ") || part.startsWith("\t")) {
      whole += part.slice(1);
      continue;
    }
    if (whole !== "") yield { text: whole, line: first };
    whole = part;
    first = line;
  }
  if (whole !== "") yield { text: whole, line: first };
}

const NAME = /[A-Za-z0-9-]+/y;
// No two of these can match the same character, so nothing is ever tried twice.
const PARAMETER_NAME = /;([A-Za-z0-9-]+)=/y;
const PARAMETER_VALUE = /"([^"]*)"|([^",;:]*)/y;

/** The match that begins exactly at a place. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Reads one line. Null: it is none of a calendar. */
export function icsLine({ text, line }: UnfoldedLine): IcsLine | null {
  const name = matchAt(NAME, text, 0)?.[0];
  if (name === undefined) return null;
  let at = name.length;
  const parameters = new Map<string, string>();
  while (text[at] === ";") {
    const key = matchAt(PARAMETER_NAME, text, at);
    if (key === null) return null;
    at += key[0].length;
    const values: string[] = [];
    for (;;) {
      const value = matchAt(PARAMETER_VALUE, text, at);
      if (value === null) return null;
      values.push(value[1] ?? value[2] ?? "");
      at += value[0].length;
      if (text[at] !== ",") break;
      at += 1;
    }
    parameters.set((key[1] ?? "").toUpperCase(), values.join(","));
  }
  if (text[at] !== ":") return null;
  return { name: name.toUpperCase(), parameters, value: text.slice(at + 1), line };
}
