/** What comes of a file that somebody imports: the rows kept, the rows refused with their reasons, and what was left out. */

/** One row that was refused, for the quarantine. */
export interface RejectedRow {
  /** line of the file, from 1; in JSON, which has no rows, the position in the list, from 1 */
  readonly line: number;
  /** short and stable, for counting: `bad_date` */
  readonly code: string;
  /** what was found and what is accepted, in words */
  readonly reason: string;
  /** the row as it stands in the file, cut at 300 characters */
  readonly row: string;
}

/** The rows of one file, sorted by what became of them. */
export interface ImportResult<T> {
  /**
   * Rows that hold data: lines of a CSV, entries of a JSON list. In a history with several meetings side by side, and in a
   * page's JSON, one row is one date and meeting.
   */
  readonly rowsRead: number;
  readonly kept: readonly T[];
  /** where `kept[i]` stands in the file */
  readonly lines: readonly number[];
  readonly rejected: readonly RejectedRow[];
  /** sound rows dated on a day without settlement (a Sunday evening's bar, a holiday): no poison, and no observation */
  readonly notTradeDates: readonly RejectedRow[];
  /** rows that print no figure where one could stand, such as a holiday's blank close */
  readonly blank: number;
  /** rows that repeat another row of the file, figure for figure */
  readonly duplicates: number;
  /** kept rows that carry a flag */
  readonly flagged: number;
  /** sentences for the person who imports: why a sound file gave nothing, which meeting was inferred */
  readonly notes: readonly string[];
}

/** An {@link ImportResult} while its file is being read. */
export interface ImportTally<T> {
  rowsRead: number;
  kept: T[];
  lines: number[];
  rejected: RejectedRow[];
  notTradeDates: RejectedRow[];
  blank: number;
  duplicates: number;
  flagged: number;
  notes: string[];
}

export function emptyTally<T>(): ImportTally<T> {
  return {
    rowsRead: 0,
    kept: [],
    lines: [],
    rejected: [],
    notTradeDates: [],
    blank: 0,
    duplicates: 0,
    flagged: 0,
    notes: [],
  };
}

/** A file that cannot be imported at all; nothing of it is used. The message is one line for the person who gave it. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
  readonly fileName: string;
  /** from 1; null where the trouble is not on one line */
  readonly line: number | null;

  constructor(fileName: string, line: number | null, state: string, options?: ErrorOptions) {
    const place = line === null ? "" : `, line ${line}`;
    super(`Cannot import ${excerpt(fileName)}${place}: ${state}`, options);
    this.fileName = fileName;
    this.line = line;
  }
}

const EXCERPT_CHARACTERS = 300;

/** Text of a stranger's file made fit for one line of a message: no control characters, cut with an ellipsis. */
export function excerpt(text: string, characters = EXCERPT_CHARACTERS): string {
  const cut = text.length > characters ? `${text.slice(0, characters)}…` : text;
  return cut.replaceAll("\t", " tab ").replace(/\p{C}/gu, "?");
}

/** The refused row of a CSV. */
export function rejectedRow(line: number, code: string, reason: string, cells: readonly string[]): RejectedRow {
  // A row of a history has up to 600 cells; the first few are enough to find it by.
  return { line, code, reason, row: excerpt(cells.slice(0, 64).join(",")) };
}
