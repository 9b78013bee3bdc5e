/** A rule along a meeting's stored readings: what it sees of each, and what it says. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Meeting } from "../calendar/meetings.ts";
import { previousTradeDate, sessionTradeDate } from "../calendar/trade-dates.ts";
import type { Basis, Grid, Method } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import { windowStart } from "../repricing/window-start.ts";
import { decisionInstant, selectedMeeting } from "./meeting-selection.ts";
import { correctedLooks, judgeAgain } from "./rule-again.ts";
import type { RuleState } from "./rule-state.ts";
import { thresholdOf } from "./rule-threshold.ts";
import { advanceRule, armedRule, type RuleMatch, type RuleReading } from "./rules.ts";
import type { Rule, RuleWindow } from "./subscription.ts";

const PER_CENT = 100;

/** One measure of one meeting at an instant. */
export interface MeasuredReading {
  readonly meeting: IsoDate;
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly recordedAt: Date;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  /** several joined by `+` */
  readonly source: string;
  readonly isSample: boolean;
  readonly target: TargetRange;
  /** a probability, 0 to 1; bp for `expected_rate`; null: unsolved, or the range in force is not known */
  readonly value: number | null;
  readonly expectedRateBp: number | null;
  /** a meeting in effect whose outcome is not known: the range in force is assumed */
  readonly undecidedMeeting: IsoDate | null;
  /** why the meeting has no odds; null: it has */
  readonly unsolved: string | null;
}

/** Why a rule cannot be judged at a reading, which completes "not judged: "; null: it can, as far as the reading goes. */
export function whyNotJudged({
  undecidedMeeting,
  unsolved,
}: Pick<MeasuredReading, "undecidedMeeting" | "unsolved">): string | null {
  if (undecidedMeeting !== null) return `the outcome of ${undecidedMeeting} is not known`;
  return unsolved === null ? null : `${unsolved.slice(0, 1).toLowerCase()}${unsolved.slice(1)}`;
}

/** A match with the reading it was found at. */
export interface FoundMatch {
  readonly rule: Rule;
  readonly meeting: IsoDate;
  readonly match: RuleMatch;
  readonly reading: MeasuredReading;
  /** another range was in force where the match's figures begin */
  readonly crossesDecision: boolean;
  /** when the reading was recorded anew that brought it; absent: it was found at a first look */
  readonly correctedAt?: Date;
}

function inUnit(value: number, unit: "pct" | "bp"): number {
  return unit === "pct" ? value * PER_CENT : value;
}

