import type { AssetClose } from "../../pricing/observations.ts";
import { addClose, finishCloses } from "./closes-csv.ts";
import { type CsvRow, requireWidth } from "./csv-rows.ts";
import { emptyTally, ImportFileError, type ImportResult } from "./import-result.ts";

/** Whether rows begin with the three header rows `Price,Close,…`, `Ticker,…` and `Date,…`. */
export function isYahooDownload(rows: readonly CsvRow[]): boolean {
  const [price, ticker] = [firstCell(rows[0]), firstCell(rows[1])];
  return price === "price" && ticker === "ticker";
}

/**
 * A table of Yahoo's daily bars as its download tools save it: what the columns are in the first row, of which asset in
 * the second. One row may hold several assets; each close counts as a row.
 *
 * @throws ImportFileError when the third header row or the closes are missing
 */
export function readYahooCsv(
  rows: readonly CsvRow[],
  fileName: string,
): { readonly source: string; readonly closes: ImportResult<AssetClose> } {
  const [prices, tickers, dates, ...data] = rows;
  if (prices === undefined || tickers === undefined || firstCell(dates) !== "date") {
    throw new ImportFileError(fileName, 3, "the third header row, Date, is missing");
  }
  for (const row of rows) requireWidth(row, prices.cells.length, fileName);
  const columns = prices.cells.flatMap((name, at) => (name.trim().toLowerCase() === "close" ? [at] : []));
  if (columns.length === 0) throw new ImportFileError(fileName, 1, "no column is named Close");
  const result = emptyTally<AssetClose>();
  for (const row of data) {
    // Some versions print the bar's midnight with its zone: 2021-06-24 00:00:00-04:00.
    const date = (row.cells[0] ?? "").trim().replace(/^(.{10})[ T]00:00:00.*$/, "$1");
    for (const at of columns) {
      const symbol = (tickers.cells[at] ?? "").trim();
      addClose(row, { date, symbol, close: (row.cells[at] ?? "").trim() }, result);
    }
  }
  finishCloses(result);
  return { source: "yahoo-csv", closes: result };
}

function firstCell(row: CsvRow | undefined): string {
  return (row?.cells[0] ?? "").trim().toLowerCase();
}
