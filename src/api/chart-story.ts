/** What a chart shows, read from the public API: a meeting's series, its repricings, decisions, and an asset. */
import type { TargetRange } from "../pricing/reading.ts";
import type { Severity } from "../repricing/repricing.ts";
import type { ChartPoint } from "./chart-svg.ts";
import { apiPath, type Get, readApi } from "./page/read-api.ts";
import type { OriginJson } from "./reading-json.ts";

export const HISTORY_MEASURES = ["range", "at_most", "at_least", "expected_rate"] as const;
export type HistoryMeasure = (typeof HISTORY_MEASURES)[number];

/** What a chart is asked for. */
export interface StoryQuestion {
  readonly meeting: string;
  readonly measure: HistoryMeasure;
  readonly range: TargetRange | null;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly knownAt: string | undefined;
}

interface HistoryRow extends OriginJson {
  readonly probability: number | null;
  readonly expected_rate_bp: number | null;
}

interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

// Three pages of daily readings are twelve years; nobody sees more in a picture.
const MOST_PAGES = 3;

async function rowsOf<Row>(get: Get, path: string, parameters: Record<string, string | undefined>): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer: Page<Row> = await readApi<Page<Row>>(get, apiPath(path, { ...parameters, cursor }));
    rows.push(...answer.data);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return rows;
}

/** A point of the series, and the reading it is of. */
export interface SeriesPoint extends ChartPoint {
  readonly origin: OriginJson;
}

/** The meeting's series, ascending; what is withheld is left out. */
export async function readSeries(get: Get, question: StoryQuestion): Promise<SeriesPoint[]> {
  const { meeting, measure, range, from, to, knownAt } = question;
  const rows = await rowsOf<HistoryRow>(get, `/v1/meetings/${meeting}/history`, {
    measure,
    range: range === null ? undefined : `${range.lowerBp}-${range.upperBp}`,
    from,
    to,
    known_at: knownAt,
  });
  return rows.flatMap((row) => {
    const value = measure === "expected_rate" ? row.expected_rate_bp : row.probability;
    return value === null ? [] : [{ ms: Date.parse(row.as_of), value, origin: row }];
  });
}

/** A repricing as far as it is shaded. */
export interface Shaded {
  readonly path: number | null;
  readonly direction: "hawkish" | "dovish";
  readonly severity: Severity;
  readonly started_at: string;
  readonly extreme_at: string;
  readonly basis: string;
}

/** Repricings of the meeting's own series that were going on in a period. */
export function readRepricings(
  get: Get,
  { meeting, knownAt }: Pick<StoryQuestion, "meeting" | "knownAt">,
  period: { readonly from: string; readonly to: string },
): Promise<Shaded[]> {
  return rowsOf<Shaded>(get, "/v1/repricings", { meeting, path: "none", ...period, known_at: knownAt });
}

/** A meeting as far as it is a line. */
export interface Decided {
  readonly meeting: string;
  readonly status: string;
  readonly change_bp: number | null;
  readonly announced_at: string | null;
}

/** Meetings of a period. */
export function readMeetings(
  get: Get,
  period: { readonly from: string; readonly to: string },
  knownAt: string | undefined,
): Promise<Decided[]> {
  return rowsOf<Decided>(get, "/v1/meetings", { ...period, known_at: knownAt });
}

interface Close {
  readonly as_of: string | null;
  readonly close: number | null;
}

/** An asset's simple returns since its first close in a period, as fractions. */
export async function readAsset(
  get: Get,
  symbol: string,
  period: { readonly from: string; readonly to: string },
  knownAt: string | undefined,
): Promise<ChartPoint[]> {
  const rows = await rowsOf<Close>(get, `/v1/assets/${symbol}/closes`, { ...period, known_at: knownAt });
  const closes = rows.flatMap(({ as_of: asOf, close }) => (asOf === null || close === null ? [] : [{ asOf, close }]));
  const base = closes[0]?.close;
  if (base === undefined) return [];
  return closes.map(({ asOf, close }) => ({ ms: Date.parse(asOf), value: close / base - 1 }));
}
