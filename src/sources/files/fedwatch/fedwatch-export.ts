import type { IsoDate } from "../../../calendar/calendar-date.ts";
import { settlementInstant } from "../../../calendar/trade-dates.ts";
import type { PublishedDistribution, PublishedOutcome } from "../../../pricing/observations.ts";
import { type CsvRow, requireWidth } from "../csv-rows.ts";
import { dropDuplicates } from "../file-duplicates.ts";
import {
  emptyTally,
  excerpt,
  ImportFileError,
  type ImportResult,
  type ImportTally,
  rejectedRow,
} from "../import-result.ts";
import { dateInName, probabilityOf } from "../market-text.ts";
import { DATE_STYLES, readDateColumn } from "./fedwatch-dates.ts";
import { namesMeetings, namesRanges, rangesOf, requireRising, type Span, spansOf } from "./fedwatch-headings.ts";
import { inferMeeting } from "./infer-meeting.ts";
import {
  distributionRefusal,
  listedOutcomes,
  RANGE_WIDTH_BP,
  type Refusal,
  tradeDateRefusal,
} from "./published-outcomes.ts";

/** What a reader may say about a history, because the file may not. */
export interface HistoryHints {
  /** the meeting of a file of one meeting */
  readonly meetingDate: IsoDate | null;
  /** decision days of all meetings, to infer that one and to refuse unknown ones; empty when not at hand */
  readonly meetingDates: readonly IsoDate[];
}

/** The data rows with their dates, and what their columns mean. */
interface History {
  readonly rows: readonly CsvRow[];
  readonly dates: readonly (IsoDate | null)[];
  /** lower end of each column's range, in bp */
  readonly lowerBps: readonly number[];
}

/** Whether rows are a FedWatch history: one meeting (`Date,(0-25),…`), several side by side, or a bare `Date`. */
export function isHistory(rows: readonly CsvRow[]): boolean {
  return namesMeetings(rows[0]) || namesRanges(rows[0]);
}

/**
 * FedWatch's export of a meeting's history, or of all meetings' side by side: the distribution after each meeting as
 * computed from the settlement of 14:00 Chicago. A meeting whose cells are all blank on a date was not yet listed.
 *
 * A file of one meeting does not say which: it is `hints.meetingDate`, or else the date in the file's name, or else
 * inferred from the width of its rows.
 *
 * @throws ImportFileError for headings of another form, rows of another width, dates of two styles, an unnamed meeting
 */
export function readHistory(
  rows: readonly CsvRow[],
  fileName: string,
  hints: HistoryHints,
): { readonly source: string; readonly distributions: ImportResult<PublishedDistribution> } {
  const result = emptyTally<PublishedDistribution>();
  const headings = namesMeetings(rows[0]) ? rows[0] : undefined;
  const [header, ...data] = headings === undefined ? rows : rows.slice(1);
  if (header === undefined)
    throw new ImportFileError(fileName, null, "the row of ranges below the headings is missing");
  for (const row of data) requireWidth(row, header.cells.length, fileName);
  const dateCells = data.map(({ line, cells }) => ({ line, text: (cells[0] ?? "").trim() }));
  const history: History = {
    rows: data,
    dates: readDateColumn(dateCells, fileName),
    lowerBps: rangesOf(header, fileName),
  };
  const columns = header.cells.length;
  let spans: readonly Span[] = [];
  if (headings !== undefined) {
    const found = spansOf(headings, columns, fileName);
    spans = found.spans;
    if (found.unlisted.length > 0) result.notes.push(`not yet listed: ${found.unlisted.join(", ")}`);
  } else if (data.length > 0) {
    spans = [{ meetingDate: meetingOf(history, fileName, hints, result.notes), from: 1, to: columns }];
  }
  requireRising(header, history.lowerBps, spans, fileName);
  if (data.length === 0) result.notes.push("the file has headings only: nothing was listed yet");
  for (const [index, row] of data.entries()) {
    readRow(row, history.dates[index] ?? null, { spans, lowerBps: history.lowerBps, ...hints }, result);
  }
  dropDuplicates(result, ({ meetingDate, tradeDate }) => `${meetingDate} on ${tradeDate}`, likeliest);
  return { source: "fedwatch-export", distributions: result };
}

