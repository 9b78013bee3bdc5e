/** Odds and shifts as a person reads them, at most 80 characters wide. */
import { styleText } from "node:util";

export const WINDOWS = ["1d", "1w", "1m"] as const;

interface RangeJson {
  readonly lower_bp: number;
  readonly upper_bp: number;
}

/** What of `/v1/probabilities` is shown. */
export interface OddsAnswer {
  readonly as_of: string;
  readonly trade_date: string;
  readonly grid: string;
  readonly basis: string;
  readonly source: string;
  readonly sample: boolean;
  readonly stale: boolean;
  readonly target: RangeJson;
  readonly effr_bp: number | null;
  readonly priced_by_year_end_bp: number | null;
  readonly meetings: readonly MeetingAnswer[];
}

interface MeetingAnswer {
  readonly meeting: string;
  readonly announced: boolean;
  readonly expected_rate_bp: number | null;
  readonly outcomes: readonly (RangeJson & { readonly probability: number })[];
  readonly ease: number | null;
  readonly hold: number | null;
  readonly hike: number | null;
  readonly unsolved: { readonly reason: string } | null;
}

/** What of `/v1/shifts` is shown. */
export interface ShiftAnswer {
  readonly meeting: string;
  readonly window: string | null;
  readonly crosses_decision: boolean | null;
  readonly expected_rate_shift_bp: number | null;
  readonly outcomes: readonly (RangeJson & { readonly then: number | null; readonly shift_pp: number | null })[];
}

interface Look {
  /** no time was asked for: the newest reading */
  readonly newest: boolean;
  readonly coloured: boolean;
  /** bars of block characters; a pipe may not be UTF-8 */
  readonly blocks: boolean;
}

const LIKELIEST = 3;
const MOST_RANGES = 4;
/** A range that held this much within the month is shown although it is no longer likely. */
const WAS_LIKELY = 0.25;
/** Less than half of the last digit shown. */
const NOTHING = 0.0005;
const LARGE_PP = 10;
const BAR = 24;
const LABEL = 13;
const CELL = 8;

function percentOfRate(bp: number): string {
  return (bp / 100).toFixed(2);
}

function rangeText({ lower_bp: lower, upper_bp: upper }: RangeJson): string {
  return lower === upper ? `${percentOfRate(lower)} %` : `${percentOfRate(lower)}-${percentOfRate(upper)} %`;
}

function percent(probability: number | null): string {
  return probability === null ? "-" : (100 * probability).toFixed(1);
}

function signed(value: number | null, digits = 1): string {
  if (value === null) return "-";
  const text = value.toFixed(digits);
  // -0.04 is "-0.0" at one digit: no change that can be shown has no sign.
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : text;
}

function sameRange(a: RangeJson, b: RangeJson): boolean {
  return a.lower_bp === b.lower_bp && a.upper_bp === b.upper_bp;
}

/** The likeliest ranges, and those that were likely within the month. */
function shownRanges(meeting: MeetingAnswer, shifts: readonly ShiftAnswer[]) {
  const likeliest = meeting.outcomes
    .filter(({ probability }) => probability >= NOTHING)
    .toSorted((a, b) => b.probability - a.probability)
    .slice(0, LIKELIEST);
  const former = shifts
    .flatMap(({ outcomes }) => outcomes)
    .filter((range) => (range.then ?? 0) >= WAS_LIKELY && !likeliest.some((shown) => sameRange(shown, range)));
  const ranges = [...likeliest];
  for (const range of former) {
    if (ranges.length >= MOST_RANGES || ranges.some((shown) => sameRange(shown, range))) continue;
    const now = meeting.outcomes.find((outcome) => sameRange(outcome, range))?.probability ?? 0;
    ranges.push({ lower_bp: range.lower_bp, upper_bp: range.upper_bp, probability: now });
  }
  return ranges;
}

function headLines(odds: OddsAnswer, look: Look): string[] {
  const basis = odds.basis.replace("_", " ");
  const time = odds.grid === "settlement" ? odds.trade_date : odds.as_of.replace(/:\d\d(\.\d+)?Z$/, "Z");
  const source = odds.sample ? "the built-in sample" : odds.source;
  const lines = [`Odds of ${time}, ${basis}, from ${source}`];
  if (odds.sample && look.newest) {
    lines.push("Only the built-in sample is stored, and this is its last day; real odds follow");
    lines.push("when a source answers (cutwatch serve) or files are imported (cutwatch import)");
  } else if (odds.stale) {
    lines.push("Stale: newer odds were due and are not here; cutwatch doctor says more");
  }
  const effr = odds.effr_bp === null ? "EFFR not known" : `EFFR ${percentOfRate(odds.effr_bp)} %`;
  const yearEnd = odds.priced_by_year_end_bp === null ? "-" : signed(odds.priced_by_year_end_bp);
  lines.push(`Range in force ${rangeText(odds.target)}, ${effr}, priced by year's end ${yearEnd} bp`);
  return lines;
}

