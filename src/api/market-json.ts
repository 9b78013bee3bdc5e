/** What markets did, as it is answered: each figure with what it takes to judge it. */
import { z } from "zod";
import type { Statistic } from "../markets/statistic.ts";
import type { StoredAsset, StoredBlock, Timed } from "../store/repricing-detail.ts";
import { CalendarDate, Instant } from "./provenance.ts";

const Figure = {
  value: z.number().nullable(),
  low: z.number().nullable().meta({ description: "95 % interval; null where the figure has none" }),
  high: z.number().nullable(),
  n: z.number(),
  from: CalendarDate.nullable().meta({ format: "date", description: "First date of the data" }),
  to: CalendarDate.nullable(),
  method: z.string(),
  data_at: Instant.nullable().meta({ format: "date-time", description: "Latest close that went in" }),
  note: z.string().nullable().meta({ description: "Why it is null, or what to keep in mind" }),
} as const;

const Statistics = z.strictObject(Figure);

/** One asset. Returns are simple, as fractions. */
export const Asset = z.strictObject({
  symbol: z.string(),
  return: z.number().nullable().meta({ description: "From the close dated the start to the close dated the end" }),
  from_at: Instant.nullable(),
  to_at: Instant.nullable(),
  provisional: z.boolean().meta({ description: "A close that the return needs is still to come" }),
  return_1d: z.number().nullable().meta({ description: "Over its last session" }),
  return_5d: z.number().nullable(),
  return_21d: z.number().nullable(),
  drawdown: z.number().nullable().meta({ description: "From the highest close there is, 0 or below" }),
  percentile: z.number().nullable().meta({ description: "Rank of the return among those as long over five years" }),
  note: z.string().nullable().meta({ description: "Why the return is null" }),
  percentiles: z.strictObject({ leg: Statistics, d1: Statistics, d5: Statistics, d21: Statistics }),
  next_session: z
    .strictObject({
      return: z.number().nullable(),
      from_date: CalendarDate,
      to_date: CalendarDate,
      to_at: Instant.nullable(),
      provisional: z.boolean(),
      note: z.string().nullable(),
    })
    .nullable()
    .meta({ description: "Where the market had closed before the end's instant: the first session after it" }),
  record: z.strictObject({
    close: z.number().nullable(),
    date: CalendarDate.nullable(),
    n: z.number(),
    since: CalendarDate.nullable(),
    withheld: z.literal(true).optional(),
  }),
  event_study: z.array(
    z.strictObject({
      first: z.number(),
      last: z.number(),
      ...Figure,
      t: z.number().nullable(),
      usual_mean: z.number().nullable(),
      usual_deviation: z.number().nullable(),
      usual_n: z.number(),
    }),
  ),
});

/** The panel as a whole. */
export const Markets = z.strictObject({
  breadth: z.strictObject({ ...Figure, down: z.number() }),
  breadth_null: Statistics,
  correlation: z.strictObject({ ...Figure, pairs: z.number() }),
  correlation_adjusted: z.strictObject({ ...Figure, pairs: z.number(), delta: z.number().nullable() }),
  beta: z
    .array(z.strictObject({ symbol: z.string(), ...Figure, r2: z.number().nullable(), lags: z.number().nullable() }))
    .meta({ description: "Association with the path's daily change, fraction of price per +10 bp" }),
  leader: z.strictObject({
    answer: z.string(),
    reason: z.string(),
    from: CalendarDate,
    to: CalendarDate,
    days: z.number(),
    threshold_r: z.number().nullable(),
    pair_lags: z.number(),
    earliest_peak: z.strictObject({ date: CalendarDate, symbols: z.array(z.string()) }).nullable(),
    largest_fall: z.strictObject({ symbol: z.string(), return: z.number() }).nullable(),
    peaks: z.array(z.strictObject({ symbol: z.string(), date: CalendarDate, fall_since: z.number() })),
    method: z.string(),
  }),
});

function instantText(at: Date | string | null): string | null {
  return at instanceof Date ? at.toISOString() : at;
}

function figureJson(figure: Timed<Statistic>) {
  const { value, low, high, n, from, to, method, dataAt, note } = figure;
  return { value, low, high, n, from, to, method, data_at: instantText(dataAt), note };
}

/**
 * An asset as it is answered. What it returned is computed; the record is a close as its source has it, and which source that
 * was is not stored with it: where anything is withheld it is.
 *
 * @param passable the sources whose own figures may be passed on; null: all
 */
export function assetJson(asset: StoredAsset, passable: ReadonlySet<string> | null): z.output<typeof Asset> {
  const { percentiles, next, record } = asset;
  return {
    symbol: asset.symbol,
    return: asset.return,
    from_at: instantText(asset.fromAt),
    to_at: instantText(asset.toAt),
    provisional: asset.provisional,
    return_1d: asset.return1d,
    return_5d: asset.return5d,
    return_21d: asset.return21d,
    drawdown: asset.drawdown,
    percentile: asset.percentile,
    note: asset.note,
    percentiles: {
      leg: figureJson(percentiles.leg),
      d1: figureJson(percentiles.d1),
      d5: figureJson(percentiles.d5),
      d21: figureJson(percentiles.d21),
    },
    next_session:
      next === null
        ? null
        : {
            return: next.value,
            from_date: next.fromDate,
            to_date: next.toDate,
            to_at: instantText(next.toAt),
            provisional: next.provisional,
            note: next.note,
          },
    record: {
      close: passable === null ? record.recordClose : null,
      date: record.recordDate,
      n: record.n,
      since: record.since,
      ...(passable === null ? {} : { withheld: true as const }),
    },
    event_study: asset.events.map((window) => ({
      first: window.first,
      last: window.last,
      ...figureJson(window),
      t: window.t,
      usual_mean: window.usualMean,
      usual_deviation: window.usualDeviation,
      usual_n: window.usualN,
    })),
  };
}

export function marketsJson(markets: StoredBlock["markets"]): z.output<typeof Markets> {
  const { breadth, correlation, correlationAdjusted, leader } = markets;
  return {
    breadth: { ...figureJson(breadth), down: breadth.down },
    breadth_null: figureJson(markets.breadthNull),
    correlation: { ...figureJson(correlation), pairs: correlation.pairs },
    correlation_adjusted: {
      ...figureJson(correlationAdjusted),
      pairs: correlationAdjusted.pairs,
      delta: correlationAdjusted.delta,
    },
    beta: markets.beta.map((beta) => ({ symbol: beta.symbol, ...figureJson(beta), r2: beta.r2, lags: beta.lags })),
    leader: {
      answer: leader.answer,
      reason: leader.reason,
      from: leader.from,
      to: leader.to,
      days: leader.days,
      threshold_r: leader.thresholdR,
      pair_lags: leader.pairLags,
      earliest_peak:
        leader.earliestPeak === null
          ? null
          : { date: leader.earliestPeak.date, symbols: [...leader.earliestPeak.symbols] },
      largest_fall:
        leader.largestFall === null ? null : { symbol: leader.largestFall.symbol, return: leader.largestFall.return },
      peaks: leader.peaks.map((peak) => ({ symbol: peak.symbol, date: peak.date, fall_since: peak.fallSince })),
      method: leader.method,
    },
  };
}

/** Assets in the order of the panel. */
export function inPanelOrder<Row extends { readonly symbol: string }>(
  rows: readonly Row[],
  panel: readonly string[],
): Row[] {
  return rows.toSorted((a, b) => panel.indexOf(a.symbol) - panel.indexOf(b.symbol));
}
