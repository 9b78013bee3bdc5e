/** Odds and shifts as a person reads them, as wide as the terminal. */
import type { MeetingOdds, Probabilities, Range, Shift } from "../client/answers.ts";
import { ageText, momentText, percent, percentOfRate, rangeText, signed } from "./figure-text.ts";
import { barOf, type Look, styled, wrapped } from "./look.ts";
import { comparisonNotes, isOfShown, sinceEarlier } from "./now-comparable.ts";
import { WINDOWS } from "./now-view.ts";

/** How a table is to be. */
export interface TableLook extends Look {
  /** null: a time was asked for, so what is shown is not to be the newest */
  readonly now: Date | null;
  /** ranges of a meeting, 4 when absent */
  readonly mostRanges?: number;
  /** meetings, all when absent */
  readonly mostMeetings?: number;
}

const LIKELIEST = 3;
const MOST_RANGES = 4;
/** A range that held this much within the month is shown although it is no longer likely. */
const WAS_LIKELY = 0.25;
/** Less than half of the last digit shown. */
const NOTHING = 0.0005;
const LARGE_PP = 10;
const LARGE_BP = 10;
const INDENT = 2;
const FIGURE = 8; // `100.0 % `
const CELL = 8;
const UNIT = 3;
const LONGEST_BAR = 40;
const SHORTEST_BAR = 4;
const DAY_MS = 86_400_000;

function sameRange(a: Range, b: Range): boolean {
  return a.lower_bp === b.lower_bp && a.upper_bp === b.upper_bp;
}

/** The likeliest ranges, and those that were likely within the month. */
function shownRanges(meeting: MeetingOdds, shifts: readonly Shift[], most: number) {
  const likeliest = meeting.outcomes
    .filter(({ probability }) => probability >= NOTHING)
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, Math.min(LIKELIEST, most));
  const former = shifts
    .flatMap(({ outcomes }) => outcomes)
    .filter((range) => (range.then ?? 0) >= WAS_LIKELY && !likeliest.some((shown) => sameRange(shown, range)));
  const ranges: (Range & { readonly probability: number })[] = [...likeliest];
  for (const range of former) {
    if (ranges.length >= most || ranges.some((shown) => sameRange(shown, range))) continue;
    const now = meeting.outcomes.find((outcome) => sameRange(outcome, range))?.probability ?? 0;
    ranges.push({ lower_bp: range.lower_bp, upper_bp: range.upper_bp, probability: now });
  }
  return ranges;
}

function decisionLines({ meetings }: Probabilities, now: Date): string[] {
  const today = now.toISOString().slice(0, 10);
  const next = meetings.find(({ meeting, announced }) => !announced && meeting >= today)?.meeting;
  if (next === undefined) return [];
  const days = Math.round((Date.parse(next) - Date.parse(today)) / DAY_MS);
  return [`Next decision ${next}, ${days === 0 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`}`];
}

function headLines(odds: Probabilities, look: TableLook): string[] {
  const basis = odds.basis.replace("_", " ");
  const source = odds.sample ? "the built-in sample" : odds.source;
  const age = look.now === null ? "" : `, ${ageText(look.now.getTime() - Date.parse(odds.as_of))} old`;
  const lines = wrapped(`Odds of ${momentText(odds)}, ${basis}, from ${source}${age}`, look.columns);
  const width = Math.min(look.columns, 80);
  if (odds.sample && look.now !== null) {
    const text =
      "Only the built-in sample is stored, and this is its last day; real odds follow when a source answers " +
      "(cutwatch serve) or files are imported (cutwatch import)";
    lines.push(...wrapped(text, width));
  } else if (odds.stale) {
    const text = "Stale: newer odds were due and are not here; cutwatch doctor says more";
    lines.push(...wrapped(text, width).map((line) => styled("yellow", line, look)));
  }
  if (odds.undecided_meeting !== null) {
    const text =
      `Unverified: the outcome of ${odds.undecided_meeting} is not known. The range in force may be another, and every ` +
      `figure with it; cutwatch decide ${odds.undecided_meeting} LOWER-UPPER records it (in bp, such as 350-375)`;
    lines.push(...wrapped(text, width).map((line) => styled("yellow", line, look)));
  }
  const effr = odds.effr_bp === null ? "EFFR not known" : `EFFR ${percentOfRate(odds.effr_bp)} %`;
  const yearEnd = odds.priced_by_year_end_bp === null ? "-" : signed(odds.priced_by_year_end_bp);
  const text = `Range in force ${rangeText(odds.target)}${odds.undecided_meeting === null ? "" : " (assumed)"}, ${effr}, priced by year's end ${yearEnd} bp`;
  return [...lines, ...wrapped(text, look.columns), ...(look.now === null ? [] : decisionLines(odds, look.now))];
}