function bar(probability: number, { blocks, coloured }: Look): string {
  const text = (blocks ? "█" : "#").repeat(Math.round(probability * BAR)).padEnd(BAR);
  return coloured ? styleText("cyan", text, { validateStream: false }) : text;
}

function meetingLines(meeting: MeetingAnswer, shifts: readonly ShiftAnswer[], look: Look): string[] {
  const byWindow = WINDOWS.map((window) => shifts.find((shift) => shift.window === window) ?? null);
  const cells = (pick: (shift: ShiftAnswer) => number | null, unit: string) => {
    const figures = byWindow.map((shift) => {
      const figure = signed(shift === null ? null : pick(shift));
      return `${figure}${shift?.crosses_decision === true ? "*" : " "}`.padStart(CELL);
    });
    return `${figures.join("")} ${unit}`;
  };
  const split = `ease ${percent(meeting.ease)}  hold ${percent(meeting.hold)}  hike ${percent(meeting.hike)} %`;
  const title = `${meeting.meeting}${meeting.announced ? " (announced)" : ""}`;
  const lines = [`${look.coloured ? styleText("bold", title, { validateStream: false }) : title}   ${split}`];
  for (const range of shownRanges(meeting, shifts)) {
    const figure = `${percent(range.probability).padStart(5)} %`;
    const moved = cells(({ outcomes }) => outcomes.find((one) => sameRange(one, range))?.shift_pp ?? null, "pp");
    lines.push(`  ${rangeText(range).padEnd(LABEL)}${figure} ${bar(range.probability, look)}${moved}`);
  }
  const expected = meeting.expected_rate_bp === null ? "-" : `${(meeting.expected_rate_bp / 100).toFixed(3)} %`;
  const words = `  expected rate ${expected}`.padEnd(2 + LABEL + 8 + BAR);
  lines.push(`${words}${cells((shift) => shift.expected_rate_shift_bp, "bp")}`);
  return [...lines, ...monthLine(meeting, shifts)];
}

/** What the likeliest range of a month before has come to, where it moved by 10 points or more. */
function monthLine(meeting: MeetingAnswer, shifts: readonly ShiftAnswer[]): string[] {
  const month = shifts.find(({ window }) => window === "1m");
  const former = month?.outcomes.toSorted((a, b) => (b.then ?? 0) - (a.then ?? 0))[0];
  if (former?.then == null || former.shift_pp === null || Math.abs(former.shift_pp) < LARGE_PP) return [];
  const now = meeting.outcomes.find((outcome) => sameRange(outcome, former))?.probability ?? 0;
  return [`  a month before: ${rangeText(former)} at ${percent(former.then)} %, now at ${percent(now)} %`];
}

/** `calendar_horizon: 2027-12-08; no_free_month: …` */
function unsolvedLines(meetings: readonly MeetingAnswer[]): string[] {
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
  return ["", `Without odds: ${groups.join(", ")}`];
}

/**
 * The table of one reading.
 *
 * @param shifts of its solved meetings over {@link WINDOWS}, all that end at it
 */
export function oddsText(odds: OddsAnswer, shifts: readonly ShiftAnswer[], look: Look): string {
  const solved = odds.meetings.filter(({ unsolved }) => unsolved === null);
  const lines = headLines(odds, look);
  const head = WINDOWS.map((window) => `${window} `.padStart(CELL)).join("");
  if (solved.length > 0) lines.push("", `${" ".repeat(2 + LABEL + 8 + BAR)}${head}`);
  for (const meeting of solved) {
    lines.push(
      ...meetingLines(
        meeting,
        shifts.filter((shift) => shift.meeting === meeting.meeting),
        look,
      ),
      "",
    );
  }
  if (solved.length > 0) lines.pop();
  lines.push(...unsolvedLines(odds.meetings));
  if (shifts.some((shift) => shift.crosses_decision === true)) lines.push("", "* a decision lies between");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
