/** The heading rows of a FedWatch history: which columns are of which meeting and range. */
import type { IsoDate } from "../../../calendar/calendar-date.ts";
import { isIsoDate } from "../../../calendar/calendar-date.ts";
import type { CsvRow } from "../csv-rows.ts";
import { excerpt, ImportFileError } from "../import-result.ts";
import { rangeRefusal } from "./published-outcomes.ts";

/** The columns of one meeting. */
export interface Span {
  readonly meetingDate: IsoDate;
  /** first column, and one past the last */
  readonly from: number;
  readonly to: number;
}

const RANGE = /^\((-?\d{1,5})-(-?\d{1,5})\)$/;
const HEADING = /History for (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) Fed meeting/g;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Whether a row is the upper one of two heading rows: it names meetings. */
export function namesMeetings(row: CsvRow | undefined): boolean {
  return row?.cells.some((cell) => cell.search(HEADING) !== -1) ?? false;
}

/** Whether a row is that of the ranges: `Date,(0-25),…`, or `Date` alone where no meeting was listed yet. */
export function namesRanges(row: CsvRow | undefined): boolean {
  if (row?.cells[0]?.trim() !== "Date") return false;
  return row.cells.length === 1 || RANGE.test(row.cells[1]?.trim() ?? "");
}

/**
 * Lower end of each column's range in bp, by column. The first column, of dates, has 0 and is not to be used.
 *
 * @throws ImportFileError for another first column, and for ranges off the 25 bp grid
 */
export function rangesOf(header: CsvRow, fileName: string): number[] {
  if (header.cells[0]?.trim() !== "Date") {
    const state = `the first column is ${excerpt(header.cells[0] ?? "", 40) || "blank"}, accepted is Date`;
    throw new ImportFileError(fileName, header.line, state);
  }
  return header.cells.map((cell, at) => {
    if (at === 0) return 0;
    const match = RANGE.exec(cell.trim());
    const refusal = match === null ? null : rangeRefusal(Number(match[1]), Number(match[2]));
    if (match !== null && refusal === null) return Number(match[1]);
    const found = excerpt(cell, 40) || "blank";
    const state = refusal?.reason ?? `the heading is ${found}, accepted are ranges such as (350-375)`;
    throw new ImportFileError(fileName, header.line, `column ${at + 1}: ${state}`);
  });
}

/**
 * Which columns belong to which meeting. Headings run together where a meeting had no columns yet; columns after such a
 * run are the last one's, and the others are `unlisted`.
 *
 * @throws ImportFileError for a heading of another form, or columns before the first
 */
export function spansOf(
  headings: CsvRow,
  columns: number,
  fileName: string,
): { readonly spans: readonly Span[]; readonly unlisted: readonly IsoDate[] } {
  const starts: { at: number; meetings: IsoDate[] }[] = [];
  for (const [at, cell] of headings.cells.entries()) {
    if (cell.trim() !== "") starts.push({ at, meetings: meetingsOf(cell, headings.line, fileName) });
  }
  if (starts[0]?.at !== 1) {
    throw new ImportFileError(fileName, headings.line, "the first columns have no heading that names their meeting");
  }
  const spans: Span[] = [];
  const unlisted: IsoDate[] = [];
  for (const [index, { at: from, meetings }] of starts.entries()) {
    const to = Math.min(starts[index + 1]?.at ?? columns, columns);
    const owner = from < to ? meetings.pop() : undefined;
    if (owner !== undefined) spans.push({ meetingDate: owner, from, to });
    unlisted.push(...meetings);
  }
  return { spans, unlisted };
}

function meetingsOf(cell: string, line: number, fileName: string): IsoDate[] {
  const meetings = [...cell.matchAll(HEADING)].map(([, day = "", month = "", year = ""]) => {
    return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, "0")}-${day.padStart(2, "0")}`;
  });
  if (cell.replace(HEADING, "").trim() === "" && meetings.every(isIsoDate)) return meetings;
  const state = `the heading is ${excerpt(cell, 80)}, accepted is one such as History for 29 Apr 2026 Fed meeting`;
  throw new ImportFileError(fileName, line, state);
}

/** @throws ImportFileError where ranges do not rise: two meetings under one heading */
export function requireRising(
  header: CsvRow,
  lowerBps: readonly number[],
  spans: readonly Span[],
  fileName: string,
): void {
  for (const { from, to } of spans) {
    for (let at = from + 1; at < to; at += 1) {
      if ((lowerBps[at] ?? 0) > (lowerBps[at - 1] ?? 0)) continue;
      throw new ImportFileError(fileName, header.line, `column ${at + 1}: the ranges begin again under one heading`);
    }
  }
}
