/** Rules of a webhook as they are given: read, and checked as a whole. */
import { z } from "zod";
import { isIsoDate } from "../calendar/calendar-date.ts";
import { isTargetRange } from "../pricing/measures.ts";
import type { TargetRange } from "../pricing/reading.ts";
import {
  type MeetingSelector,
  RULE_MEASURES,
  RULE_WINDOWS,
  type Rule,
  type RuleMeasure,
} from "../webhooks/subscription.ts";
import { badField, bodyOf, choiceField, field, wholeField } from "./fields.ts";

const RELATIVE = ["next", "next+1", "year_end"] as const;

/** What `meetings` and a rule's `meeting` take. */
export const SELECTORS = "a decision day such as 2025-12-10, next, next+1 or year_end";
export const SELECTOR_SCHEMA = { type: "string", anyOf: [{ format: "date" }, { enum: [...RELATIVE] }] } as const;

/** @returns null for what selects no meeting */
export function readSelector(given: unknown): MeetingSelector | null {
  if (typeof given !== "string") return null;
  const relative = RELATIVE.find((word) => word === given);
  if (relative !== undefined) return relative;
  return isIsoDate(given) && given >= "1990-01-01" && given <= "2100-12-31" ? given : null;
}

function numberField(description: string, accepted: string, isIn: (value: number) => boolean, schema: object) {
  return field<number>({
    accepted,
    description,
    parse: (given) => (typeof given === "number" && isIn(given) ? given : null),
    schema: { type: "number", ...schema },
  });
}

const RANGE = /^(-?\d{1,4})-(-?\d{1,4})$/;

function readRange(given: unknown): TargetRange | null {
  const [, lower, upper] = RANGE.exec(typeof given === "string" ? given : "") ?? [];
  if (lower === undefined || upper === undefined) return null;
  const range = { lowerBp: Number(lower), upperBp: Number(upper) };
  return isTargetRange(range) ? range : null;
}

const PER_CENT = 100;
// Expected rates have stayed between 0 and some 2000 bp. Around a level near an end one move of the range is room enough.
const ONE_MOVE_BP = 25;
const HIGHEST_RATE_BP = 2500;
const LONGEST_COOL_DOWN_S = 30 * 86_400;

const Fields = bodyOf({
  meeting: field({ accepted: SELECTORS, description: "Which meeting", parse: readSelector, schema: SELECTOR_SCHEMA }),
  measure: choiceField("What of it", RULE_MEASURES),
  range: field({
    accepted: "a target range in basis points such as 350-375",
    description: "For range, at_most and at_least",
    parse: readRange,
    schema: { type: "string", pattern: RANGE.source },
  }).nullish(),
  crosses_pct: numberField(
    "A probability crosses this level, up or down",
    "a number of per cent between 0 and 100",
    (value) => value > 0 && value < 100,
    { exclusiveMinimum: 0, exclusiveMaximum: 100 },
  ).nullish(),
  crosses_bp: numberField(
    "expected_rate crosses this level, up or down",
    "a rate in basis points from -500 to 2500",
    (value) => value >= -500 && value <= HIGHEST_RATE_BP,
    { minimum: -500, maximum: HIGHEST_RATE_BP },
  ).nullish(),
  shift_pp: numberField(
    "A probability shifts by as much within the window, either way",
    "a number of percentage points above 0, at most 100",
    (value) => value > 0 && value <= 100,
    { exclusiveMinimum: 0, maximum: 100 },
  ).nullish(),
  shift_bp: numberField(
    "expected_rate shifts by as much within the window, either way",
    "a number of basis points above 0, at most 1000",
    (value) => value > 0 && value <= 1000,
    { exclusiveMinimum: 0, maximum: 1000 },
  ).nullish(),
  window: choiceField("Of a shift; 1d when absent", RULE_WINDOWS).nullish(),
  hysteresis: numberField(
    "How far the measure must go back before the rule can match again, in the rule's own unit",
    "a number from 0 to 1000",
    (value) => value >= 0 && value <= 1000,
    { minimum: 0, maximum: 1000 },
  ).nullish(),
  cool_down_s: wholeField("Seconds of silence after a match", 0, LONGEST_COOL_DOWN_S).nullish(),
}).meta({
  description:
    "Exactly one of crosses_pct, crosses_bp, shift_pp and shift_bp: per cent and percentage points for probabilities, basis " +
    "points for expected_rate.",
});

const MOST_RULES = 20;

/** The member `rules`. */
export const RULES = z
  .array(Fields, { error: `a list of at most ${MOST_RULES} rules` })
  .max(MOST_RULES, { error: `a list of at most ${MOST_RULES} rules` });

const RANGE_MEASURES: readonly RuleMeasure[] = ["range", "at_most", "at_least"];

/**
 * A rule in domain terms.
 *
 * @param place where it stands in the body, such as `rules[0]`
 * @throws Problem 400 for members that do not go together
 */
export function ruleOf(given: z.output<typeof Fields>, place: string): Rule {
  const { measure, range = null, window = null } = given;
  const isRate = measure === "expected_rate";
  const level = isRate ? "crosses_bp" : "crosses_pct";
  const shift = isRate ? "shift_bp" : "shift_pp";
  const named = (["crosses_pct", "crosses_bp", "shift_pp", "shift_bp"] as const).filter(
    (name) => (given[name] ?? null) !== null,
  );
  const [only] = named;
  if (named.length !== 1 || (only !== level && only !== shift)) {
    throw badField(place, named, `a rule of ${measure} with exactly one of ${level} and ${shift}`);
  }
  const needsRange = RANGE_MEASURES.includes(measure);
  if (needsRange !== (range !== null)) {
    const accepted = needsRange ? `a target range such as 350-375, since the measure is ${measure}` : "absent";
    throw badField(`${place}.range`, range === null ? undefined : rangeText(range), accepted);
  }
  const isShift = only === shift;
  checkHysteresis(given, isShift, place);
  if (window !== null && !isShift) throw badField(`${place}.window`, window, `absent, since ${only} has no window`);
  return {
    meeting: given.meeting,
    measure,
    range,
    crossesPct: given.crosses_pct ?? null,
    crossesBp: given.crosses_bp ?? null,
    shiftPp: given.shift_pp ?? null,
    shiftBp: given.shift_bp ?? null,
    window: isShift ? (window ?? "1d") : null,
    hysteresis: given.hysteresis ?? null,
    coolDownS: given.cool_down_s ?? null,
  };
}

/** A rule that can match once and never again is a mistake nobody would notice. */
function checkHysteresis(given: z.output<typeof Fields>, isShift: boolean, place: string): void {
  const hysteresis = given.hysteresis ?? 0;
  const shift = given.shift_pp ?? given.shift_bp ?? null;
  const refused = (accepted: string) => badField(`${place}.hysteresis`, given.hysteresis, accepted);
  if (isShift && shift !== null && hysteresis > 0 && hysteresis >= shift) {
    throw refused(`less than the shift, ${shift}`);
  }
  const percent = given.crosses_pct ?? null;
  const rate = given.crosses_bp ?? null;
  const most =
    percent !== null
      ? Math.min(percent, PER_CENT - percent)
      : Math.max(ONE_MOVE_BP, Math.min(rate ?? 0, HIGHEST_RATE_BP - (rate ?? 0)));
  if (!isShift && hysteresis > most) {
    const level = percent === null ? `${rate} bp` : `${percent} %`;
    throw refused(`at most ${most}, so that the level of ${level} can be crossed both ways`);
  }
}

function rangeText({ lowerBp, upperBp }: TargetRange): string {
  return `${lowerBp}-${upperBp}`;
}