/** How the width is shared out. */
interface Columns {
  readonly label: number;
  readonly bar: number;
  readonly windows: readonly (typeof WINDOWS)[number][];
}

function columnsFor(meetings: readonly MeetingOdds[], shifts: readonly Shift[], look: TableLook): Columns {
  const ranges: readonly Range[] = [...meetings, ...shifts].flatMap(({ outcomes }) => [...outcomes]);
  const label = Math.max(...ranges.map((range) => rangeText(range).length), "expected".length) + 1;
  const fixed = INDENT + label + FIGURE + UNIT;
  const count = Math.min(WINDOWS.length, Math.max(1, Math.floor((look.columns - fixed) / CELL)));
  const bar = Math.min(LONGEST_BAR, look.columns - fixed - count * CELL);
  return { label, bar: bar < SHORTEST_BAR ? 0 : bar, windows: WINDOWS.slice(0, count) };
}

function cellsOf(
  shifts: readonly Shift[],
  { windows }: Columns,
  look: Look,
  figure: { readonly pick: (shift: Shift) => number | null; readonly unit: string; readonly large: number },
): string {
  const cells = windows.map((window) => {
    const shift = shifts.find((one) => one.window === window);
    const value = shift === undefined ? null : figure.pick(shift);
    const text = `${signed(value)}${shift?.crosses_decision === true ? "*" : " "}`.padStart(CELL);
    if (value === null || Number(value.toFixed(1)) === 0) return styled("dim", text, look);
    const colour = value > 0 ? "green" : "red";
    return styled(Math.abs(value) >= figure.large ? ["bold", colour] : colour, text, look);
  });
  return `${cells.join("")} ${figure.unit}`;
}

function meetingLines(
  meeting: MeetingOdds,
  { odds, shifts }: { readonly odds: Probabilities; readonly shifts: readonly Shift[] },
  columns: Columns,
  look: TableLook,
): string[] {
  const title = `${meeting.meeting}${meeting.announced ? " (announced)" : ""}`;
  const split = `ease ${percent(meeting.ease)}  hold ${percent(meeting.hold)}  hike ${percent(meeting.hike)} %`;
  const lines = [`${styled("bold", title, look)}   ${split}`];
  for (const range of shownRanges(meeting, shifts, look.mostRanges ?? MOST_RANGES)) {
    const figure = `${percent(range.probability).padStart(5)} % `;
    const pick = ({ outcomes }: Shift) => outcomes.find((one) => sameRange(one, range))?.shift_pp ?? null;
    const bar = styled("cyan", barOf(range.probability, columns.bar, look), look);
    const cells = cellsOf(shifts, columns, look, { pick, unit: "pp", large: LARGE_PP });
    lines.push(`  ${rangeText(range).padEnd(columns.label)}${figure}${bar}${cells}`);
  }
  const expected = meeting.expected_rate_bp === null ? "-" : `${percentOfRate(meeting.expected_rate_bp, 3)} %`;
  const width = INDENT + columns.label + FIGURE + columns.bar;
  const full = `  expected rate ${expected}`;
  const words = full.length < width ? full : `  expected ${expected}`;
  const pick = (shift: Shift) => shift.expected_rate_shift_bp;
  lines.push(`${words.padEnd(width)}${cellsOf(shifts, columns, look, { pick, unit: "bp", large: LARGE_BP })}`);
  return [...lines, ...monthLines(meeting, { odds, shifts }, look)];
}

