/**
 * Whether a rule matches, reading by reading: the same function on live readings and over stored history. Plain JSON in and
 * out, so that what it remembers can be stored.
 */
import { BASES, type Basis, type Grid } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import { looked, type RuleState, type Stance, type Told, type Track } from "./rule-state.ts";
import { type Threshold, thresholdOf } from "./rule-threshold.ts";
import type { Rule, RuleWindow } from "./subscription.ts";

/** A measure at an instant, in the rule's unit: per cent of probability, or basis points. */
export interface RulePoint {
  /** ISO 8601, UTC */
  readonly asOf: string;
  readonly value: number;
}

/** What a rule is shown of one reading. */
export interface RuleReading {
  readonly asOf: string;
  readonly grid: Grid;
  readonly basis: Basis;
  /** of the newest recording of it: a later one is a correction */
  readonly recordedAt: string;
  /** the range in force, which ease, hold and hike are measured against */
  readonly target: TargetRange;
  /** in the rule's unit; null: not known (an unsolved meeting) */
  readonly value: number | null;
  /** where the rule's window begins, with the range in force then; null: no window, or no reading that could show it */
  readonly past: (RulePoint & Pick<RuleReading, "grid" | "recordedAt" | "target">) | null;
}

export type RuleDirection = "up" | "down";

/** A match that was told and does not stand: a better basis shows otherwise, or its figure was corrected. */
export interface TakenBack {
  readonly reason: "basis" | "corrected";
  readonly told: Told;
}

export interface RuleMatch {
  readonly direction: RuleDirection;
  readonly basis: Basis;
  readonly before: RulePoint;
  readonly after: RulePoint;
  /** what was told before and this takes back: the crossing back, though this basis never crossed; absent: nothing */
  readonly takesBack?: TakenBack;
}

