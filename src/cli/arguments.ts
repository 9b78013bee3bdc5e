/** Words of the command line as values. Each refusal says what is accepted; commander puts the option's name before it. */
import { InvalidArgumentError } from "commander";
import { type IsoDate, isIsoDate } from "../calendar/calendar-date.ts";
import type { TargetRange } from "../pricing/reading.ts";
import { UsageError } from "./failure.ts";

const FIRST_DATE: IsoDate = "1990-01-01";
const LAST_DATE: IsoDate = "2100-12-31";
const RANGE = /^(-?\d{1,4})-(-?\d{1,4})$/;
const STEP_BP = 25;
const LOWEST_BP = -500;
const HIGHEST_BP = 2500;

/** A calendar date from 1990 to 2100. */
export function dateArgument(text: string): IsoDate {
  if (isIsoDate(text) && text >= FIRST_DATE && text <= LAST_DATE) return text;
  throw new InvalidArgumentError("It must be a date from 1990 to 2100 such as 2025-11-17");
}

/** A target range in basis points: `350-375`, or a single level as before 16 Dec 2008: `100-100`. */
export function rangeArgument(text: string): TargetRange {
  const [, lower, upper] = RANGE.exec(text) ?? [];
  const lowerBp = Number(lower);
  const upperBp = Number(upper);
  const onGrid = lowerBp % STEP_BP === 0 && (upperBp === lowerBp || upperBp === lowerBp + STEP_BP);
  // As wide as the rates that are taken for EFFR: a slipped zero would be served as the range in force.
  const fits = onGrid && lowerBp >= LOWEST_BP && upperBp <= HIGHEST_BP;
  if (lower === undefined || upper === undefined || !fits) {
    throw new InvalidArgumentError(
      "It must be a target range in basis points on the 25 bp grid, 25 bp wide, from -500 to 2500, such as 350-375, or a single level such as 100-100",
    );
  }
  return { lowerBp, upperBp };
}

/** One of some words. */
export function choiceArgument<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(", ")}`);
    return word;
  };
}

/** Whole seconds, both bounds included. */
export function secondsArgument(least: number, most: number): (text: string) => number {
  return (text) => {
    const seconds = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (seconds >= least && seconds <= most) return seconds;
    throw new InvalidArgumentError(`It must be a whole number of seconds from ${least} to ${most}`);
  };
}

/** Refuses a period that ends before it begins. */
export function requirePeriod(from: IsoDate, to: IsoDate): void {
  if (from > to) throw new UsageError(`Cannot use --from ${from} and --to ${to}: the period ends before it begins`);
}

const MAPPED = [
  ...["trade_date", "contract", "symbol", "settle", "close", "open", "high", "low", "volume", "open_interest"],
  ...["effr_pct", "target_lower_pct", "target_upper_pct", "dates"],
];

/** What a person says of a file's columns: `contract=ZQX26,settle=Px`. */
export function mapArgument(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const map: Record<string, string> = { ...before };
  for (const pair of text.split(",")) {
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || value === "" || !MAPPED.includes(name)) {
      throw new InvalidArgumentError(`It must be pairs such as contract=ZQX26, of ${MAPPED.join(", ")}; was ${pair}`);
    }
    if (name === "dates" && value !== "mdy" && value !== "dmy") {
      throw new InvalidArgumentError("dates must be mdy or dmy");
    }
    map[name] = value;
  }
  return map;
}
