/**
 * A stranger's table in our own columns. What a vendor calls its columns, how it prints dates, numbers and contracts, which lines
 * stand above and below: all of that ends here, so that behind it there is one strict reader a kind.
 */
import type { IsoDate } from "../../../calendar/calendar-date.ts";
import type { CsvRow, CsvTable } from "../csv-rows.ts";
import { excerpt, ImportFileError } from "../import-result.ts";
import { panelSymbolInName } from "../panel-symbols.ts";
import { type DateOrder, dateReader, hasDecimalComma, plainNumber } from "./cells.ts";
import { type Column, columnOf } from "./columns.ts";
import { contractInName, contractMonthNamed, productOf } from "./contract-names.ts";

/** What a person says of columns: `trade_date=Day`, `contract=ZQX26`, `dates=dmy`. */
export type ColumnMap = Readonly<Record<string, string>>;

/** A table in our columns, and which kind of figures it holds. */
export interface CanonicalTable {
  readonly kind: "settlements" | "closes" | "effr";
  readonly table: CsvTable;
  readonly notes: readonly string[];
}

const HEADER_WITHIN = 20;
const SAMPLED_ROWS = 200;
const YAHOO_ONLY = /^(adj close|stock splits)$/i;
/** Names that mean another asset at Yahoo: a fund and two shares. */
const OTHERS_AT_YAHOO = ["BTC", "ETH", "GOLD"];

interface Layout {
  readonly header: CsvRow;
  /** where each of our columns stands */
  readonly at: ReadonlyMap<Column, number>;
  readonly data: readonly CsvRow[];
  readonly notes: string[];
}

function columnsOf(row: CsvRow, map: ColumnMap): Map<Column, number> {
  const at = new Map<Column, number>();
  for (const [i, heading] of row.cells.entries()) {
    const column = columnOf(heading);
    if (column !== null && !at.has(column)) at.set(column, i);
  }
  for (const [column, heading] of Object.entries(map)) {
    const i = row.cells.findIndex((cell) => cell.trim().toLowerCase() === heading.trim().toLowerCase());
    if (i !== -1) at.set(column as Column, i);
  }
  return at;
}

/** A date beside at least one figure, or beside the names of contracts. */
function isHeader(row: CsvRow, at: ReadonlyMap<Column, number>): boolean {
  if (!at.has("trade_date")) return false;
  const figures: readonly Column[] = ["settle", "close", "effr_pct", "target_lower_pct", "target_upper_pct"];
  return figures.some((column) => at.has(column)) || contractColumns(row, "2026-01-01").length > 1;
}

function contractColumns(header: CsvRow, tradeDate: IsoDate | null): number[] {
  return header.cells.flatMap((cell, i) =>
    productOf(cell) !== null && contractMonthNamed(cell, tradeDate) !== null ? [i] : [],
  );
}

/** Finds the header among the first lines, and sets remarks above and below the table aside. */
function layoutOf(rows: readonly CsvRow[], map: ColumnMap): Layout | null {
  for (const [i, header] of rows.slice(0, HEADER_WITHIN).entries()) {
    const at = columnsOf(header, map);
    if (!isHeader(header, at)) continue;
    const notes = i === 0 ? [] : [`${i} ${i === 1 ? "line" : "lines"} above the header left out`];
    const width = header.cells.length;
    const data = rows.slice(i + 1).filter((row) => {
      const isRemark = row.cells.length !== width && row.cells.filter((cell) => cell.trim() !== "").length === 1;
      if (isRemark) notes.push(`left out: ${excerpt((row.cells.find((cell) => cell.trim() !== "") ?? "").trim(), 80)}`);
      return !isRemark;
    });
    return { header, at, data, notes };
  }
  return null;
}

function tableFrom(header: readonly string[], rows: Iterable<CsvRow>): CsvTable {
  return { header, rows };
}

interface Reading {
  readonly layout: Layout;
  readonly fileName: string;
  readonly map: ColumnMap;
  readonly number: (cell: string) => string;
  readonly date: (text: string) => IsoDate | null;
}

function cell({ cells }: CsvRow, at: number | undefined): string {
  return at === undefined ? "" : (cells[at] ?? "").trim();
}