export interface RuleStep {
  readonly state: RuleState | null;
  readonly match: RuleMatch | null;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WINDOW_MS: Readonly<Record<RuleWindow, number>> = {
  "1h": HOUR_MS,
  "1d": DAY_MS,
  "1w": 7 * DAY_MS,
  "1m": 31 * DAY_MS,
};

/** Measures against the range in force: with another range they are another measure. */
export function isRelative({ measure }: Pick<Rule, "measure">): boolean {
  return measure === "ease" || measure === "hold" || measure === "hike";
}

function isSameRange(a: TargetRange, b: TargetRange): boolean {
  return a.lowerBp === b.lowerBp && a.upperBp === b.upperBp;
}

/** The side of a level, or the sign of a shift that is large enough. */
function sideOf(value: number, { kind, amount }: Threshold): RuleDirection | null {
  if (kind === "shift") return Math.abs(value) >= amount ? (value > 0 ? "up" : "down") : null;
  if (value === amount) return null;
  return value > amount ? "up" : "down";
}

/** Where the measure now stands for the rule, given where it stood: the other side only once it counts. */
function crossingOf(value: number, track: Track, threshold: Threshold): RuleDirection | null {
  const { amount, back } = threshold;
  if (threshold.kind === "shift") {
    const side = sideOf(value, threshold);
    return side === track.stands ? null : side;
  }
  if (track.stands === "down") return value >= amount + (track.matched ? back.up : 0) ? "up" : null;
  if (track.stands === "up") return value <= amount - (track.matched ? back.down : 0) ? "down" : null;
  return null;
}

/** The track after a reading that brought no match. */
function followed(track: Track, point: RulePoint, value: number, threshold: Threshold): Track {
  const seen = { ...track, asOf: point.asOf };
  if (threshold.kind === "shift") {
    // Small again: the next large one is another shift.
    return Math.abs(value) < threshold.amount - threshold.back.up ? { ...seen, stands: null } : seen;
  }
  const side = sideOf(value, threshold);
  if (track.stands === null) return { ...seen, stands: side, from: point };
  return side === track.stands ? { ...seen, from: point } : seen;
}

/** What was told, unless it was of another measure: odds against the range in force, where that is another one now. */
function toldOf(rule: Rule, told: Told | null, target: TargetRange): Told | null {
  const isOther = isRelative(rule) && told?.target !== undefined && !isSameRange(told.target, target);
  return isOther ? null : told;
}

/**
 * Whether receivers know it already: that the measure is on that side of a level, or from another basis of the same shift
 * within a window's length. A settlement bears out what last trades showed at noon; that is not another message.
 */
export function isKnown(
  told: Told | null,
  { direction, asOf, basis }: Pick<Told, "direction" | "asOf" | "basis">,
  { window }: Pick<Rule, "window">,
): boolean {
  if (told === null || told.direction !== direction) return false;
  if (window === null) return true;
  return told.basis !== basis && Date.parse(asOf) - Date.parse(told.asOf) < WINDOW_MS[window];
}

/**
 * The side of a level where a basis has stood all along while another one, no better, was told to have crossed to the other:
 * people believe the wrong thing until they are told. Null: it bears out what was told, or is too near the level to say.
 */
function otherSide(
  told: Told | null,
  { asOf, basis }: RuleReading,
  value: number,
  { kind, amount, back }: Threshold,
): RuleDirection | null {
  if (kind === "shift" || told === null || Date.parse(asOf) <= Date.parse(told.asOf)) return null;
  if (BASES.indexOf(basis) > BASES.indexOf(told.basis)) return null;
  if (told.direction === "up") return value <= amount - back.down ? "down" : null;
  return value >= amount + back.up ? "up" : null;
}

/**
 * What a rule knows of a meeting that its selector has just moved to. Of a level: on which side the measure stood before,
 * so that a crossing by the decision itself is seen. A shift needs no memory: one that is large enough at the first look
 * has not been told of this meeting, and matches.
 *
 * @param earlier the last reading of each basis before the first that it looks at, of the same meeting
 * @returns null: nothing is known before, so that the first look only shows where things stand
 */
export function armedRule(rule: Rule, earlier: readonly RuleReading[]): RuleState | null {
  const threshold = thresholdOf(rule);
  const tracks: Partial<Record<Basis, Track>> = {};
  for (const { asOf, basis, target, value } of earlier) {
    if (value === null) continue;
    const stands = threshold.kind === "level" ? sideOf(value, threshold) : null;
    tracks[basis] = { asOf, target, stands, matched: false, from: { asOf, value } };
  }
  return Object.keys(tracks).length === 0 ? null : { tracks, told: null };
}

/**
 * Looks at one reading. A level matches when the measure goes from below it to at or above it, or from above to at or
 * below; a shift when the measure has moved by at least that much, either way, since the window began. The first reading
 * only shows where it stands. After a match a level counts again only beyond the hysteresis on its other side, a shift
 * once it has fallen below itself less the hysteresis or has changed its sign; within the cool-down nothing matches, and
 * what still holds afterwards matches then.
 *
 * What was told of a level holds until a reading of that basis or a better one stands beyond the hysteresis on the other side:
 * where that basis has not crossed itself, it takes back what was told, at once, whatever the cool-down.
 *
 * Readings of each basis come in ascending order; one that is not newer than the last, or has no figure, changes nothing.
 * With another range in force ease, hold and hike begin anew.
 */
export function advanceRule(rule: Rule, state: RuleState | null, reading: RuleReading): RuleStep {
  const unchanged = { state, match: null };
  const { asOf, basis, target, past } = reading;
  const before = state?.tracks[basis];
  if (before !== undefined && Date.parse(asOf) <= Date.parse(before.asOf)) return unchanged;
  const threshold = thresholdOf(rule);
  if (reading.value === null) return unchanged;
  if (threshold.kind === "shift" && (past === null || (isRelative(rule) && !isSameRange(past.target, target)))) {
    return unchanged;
  }
  const point = { asOf, value: reading.value };
  const value = threshold.kind === "shift" && past !== null ? reading.value - past.value : reading.value;
  const told = toldOf(rule, state?.told ?? null, target);
  const withTrack = (stance: Stance): RuleState => ({
    tracks: { ...state?.tracks, [basis]: looked(stance, before, reading, told) },
    told,
  });
  if (before === undefined || (isRelative(rule) && !isSameRange(before.target, target))) {
    const stands = sideOf(value, threshold);
    return { state: withTrack({ asOf, target, stands, matched: false, from: point }), match: null };
  }
  const track = { ...before, target };
  const crossing = crossingOf(value, track, threshold);
  const direction = crossing ?? otherSide(told, reading, value, threshold);
  if (direction === null) return { state: withTrack(followed(track, point, value, threshold)), match: null };
  const isCooling = told !== null && Date.parse(asOf) - Date.parse(told.asOf) < threshold.coolDownMs;
  if (crossing !== null && isCooling) return { state: withTrack({ ...track, asOf }), match: null };
  const crossed = withTrack({ asOf, target, stands: direction, matched: true, from: point });
  if (isKnown(told, { direction, asOf, basis }, rule)) return { state: crossed, match: null };
  const from = threshold.kind === "shift" && past !== null ? past : track.from;
  const taken = crossing === null && told !== null ? { takesBack: { reason: "basis", told } as const } : {};
  return {
    state: { ...crossed, told: { direction, asOf, basis, value, target } },
    match: { direction, basis, before: { asOf: from.asOf, value: from.value }, after: point, ...taken },
  };
}
