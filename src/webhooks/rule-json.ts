/** A rule as people write it and are shown it: names in snake_case, nothing that was left to the default. */
import { createHash } from "node:crypto";
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Rule } from "./subscription.ts";

/** `{meeting, measure, range?, crosses_pct? | crosses_bp? | shift_pp? | shift_bp?, window?, hysteresis?, cool_down_s?}` */
export interface RuleJson {
  readonly meeting: Rule["meeting"];
  readonly measure: Rule["measure"];
  /** such as 350-375 */
  readonly range?: string;
  readonly crosses_pct?: number;
  readonly crosses_bp?: number;
  readonly shift_pp?: number;
  readonly shift_bp?: number;
  readonly window?: NonNullable<Rule["window"]>;
  readonly hysteresis?: number;
  readonly cool_down_s?: number;
}

export function ruleJson(rule: Rule): RuleJson {
  const { range } = rule;
  return {
    meeting: rule.meeting,
    measure: rule.measure,
    ...(range === null ? {} : { range: `${range.lowerBp}-${range.upperBp}` }),
    ...(rule.crossesPct === null ? {} : { crosses_pct: rule.crossesPct }),
    ...(rule.crossesBp === null ? {} : { crosses_bp: rule.crossesBp }),
    ...(rule.shiftPp === null ? {} : { shift_pp: rule.shiftPp }),
    ...(rule.shiftBp === null ? {} : { shift_bp: rule.shiftBp }),
    ...(rule.window === null ? {} : { window: rule.window }),
    ...(rule.hysteresis === null ? {} : { hysteresis: rule.hysteresis }),
    ...(rule.coolDownS === null ? {} : { cool_down_s: rule.coolDownS }),
  };
}

/** The same for the same rule, in whatever order a database gives its members back. */
export function ruleName(rule: RuleJson): string {
  return JSON.stringify(Object.entries(rule).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const KEY_DIGITS = 16;

/**
 * Names what a rule remembers: the rule, to the last figure, and the meeting it is about. Another rule begins anew; what
 * `next` has come to mean begins with that meeting's own earlier readings.
 */
export function ruleKey(rule: Rule, meeting: IsoDate): string {
  const hash = createHash("sha256")
    .update(JSON.stringify(ruleJson(rule)))
    .digest("hex");
  return `${hash.slice(0, KEY_DIGITS)} ${meeting}`;
}

/** The part of a {@link ruleKey} that names the rule, whichever meeting it is about. */
export function keyOfRule(key: string): string {
  return key.slice(0, KEY_DIGITS);
}
