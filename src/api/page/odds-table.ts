/** The tables of odds and of what moved. */
import { dateWords, rangeWords, signed } from "../wording.ts";
import { type Html, html } from "./html.ts";

interface Range {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

/** What the page reads of `/v1/probabilities`. */
export interface Reading {
  readonly as_of: string;
  readonly trade_date: string;
  readonly recorded_at: string;
  readonly basis: string;
  readonly method: string;
  readonly source: string;
  readonly sample: boolean;
  readonly stale: boolean;
  readonly target: Range;
  readonly citation: string | null;
  readonly meetings: readonly {
    readonly meeting: string;
    readonly announced: boolean;
    readonly expected_rate_bp: number | null;
    readonly outcomes: readonly (Range & { readonly probability: number })[];
    readonly unsolved: { readonly reason: string; readonly detail: string } | null;
  }[];
}

/** What the page reads of `/v1/shifts`: one meeting over several windows. */
export interface ShiftRow {
  readonly meeting: string;
  readonly shifts: readonly {
    readonly window: string;
    readonly crosses_decision: boolean | null;
    readonly expected_rate_shift_bp: number | null;
    readonly reason: string | null;
    readonly outcomes: readonly (Range & { readonly shift_pp: number | null })[];
  }[];
}

const NONE = "–";

function rangeText({ lower_bp: lowerBp, upper_bp: upperBp }: Range): string {
  return rangeWords({ lowerBp, upperBp });
}

function rangesOf(reading: Reading): Range[] {
  const ranges = new Map<number, Range>();
  for (const outcome of reading.meetings.flatMap((meeting) => meeting.outcomes)) ranges.set(outcome.lower_bp, outcome);
  return [...ranges.values()].sort((a, b) => a.lower_bp - b.lower_bp);
}

/** Probabilities to a tenth of a per cent; what is there but smaller says so. */
function cell(probability: number): string {
  const percent = probability * 100;
  return percent > 0 && percent < 0.05 ? "<0.1" : percent.toFixed(1);
}

/** One row a meeting, one column a range, per cent. */
export function oddsTable(reading: Reading): Html {
  const ranges = rangesOf(reading);
  const heads = ranges.map((range) => {
    const isInForce = range.lower_bp === reading.target.lower_bp;
    return html`<th${isInForce ? html` class="inforce" title="in force"` : null}>${rangeText(range)}</th>`;
  });
  const solvedThrough = reading.meetings.findLastIndex((meeting) => meeting.unsolved === null);
  const beyond = reading.meetings.slice(solvedThrough + 1);
  const rows = reading.meetings.slice(0, solvedThrough + 1).map((meeting) => {
    const most = Math.max(...meeting.outcomes.map((outcome) => outcome.probability));
    const cells =
      meeting.outcomes.length === 0
        ? html`<td class="text" colspan="${ranges.length}">${meeting.unsolved === null ? NONE : `unsolved: ${meeting.unsolved.detail}`}</td>`
        : ranges.map((range) => {
            const found = meeting.outcomes.find((outcome) => outcome.lower_bp === range.lower_bp);
            if (found === undefined) return html`<td></td>`;
            return html`<td${found.probability === most ? html` class="top"` : null}>${cell(found.probability)}</td>`;
          });
    const expected = meeting.expected_rate_bp === null ? NONE : meeting.expected_rate_bp.toFixed(1);
    const mark = meeting.announced ? html` <span class="faint">announced</span>` : null;
    return html`<tr><td>${dateWords(meeting.meeting)}${mark}</td>${cells}<td>${expected}</td></tr>
`;
  });
  return html`<div class="wide"><table><thead><tr><th>Meeting</th>${heads}<th>expected, bp</th></tr></thead><tbody>
${rows}</tbody></table></div>
${beyondTheStrip(beyond)}`;
}

/** Meetings after the last solved one, in one line that opens. */
function beyondTheStrip(meetings: Reading["meetings"]): Html | null {
  if (meetings.length === 0) return null;
  const lines = meetings.map(
    ({ meeting, unsolved }) => html`<li>${dateWords(meeting)}: ${unsolved?.detail ?? NONE}</li>
`,
  );
  const count = meetings.length === 1 ? "1 meeting" : `${meetings.length} meetings`;
  return html`<details><summary>${count} beyond the listed contracts</summary><ul class="faint">
${lines}</ul></details>`;
}

function shiftCell(shift: ShiftRow["shifts"][number]): Html {
  const bp = shift.expected_rate_shift_bp;
  if (bp === null) return html`<td title="${shift.reason ?? ""}">${NONE}</td><td class="text"></td>`;
  const moved = shift.outcomes.toSorted((a, b) => Math.abs(b.shift_pp ?? 0) - Math.abs(a.shift_pp ?? 0))[0];
  const most = moved === undefined || moved.shift_pp === null ? "" : `${rangeText(moved)} ${signed(moved.shift_pp)} pp`;
  return html`<td>${signed(bp)} bp</td><td class="text">${most}${shift.crosses_decision ? html` <span class="faint">across a decision</span>` : null}</td>`;
}

/** One row a meeting, one pair of columns a window: the expected rate, and the range that moved most. */
export function shiftTable(rows: readonly ShiftRow[]): Html {
  const heads = (rows[0]?.shifts ?? []).map((shift) => html`<th>${shift.window}</th><th class="text">most moved</th>`);
  const lines = rows.map(
    (row) => html`<tr><td>${dateWords(row.meeting)}</td>${row.shifts.map(shiftCell)}</tr>
`,
  );
  return html`<div class="wide"><table><thead><tr><th>Meeting</th>${heads}</tr></thead><tbody>
${lines}</tbody></table></div>`;
}
