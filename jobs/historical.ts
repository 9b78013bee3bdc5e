import { UPSTREAMS } from "../src/sources/catalog.ts";

const HISTORICAL_AFTER_MS = 24 * 3_600_000;
const LIVE_SOURCES: ReadonlySet<string> = new Set(UPSTREAMS.map(({ id }) => id));

/** Whether all of a reading's sources, joined by `+`, are asked over the network. */
function isLiveSource(source: string): boolean {
  return source.split("+").every((part) => LIVE_SOURCES.has(part));
}

/**
 * Whether what a reading raises is history, told only on demand: from the sample or a file, found by an import, a backfill or
 * a recomputation, or recorded more than a day after it was true.
 */
export function isHistorical(
  reading: { readonly asOf: string; readonly source: string; readonly isSample: boolean },
  recorded: { readonly live: boolean; readonly recordedAt: Date },
): boolean {
  const isLate = recorded.recordedAt.getTime() - Date.parse(reading.asOf) > HISTORICAL_AFTER_MS;
  return !recorded.live || reading.isSample || isLate || !isLiveSource(reading.source);
}
