import { z } from "zod";
import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import { isTradeDate, settlementInstant } from "../../calendar/trade-dates.ts";
import type { FuturesQuote } from "../../pricing/observations.ts";
import { emptyTally, excerpt, ImportFileError, type ImportResult, type ImportTally } from "./import-result.ts";
import { contractMonthOf, countOf, dateInName, isPrice } from "./market-text.ts";

/** What the exchange's settlement page sends for one trade date. All figures are text. */
const SettlementsPage = z.object({
  empty: z.boolean().optional(),
  tradeDate: z.string().optional(),
  reportType: z.string().optional(),
  dsHeader: z.string().optional(),
  settlements: z.array(z.record(z.string(), z.unknown())).optional(),
});

/** One contract month of it. `-`, blank and `UNCH` say that there is no figure. */
const SettlementRow = z.object({
  month: z.string(),
  settle: z.string(),
  open: z.string().optional(),
  high: z.string().optional(),
  low: z.string().optional(),
  volume: z.string().optional(),
  openInterest: z.string().optional(),
});

/** Whether parsed JSON is of this shape at all, sound or not. */
export function isSettlementsPage(json: unknown): boolean {
  return typeof json === "object" && json !== null && ("settlements" in json || "empty" in json);
}

/**
 * The exchange's settlements of one trade date: JSON of its page, saved by hand. The trade date is the body's, or else
 * `tradeDate`, or else the one in the file's name. A preliminary report is kept like a final one and says so.
 *
 * @throws ImportFileError for another shape, no trade date, or one that contradicts the body's
 */
export function readCmeSettlements(
  json: unknown,
  fileName: string,
  tradeDate: IsoDate | null,
): { readonly source: string; readonly preliminary: boolean; readonly quotes: ImportResult<FuturesQuote> } {
  const page = SettlementsPage.safeParse(json);
  if (!page.success) throw new ImportFileError(fileName, null, `not a settlements page: ${firstIssue(page.error)}`);
  const { empty, settlements, reportType, dsHeader } = page.data;
  if (dsHeader !== undefined && !/fed(eral)? funds/i.test(dsHeader)) {
    const state = `it holds ${excerpt(dsHeader, 60)}, accepted are 30-Day Federal Funds futures`;
    throw new ImportFileError(fileName, null, state);
  }
  const result = emptyTally<FuturesQuote>();
  if (empty === true && (settlements ?? []).length === 0) {
    result.notes.push("the page says empty: the exchange had no settlements for that day");
  } else if (settlements === undefined) {
    throw new ImportFileError(
      fileName,
      null,
      "not a settlements page: it has neither a list of settlements nor empty: true",
    );
  } else {
    readRows(settlements, dateOf(page.data.tradeDate, fileName, tradeDate), result);
  }
  const preliminary = reportType !== undefined && /^prelim/i.test(reportType.trim());
  if (preliminary) result.notes.push("a preliminary report: the final one supersedes it");
  return { source: "cme-settlements-file", preliminary, quotes: result };
}

function dateOf(printed: string | undefined, fileName: string, given: IsoDate | null): IsoDate {
  if (printed === undefined || printed.trim() === "") {
    const date = given ?? dateInName(fileName);
    if (date !== null) return date;
    const ways = "give it by option or in the file's name, as in settlements_2026-09-18.json";
    throw new ImportFileError(fileName, null, `the page names no trade date: ${ways}`);
  }
  const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(printed.trim());
  const date = match === null ? null : `${match[3]}-${match[1]}-${match[2]}`;
  if (date === null || !isIsoDate(date)) {
    throw new ImportFileError(fileName, null, `tradeDate is ${excerpt(printed, 40)}, accepted is MM/DD/YYYY`);
  }
  if (given !== null && given !== date) {
    throw new ImportFileError(fileName, null, `the page is of ${date}, not of ${given} as the option says`);
  }
  return date;
}

function readRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  tradeDate: IsoDate,
  result: ImportTally<FuturesQuote>,
): void {
  const asOf = settlementInstant(tradeDate);
  const open = isTradeDate(tradeDate);
  for (const [index, entry] of rows.entries()) {
    const line = index + 1;
    const row = entryText(entry);
    const parsed = SettlementRow.safeParse(entry);
    if (parsed.success && /^total/i.test(parsed.data.month.trim())) continue; // the sum over all months
    result.rowsRead += 1;
    if (!parsed.success) {
      result.rejected.push({ line, code: "bad_row", reason: firstIssue(parsed.error), row });
      continue;
    }
    const figures = parsed.data;
    const contractMonth = contractMonthOf(figures.month);
    if (contractMonth === null) {
      const reason = `month is ${excerpt(figures.month, 40)}, accepted is a month such as SEP 26`;
      result.rejected.push({ line, code: "bad_contract", reason, row });
      continue;
    }
    const price = figureOf(figures.settle);
    if (price === null) {
      result.blank += 1;
      continue;
    }
    const [openPrice, high, low] = [figureOf(figures.open), figureOf(figures.high), figureOf(figures.low)];
    const volume = figureOf(figures.volume);
    const interest = figureOf(figures.openInterest);
    const bad = [price, openPrice, high, low].find((text) => text !== null && !isPrice(text));
    const badCount = [volume, interest].find((text) => text !== null && countOf(text) === null);
    if (bad !== undefined || badCount !== undefined) {
      const reason = `${excerpt(bad ?? badCount ?? "", 40)} is neither a figure nor one of "-", "UNCH" and nothing`;
      result.rejected.push({ line, code: bad === undefined ? "bad_count" : "bad_price", reason, row });
      continue;
    }
    if (!open) {
      const reason = `${tradeDate} is no trade date: a weekend or an exchange holiday`;
      result.notTradeDates.push({ line, code: "not_a_trade_date", reason, row });
      continue;
    }
    result.kept.push({
      contractMonth,
      tradeDate,
      asOf,
      grid: "settlement",
      basis: "settlement",
      price,
      open: openPrice,
      high,
      low,
      volume: volume === null ? null : countOf(volume),
      openInterest: interest === null ? null : countOf(interest),
      flags: [],
    });
    result.lines.push(line);
  }
}

/** An entry as JSON, one level deep: a hostile file may nest deeper than the stack is. */
function entryText(entry: Readonly<Record<string, unknown>>): string {
  const flat = Object.entries(entry).map(([name, printed]) => [name, typeof printed === "object" ? "…" : printed]);
  return excerpt(JSON.stringify(Object.fromEntries(flat)));
}

/** A printed figure without its thousands commas and its mark of a bid or an ask (`95.3050B`); null for none. */
function figureOf(printed: string | undefined): string | null {
  const text = (printed ?? "").trim();
  if (text === "" || text === "-" || text.toUpperCase() === "UNCH") return null;
  return text.replace(/^-?\d{1,3}(?:,\d{3})+/, (grouped) => grouped.replaceAll(",", "")).replace(/(?<=\d)[AB]$/i, "");
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? "unknown trouble" : excerpt(`${issue.path.join(".") || "it"}: ${issue.message}`, 160);
}