function likeliest({ outcomes }: PublishedDistribution): string {
  return outcomes.map(({ lowerBp, upperBp, probability }) => `${lowerBp}-${upperBp} ${probability}`).join(", ");
}

function meetingOf(history: History, fileName: string, hints: HistoryHints, notes: string[]): IsoDate {
  const { meetingDate, meetingDates } = hints;
  if (meetingDate !== null) return meetingDate;
  const named = dateInName(fileName);
  // A name may carry the day of the download instead, which the calendar tells.
  if (named !== null && (meetingDates.length === 0 || meetingDates.includes(named))) return named;
  const widths = history.rows.flatMap(({ cells }, index) => {
    const tradeDate = history.dates[index] ?? null;
    const printed = cells.flatMap((cell, at) => (at > 0 && cell.trim() !== "" ? [at] : []));
    const firstLowerBp = history.lowerBps[printed[0] ?? 0] ?? 0;
    return tradeDate === null || printed.length === 0 ? [] : [{ tradeDate, firstLowerBp, ranges: printed.length }];
  });
  const inferred = inferMeeting(widths, meetingDates);
  if (inferred === null) {
    const ways = "name it by --meeting 2025-12-10 or in the file's name, as in FedMeetingHistory_20251210.csv";
    throw new ImportFileError(fileName, null, `the file does not say which meeting it is of: ${ways}`);
  }
  notes.push(`the meeting of ${inferred} was inferred from the width of the rows`);
  return inferred;
}

function readRow(
  { line, cells }: CsvRow,
  tradeDate: IsoDate | null,
  layout: { spans: readonly Span[]; lowerBps: readonly number[]; meetingDates: readonly IsoDate[] },
  result: ImportTally<PublishedDistribution>,
): void {
  if (tradeDate === null) {
    result.rowsRead += 1;
    const reason = `the date is ${excerpt(cells[0] ?? "", 40) || "blank"}, accepted are ${DATE_STYLES}`;
    result.rejected.push(rejectedRow(line, "bad_date", reason, cells));
    return;
  }
  const closed = tradeDateRefusal(tradeDate);
  for (const span of layout.spans) {
    const read = outcomesOf(cells, span, layout.lowerBps);
    if (read === null && layout.spans.length > 1) continue; // not listed on that date, while others were
    result.rowsRead += 1;
    if (read === null) {
      result.blank += 1;
      continue;
    }
    const { meetingDate } = span;
    const refusal =
      "code" in read ? read : distributionRefusal({ meetingDate, tradeDate, ...read }, layout.meetingDates);
    const printed = [cells[0] ?? "", ...cells.slice(span.from, span.to)];
    if (refusal !== null) {
      result.rejected.push(rejectedRow(line, refusal.code, `${meetingDate}: ${refusal.reason}`, printed));
    } else if (closed !== null) {
      result.notTradeDates.push(rejectedRow(line, closed.code, closed.reason, printed));
    } else if (!("code" in read)) {
      result.kept.push({ meetingDate, tradeDate, asOf: settlementInstant(tradeDate), grid: "settlement", ...read });
      result.lines.push(line);
    }
  }
}

/** The cells of one meeting on one date: null when all are blank, the trouble when one is no probability. */
function outcomesOf(
  cells: readonly string[],
  span: Span,
  lowerBps: readonly number[],
): { readonly outcomes: readonly PublishedOutcome[]; readonly decimals: number } | Refusal | null {
  const outcomes: PublishedOutcome[] = [];
  let decimals = 0;
  for (let at = span.from; at < span.to; at += 1) {
    const text = (cells[at] ?? "").trim();
    if (text === "") continue;
    const lowerBp = lowerBps[at] ?? 0;
    const upperBp = lowerBp + RANGE_WIDTH_BP;
    const printed = probabilityOf(text);
    if (printed === null) {
      const reason = `P(${lowerBp}-${upperBp}) is ${excerpt(text, 40)}, accepted is a fraction from 0 to 1`;
      return { code: "bad_probability", reason };
    }
    outcomes.push({ lowerBp, upperBp, probability: printed.probability });
    decimals = Math.max(decimals, printed.decimals);
  }
  return outcomes.length === 0 ? null : { outcomes: listedOutcomes(outcomes), decimals };
}
