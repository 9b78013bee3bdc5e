/**
 * A backup file: gzip of text. One line of JSON that says what follows; then for each table one line of JSON with its
 * columns, its rows in COPY's text format and a line `\.`; then one line of JSON with the sequences. What `psql` understands
 * between the JSON lines can be saved from it by hand.
 */
import type { Month } from "../calendar/calendar-date.ts";

export const BACKUP_FORMAT = 1;
const MAGIC = "cutwatch backup";

/** A table as it stood. */
export interface BackupTable {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** months it has partitions for; null for a table that is not split */
  readonly months: readonly Month[] | null;
}

/** The first line. */
export interface BackupHeader {
  readonly format: number;
  readonly madeBy: string;
  readonly madeAt: string;
  /** names of the migrations that made the tables */
  readonly migrations: readonly string[];
  readonly tables: readonly BackupTable[];
}

/** The last line. */
export interface BackupEnd {
  readonly sequences: readonly { readonly name: string; readonly lastValue: string; readonly isCalled: boolean }[];
}

/** A file that cannot be restored, or a place where none can be written. The message is one line for people. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

export function headerLine(header: BackupHeader): string {
  return `${JSON.stringify({ file: MAGIC, ...header })}\n`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null; // not JSON: the caller says of which file
  }
}

const NAME = /^[a-z_][a-z0-9_]*$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && NAME.test(name));
}

function isTable(value: unknown): value is BackupTable {
  if (!isRecord(value) || typeof value.table !== "string" || !NAME.test(value.table)) return false;
  const { columns, rows, months } = value;
  const areMonths = Array.isArray(months) && months.every((month) => typeof month === "string" && MONTH.test(month));
  return isNames(columns) && columns.length > 0 && Number.isSafeInteger(rows) && (months === null || areMonths);
}

/** The first line of a backup, or null when it is none. @throws BackupError for a format of a later cutwatch */
export function parseHeader(line: string, file: string): BackupHeader | null {
  const value = parseLine(line);
  if (value === null || value.file !== MAGIC || typeof value.format !== "number") return null;
  const { format, madeBy, madeAt, migrations, tables } = value;
  if (format > BACKUP_FORMAT) {
    const accepted = `this cutwatch reads formats up to ${BACKUP_FORMAT}; use the cutwatch that made it, or a newer one`;
    throw new BackupError(`Cannot restore ${file}: it has format ${format} and ${accepted}`);
  }
  const isList = Array.isArray(migrations) && migrations.every((name) => typeof name === "string");
  if (typeof madeBy !== "string" || typeof madeAt !== "string" || !isList) return null;
  if (!Array.isArray(tables) || !tables.every(isTable)) return null;
  return { format, madeBy, madeAt, migrations, tables };
}

export function endLine(end: BackupEnd): string {
  return `${JSON.stringify({ end: MAGIC, ...end })}\n`;
}

/** The last line of a backup, or null when it is none. */
export function parseEnd(line: string): BackupEnd | null {
  const value = parseLine(line);
  if (value === null || value.end !== MAGIC || !Array.isArray(value.sequences)) return null;
  const sequences = value.sequences.flatMap((one: unknown) => {
    if (!isRecord(one) || typeof one.name !== "string" || !NAME.test(one.name)) return [];
    const { name, lastValue, isCalled } = one;
    return typeof lastValue === "string" && /^-?\d+$/.test(lastValue) && typeof isCalled === "boolean"
      ? [{ name, lastValue, isCalled }]
      : [];
  });
  return sequences.length === value.sequences.length ? { sequences } : null;
}

const NEWLINE = 10;
const ROWS_END = Buffer.from("\\.\n");
const LINE_BEFORE_ROWS_END = Buffer.from("\n\\.\n");
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** Reads lines and stretches of rows from the bytes of a backup, holding no more than a chunk and a line. */
export class BackupReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #file: string;
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>, file: string) {
    this.#chunks = bytes[Symbol.asyncIterator]();
    this.#file = file;
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#chunks.next();
    if (next.done === true) this.#ended = true;
    else this.#rest = this.#rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.#rest, next.value]);
    return !this.#ended;
  }

  /** The next line without its end, or null where no more follows. */
  async line(): Promise<string | null> {
    let searched = 0;
    for (;;) {
      const end = this.#rest.indexOf(NEWLINE, searched);
      if (end >= 0) {
        const line = this.#rest.toString("utf8", 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      searched = this.#rest.length;
      if (searched > LONGEST_LINE_BYTES)
        throw new BackupError(`Cannot restore ${this.#file}: it is no cutwatch backup`);
      if (!(await this.#more())) return null;
    }
  }

  /** The rows up to the line `\.`, in chunks of whole rows. @throws BackupError when that line is missing */
  async *rows(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#rest.subarray(0, ROWS_END.length).equals(ROWS_END)) {
        this.#rest = this.#rest.subarray(ROWS_END.length);
        return;
      }
      const end = this.#rest.indexOf(LINE_BEFORE_ROWS_END);
      // Without the end in sight whole rows may go; the last line, which may be the beginning of it, stays.
      const until = end >= 0 ? end + 1 : this.#rest.lastIndexOf(NEWLINE) + 1;
      if (until > 0) {
        yield this.#rest.subarray(0, until);
        this.#rest = this.#rest.subarray(until);
      } else if (!(await this.#more())) {
        throw new BackupError(`Cannot restore ${this.#file}: it ends in the middle of a table`);
      }
      if (end < 0 && until > 0 && !(await this.#more())) {
        throw new BackupError(`Cannot restore ${this.#file}: it ends in the middle of a table`);
      }
    }
  }
}

/** How many rows a chunk of whole rows holds. */
export function countRows(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