/** What the likeliest range of a month before has come to, where it moved by 10 points or more. */
function monthLines(
  meeting: MeetingOdds,
  { odds, shifts }: { readonly odds: Probabilities; readonly shifts: readonly Shift[] },
  look: TableLook,
): string[] {
  const month = shifts.find(({ window }) => window === "1m");
  const former = month?.outcomes.toSorted((a, b) => (b.then ?? 0) - (a.then ?? 0))[0];
  if (month === undefined || former?.then == null || former.shift_pp === null || Math.abs(former.shift_pp) < LARGE_PP)
    return [];
  if ((look.mostRanges ?? MOST_RANGES) < MOST_RANGES) return [];
  const now = meeting.outcomes.find((outcome) => sameRange(outcome, former))?.probability ?? 0;
  const since = sinceEarlier(month, odds);
  const text = `  ${since === null ? "a month before" : `on ${since}`}: ${rangeText(former)} at ${percent(former.then)} %, now at ${percent(now)} %`;
  return wrapped(text, look.columns, "  ");
}

/** `Without odds: 14 from 2026-03-18 to 2027-10-27 (no free month)` */
function unsolvedLines(meetings: readonly MeetingOdds[], look: Look): string[] {
  const byReason = new Map<string, string[]>();
  for (const { meeting, unsolved } of meetings) {
    if (unsolved === null) continue;
    byReason.set(unsolved.reason, [...(byReason.get(unsolved.reason) ?? []), meeting]);
  }
  if (byReason.size === 0) return [];
  const groups = [...byReason].map(([reason, days]) => {
    const [first = "", last = ""] = [days[0], days.at(-1)];
    const span = days.length === 1 ? first : `${days.length} from ${first} to ${last}`;
    return `${span} (${reason.replaceAll("_", " ")})`;
  });
  return ["", ...wrapped(`Without odds: ${groups.join(", ")}`, look.columns, "  ")];
}

/** The table of one reading, line by line. */
export function oddsLines(
  { odds, shifts: all }: { readonly odds: Probabilities; readonly shifts: readonly Shift[] },
  look: TableLook,
): string[] {
  const shifts = all.filter((shift) => isOfShown(shift, odds));
  const solved = odds.meetings.filter(({ unsolved }) => unsolved === null);
  const shown = solved.slice(0, look.mostMeetings ?? solved.length);
  const lines = headLines(odds, look);
  const columns = columnsFor(shown, shifts, look);
  const head = columns.windows.map((window) => `${window} `.padStart(CELL)).join("");
  if (shown.length > 0) lines.push("", `${" ".repeat(INDENT + columns.label + FIGURE + columns.bar)}${head}`);
  for (const [i, meeting] of shown.entries()) {
    const own = shifts.filter((shift) => shift.meeting === meeting.meeting);
    lines.push(...(i === 0 ? [] : [""]), ...meetingLines(meeting, { odds, shifts: own }, columns, look));
  }
  const left = solved.length - shown.length;
  if (left > 0)
    lines.push("", `and ${left} more ${left === 1 ? "meeting" : "meetings"}, for which a taller window has room`);
  lines.push(...unsolvedLines(odds.meetings, look));
  const isStarred = ({ window, crosses_decision: crosses }: Shift) =>
    crosses === true && columns.windows.some((one) => one === window);
  if (shifts.some(isStarred)) lines.push("", "* a decision lies between");
  const ofShown = all.filter((shift) => shown.some(({ meeting }) => meeting === shift.meeting));
  const notes = comparisonNotes(ofShown, odds, columns.windows).flatMap((note) => wrapped(note, look.columns, "  "));
  if (notes.length > 0) lines.push("", ...notes);
  return lines.map((line) => line.trimEnd());
}
