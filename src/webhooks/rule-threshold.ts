/** The figures of a rule, with what holds where it names none. */
import type { Rule } from "./subscription.ts";

/** Unless the rule says otherwise: how far a measure must go back past a level, in percentage points or basis points. */
const LEVEL_HYSTERESIS = 2;
/** Unless the rule says otherwise: how far a shift must fall below the one asked for, as a share of it. */
const SHIFT_HYSTERESIS = 0.2;
/** Unless the rule says otherwise: seconds without another message. */
const COOL_DOWN_S = 3600;
const PER_CENT = 100;

/** What a rule waits for. Figures are per cent and percentage points of probability, or basis points. */
export interface Threshold {
  readonly kind: "level" | "shift";
  readonly unit: "pct" | "bp";
  /** the level, or the least shift of either sign */
  readonly amount: number;
  /** once it has matched upward it counts downward only from `amount - back.down`; a shift counts again below it */
  readonly back: { readonly up: number; readonly down: number };
  readonly coolDownMs: number;
}

/** Why a rule cannot be followed; null: it can. */
export function faultOf({ measure, range, crossesPct, crossesBp, shiftPp, shiftBp, window }: Rule): string | null {
  const [inPercent, inBp] = [crossesPct ?? shiftPp, crossesBp ?? shiftBp];
  if ((inPercent === null) === (inBp === null) || (inBp !== null) !== (measure === "expected_rate")) {
    return `a rule on ${measure} must name one figure, in ${measure === "expected_rate" ? "bp" : "per cent"}`;
  }
  if ((shiftPp ?? shiftBp) !== null && window === null) return "a rule on a shift must name a window";
  const isOfRange = measure === "range" || measure === "at_most" || measure === "at_least";
  if (isOfRange !== (range !== null)) return `a rule on ${measure} must ${isOfRange ? "" : "not "}name a range`;
  return null;
}

/**
 * @throws RangeError for a rule that names none of the four figures
 */
export function thresholdOf(rule: Rule): Threshold {
  const level = rule.crossesPct ?? rule.crossesBp;
  const shift = rule.shiftPp ?? rule.shiftBp;
  const amount = level ?? shift;
  if (amount === null) {
    throw new RangeError(
      `Cannot follow a rule on ${rule.measure} of ${rule.meeting}: it must name crosses_pct, crosses_bp, shift_pp or shift_bp`,
    );
  }
  const unit = rule.crossesPct !== null || rule.shiftPp !== null ? "pct" : "bp";
  const coolDownMs = (rule.coolDownS ?? COOL_DOWN_S) * 1000;
  if (level === null) {
    const back = rule.hysteresis ?? SHIFT_HYSTERESIS * amount;
    return { kind: "shift", unit, amount, back: { up: back, down: back }, coolDownMs };
  }
  return { kind: "level", unit, amount, back: levelBack(amount, unit, rule.hysteresis), coolDownMs };
}

function levelBack(level: number, unit: Threshold["unit"], given: number | null): Threshold["back"] {
  if (given !== null) return { up: given, down: given };
  if (unit === "bp") return { up: LEVEL_HYSTERESIS, down: LEVEL_HYSTERESIS };
  // A level of 1 % could never be left again by going 2 points below it: near an end half the way to it is enough.
  return { up: Math.min(LEVEL_HYSTERESIS, (PER_CENT - level) / 2), down: Math.min(LEVEL_HYSTERESIS, level / 2) };
}
