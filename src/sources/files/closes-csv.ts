import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { AssetClose, PanelSymbol } from "../../pricing/observations.ts";
import type { CsvRow, CsvTable } from "./csv-rows.ts";
import { dropDuplicates } from "./file-duplicates.ts";
import {
  emptyTally,
  excerpt,
  ImportFileError,
  type ImportResult,
  type ImportTally,
  rejectedRow,
} from "./import-result.ts";
import { isClose } from "./market-text.ts";
import { ACCEPTED_SYMBOLS, panelSymbolInName, panelSymbolOf } from "./panel-symbols.ts";

// The panel's cheapest day is BTC's first, at 0.05.
const LOWEST_CLOSE = 0.01;

/** Whether a header is that of daily closes: `date,symbol,close`, or `date,close` of one asset. */
export function hasCloses(header: readonly string[]): boolean {
  return header.includes("date") && header.includes("close");
}

/**
 * Daily closes, one asset and date a row; further columns are left alone. Without a `symbol` column the file is of one
 * asset: `symbol`, or else the one in the file's name. A blank close is a closed market and no observation.
 *
 * @throws ImportFileError when nothing says which asset the file is of
 */
export function readClosesCsv(
  table: CsvTable,
  fileName: string,
  symbol: PanelSymbol | null,
): { readonly source: string; readonly closes: ImportResult<AssetClose> } {
  const [dateAt, symbolAt, closeAt] = ["date", "symbol", "close"].map((name) => table.header.indexOf(name));
  const result = emptyTally<AssetClose>();
  const whole = symbolAt === -1 ? (symbol ?? panelSymbolInName(fileName)) : null;
  if (symbolAt === -1 && whole === null) {
    const ways = "add a column symbol, name it by --symbol HSI or in the file's name, as in HSI_daily.csv";
    throw new ImportFileError(fileName, null, `the file does not say which asset it is of: ${ways}`);
  }
  for (const row of table.rows) {
    const cell = (at: number | undefined) => (row.cells[at ?? -1] ?? "").trim();
    addClose(row, { date: cell(dateAt), symbol: whole ?? cell(symbolAt), close: cell(closeAt) }, result);
  }
  finishCloses(result);
  return { source: "closes-csv", closes: result };
}

/** Takes one printed close into the result, or refuses it there. */
export function addClose(
  row: CsvRow,
  printed: { readonly date: IsoDate; readonly symbol: string; readonly close: string },
  result: ImportTally<AssetClose>,
): void {
  const reject = (code: string, reason: string) => {
    result.rejected.push(rejectedRow(row.line, code, reason, row.cells));
  };
  const symbol = panelSymbolOf(printed.symbol);
  const { date, close } = printed;
  result.rowsRead += 1;
  if (!isIsoDate(date)) {
    reject("bad_date", `date is ${excerpt(date, 40) || "blank"}, accepted is a date such as 2025-11-17`);
  } else if (symbol === null) {
    reject("unknown_symbol", `symbol is ${excerpt(printed.symbol, 40) || "blank"}, accepted are ${ACCEPTED_SYMBOLS}`);
  } else if (close === "") {
    result.blank += 1;
  } else if (!isClose(close) || Number(close) < LOWEST_CLOSE) {
    reject("bad_price", `close is ${excerpt(close, 40)}, accepted is a decimal number from ${LOWEST_CLOSE}`);
  } else {
    result.kept.push({ symbol, date, close });
    result.lines.push(row.line);
  }
}

/** Settles closes that stand twice. Figures are compared as numbers: 2540.10 repeats 2540.1. */
export function finishCloses(result: ImportTally<AssetClose>): void {
  dropDuplicates(
    result,
    ({ symbol, date }) => `${symbol} of ${date}`,
    ({ close }) => String(Number(close)),
  );
}
