import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { EffrFixing } from "../../pricing/observations.ts";
import type { CsvRow } from "./csv-rows.ts";
import { readEffrCsv } from "./effr-csv.ts";
import { ImportFileError, type ImportResult } from "./import-result.ts";

/** Whether parsed JSON is the New York Fed's list of reference rates. */
export function isFixingsJson(json: unknown): boolean {
  return typeof json === "object" && json !== null && "refRates" in json;
}

function text(row: object, name: string): string {
  const value: unknown = Reflect.get(row, name);
  return value === null || value === undefined || value === "NA" ? "" : String(value);
}

/**
 * Fixings as the New York Fed's site saves them; rows of other rates are left out. A single target, as before 16 Dec 2008, comes as
 * `targetRateFrom` alone.
 *
 * @throws ImportFileError for another shape, or a list without EFFR
 */
export function readFixingsJson(
  json: unknown,
  fileName: string,
): { readonly source: string; readonly fixings: ImportResult<EffrFixing> } {
  const list: unknown = typeof json === "object" && json !== null ? Reflect.get(json, "refRates") : null;
  if (!Array.isArray(list)) throw new ImportFileError(fileName, null, "refRates is no list of rates");
  const rows = list.flatMap((row: unknown, i): CsvRow[] => {
    if (typeof row !== "object" || row === null || text(row, "type") !== "EFFR") return [];
    const date = text(row, "effectiveDate");
    const [lower, upper] = [text(row, "targetRateFrom"), text(row, "targetRateTo")];
    const isSingle = upper === "" && isIsoDate(date) && date < "2008-12-16";
    return [{ line: i + 1, cells: [date, text(row, "percentRate"), lower, isSingle ? lower : upper] }];
  });
  if (rows.length === 0) throw new ImportFileError(fileName, null, "it holds no rates of type EFFR");
  return readEffrCsv({ header: ["date", "effr_pct", "target_lower_pct", "target_upper_pct"], rows });
}
