import type { IsoDate, Month } from "../src/calendar/calendar-date.ts";
import { addMonths, monthOf } from "../src/calendar/calendar-date.ts";
import { lastTradeDateOfMonth } from "../src/calendar/trade-dates.ts";
import type { Basis, Grid, Method } from "../src/pricing/observations.ts";
import { readPublished } from "../src/pricing/published.ts";
import { rangeInForce } from "../src/pricing/range-in-force.ts";
import { readStrip } from "../src/pricing/read-strip.ts";
import type { MeetingReading } from "../src/pricing/reading.ts";
import { type IndexPoints, indexPoints } from "../src/pricing/units.ts";
import { pricedByYearEndBp } from "../src/pricing/year-end.ts";
import type { PublishedRow } from "../src/store/published.ts";
import type { QuoteRow } from "../src/store/quotes.ts";
import type { SnapshotDraft } from "../src/store/snapshots.ts";
import type { SnapshotContext } from "./snapshot-inputs.ts";

/** How many months back an expired contract can still matter: two meeting months and the free one before them. */
const EXPIRED_MONTHS = 3;

/** Quotes of one instant that may stand in one curve: one basis, real and sample never mixed. */
function curvesOf<Row extends { readonly isSample: boolean; readonly basis?: Basis }>(rows: readonly Row[]): Row[][] {
  const curves = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.basis ?? "published"} ${row.isSample}`;
    const curve = curves.get(key);
    if (curve === undefined) curves.set(key, [row]);
    else curve.push(row);
  }
  return [...curves.values()];
}

function newestInstant(rows: readonly { readonly asOf: Date }[]): Date {
  return new Date(Math.max(...rows.map((row) => row.asOf.getTime())));
}

function sourcesOf(rows: readonly { readonly source: string }[]): string {
  return [...new Set(rows.map((row) => row.source))].sort().join("+");
}

/** The last price of each contract month so far, per curve: what an expired month settled at. */
export class LastPrices {
  readonly #byCurve = new Map<string, Map<Month, { price: number; tradeDate: IsoDate }>>();

  add(row: QuoteRow): void {
    const key = `${row.basis} ${row.isSample}`;
    const months = this.#byCurve.get(key) ?? new Map<Month, { price: number; tradeDate: IsoDate }>();
    this.#byCurve.set(key, months);
    months.set(row.contractMonth, { price: row.price, tradeDate: row.tradeDate });
  }

  /** Prices of the expired months that have one from their last trade date or later. */
  finalBefore(tradeDate: IsoDate, basis: Basis, isSample: boolean): Map<Month, IndexPoints> {
    const months = this.#byCurve.get(`${basis} ${isSample}`);
    const finals = new Map<Month, IndexPoints>();
    for (let back = 1; back <= EXPIRED_MONTHS; back++) {
      const month = addMonths(monthOf(tradeDate), -back);
      const last = months?.get(month);
      if (last !== undefined && last.tradeDate >= lastTradeDateOfMonth(month)) {
        finals.set(month, indexPoints(last.price));
      }
    }
    return finals;
  }
}

interface DraftParts {
  readonly tradeDate: IsoDate;
  readonly asOf: Date;
  readonly grid: Grid;
  readonly basis: Basis;
  readonly method: Method;
  readonly isSample: boolean;
  readonly source: string;
  readonly quoteIds: readonly number[];
}

type Read = (
  inForce: {
    readonly lowerBp: number;
    readonly upperBp: number;
  },
  fixings: ReturnType<SnapshotContext["realFixings"]["knownAt"]>,
) => readonly MeetingReading[];

function draftOf(context: SnapshotContext, parts: DraftParts, read: Read): SnapshotDraft | null {
  const history = parts.isSample ? context.sampleFixings : context.realFixings;
  const fixings = history.knownAt(parts.asOf);
  const { meetings } = context.calendar;
  const inForce = rangeInForce({ tradeDate: parts.tradeDate, asOf: parts.asOf, meetings, fixings: fixings.rows });
  if (inForce === null) return null;
  const target = { lowerBp: inForce.lowerBp, upperBp: inForce.upperBp };
  // A meeting has passed and its outcome is not known: the odds may rest on a range that is no longer in force.
  const unverified = inForce.undecidedMeeting !== null;
  const readings = read(target, fixings).map((reading) => (unverified ? { ...reading, unverified } : reading));
  return {
    ...parts,
    target,
    undecidedMeeting: inForce.undecidedMeeting,
    effrBp: fixings.rows.findLast(({ effrBp }) => effrBp !== null)?.effrBp ?? null,
    pricedByYearEndBp: pricedByYearEndBp(readings, target, parts.tradeDate),
    readings,
  };
}

/** Odds from the prices of one trade date, one draft a basis; real quotes and sample apart. */
export function draftsFromQuotes(
  context: SnapshotContext,
  quotes: readonly QuoteRow[],
  lastPrices: LastPrices,
  grid: Grid,
): SnapshotDraft[] {
  return curvesOf(quotes).flatMap((curve) => {
    const first = curve[0];
    if (first === undefined) return [];
    const { tradeDate, basis, isSample } = first;
    const asOf = newestInstant(curve);
    const listed = curve.filter((quote) => quote.contractMonth >= monthOf(tradeDate));
    const draft = draftOf(
      context,
      {
        tradeDate,
        asOf,
        grid,
        basis,
        method: "cme",
        isSample,
        source: sourcesOf(curve),
        quoteIds: curve.map((quote) => quote.id).sort((a, b) => a - b),
      },
      (target, fixings) =>
        readStrip(
          {
            asOf,
            tradeDate,
            prices: new Map(listed.map((quote) => [quote.contractMonth, indexPoints(quote.price)])),
            finalPrices: lastPrices.finalBefore(tradeDate, basis, isSample),
            fixings: fixings.byDate,
            calendar: context.calendar,
            target,
          },
          { bands: true },
        ),
    );
    return draft === null ? [] : [draft];
  });
}

/** Published distributions of one instant as a reading of their own. */
export function draftsFromPublished(
  context: SnapshotContext,
  distributions: readonly PublishedRow[],
  grid: Grid,
): SnapshotDraft[] {
  return curvesOf(distributions).flatMap((group) => {
    const first = group[0];
    if (first === undefined) return [];
    const { tradeDate, isSample } = first;
    const asOf = newestInstant(group);
    const draft = draftOf(
      context,
      {
        tradeDate,
        asOf,
        grid,
        basis: "published",
        method: "published",
        isSample,
        source: sourcesOf(group),
        quoteIds: group.flatMap((row) => row.ids).sort((a, b) => a - b),
      },
      (target) => readPublished({ tradeDate, asOf, target, calendar: context.calendar, distributions: group }),
    );
    return draft === null ? [] : [draft];
  });
}
