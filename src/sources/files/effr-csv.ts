import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { EffrFixing } from "../../pricing/observations.ts";
import type { CsvTable } from "./csv-rows.ts";
import type { Refusal } from "./fedwatch/published-outcomes.ts";
import { dropDuplicates } from "./file-duplicates.ts";
import { emptyTally, excerpt, type ImportResult, rejectedRow } from "./import-result.ts";
import { isRatePct } from "./market-text.ts";

// FRED's names of the same series (DFF, DFEDTARL, DFEDTARU) are taken as well.
const NAMES = {
  date: ["date", "observation_date"],
  effr: ["effr_pct", "dff"],
  lower: ["target_lower_pct", "target_lower", "dfedtarl"],
  upper: ["target_upper_pct", "target_upper", "dfedtaru"],
} as const;

// The highest fixing on record is 22.36 % (22 July 1981); none has been negative.
const LOWEST_PCT = -5;
const HIGHEST_PCT = 25;
const BP_PER_PERCENT = 100;
const GRID_BP = 25; // every target since 1994

/** Before it the target was a single level. */
const FIRST_RANGE_DAY = "2008-12-16";

/** Whether a header is that of fixings: `date,effr_pct`, the target range optional. */
export function hasFixings(header: readonly string[]): boolean {
  return columnOf(header, "date") !== -1 && columnOf(header, "effr") !== -1;
}

function columnOf(header: readonly string[], name: keyof typeof NAMES): number {
  return header.findIndex((column) => (NAMES[name] as readonly string[]).includes(column));
}

/**
 * Fixings of the effective federal funds rate with the day's target range, in per cent. A blank rate, or FRED's `.`, is
 * a day without fixing and no observation. Days off may carry the fixing before them.
 */
export function readEffrCsv(table: CsvTable): { readonly source: string; readonly fixings: ImportResult<EffrFixing> } {
  const [dateAt, effrAt] = [columnOf(table.header, "date"), columnOf(table.header, "effr")];
  const [lowerAt, upperAt] = [columnOf(table.header, "lower"), columnOf(table.header, "upper")];
  const result = emptyTally<EffrFixing>();
  for (const { line, cells } of table.rows) {
    const cell = (at: number) => printed(cells[at] ?? "");
    result.rowsRead += 1;
    const date = cell(dateAt);
    const effrPct = cell(effrAt);
    const isOneEnd = (lowerAt === -1) !== (upperAt === -1);
    const [lower, upper] =
      isOneEnd || date < FIRST_RANGE_DAY ? target(date, cell(lowerAt), cell(upperAt)) : [cell(lowerAt), cell(upperAt)];
    if (effrPct === "" && upper === "" && isIsoDate(date)) {
      result.blank += 1;
      continue;
    }
    const read = fixingOf(date, effrPct, lower, upper);
    if ("code" in read) {
      result.rejected.push(rejectedRow(line, read.code, read.reason, cells));
    } else {
      result.kept.push(read);
      result.lines.push(line);
    }
  }
  const content = (f: EffrFixing) =>
    `${f.effrPct === null ? "no rate" : Number(f.effrPct)} % in ${f.targetLowerBp ?? "no"}-${f.targetUpperBp ?? "target"} bp`;
  dropDuplicates(result, (fixing) => fixing.date, content);
  return { source: "effr-csv", fixings: result };
}

function printed(cell: string): string {
  const text = cell.trim();
  return text === "." ? "" : text;
}

/** Both ends of the target, where one of them is given alone: a single level before 16 Dec 2008, 25 bp wide from then on. */
function target(date: string, lower: string, upper: string): readonly [string, string] {
  const known = lower === "" ? upper : lower;
  if ((lower !== "" && upper !== "") || !isRatePct(known)) return [lower, upper];
  const widthPct = date < FIRST_RANGE_DAY ? 0 : GRID_BP / BP_PER_PERCENT;
  return lower === "" ? [String(Number(upper) - widthPct), upper] : [lower, String(Number(lower) + widthPct)];
}

function fixingOf(date: string, effrPct: string, lower: string, upper: string): EffrFixing | Refusal {
  if (!isIsoDate(date)) {
    return {
      code: "bad_date",
      reason: `date is ${excerpt(date, 40) || "blank"}, accepted is a date such as 2025-11-17`,
    };
  }
  if (effrPct !== "" && !isRatePct(effrPct)) {
    return { code: "bad_rate", reason: `the rate is ${excerpt(effrPct, 40)}, accepted is per cent such as 3.88` };
  }
  const rate = Number(effrPct);
  const printedPct = effrPct === "" ? null : effrPct;
  if (rate < LOWEST_PCT || rate > HIGHEST_PCT) {
    return {
      code: "rate_out_of_band",
      reason: `the rate is ${effrPct} %, accepted is ${LOWEST_PCT} to ${HIGHEST_PCT} %`,
    };
  }
  if (lower === "" && upper === "")
    return { date, effrPct: printedPct, targetLowerBp: null, targetUpperBp: null, revised: false };
  const [targetLowerBp, targetUpperBp] = [gridBp(lower), gridBp(upper)];
  if (targetLowerBp === null || targetUpperBp === null || targetLowerBp > targetUpperBp) {
    const state = `the target is ${excerpt(lower, 20) || "blank"} to ${excerpt(upper, 20) || "blank"} %`;
    return {
      code: "bad_target",
      reason: `${state}, accepted are both or neither, on quarters of a per cent, lower first`,
    };
  }
  return { date, effrPct: printedPct, targetLowerBp, targetUpperBp, revised: false };
}

/** Whole basis points of a target in per cent; null when it is not on the 25 bp grid. */
function gridBp(percent: string): number | null {
  if (!isRatePct(percent)) return null;
  const bp = Number(percent) * BP_PER_PERCENT;
  return Number.isInteger(bp / GRID_BP) ? bp : null;
}