/** Last position of those for which it holds, which are the first so many; -1: none. */
function lastWhere(readings: readonly MeasuredReading[], holds: (reading: MeasuredReading) => boolean): number {
  let low = 0;
  let high = readings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const reading = readings[middle];
    if (reading !== undefined && holds(reading)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The reading that shows where a rule's window begins: for an hour the last one an hour ago, which must be an intraday
 * one; for days the daily one of the window's first trade date. One trade date may be missing, no more: a shift over a
 * week is not one over a day.
 *
 * @param readings of one meeting and basis, ascending by `asOf`
 */
export function pastReading(
  window: RuleWindow,
  at: Pick<MeasuredReading, "asOf">,
  readings: readonly MeasuredReading[],
): MeasuredReading | null {
  const start = windowStart(window, at.asOf);
  const { tradeDate } = start;
  const grid = tradeDate === null ? "intraday" : "settlement";
  const first = previousTradeDate(tradeDate ?? sessionTradeDate(start.instant));
  const inReach =
    tradeDate === null
      ? lastWhere(readings, (reading) => reading.asOf <= start.instant)
      : lastWhere(readings, (reading) => reading.tradeDate <= tradeDate);
  for (let i = inReach; i >= 0; i--) {
    const reading = readings[i];
    if (reading === undefined || reading.tradeDate < first) return null;
    if (reading.value !== null && reading.grid === grid) return reading;
  }
  return null;
}

/**
 * Whether a reading is of the meeting that the rule means at its instant, and of before the decision: what the odds do
 * afterwards is the decision, not a change of mind.
 */
export function isAbout(rule: Rule, reading: MeasuredReading, meetings: readonly Meeting[]): boolean {
  if (selectedMeeting(rule.meeting, meetings, reading.asOf) !== reading.meeting) return false;
  const meeting = meetings.find(({ meetingDate }) => meetingDate === reading.meeting);
  return meeting !== undefined && reading.asOf < decisionInstant(meeting);
}

/** What the rule is shown of a reading. */
function shown(rule: Rule, reading: MeasuredReading, sameBasis: readonly MeasuredReading[]): RuleReading {
  const { unit } = thresholdOf(rule);
  const past = rule.window === null ? null : pastReading(rule.window, reading, sameBasis);
  return {
    asOf: reading.asOf.toISOString(),
    grid: reading.grid,
    basis: reading.basis,
    recordedAt: reading.recordedAt.toISOString(),
    target: reading.target,
    value: reading.value === null ? null : inUnit(reading.value, unit),
    past:
      past === null || past.value === null
        ? null
        : {
            asOf: past.asOf.toISOString(),
            value: inUnit(past.value, unit),
            grid: past.grid,
            recordedAt: past.recordedAt.toISOString(),
            target: past.target,
          },
  };
}

/**
 * What a rule knows of a meeting before its first look there: the last figure of each basis. One trade date may be missing
 * before it, as before a window: a level that was crossed weeks ago is not news.
 */
function armedBefore(
  rule: Rule,
  first: MeasuredReading,
  ofBasis: ReadonlyMap<Basis, readonly MeasuredReading[]>,
): RuleState | null {
  const reach = previousTradeDate(previousTradeDate(first.tradeDate));
  const earlier = [...ofBasis.values()].flatMap(
    (same) =>
      same.findLast(({ asOf, tradeDate, value }) => value !== null && asOf < first.asOf && tradeDate >= reach) ?? [],
  );
  return armedRule(
    rule,
    earlier.map((reading) => shown(rule, reading, [])),
  );
}

/** What following a rule came to. */
export interface FollowedRule {
  readonly state: RuleState | null;
  readonly found: readonly FoundMatch[];
  /** readings asked about that it could be judged at: with a figure, and for a shift another where the window begins */
  readonly judged: number;
}

/**
 * Follows a rule along readings of one meeting. One that it looked at and that was recorded anew since is judged again, with
 * what came after it.
 *
 * @param begin `state`: what it remembers of this meeting; `arrives`: it remembers nothing because its selector meant
 *   another meeting until now, so that this meeting's earlier readings are what came before
 * @param readings ascending by `asOf`; also those that only windows reach back to
 * @param looksAt which of them are news to the rule
 * @param asked which of those are asked about; absent: all
 */
export function followRule(
  rule: Rule,
  begin: { readonly state: RuleState | null; readonly arrives: boolean },
  readings: readonly MeasuredReading[],
  looksAt: (reading: MeasuredReading) => boolean,
  asked: (reading: MeasuredReading) => boolean = () => true,
): FollowedRule {
  const ofBasis = new Map<Basis, MeasuredReading[]>();
  for (const reading of readings) {
    const same = ofBasis.get(reading.basis);
    if (same === undefined) ofBasis.set(reading.basis, [reading]);
    else same.push(reading);
  }
  const news = readings.filter(looksAt);
  const [first] = news;
  const isArmed = begin.state === null && begin.arrives && first !== undefined;
  let current = isArmed ? armedBefore(rule, first, ofBasis) : begin.state;
  const found: FoundMatch[] = [];
  const tell = (match: RuleMatch | null, correctedAt: Date | null) => {
    if (match === null) return;
    const same = ofBasis.get(match.basis) ?? [];
    const at = (asOf: string) => same.find((each) => each.asOf.toISOString() === asOf);
    const reading = at(match.after.asOf);
    if (reading === undefined) return;
    const from = at(match.before.asOf);
    // The figure that a level was left from may have been corrected since it was looked at.
    const known = from === undefined ? null : shown(rule, from, []).value;
    const before = known === null ? match.before : { ...match.before, value: known };
    const crossesDecision = from !== undefined && from.target.lowerBp !== reading.target.lowerBp;
    const { meeting } = reading;
    found.push({
      rule,
      meeting,
      match: { ...match, before },
      reading,
      crossesDecision,
      ...(correctedAt === null ? {} : { correctedAt }),
    });
  };
  for (const { basis, readings: again, correctedAt } of correctedLooks(current, news, readings)) {
    if (current === null) break;
    const same = ofBasis.get(basis) ?? [];
    const step = judgeAgain(
      rule,
      current,
      basis,
      again.map((reading) => shown(rule, reading, same)),
    );
    current = step.state;
    tell(step.match, correctedAt);
  }
  let judged = 0;
  for (const reading of news) {
    const seen = shown(rule, reading, ofBasis.get(reading.basis) ?? []);
    if (asked(reading) && seen.value !== null && (rule.window === null || seen.past !== null)) judged++;
    const step = advanceRule(rule, current, seen);
    current = step.state;
    tell(step.match, null);
  }
  return { state: current, found, judged };
}
