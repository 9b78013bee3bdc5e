/** One meeting's odds by range, now and before: numbers, bands and bars. */
import { NONE, oddsText, rangeText, signedText, wide } from "./figures.ts";
import { type Html, html } from "./html.ts";
import { heat } from "./matrix.ts";
import { type MeetingOdds, type Odds, type Range, type Shift, WINDOWS, type Window } from "./odds.ts";
import { instantWords } from "./when.ts";

export type MeetingShifts = Readonly<Record<Window, Shift>>;

function rangesOf({ outcomes }: MeetingOdds, shifts: MeetingShifts): Range[] {
  const ranges = new Map<number, Range>();
  const all = [
    ...outcomes,
    ...WINDOWS.flatMap(([window]) => shifts[window].outcomes.filter(({ then }) => then !== null && then > 0)),
  ];
  for (const range of all) ranges.set(range.lower_bp, range);
  return [...ranges.values()].sort((a, b) => a.lower_bp - b.lower_bp);
}

/** Four bars over each other: now with its band, and the three earlier readings. */
function bars(
  now: { probability: number; low: number | null; high: number | null } | null,
  thens: readonly (number | null)[],
): Html {
  const width = (odds: number) => (odds * 100).toFixed(2);
  const band =
    now === null || now.low === null || now.high === null
      ? null
      : html`<rect class="whisker" x="${width(now.low)}" y="4" width="${Math.max((now.high - now.low) * 100, 0.6).toFixed(2)}" height="4"/>`;
  const before = thens.map((odds, i) =>
    odds === null ? null : html`<rect class="bar${i + 1}" x="0" y="${14 + i * 7}" width="${width(odds)}" height="5"/>`,
  );
  return html`<svg class="bars" viewBox="0 0 100 36" preserveAspectRatio="none" aria-hidden="true"><rect class="bar0" x="0" y="0" width="${width(now?.probability ?? 0)}" height="12"/>${band}${before}</svg>`;
}

function thenCell(shift: Shift, range: Range): Html {
  const outcome = shift.outcomes.find(({ lower_bp }) => lower_bp === range.lower_bp);
  // A shift is answered with every range of either reading: one that is in neither had no odds.
  if (shift.reason !== null) return html`<td>${NONE}</td>`;
  const moved = outcome?.shift_pp ?? null;
  return html`<td>${oddsText(outcome?.then ?? 0)}${moved === null ? null : html`<small>${signedText(moved)} pp</small>`}</td>`;
}

function row(range: Range, meeting: MeetingOdds, shifts: MeetingShifts, odds: Odds): Html {
  const now = meeting.outcomes.find(({ lower_bp }) => lower_bp === range.lower_bp) ?? null;
  const thens = WINDOWS.map(([window]) =>
    shifts[window].reason === null
      ? (shifts[window].outcomes.find(({ lower_bp }) => lower_bp === range.lower_bp)?.then ?? 0)
      : null,
  );
  const band =
    now === null || now.low === null || now.high === null
      ? null
      : html`<small>${oddsText(now.low)} to ${oddsText(now.high)}</small>`;
  const inForce = range.lower_bp === odds.target.lower_bp ? html`<small>in force</small>` : null;
  return html`<tr id="r${range.lower_bp}"><th scope="row">${rangeText(range)}${inForce}</th><td class="${heat(now?.probability ?? 0)}">${oddsText(now?.probability ?? 0)}${band}</td><td class="barcell">${bars(now, thens)}</td>${WINDOWS.map(([window]) => thenCell(shifts[window], range))}</tr>
`;
}

function head(shift: Shift, words: string): Html {
  const from =
    shift.reason === null && shift.from !== null
      ? html`<small>${instantWords(shift.from.grid === "settlement" ? shift.from.trade_date : shift.from.as_of)}</small>`
      : null;
  return html`<th scope="col">${words} before${from}</th>`;
}

/** Why a window has no figures, or what to keep in mind about it. */
function remarks(shifts: MeetingShifts, odds: Odds): Html[] {
  return WINDOWS.flatMap(([window, words]) => {
    const shift = shifts[window];
    if (shift.reason !== null) return [html`<li>${words} before: ${shift.reason}.</li>\n`];
    const notes = [
      shift.crosses_decision && shift.from !== null
        ? `a decision lies between; the range in force was ${rangeText(shift.from.target)} then`
        : null,
      shift.basis !== null && shift.basis !== odds.basis
        ? `compared on ${shift.basis.replaceAll("_", " ")}, the basis both readings have`
        : null,
    ].filter((note) => note !== null);
    return notes.length === 0 ? [] : [html`<li>${words} before: ${notes.join("; ")}.</li>\n`];
  });
}

/** The table; its bars repeat the figures beside them. */
export function meetingOddsTable(meeting: MeetingOdds, shifts: MeetingShifts, odds: Odds): Html {
  const expected = (shift: Shift) => {
    if (shift.expected_rate_shift_bp === null) return html`<td>${NONE}</td>`;
    const then = shift.from?.expected_rate_bp;
    return html`<td>${then?.toFixed(1) ?? NONE}<small>${signedText(shift.expected_rate_shift_bp)} bp</small></td>`;
  };
  const notes = remarks(shifts, odds);
  return html`${wide(
    "Odds by range, now and before",
    html`<table class="odds"><thead><tr><th scope="col">Range after the meeting</th><th scope="col">odds, %<small>band: half a tick</small></th><td class="barcell"><span class="key" aria-hidden="true"><i class="bar0"></i>now <i class="bar1"></i>1 d <i class="bar2"></i>1 w <i class="bar3"></i>1 m</span></td>${WINDOWS.map(([window, words]) => head(shifts[window], words))}</tr></thead><tbody>
${rangesOf(meeting, shifts).map((range) => row(range, meeting, shifts, odds))}</tbody>
<tfoot><tr><th scope="row">expected rate, bp</th><td>${meeting.expected_rate_bp?.toFixed(1) ?? NONE}</td><td></td>${WINDOWS.map(([window]) => expected(shifts[window]))}</tr></tfoot></table>`,
  )}${notes.length === 0 ? null : html`<ul class="faint">${notes}</ul>`}`;
}
