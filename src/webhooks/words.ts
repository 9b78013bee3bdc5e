/** Figures and dates in the sentences of messages. What is rounded here is never computed with. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { STEP_BP } from "../pricing/split.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PER_CENT = 100;
const BP_PER_PERCENT = 100;
/** Since then the Fed sets a range, before it a single level. */
const RANGES_SINCE = "2008-12-16";

/** `2025-12-10` as `10 Dec 2025`; of an instant its day in UTC. */
export function dayWords(date: IsoDate): string {
  return `${shortDayWords(date)} ${date.slice(0, 4)}`;
}

/** `2025-12-10` as `10 Dec`. */
export function shortDayWords(date: IsoDate): string {
  return `${Number(date.slice(8, 10))} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ""}`;
}

/** An instant as `10 Dec 2025 19:00 UTC`. */
export function instantWords(iso: string): string {
  return `${dayWords(iso)} ${iso.slice(11, 16)} UTC`;
}

/** What a series is about: `10 Dec 2025 meeting`, or `end of 2025` of a path. */
export function targetWords({ meeting, path }: { readonly meeting: IsoDate; readonly path: number | null }): string {
  return path === null ? `${dayWords(meeting)} meeting` : `end of ${path}`;
}

/** 350 to 375 bp as `3.50-3.75 %`; a single level as `1.00 %`. */
export function rangeWords({ lower_bp, upper_bp }: { readonly lower_bp: number; readonly upper_bp: number }): string {
  const percent = (bp: number) => (bp / BP_PER_PERCENT).toFixed(2);
  return lower_bp === upper_bp ? `${percent(lower_bp)} %` : `${percent(lower_bp)}-${percent(upper_bp)} %`;
}

/** The range or level that ends at `upperBp`, on a date. */
export function rangeBelow(upperBp: number, date: IsoDate): { readonly lower_bp: number; readonly upper_bp: number } {
  return { lower_bp: date < RANGES_SINCE ? upperBp : upperBp - STEP_BP, upper_bp: upperBp };
}

/** A probability in whole per cent; never 0 or 100 for what is neither. */
export function oddsWords(probability: number): string {
  const percent = probability * PER_CENT;
  if (percent > 0 && percent < 0.5) return "<1 %";
  if (percent < PER_CENT && percent >= 99.5) return ">99 %";
  return `${percent.toFixed(0)} %`;
}

/** A signed figure: `+16.0`. What rounds to nothing has no sign. */
export function signed(value: number, digits = 1): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : text;
}

/** A return, a fraction, as `-13.5 %`. */
export function returnWords(fraction: number): string {
  return `${signed(fraction * PER_CENT)} %`;
}

/** What kind of price a figure rests on. */
export function basisWords(basis: string): string {
  const words: Readonly<Record<string, string>> = {
    settlement: "settlement prices",
    published: "published odds",
    last_trade: "last trades",
    mid: "mids",
  };
  return words[basis] ?? basis;
}
