import { parse } from "csv-parse/sync";
import { excerpt, ImportFileError } from "./import-result.ts";

/** One line of a table. */
export interface CsvRow {
  /** from 1, empty lines counted */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A CSV with one header row. */
export interface CsvTable {
  /** names in lower case, trimmed */
  readonly header: readonly string[];
  /** as many cells each as the header; reading one of another width throws ImportFileError */
  readonly rows: Iterable<CsvRow>;
}

// The widest file known, a FedWatch history of all meetings, has 576 columns in lines of 5,000 characters.
const MAX_COLUMNS = 4_096;
const MAX_LINE_CHARACTERS = 131_072;

/** What cuts a line into cells. */
export type Separator = "," | ";" | "\t";

const SEPARATORS: readonly Separator[] = [",", ";", "\t"];
const SAMPLED_LINES = 20;

/** What a separator is called in a message. */
export function separatorName(separator: Separator): string {
  return separator === "\t" ? "tab" : separator;
}

function countOutsideQuotes(line: string, separator: Separator): number {
  let count = 0;
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) count += 1;
  }
  return count;
}

/**
 * What cuts the lines of a text: said by its first line, `sep=;`, as spreadsheets do, or else what cuts most lines into equally many
 * cells. A decimal comma cuts the figures but not the header.
 */
export function separatorOf(text: string): Separator {
  const said = /^sep=([,;\t])\r?\n/i.exec(text)?.[1];
  if (said !== undefined) return said as Separator;
  const lines = text
    .slice(0, MAX_LINE_CHARACTERS)
    .split(/\r\n?|\n/, SAMPLED_LINES)
    .filter((line) => line.trim() !== "");
  let best: { separator: Separator; lines: number; count: number } = { separator: ",", lines: 0, count: 0 };
  for (const separator of SEPARATORS) {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = countOutsideQuotes(line, separator);
      if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    for (const [count, times] of counts) {
      if (times > best.lines || (times === best.lines && count > best.count)) best = { separator, lines: times, count };
    }
  }
  return best.separator;
}

/**
 * The lines of a text that are not empty, cut as they are asked for. Line ends may be LF, CRLF or CR.
 *
 * Text without a quotation mark is cut at its separators, in half the time that csv-parse takes (80,653 rows of nine cells:
 * about 100 ms against 220 ms); text with one goes through csv-parse.
 *
 * @throws ImportFileError, while reading, for an unclosed quotation, a line of more than 131,072 characters or 4,096 columns
 */
export function csvRows(text: string, fileName: string, separator: Separator = separatorOf(text)): Iterable<CsvRow> {
  const table = text.replace(/^sep=[,;\t](?=\r?\n)/i, "");
  if (table.includes('"')) return quotedRows(table, fileName, separator);
  const unix = table.includes("\r") ? table.replace(/\r\n?/g, "\n") : table;
  return { [Symbol.iterator]: () => plainRows(unix, fileName, separator) };
}

function* plainRows(text: string, fileName: string, separator: Separator): Generator<CsvRow> {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    line += 1;
    if (end - start > MAX_LINE_CHARACTERS) throw tooLong(end - start, line, fileName);
    const cells = text.slice(start, end).split(separator);
    if (cells.length > MAX_COLUMNS) throw tooWide(cells.length, line, fileName);
    if (!isEmpty(cells)) yield { line, cells };
    start = end + 1;
  }
}

/** Without a last line whose quotation is never closed, as one vendor's remark below the table has it. */
function withoutOpenRemark(text: string, separator: Separator): string | null {
  const body = text.trimEnd();
  const start = body.lastIndexOf("\n") + 1;
  const last = body.slice(start);
  const isOpen = last.startsWith('"') && (last.match(/"/g)?.length ?? 0) % 2 === 1;
  return start > 0 && isOpen && !last.includes(separator) ? body.slice(0, start) : null;
}

function quotedRows(text: string, fileName: string, separator: Separator): CsvRow[] {
  let records: { info: { lines: number }; record: string[] }[];
  try {
    // With `info` every record comes with the line it ends on, which the declared type does not say.
    records = parse(text, {
      info: true,
      delimiter: separator,
      relax_column_count: true,
      max_record_size: MAX_LINE_CHARACTERS,
    }) as unknown as typeof records;
  } catch (error) {
    const rest = withoutOpenRemark(text, separator);
    if (rest !== null) return quotedRows(rest, fileName, separator);
    const detail = excerpt(error instanceof Error ? error.message : String(error), 160);
    throw new ImportFileError(fileName, null, `its quotation marks do not pair up (${detail})`, { cause: error });
  }
  const rows = records.map(({ info, record }) => ({ line: info.lines, cells: record }));
  const wide = rows.find(({ cells }) => cells.length > MAX_COLUMNS);
  if (wide !== undefined) throw tooWide(wide.cells.length, wide.line, fileName);
  return rows.filter(({ cells }) => !isEmpty(cells));
}

function tooLong(characters: number, line: number, fileName: string): ImportFileError {
  return new ImportFileError(fileName, line, `${characters} characters, accepted up to ${MAX_LINE_CHARACTERS}`);
}

function tooWide(columns: number, line: number, fileName: string): ImportFileError {
  return new ImportFileError(fileName, line, `${columns} columns, accepted up to ${MAX_COLUMNS}`);
}

function isEmpty(cells: readonly string[]): boolean {
  return cells[0] === "" && cells.every((cell) => cell.trim() === "");
}

/**
 * Takes the first row as the header; the others must be as wide, or the file is a cut one or two in one.
 *
 * @throws ImportFileError for a file without rows, or a name that stands twice
 */
export function tableOf(rows: Iterable<CsvRow>, fileName: string): CsvTable {
  const [first] = rows;
  if (first === undefined) throw new ImportFileError(fileName, null, "the file is empty");
  const header = first.cells.map((name) => name.trim().toLowerCase());
  const twice = header.find((name, index) => name !== "" && header.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ImportFileError(fileName, first.line, `the column ${excerpt(twice, 40)} stands twice`);
  }
  return { header, rows: { [Symbol.iterator]: () => rowsBelow(rows, first.line, header.length, fileName) } };
}

function* rowsBelow(rows: Iterable<CsvRow>, line: number, columns: number, fileName: string): Generator<CsvRow> {
  for (const row of rows) {
    if (row.line === line) continue;
    requireWidth(row, columns, fileName);
    yield row;
  }
}

/** @throws ImportFileError for a row that has not `columns` cells */
export function requireWidth({ line, cells }: CsvRow, columns: number, fileName: string): void {
  if (cells.length !== columns) {
    throw new ImportFileError(fileName, line, `${cells.length} columns where the header has ${columns}`);
  }
}
