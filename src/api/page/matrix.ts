/** The matrix: one row a meeting, one column a range, each cell its odds and how they moved in a day. */
import { dateWords } from "../wording.ts";
import { NONE, oddsText, rangeText, rateText, signedText, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { type MeetingOdds, type Odds, pinnedAsOf, type Range, type Shift, WINDOWS, type Window } from "./odds.ts";
import { apiPath } from "./read-api.ts";
import { at, type When } from "./when.ts";

/** Shifts of each meeting by window; a meeting or a window may be missing. */
export type Shifts = ReadonlyMap<string, Readonly<Partial<Record<Window, Shift>>>>;

/** A range that no meeting gives even this much is left out. */
const LEAST_SHOWN = 0.0005;

function rangesOf(odds: Odds): { shown: Range[]; leftOut: number } {
  const most = new Map<number, { range: Range; probability: number }>();
  for (const outcome of odds.meetings.flatMap(({ outcomes }) => outcomes)) {
    const known = most.get(outcome.lower_bp)?.probability ?? 0;
    most.set(outcome.lower_bp, { range: outcome, probability: Math.max(known, outcome.probability) });
  }
  const inOrder = [...most.values()].sort((a, b) => a.range.lower_bp - b.range.lower_bp);
  const shown = inOrder.filter(({ probability }) => probability >= LEAST_SHOWN).map(({ range }) => range);
  return { shown, leftOut: inOrder.length - shown.length };
}

/** Class of a heat map's cell: tenths of the probability. */
export function heat(probability: number): string {
  return `h${Math.round(Math.min(Math.max(probability, 0), 1) * 10)}`;
}

function oddsCell(meeting: MeetingOdds, range: Range, day: Shift | undefined): Html {
  const outcome = meeting.outcomes.find(({ lower_bp }) => lower_bp === range.lower_bp);
  const moved = day?.outcomes.find(({ lower_bp }) => lower_bp === range.lower_bp)?.shift_pp ?? null;
  const shift = moved === null || Math.abs(moved) < 0.05 ? null : html`<small>${signedText(moved)}</small>`;
  if (outcome === undefined) return html`<td class="h0">${shift}</td>`;
  const isLikeliest = Math.max(...meeting.outcomes.map(({ probability }) => probability)) === outcome.probability;
  return html`<td class="${heat(outcome.probability)}${isLikeliest ? " likeliest" : ""}">${oddsText(outcome.probability)}${shift}</td>`;
}

function moveCell(shift: Shift | undefined): Html {
  if (shift === undefined) return html`<td>${NONE}</td>`;
  if (shift.expected_rate_shift_bp === null) {
    return html`<td>${NONE}<span class="unseen">${shift.reason ?? ""}</span></td>`;
  }
  const across = shift.crosses_decision ? html`<abbr title="A decision lies between">*</abbr>` : null;
  return html`<td>${signedText(shift.expected_rate_shift_bp)}${across}</td>`;
}

function meetingRow(meeting: MeetingOdds, ranges: readonly Range[], shifts: Shifts, when: When): Html {
  const mark = meeting.announced ? html`<small>announced</small>` : null;
  const head = html`<th scope="row"><a href="${at(`/meetings/${meeting.meeting}`, when)}">${dateWords(meeting.meeting)}</a>${mark}</th>`;
  if (meeting.outcomes.length === 0) {
    const why = meeting.unsolved === null ? NONE : `unsolved: ${meeting.unsolved.detail}`;
    return html`<tr>${head}<td class="text" colspan="${ranges.length + 7}">${why}</td></tr>\n`;
  }
  const { "1d": day, "1w": week, "1m": month } = shifts.get(meeting.meeting) ?? {};
  return html`<tr>${head}${ranges.map((range) => oddsCell(meeting, range, day))}<td class="edge">${oddsText(meeting.ease)}</td><td>${oddsText(meeting.hold)}</td><td>${oddsText(meeting.hike)}</td><td class="edge">${rateText(meeting.expected_rate_bp, 3)}</td>${[day, week, month].map(moveCell)}</tr>\n`;
}

/** Meetings after the last solved one, in one line that opens. */
function beyondTheStrip(meetings: readonly MeetingOdds[]): Html | null {
  if (meetings.length === 0) return null;
  const lines = meetings.map(
    ({ meeting, unsolved }) => html`<li>${dateWords(meeting)}: ${unsolved?.detail ?? NONE}</li>\n`,
  );
  const count = meetings.length === 1 ? "1 meeting" : `${meetings.length} meetings`;
  return html`<details id="beyond"><summary>${count} beyond the listed contracts</summary><ul class="faint">
${lines}</ul></details>`;
}

/** The table, and what is not in it. */
export function matrix(odds: Odds, shifts: Shifts, when: When): Html {
  const { shown, leftOut } = rangesOf(odds);
  const solved = odds.meetings.findLastIndex(({ unsolved }) => unsolved === null) + 1;
  const heads = shown.map((range) => {
    const inForce = range.lower_bp === odds.target.lower_bp ? html`<small>in force</small>` : null;
    return html`<th scope="col"${inForce === null ? null : html` class="inforce"`}>${rangeText(range).replace(" %", "")}${inForce}</th>`;
  });
  const table = html`<table class="matrix"><caption class="unseen">Odds of each target range after each meeting, per cent</caption>
<thead><tr><td></td><th scope="colgroup" colspan="${shown.length}">range after the meeting, %</th><th scope="colgroup" colspan="3" class="edge">against the range in force</th><th scope="colgroup" colspan="4" class="edge">expected rate and its moves, bp</th></tr>
<tr><th scope="col">Meeting</th>${heads}<th scope="col" class="edge">ease</th><th scope="col">hold</th><th scope="col">hike</th><th scope="col" class="edge">expected</th><th scope="col">1 day</th><th scope="col">1 week</th><th scope="col">1 month</th></tr></thead>
<tbody>
${odds.meetings.slice(0, solved).map((meeting) => meetingRow(meeting, shown, shifts, when))}</tbody></table>`;
  const crosses = [...shifts.values()].some((of) => Object.values(of).some(({ crosses_decision }) => crosses_decision));
  const hidden = leftOut === 1 ? "One range" : `${leftOut} ranges`;
  const remarks = [
    leftOut === 0 ? null : `${hidden} under 0.1 % everywhere not shown. `,
    crosses ? "* A decision lies between the two readings. " : null,
    ...missingMoves(shifts),
  ];
  const csv = apiPath("/v1/probabilities", { as_of: pinnedAsOf(odds), known_at: when.knownAt, format: "csv" });
  return html`${solved === 0 ? html`<p class="note">No meeting of this reading could be solved.</p>` : wide("Odds of each range after each meeting", table)}
<p class="faint">Each cell: the odds of exactly that range, per cent; below it the change since the trade date before, percentage points.
${remarks}<a href="${csv}" download="odds-${odds.trade_date}.csv">CSV</a></p>
${beyondTheStrip(odds.meetings.slice(solved))}`;
}

/** Why a window has no moves at all: the reason of the first meeting stands for the others. */
function missingMoves(shifts: Shifts): string[] {
  return WINDOWS.flatMap(([window, words]) => {
    const of = [...shifts.values()].flatMap((byWindow) => byWindow[window] ?? []);
    const [first] = of;
    const isMissing = first !== undefined && of.every(({ expected_rate_shift_bp: moved }) => moved === null);
    return isMissing ? [`${words}: ${first.reason ?? NONE}. `] : [];
  });
}
