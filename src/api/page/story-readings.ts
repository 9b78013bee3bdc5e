/** A meeting's readings in order, and what they come to in words. */
import { percentWords } from "../wording.ts";
import { basisText, day, NONE, oddsText, rangeText, rateText, signedText, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import type { Origin, Range } from "./odds.ts";
import { apiPath, type Get, readApi } from "./read-api.ts";
import type { StoryMeasure, StoryQuestion } from "./story-question.ts";

/** One row of a meeting's history. */
export interface StoryReading extends Origin {
  readonly target: Range;
  readonly announced: boolean;
  readonly probability: number | null;
  readonly expected_rate_bp: number | null;
}

interface HistoryPage {
  readonly data: readonly StoryReading[];
  readonly next_cursor: string | null;
}

// A table of more rows is longer than anyone reads on a page; the CSV has them all.
const MOST_ROWS = 300;

/** The address of the history in the API, for the period shown. */
export function historyPath(
  { meeting, range, measure, from, to, last, when }: StoryQuestion,
  more: Readonly<Record<string, string>> = {},
): string {
  const until = last !== null && (to === null || last < to) ? last : to;
  return apiPath(`/v1/meetings/${meeting}/history`, {
    range,
    measure: range === null ? "expected_rate" : measure,
    from,
    to: until,
    known_at: when.knownAt,
    ...more,
  });
}

/** All readings of the period shown. */
export async function readReadings(get: Get, question: StoryQuestion): Promise<StoryReading[]> {
  const rows: StoryReading[] = [];
  let cursor: string | null = null;
  do {
    const page: HistoryPage = await readApi<HistoryPage>(get, historyPath(question, cursor === null ? {} : { cursor }));
    rows.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

/** What the odds are of, in words: `a range of 3.50-3.75 %`. */
export function measureWords(measure: StoryMeasure, range: Range): string {
  if (measure === "at_most") return `a range no higher than ${rateText(range.upper_bp)}`;
  if (measure === "at_least") return `a range no lower than ${rateText(range.lower_bp)}`;
  return `a range of ${rangeText(range)}`;
}

interface Extreme {
  readonly probability: number;
  readonly on: string;
}

function extremes(rows: readonly StoryReading[]): { low: Extreme; high: Extreme } | null {
  const known = rows
    .flatMap(({ probability, trade_date: on }) => (probability === null ? [] : [{ probability, on }]))
    .toSorted((a, b) => a.probability - b.probability);
  const [low, high] = [known[0], known.at(-1)];
  return low === undefined || high === undefined ? null : { low, high };
}

/** The readings in a few sentences, for those who cannot see the chart and those who want its figures. */
export function readingsSummary(rows: readonly StoryReading[], measure: StoryMeasure, range: Range): Html | null {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return null;
  const span = extremes(rows);
  const odds =
    first.probability === null || last.probability === null || span === null
      ? null
      : html` The odds of ${measureWords(measure, range)} went from <strong>${percentWords(first.probability)}</strong> to
<strong>${percentWords(last.probability)}</strong>: lowest ${percentWords(span.low.probability)} on ${day(span.low.on)}, highest
${percentWords(span.high.probability)} on ${day(span.high.on)}.`;
  const rate =
    first.expected_rate_bp === null || last.expected_rate_bp === null
      ? null
      : html` The expected rate went from ${first.expected_rate_bp.toFixed(1)} to ${last.expected_rate_bp.toFixed(1)} bp (${signedText(last.expected_rate_bp - first.expected_rate_bp)}).`;
  const crossed = rangeText(first.target) !== rangeText(last.target);
  return html`<p>From ${day(first.trade_date)} to ${day(last.trade_date)}, ${rows.length} readings (${basisText(last.basis)}, method ${last.method}, source ${last.source}${last.sample ? ", built-in sample" : ""}).${odds}${rate}${
    crossed
      ? html` The range in force changed from ${rangeText(first.target)} to ${rangeText(last.target)}: the odds are of the same range throughout, whatever was in force.`
      : null
  }</p>`;
}

/** The readings as a table, newest first. */
export function readingsTable(rows: readonly StoryReading[], oddsHead: string, csv: string): Html {
  const shown = rows.slice(-MOST_ROWS).toReversed();
  const lines = shown.map(
    (row) =>
      html`<tr><th scope="row">${day(row.trade_date)}</th><td>${oddsText(row.probability)}</td><td>${row.expected_rate_bp === null ? NONE : row.expected_rate_bp.toFixed(1)}</td><td>${rangeText(row.target)}</td><td class="left">${basisText(row.basis)}</td></tr>
`,
  );
  const cut =
    rows.length > shown.length
      ? html`<p class="faint">The newest ${shown.length} of ${rows.length}; <a href="${csv}">the CSV</a> has them all.</p>`
      : null;
  return html`${wide(
    "Table of readings",
    html`<table><thead><tr><th scope="col">Trade date</th><th scope="col">${oddsHead}, %</th><th scope="col">expected rate, bp</th><th scope="col">range in force</th><th scope="col" class="left">basis</th></tr></thead><tbody>
${lines}</tbody></table>`,
  )}${cut}`;
}
