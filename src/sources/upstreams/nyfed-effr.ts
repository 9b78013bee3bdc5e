import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import { dateInZone, NEW_YORK } from "../../calendar/zoned-time.ts";
import type { EffrFixing } from "../../pricing/observations.ts";
import { checkShape, decodeJson } from "../http/decode-json.ts";
import { Figure } from "../http/figure.ts";
import type { SourceHttp, SourcePayload, SourceResponse } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import { readEach, type UnreadableRow } from "../http/unreadable.ts";
import { FIRST_RANGE_DAY, fixingPct, targetBp } from "./fixing.ts";

const SOURCE = "nyfed";

const RefRates = z.object({ refRates: z.array(z.looseObject({ type: z.unknown() })) });
/** A row of type EFFR; figures come as numbers, strings, null, "NA" or not at all. */
const EffrRow = z.object({
  effectiveDate: z.string().refine(isIsoDate, "expected a date"),
  percentRate: Figure,
  targetRateFrom: Figure,
  targetRateTo: Figure,
  revisionIndicator: z.unknown().optional(),
});

/** The last `last` fixings, or those from `from` to `to` inclusive (the current method begins 2016-03-01). */
export type EffrRange = { readonly last: number } | { readonly from: IsoDate; readonly to: IsoDate };

export interface NyfedRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly range: EffrRange;
  readonly signal?: AbortSignal | undefined;
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

function readRow(row: unknown, today: IsoDate): EffrFixing {
  const { effectiveDate: date, ...figures } = checkShape(SOURCE, EffrRow, row, "a row of EFFR");
  const what = `EFFR for ${date}`;
  const { percentRate, targetRateFrom, targetRateTo, revisionIndicator } = figures;
  if (date > today) throw new SourceError(SOURCE, `Cannot read ${what}: the day is yet to come`);
  if (percentRate === null) throw new SourceError(SOURCE, `Cannot read ${what}: it has no rate`);
  // A single target until 15 Dec 2008: it comes as `targetRateFrom` alone.
  const to = targetRateTo ?? (date < FIRST_RANGE_DAY ? targetRateFrom : null);
  return {
    date,
    effrPct: fixingPct(SOURCE, what, percentRate),
    ...targetBp(SOURCE, what, targetRateFrom, to),
    revised: revisionIndicator === "R",
  };
}

function readFixings(response: SourceResponse): { rows: EffrFixing[]; rejected: readonly UnreadableRow[] } {
  const { refRates } = decodeJson(response, RefRates, "EFFR");
  const rows = refRates.filter((row) => row.type === "EFFR");
  if (rows.length === 0 && refRates.length > 0) {
    throw new SourceError(SOURCE, `Cannot read EFFR: expected rows of type EFFR, got ${refRates[0]?.type}`);
  }
  const today = dateInZone(response.retrievedAt, NEW_YORK);
  const { kept, rejected } = readEach(rows, (row) => readRow(row, today));
  const byDate = new Map<IsoDate, EffrFixing>();
  for (const fixing of kept) {
    const earlier = byDate.get(fixing.date);
    byDate.set(fixing.date, earlier === undefined ? fixing : merge(earlier, fixing));
  }
  return { rows: [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1)), rejected };
}

/**
 * Effective federal funds rate with the target range of each day, from the New York Fed; oldest first.
 *
 * A row that cannot be read is put aside; it never costs the others.
 *
 * A day without trades (weekend, Fed holiday) has no row; an empty range is no error.
 *
 * @throws SourceError when the answer cannot be had or its shape or figures are not what the Fed publishes
 * @see https://markets.newyorkfed.org/static/docs/markets-api.html
 */
export async function fetchEffr(request: NyfedRequest): Promise<{
  payloads: readonly SourcePayload[];
  rows: readonly EffrFixing[];
  rejected: readonly UnreadableRow[];
}> {
  const { http, baseUrl, range, signal } = request;
  const path = "/api/rates/unsecured/effr";
  const url =
    "last" in range
      ? sourceUrl(baseUrl, `${path}/last/${range.last}.json`)
      : sourceUrl(baseUrl, `${path}/search.json`, { startDate: range.from, endDate: range.to });
  const response = await http({ source: SOURCE, url, accept: ["application/json"], signal });
  return { payloads: [response], ...readFixings(response) };
}
