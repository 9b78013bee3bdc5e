import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { EffrFixing } from "../../pricing/observations.ts";
import { decodeJson } from "../http/decode-json.ts";
import { Figure } from "../http/figure.ts";
import type { SourceHttp, SourcePayload } from "../http/http.ts";
import { SourceError } from "../http/source-error.ts";
import { sourceUrl } from "../http/source-url.ts";
import { readEach, type UnreadableRow } from "../http/unreadable.ts";
import { FIRST_RANGE_DAY, fixingPct, targetBp } from "./fixing.ts";

const SOURCE = "fred";
// Limit commonly cited: 120 requests a minute for a key.
const SPACING_MS = 600;

const Observations = z.object({
  count: Figure,
  observations: z.array(
    z.object({
      date: z.string().refine(isIsoDate, "expected a date"),
      // Missing is ".", in text exports nothing at all.
      value: Figure,
    }),
  ),
});

export interface FredRequest {
  readonly http: SourceHttp;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** inclusive */
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly signal?: AbortSignal | undefined;
}

interface Series {
  readonly payload: SourcePayload;
  /** per cent by day; missing days are not in it */
  readonly values: ReadonlyMap<IsoDate, number>;
}

async function fetchSeries(request: FredRequest, id: string): Promise<Series> {
  const url = sourceUrl(request.baseUrl, "/fred/series/observations", {
    series_id: id,
    api_key: request.apiKey,
    file_type: "json",
    observation_start: request.from,
    observation_end: request.to,
    sort_order: "asc",
  });
  const { http, signal } = request;
  const response = await http({ source: SOURCE, url, accept: ["application/json"], signal, spacingMs: SPACING_MS });
  const { count, observations } = decodeJson(response, Observations, id);
  if (count !== null && count > observations.length) {
    throw new SourceError(SOURCE, `Cannot read ${id}: got ${observations.length} of ${count} observations`);
  }
  const values = new Map<IsoDate, number>();
  for (const { date, value } of observations) {
    if (values.has(date)) throw new SourceError(SOURCE, `Cannot read ${id}: ${date} appears twice`);
    if (value !== null) values.set(date, value);
  }
  return { payload: response, values };
}

/**
 * EFFR with the target range, from FRED: the fallback for the New York Fed. Oldest first, business days only.
 *
 * The range is dated as FRED dates it, which is a day early on 2008-12-16, 2015-12-16 and 2016-12-14; a day whose range
 * FRED does not have yet carries null. Revisions are not told apart.
 *
 * @throws SourceError when an answer cannot be had or read; the key is in no message
 * @see https://fred.stlouisfed.org/docs/api/fred/series_observations.html
 */
export async function fetchFredEffr(request: FredRequest): Promise<{
  payloads: readonly SourcePayload[];
  rows: readonly EffrFixing[];
  rejected: readonly UnreadableRow[];
}> {
  const effr = await fetchSeries(request, "EFFR");
  const lower = await fetchSeries(request, "DFEDTARL");
  const upper = await fetchSeries(request, "DFEDTARU");
  const single = request.from < FIRST_RANGE_DAY ? await fetchSeries(request, "DFEDTAR") : null;
  const { kept, rejected } = readEach([...effr.values], ([date, ratePct]): EffrFixing => {
    const what = `EFFR for ${date}`;
    const level = date < FIRST_RANGE_DAY ? (single?.values.get(date) ?? null) : null;
    const from = level ?? lower.values.get(date) ?? null;
    const to = level ?? upper.values.get(date) ?? null;
    const effrPct = fixingPct(SOURCE, what, ratePct);
    return { date, effrPct, ...targetBp(SOURCE, what, from, to), revised: false };
  });
  const rows = kept.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const payloads = [effr, lower, upper, ...(single === null ? [] : [single])].map((series) => series.payload);
  return { payloads, rows, rejected };
}