/** The date in our form; what is none stays as it is, for the reader to refuse by name. */
function dateText(row: CsvRow, { layout, date }: Reading): string {
  const text = cell(row, layout.at.get("trade_date"));
  return date(text) ?? text;
}

// Single-precision copies print 95.974998 for 95.975.
const GRID = 0.0025;
const NOISE = 0.0004;

function price(text: string): string {
  const decimals = /^\d+\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  if (decimals <= 5) return text;
  const onGrid = Math.round(Number(text) / GRID) * GRID;
  return Math.abs(Number(text) - onGrid) <= NOISE ? onGrid.toFixed(4) : Number(text).toFixed(5);
}

const PRICE_COLUMNS = ["open", "high", "low"] as const;
const COUNT_COLUMNS = ["volume", "open_interest"] as const;

function contractRows(
  reading: Reading,
  contractOf: (row: CsvRow, date: string) => string,
  priceAt: number | undefined,
) {
  const { layout, number } = reading;
  return layout.data.map((row) => {
    const date = dateText(row, reading);
    const figures = [
      ...PRICE_COLUMNS.map((column) => price(number(cell(row, layout.at.get(column))))),
      ...COUNT_COLUMNS.map((column) => number(cell(row, layout.at.get(column)))),
    ];
    return { line: row.line, cells: [date, contractOf(row, date), price(number(cell(row, priceAt))), ...figures] };
  });
}

function settlements(
  reading: Reading,
  basis: "settle" | "close",
  contractOf: (row: CsvRow, date: string) => string,
): CanonicalTable {
  const rows = contractRows(reading, contractOf, reading.layout.at.get(basis));
  return {
    kind: "settlements",
    table: tableFrom(["trade_date", "contract", basis, ...PRICE_COLUMNS, ...COUNT_COLUMNS], rows),
    notes: reading.layout.notes,
  };
}

/** The contract's month, or what stands there where it names none, for the reader to refuse. */
function monthText(text: string, date: string): string {
  return contractMonthNamed(text, /^\d{4}-/.test(date) ? date : null) ?? text;
}

/** One column a contract; a second header row may say which price it is. */
function wideTable(reading: Reading, columns: readonly number[]): CanonicalTable {
  const { layout, number } = reading;
  const fields =
    layout.data[0] !== undefined && cell(layout.data[0], layout.at.get("trade_date")) === "" ? layout.data[0] : null;
  const named = fields === null ? [] : columns.map((i) => columnOf(cell(fields, i)));
  const basis = named.length > 0 && named.every((column) => column === "close") ? "close" : "settle";
  const data = fields === null ? layout.data : layout.data.slice(1);
  const rows = data.flatMap((row) => {
    const date = dateText(row, reading);
    return columns.map((i) => ({
      line: row.line,
      cells: [date, monthText(layout.header.cells[i] ?? "", date), price(number(cell(row, i)))],
    }));
  });
  return { kind: "settlements", table: tableFrom(["trade_date", "contract", basis], rows), notes: layout.notes };
}

const FIXING_COLUMNS = ["effr_pct", "target_lower_pct", "target_upper_pct"] as const;

function fixings(reading: Reading): CanonicalTable {
  const { layout, number } = reading;
  const columns = FIXING_COLUMNS.filter((column) => column === "effr_pct" || layout.at.has(column));
  const typeAt = layout.at.get("rate_type");
  const rows = layout.data
    .filter((row) => typeAt === undefined || cell(row, typeAt).toUpperCase() === "EFFR")
    .map((row) => ({
      line: row.line,
      cells: [dateText(row, reading), ...columns.map((column) => number(cell(row, layout.at.get(column))))],
    }));
  return { kind: "effr", table: tableFrom(["date", ...columns], rows), notes: layout.notes };
}

function closes(reading: Reading, symbolOf: (row: CsvRow) => string, closeAt: number | undefined): CanonicalTable {
  const rows = reading.layout.data.map((row) => ({
    line: row.line,
    cells: [dateText(row, reading), symbolOf(row), reading.number(cell(row, closeAt))],
  }));
  return { kind: "closes", table: tableFrom(["date", "symbol", "close"], rows), notes: reading.layout.notes };
}

