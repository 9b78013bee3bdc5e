import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { PublishedOutcome } from "../../pricing/observations.ts";
import { checkShape } from "../http/decode-json.ts";
import { SourceError } from "../http/source-error.ts";

const SOURCE = "cme-fedwatch";
const ENVELOPES = ["elements", "data", "forecasts", "content", "payload"] as const;
// Printed to three decimals or more, so a sum over a dozen ranges is within 0.006 of the whole.
const SUM_TOLERANCE = 0.02;
const GRID_BP = 25;

const date = z.string().refine((text) => isIsoDate(text.slice(0, 10)), "expected a date");
const Forecast = z.object({
  meetingDt: date,
  reportingDt: date,
  rateRange: z.array(
    z.object({
      lowerRt: z.number().int(),
      upperRt: z.number().int(),
      probability: z.number().min(0).max(100.5).nullable(),
    }),
  ),
});
const FutureMeeting = z.object({ meetingDt: date, offsetDayCount: z.number().int().optional() });

/** One meeting's forecast as the API sends it, on the scale 0 to 1. */
export interface Forecasted {
  readonly meetingDate: IsoDate;
  readonly reportingDate: IsoDate;
  readonly decimals: number;
  /** ascending by range; empty where CME lists the meeting but gives no probability */
  readonly outcomes: readonly PublishedOutcome[];
}

/** The list inside the answer, whichever of the envelopes in use it came in. */
function listOf(body: unknown, what: string): unknown[] {
  if (Array.isArray(body)) return body;
  const keys = typeof body === "object" && body !== null ? Object.keys(body) : [];
  for (const name of ENVELOPES) {
    const inner: unknown = keys.includes(name) ? Reflect.get(body as object, name) : undefined;
    if (Array.isArray(inner)) return inner;
  }
  throw new SourceError(
    SOURCE,
    `Cannot read ${what}: expected a list, or one named ${ENVELOPES.join(", ")}; got ${keys.slice(0, 5).join(", ") || typeof body}`,
  );
}

/** 1 for fractions, 100 for per cent, by the sum of a row. */
function scaleOf(what: string, figures: readonly number[]): 1 | 100 {
  const sum = figures.reduce((total, each) => total + each, 0);
  for (const scale of [1, 100] as const) if (Math.abs(sum / scale - 1) <= SUM_TOLERANCE) return scale;
  throw new SourceError(
    SOURCE,
    `Cannot read ${what}: probabilities add up to ${Number(sum.toFixed(6))}, expected 1 or 100`,
  );
}

function decimalsOf(figure: number): number {
  const [mantissa = "", exponent = "0"] = String(figure).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

function readForecast(row: z.infer<typeof Forecast>): Forecasted & { scale: 1 | 100 | null } {
  const meetingDate = row.meetingDt.slice(0, 10);
  const what = `the forecast for ${meetingDate}`;
  // null is "no probability for the range", which is not a probability of 0.
  const given = row.rateRange.flatMap(({ lowerRt, upperRt, probability }) =>
    probability === null ? [] : [{ lowerRt, upperRt, probability }],
  );
  const scale =
    given.length === 0
      ? null
      : scaleOf(
          what,
          given.map(({ probability }) => probability),
        );
  const decimals = Math.max(0, ...given.map(({ probability }) => decimalsOf(probability))) + (scale === 100 ? 2 : 0);
  const seen = new Set<number>();
  const outcomes = given.map(({ lowerRt, upperRt, probability }): PublishedOutcome => {
    if (lowerRt % GRID_BP !== 0 || upperRt - lowerRt !== GRID_BP || seen.has(lowerRt)) {
      throw new SourceError(SOURCE, `Cannot read ${what}: expected each 25 bp range once, got ${lowerRt}-${upperRt}`);
    }
    seen.add(lowerRt);
    // 42.9 / 100 is not the number nearest to 0.429; the text of the right length is.
    const fraction = scale === 100 ? Number((probability / 100).toFixed(Math.min(decimals, 20))) : probability;
    return { lowerBp: lowerRt, upperBp: upperRt, probability: fraction };
  });
  outcomes.sort((a, b) => a.lowerBp - b.lowerBp);
  return { meetingDate, reportingDate: row.reportingDt.slice(0, 10), decimals, outcomes, scale };
}

/**
 * Forecasts from the FedWatch API's JSON. Whether it prints fractions or per cent is told from each row's sum.
 *
 * @throws SourceError for drift: another envelope, a sum that is neither 1 nor 100, both scales in one answer, a range
 *   off the grid, two different forecasts of one meeting and date
 */
export function readForecasts(body: unknown): readonly Forecasted[] {
  const rows = checkShape(SOURCE, z.array(Forecast), listOf(body, "the forecasts"), "the forecasts").map(readForecast);
  const scales = new Set(rows.flatMap(({ scale }) => (scale === null ? [] : [scale])));
  if (scales.size > 1) throw new SourceError(SOURCE, "Cannot read the forecasts: some add up to 1, others to 100");
  const byKey = new Map<string, Forecasted>();
  for (const { scale: _, ...forecast } of rows) {
    const key = `${forecast.meetingDate} of ${forecast.reportingDate}`;
    const earlier = byKey.get(key);
    if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(forecast)) {
      throw new SourceError(SOURCE, `Cannot read the forecasts: two differ for ${key}`);
    }
    byKey.set(key, forecast);
  }
  return [...byKey.values()];
}

/** Dates of the meetings to come from the FedWatch API's JSON, ascending. @throws SourceError for drift */
export function readFutureMeetings(body: unknown): readonly IsoDate[] {
  const what = "the future meetings";
  const rows = checkShape(SOURCE, z.array(FutureMeeting), listOf(body, what), what);
  return [...new Set(rows.map(({ meetingDt }) => meetingDt.slice(0, 10)))].sort();
}
