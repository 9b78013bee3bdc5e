/** Figures in sentences. The only place of the API that rounds, and never what is computed with. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import type { Basis } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import type { SnapshotHeader } from "../store/readings.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BP_PER_PERCENT = 100;

/** `2025-11-17` as `17 Nov 2025`. */
export function dateWords(date: IsoDate): string {
  return `${Number(date.slice(8, 10))} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ""} ${date.slice(0, 4)}`;
}

/** 350 to 375 bp as `3.50-3.75 %`; a single level as `1.00 %`. */
export function rangeWords({ lowerBp, upperBp }: TargetRange): string {
  const percent = (bp: number) => (bp / BP_PER_PERCENT).toFixed(2);
  return lowerBp === upperBp ? `${percent(lowerBp)} %` : `${percent(lowerBp)}-${percent(upperBp)} %`;
}

/** A probability as `42.4 %`. */
export function percentWords(probability: number): string {
  return `${(probability * 100).toFixed(1)} %`;
}

/** A signed figure: `+16.0`. */
export function signed(value: number, digits = 1): string {
  const text = value.toFixed(digits);
  return value > 0 && !text.startsWith("+") ? `+${text}` : text;
}

const BASIS_WORDS: Readonly<Record<Basis, string>> = {
  settlement: "settlement",
  published: "as published",
  last_trade: "last trades",
  mid: "mids",
};

/** The day of a settlement, day and time of anything else. */
export function momentWords(header: Pick<SnapshotHeader, "grid" | "tradeDate" | "asOf">): string {
  if (header.grid === "settlement") return dateWords(header.tradeDate);
  const iso = header.asOf.toISOString();
  return `${dateWords(iso.slice(0, 10))} at ${iso.slice(11, 16)} UTC`;
}

/** What a figure rests on: `settlement, method cme, source yahoo`. */
export function originWords(header: Pick<SnapshotHeader, "basis" | "method" | "source" | "isSample">): string {
  const sample = header.isSample ? ", built-in sample" : "";
  return `${BASIS_WORDS[header.basis]}, method ${header.method}, source ${header.source}${sample}`;
}

/** What is not known of a reading: `the outcome of 28 Oct 2026 is not known`. */
export function unknownOutcomeWords(meeting: IsoDate): string {
  return `the outcome of ${dateWords(meeting)} is not known`;
}

/** What a quotable sentence ends with where the range in force is assumed; nothing where it is known. */
export function assumedRangeWords(meeting: IsoDate | null): string {
  return meeting === null ? "" : ` (${unknownOutcomeWords(meeting)}: the range in force may be another)`;
}

/** `as_of` of a permalink: the trade date of a settlement-grid reading, otherwise its instant. */
export function pinnedTime(header: Pick<SnapshotHeader, "grid" | "tradeDate" | "asOf">): string {
  return header.grid === "settlement" ? header.tradeDate : header.asOf.toISOString();
}

/** A probability as `42 %`; what is not certain never says 0 or 100. */
export function wholePercentWords(probability: number): string {
  const percent = probability * 100;
  if (percent > 0 && percent < 0.5) return "<1 %";
  if (percent < 100 && percent >= 99.5) return ">99 %";
  return `${percent.toFixed(0)} %`;
}

/** A rate in bp as `3.77 %`. */
export function rateWords(rateBp: number): string {
  return `${(rateBp / BP_PER_PERCENT).toFixed(2)} %`;
}

/** `2025-12-10` as `Dec 10`, where there is no room for the year. */
export function shortDateWords(date: IsoDate): string {
  return `${MONTHS[Number(date.slice(5, 7)) - 1] ?? ""} ${Number(date.slice(8, 10))}`;
}