/** Which contract or asset a file of one series is of: said by the person, or by the file's name. */
function ofOneSeries(reading: Reading, basis: "settle" | "close"): CanonicalTable {
  const { layout, fileName, map } = reading;
  const contract = map.contract ?? contractInName(fileName);
  if (contract !== null) return settlements(reading, basis, (_, date) => monthText(contract, date));
  const isYahoo = layout.header.cells.some((name) => YAHOO_ONLY.test(name.trim()));
  const inName = panelSymbolInName(fileName);
  const isOther = isYahoo && inName !== null && OTHERS_AT_YAHOO.includes(inName) && !/usd|gc=f/i.test(fileName);
  const symbol = map.symbol ?? (isOther ? null : inName);
  if (symbol === null) {
    const why = isOther ? ` (${inName} is another asset at Yahoo)` : "";
    const state = `the file does not say which contract or asset it is of${why}`;
    throw new ImportFileError(
      fileName,
      null,
      `${state}: add --map contract=ZQX26 or --map symbol=BTC, or name the file so`,
    );
  }
  const adjusted = layout.header.cells.findIndex((name) => /^adj close$/i.test(name.trim()));
  const closeAt = symbol === "NVDA" && adjusted !== -1 ? adjusted : layout.at.get(basis);
  return closes(reading, () => symbol, closeAt);
}

/** Prices with a column that names a contract or an asset on each row. */
function ofManySeries(reading: Reading, basis: "settle" | "close", nameAt: number): CanonicalTable {
  const { layout, fileName } = reading;
  const first = layout.data.find((row) => cell(row, nameAt) !== "");
  const name = first === undefined ? "" : cell(first, nameAt);
  const date = first === undefined ? "" : dateText(first, reading);
  const isContract = contractMonthNamed(name, /^\d{4}-/.test(date) ? date : null) !== null;
  const product = productOf(name);
  if (!isContract && product !== null) {
    const state = `it holds prices of ${product}, accepted are 30-Day Federal Funds futures (ZQ)`;
    throw new ImportFileError(fileName, first?.line ?? null, state);
  }
  if (isContract || layout.at.has("contract")) {
    return settlements(reading, basis, (row, day) => monthText(cell(row, nameAt), day));
  }
  return closes(reading, (row) => cell(row, nameAt), layout.at.get(basis));
}

/**
 * The table in our columns; null where its columns are of none of these kinds.
 *
 * @throws ImportFileError for a file that leaves its contract, its asset or its dates open, or is of another product
 */
export function canonicalTable(
  rows: readonly CsvRow[],
  fileName: string,
  { map, cutAtCommas }: { readonly map: ColumnMap; readonly cutAtCommas: boolean },
): CanonicalTable | null {
  const layout = layoutOf(rows, map);
  if (layout === null) return null;
  const { at, data, header } = layout;
  const sample = data.slice(0, SAMPLED_ROWS);
  const decimalComma = !cutAtCommas && hasDecimalComma(sample.flatMap(({ cells }) => cells.map((text) => text.trim())));
  const order = map.dates === "mdy" || map.dates === "dmy" ? (map.dates as DateOrder) : null;
  const isEffr = at.has("target_lower_pct") || at.has("target_upper_pct") || (at.has("effr_pct") && !at.has("close"));
  const contracts = contractColumns(header, "2026-01-01");
  const texts = data.map((row) => cell(row, at.get("trade_date")));
  const reading: Reading = {
    layout,
    fileName,
    map,
    number: (text) => plainNumber(text, decimalComma),
    date: dateReader(texts, fileName, order, !isEffr),
  };
  if (isEffr) return fixings(reading);
  if (contracts.length > 1) return wideTable(reading, contracts);
  const basis = at.has("settle") ? "settle" : "close";
  const nameAt = at.get("contract") ?? at.get("symbol");
  return nameAt === undefined || map.contract !== undefined || map.symbol !== undefined
    ? ofOneSeries(reading, basis)
    : ofManySeries(reading, basis, nameAt);
}
