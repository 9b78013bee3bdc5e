import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import { dateInZone, NEW_YORK } from "../../calendar/zoned-time.ts";
import type { EffrFixing } from "../../pricing/observations.ts";
import { decodeJson } from "../http/decode-json.ts";
import type { SourceHttp, SourcePayload, SourceResponse } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import { fixingPct, targetBp } from "./fixing.ts";

const SOURCE = "nyfed";

// Missing figures are null, or "NA" in other rates of this API. A field that is gone altogether is drift.
const Target = z.union([z.number(), z.literal("NA"), z.null()]);
const RefRates = z.object({
  refRates: z.array(
    z.object({
      effectiveDate: z.string().refine(isIsoDate, "expected a date"),
      type: z.string(),
      percentRate: z.unknown().optional(),
      targetRateFrom: z.unknown().optional(),
      targetRateTo: z.unknown().optional(),
      revisionIndicator: z.unknown().optional(),
    }),
  ),
});
/** The figures of a row of type EFFR; rows of other rates need not have them. */
const EffrRow = z.object({
  percentRate: z.number(),
  targetRateFrom: Target,
  targetRateTo: Target,
  revisionIndicator: z.string().nullable(),
});

/** The last `last` fixings, or those from `from` to `to` inclusive (the current method begins 2016-03-01). */
export type EffrRange = { readonly last: number } | { readonly from: IsoDate; readonly to: IsoDate };

export interface NyfedRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly range: EffrRange;
  readonly signal?: AbortSignal | undefined;
}

function known(target: number | "NA" | null): number | null {
  return typeof target === "number" ? target : null;
}

function isSame(a: EffrFixing, b: EffrFixing): boolean {
  return a.effrPct === b.effrPct && a.targetLowerBp === b.targetLowerBp && a.targetUpperBp === b.targetUpperBp;
}

/** Of two rows for one day the revised one counts; two that merely differ are a fault. */
function merge(a: EffrFixing, b: EffrFixing): EffrFixing {
  if (a.revised !== b.revised) return a.revised ? a : b;
  if (isSame(a, b)) return a;
  throw new SourceError(SOURCE, `Cannot read EFFR for ${a.date}: two rows differ, ${a.effrPct} and ${b.effrPct}`);
}

function readFixings(response: SourceResponse): EffrFixing[] {
  const { refRates } = decodeJson(response, RefRates, "EFFR");
  const rows = refRates.filter((row) => row.type === "EFFR");
  if (rows.length === 0 && refRates.length > 0) {
    throw new SourceError(SOURCE, `Cannot read EFFR: expected rows of type EFFR, got ${refRates[0]?.type}`);
  }
  const today = dateInZone(response.retrievedAt, NEW_YORK);
  const byDate = new Map<IsoDate, EffrFixing>();
  for (const row of rows) {
    const what = `EFFR for ${row.effectiveDate}`;
    const parsed = EffrRow.safeParse(row);
    if (!parsed.success) {
      const field = String(parsed.error.issues[0]?.path[0]);
      const came = JSON.stringify(Reflect.get(row, field)) ?? "nothing";
      throw new SourceError(SOURCE, `Cannot read ${what}: unexpected ${field}, got ${came}`);
    }
    if (row.effectiveDate > today) throw new SourceError(SOURCE, `Cannot read ${what}: the day is yet to come`);
    const { percentRate, targetRateFrom, targetRateTo, revisionIndicator } = parsed.data;
    const target = targetBp(SOURCE, what, known(targetRateFrom), known(targetRateTo));
    const fixing: EffrFixing = {
      date: row.effectiveDate,
      effrPct: fixingPct(SOURCE, what, percentRate),
      ...target,
      revised: revisionIndicator === "R",
    };
    const earlier = byDate.get(fixing.date);
    byDate.set(fixing.date, earlier === undefined ? fixing : merge(earlier, fixing));
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
}

/**
 * Effective federal funds rate with the target range of each day, from the New York Fed; oldest first.
 *
 * A day without trades (weekend, Fed holiday) has no row; an empty range is no error.
 *
 * @throws SourceError when the answer cannot be had or its shape or figures are not what the Fed publishes
 * @see https://markets.newyorkfed.org/static/docs/markets-api.html
 */
export async function fetchEffr(
  request: NyfedRequest,
): Promise<{ payloads: readonly SourcePayload[]; rows: readonly EffrFixing[] }> {
  const { http, baseUrl, range, signal } = request;
  const path = "/api/rates/unsecured/effr";
  const url =
    "last" in range
      ? sourceUrl(baseUrl, `${path}/last/${range.last}.json`)
      : sourceUrl(baseUrl, `${path}/search.json`, { startDate: range.from, endDate: range.to });
  const response = await http({ source: SOURCE, url, accept: ["application/json"], signal });
  return { payloads: [response], rows: readFixings(response) };
}
