/** The readings of every trade date of a file of market history, computed in memory: no database, nothing stored. */
import { readFileSync } from "node:fs";
import { fixingPublishedAt } from "../jobs/snapshot-inputs.ts";
import type { IsoDate, Month } from "../src/calendar/calendar-date.ts";
import { addDays, addMonths, lastOfMonth, monthOf } from "../src/calendar/calendar-date.ts";
import { tradeDateOnOrBefore } from "../src/calendar/trade-dates.ts";
import type { EffrFixing, FuturesQuote } from "../src/pricing/observations.ts";
import { readPublished } from "../src/pricing/published.ts";
import { rangeInForce } from "../src/pricing/range-in-force.ts";
import { readStrip } from "../src/pricing/read-strip.ts";
import type { MeetingReading } from "../src/pricing/reading.ts";
import { type Bp, bp, type IndexPoints, indexPoints } from "../src/pricing/units.ts";
import type { DayReadings } from "../src/repricing/detector.ts";
import { BUILT_IN_CALENDAR } from "../src/sources/built-in/fomc-meetings.ts";
import { type ParsedFile, parseImport } from "../src/sources/files/import-file.ts";
import { checkQuotes } from "../src/sources/quality/quality.ts";

/** One trade date, with all that its readings hold. */
export interface HistoryDay extends DayReadings {
  readonly readings: readonly MeetingReading[];
  /** prices by contract month; none of a published day */
  readonly prices: ReadonlyMap<Month, IndexPoints>;
}

// From one December's decision to the next are nine meetings at most.
const MEETINGS = 9;
const EXPIRED_MONTHS = 3;
const FIXING_REACH_DAYS = 130;
const PERCENT_BP = 100;

function parse(kind: "settlements" | "fedwatch" | "effr", path: string): ParsedFile {
  return parseImport(kind, path, readFileSync(path));
}

/** Readings from prices, after the checks that every import goes through. */
export function readPrices(path: string, fixingsPath: string): readonly HistoryDay[] {
  const file = parse("settlements", path);
  if (file.kind !== "settlements") throw new TypeError(`Cannot read ${path}: it holds ${file.kind}`);
  const quotes = checkQuotes(file.quotes.kept, () => null, new Date("2100-01-01T00:00:00Z")).kept;
  const fixingsKnown = fixingHistory(fixingsPath);
  const lastPrices = new Map<Month, { readonly price: IndexPoints; readonly tradeDate: IsoDate }>();
  return byTradeDate(quotes).map(([tradeDate, rows]) => {
    for (const row of rows) lastPrices.set(row.contractMonth, { price: indexPoints(Number(row.price)), tradeDate });
    const asOf = new Date(Math.max(...rows.map((row) => row.asOf.getTime())));
    const prices = new Map(
      rows
        .filter((row) => row.contractMonth >= monthOf(tradeDate))
        .map((row) => [row.contractMonth, indexPoints(Number(row.price))] as const),
    );
    const finalPrices = new Map<Month, IndexPoints>();
    for (let back = 1; back <= EXPIRED_MONTHS; back++) {
      const month = addMonths(monthOf(tradeDate), -back);
      const last = lastPrices.get(month);
      if (last !== undefined && last.tradeDate >= tradeDateOnOrBefore(lastOfMonth(month))) {
        finalPrices.set(month, last.price);
      }
    }
    const fixings = fixingsKnown(asOf);
    const strip = { asOf, tradeDate, prices, finalPrices, fixings: fixings.byDate, calendar: BUILT_IN_CALENDAR };
    const target = targetOf(tradeDate, asOf, fixings.rows);
    return { tradeDate, asOf, readings: readStrip({ ...strip, target }, { limit: MEETINGS }), prices, unusable: null };
  });
}

/** Readings as FedWatch published them. */
export function readPublications(path: string, fixingsPath: string): readonly HistoryDay[] {
  const file = parse("fedwatch", path);
  if (file.kind !== "fedwatch") throw new TypeError(`Cannot read ${path}: it holds ${file.kind}`);
  const fixingsKnown = fixingHistory(fixingsPath);
  return byTradeDate(file.distributions.kept).map(([tradeDate, distributions]) => {
    const asOf = new Date(Math.max(...distributions.map((row) => row.asOf.getTime())));
    const target = targetOf(tradeDate, asOf, fixingsKnown(asOf).rows);
    const readings = readPublished({ tradeDate, asOf, target, calendar: BUILT_IN_CALENDAR, distributions });
    return { tradeDate, asOf, readings, prices: new Map(), unusable: null };
  });
}

function byTradeDate<Row extends Pick<FuturesQuote, "tradeDate">>(rows: readonly Row[]): [IsoDate, Row[]][] {
  const groups = new Map<IsoDate, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.tradeDate);
    if (group === undefined) groups.set(row.tradeDate, [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function targetOf(tradeDate: IsoDate, asOf: Date, fixings: readonly EffrFixing[]) {
  const inForce = rangeInForce({ tradeDate, asOf, meetings: BUILT_IN_CALENDAR.meetings, fixings });
  if (inForce === null) throw new Error(`Cannot read ${tradeDate}: no target range is known for it`);
  return { lowerBp: inForce.lowerBp, upperBp: inForce.upperBp };
}

/** The fixings of the months before an instant, as far as they were public at it. */
function fixingHistory(path: string) {
  const file = parse("effr", path);
  if (file.kind !== "effr") throw new TypeError(`Cannot read ${path}: it holds ${file.kind}`);
  const rows = file.fixings.kept.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const publishedMs = rows.map((row) => fixingPublishedAt(row.date).getTime());
  const figures = rows.map((row): [IsoDate, Bp] => [row.date, bp(Number(row.effrPct) * PERCENT_BP)]);
  let count = 0;
  let first = 0;
  // Asked in ascending order of time, so both ends only move on.
  return (asOf: Date) => {
    while ((publishedMs[count] ?? Number.POSITIVE_INFINITY) <= asOf.getTime()) count++;
    const oldest = addDays(asOf.toISOString().slice(0, 10), -FIXING_REACH_DAYS);
    while (first < count && (rows[first]?.date ?? oldest) < oldest) first++;
    return { rows: rows.slice(first, count), byDate: new Map(figures.slice(first, count)) };
  };
}
