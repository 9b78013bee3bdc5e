import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import { isTradeDate, sessionEndInstant, settlementInstant } from "../../calendar/trade-dates.ts";
import type { FuturesQuote, QuoteFlag } from "../../pricing/observations.ts";
import type { CsvTable } from "./csv-rows.ts";
import type { Refusal } from "./fedwatch/published-outcomes.ts";
import {
  emptyTally,
  excerpt,
  ImportFileError,
  type ImportResult,
  type ImportTally,
  rejectedRow,
} from "./import-result.ts";
import { contractMonthOf, countOf, isPrice } from "./market-text.ts";

const NO_FLAGS: readonly QuoteFlag[] = [];

/** Whether a header is that of prices by contract: `trade_date,contract,settle` or `trade_date,contract,close`. */
export function hasQuotes(header: readonly string[]): boolean {
  const has = (name: string) => header.includes(name);
  return has("trade_date") && has("contract") && (has("settle") || has("close"));
}

/**
 * Prices by trade date and contract. With a `settle` column they are settlements of 14:00 Chicago; with `close` alone
 * they are last trades, dated at the session's end, 16:00 Chicago. `volume`, `open_interest`, `open`, `high`, `low` are
 * taken where they stand; further columns are left alone. Whether the prices can be true is `checkQuotes`' question.
 *
 * @param table columns in any order; `contract` as `2025-12` or `ZQZ25`
 * @throws ImportFileError for a table of rates in place of prices
 */
export function readQuotesCsv(
  table: CsvTable,
  fileName: string,
): {
  readonly source: string;
  readonly quotes: ImportResult<FuturesQuote>;
} {
  const settled = table.header.includes("settle");
  const quoteOf = quoteReader(table.header, settled);
  const result = emptyTally<FuturesQuote>();
  for (const { line, cells } of table.rows) {
    result.rowsRead += 1;
    const read = quoteOf(cells);
    if (read === null) {
      result.blank += 1;
    } else if ("contractMonth" in read) {
      result.kept.push(read);
      result.lines.push(line);
    } else {
      const refused = rejectedRow(line, read.code, read.reason, cells);
      (read.code === "not_a_trade_date" ? result.notTradeDates : result.rejected).push(refused);
    }
  }
  refuseRates(result, fileName);
  return { source: settled ? "settlements-csv" : "last-trades-csv", quotes: result };
}

// No contract has settled below 80: a table that is all below this is of rates.
const HIGHEST_RATE = 30;

/** @throws ImportFileError for a table of rates, which are 100 less the price */
function refuseRates({ kept }: ImportTally<FuturesQuote>, fileName: string): void {
  const [first] = kept;
  if (first === undefined || kept.some(({ price }) => Number(price) >= HIGHEST_RATE)) return;
  const asPrice = (100 - Number(first.price)).toFixed(4);
  throw new ImportFileError(fileName, null, `it holds rates (${first.price}), accepted are prices (${asPrice})`);
}

/** Reads one row at a time: a quote, why it is none, or null where the price is blank. */
function quoteReader(
  header: readonly string[],
  settled: boolean,
): (cells: readonly string[]) => FuturesQuote | Refusal | null {
  const at = (name: string) => header.indexOf(name);
  const basis = settled ? "settlement" : "last_trade";
  const priceName = settled ? "settle" : "close";
  const [dateAt, contractAt, symbolAt, priceAt] = [at("trade_date"), at("contract"), at("symbol"), at(priceName)];
  const [openAt, highAt, lowAt] = [at("open"), at("high"), at("low")];
  const [volumeAt, interestAt] = [at("volume"), at("open_interest")];
  const dayOf = days(settled ? settlementInstant : sessionEndInstant);
  const contractOf = contracts();

  return (cells) => {
    const date = cellOf(cells, dateAt);
    const day = dayOf(date);
    if (day === null) return refuse("bad_date", "trade_date", date, "is a date such as 2025-11-17");
    const named = contractOf(cellOf(cells, contractAt), cellOf(cells, symbolAt));
    if ("code" in named) return named;
    const price = cellOf(cells, priceAt);
    if (price === "") return null;
    const open = cellOf(cells, openAt);
    const high = cellOf(cells, highAt);
    const low = cellOf(cells, lowAt);
    for (const text of [price, open, high, low]) {
      if (text !== "" && !isPrice(text)) {
        return refuse("bad_price", "a price", text, "is a decimal number such as 95.6775, with five decimals at most");
      }
    }
    const volume = cellOf(cells, volumeAt);
    const interest = cellOf(cells, interestAt);
    const [volumeCount, interestCount] = [countOf(volume), countOf(interest)];
    if (volume !== "" && volumeCount === null) return refuse("bad_count", "volume", volume, "is a whole number");
    if (interest !== "" && interestCount === null)
      return refuse("bad_count", "open_interest", interest, "is a whole number");
    if (!day.open) {
      return { code: "not_a_trade_date", reason: `${date} is no trade date: a weekend or an exchange holiday` };
    }
    return {
      contractMonth: named.month,
      tradeDate: day.date,
      asOf: day.asOf,
      grid: "settlement",
      basis,
      price,
      open: sharedText(open, price),
      high: sharedText(high, price),
      low: sharedText(low, price),
      volume: volumeCount,
      openInterest: interestCount,
      flags: NO_FLAGS,
    };
  };
}

/** `price` itself where a cell repeats it, as in every month that did not trade: 80,000 strings fewer to keep. */
function sharedText(cell: string, price: string): string | null {
  if (cell === price) return price;
  return cell === "" ? null : cell;
}

function cellOf(cells: readonly string[], column: number): string {
  const cell = column === -1 ? "" : (cells[column] ?? "");
  return cell.trim();
}

function refuse(code: string, what: string, found: string, accepted: string): Refusal {
  return { code, reason: `${what} is ${excerpt(found, 40) || "blank"}, accepted ${accepted}` };
}

interface Day {
  readonly date: IsoDate;
  readonly asOf: Date;
  /** whether the exchange settles on it */
  readonly open: boolean;
}

/** Dates with their instants, null for what is none. 80,653 rows stand on 2,016 dates, so each is worked out once. */
function days(instantOf: (date: IsoDate) => Date): (text: string) => Day | null {
  const known = new Map<string, Day | null>();
  let last: Day | null = null;
  return (text) => {
    if (last !== null && last.date === text) return last;
    let day = known.get(text);
    if (day === undefined) {
      day = isIsoDate(text) ? { date: text, asOf: instantOf(text), open: isTradeDate(text) } : null;
      known.set(text, day);
    }
    last = day;
    return day;
  };
}

interface Contract {
  readonly month: Month;
  /** the symbol last seen beside it and found to be of the same month */
  symbol: string;
}

/** Contract months by their names, each worked out once; a symbol beside the name must be of the same month. */
function contracts(): (text: string, symbol: string) => Contract | Refusal {
  const known = new Map<string, Contract | null>();
  return (text, symbol) => {
    let contract = known.get(text);
    if (contract === undefined) {
      const month = contractMonthOf(text);
      contract = month === null ? null : { month, symbol: "" };
      known.set(text, contract);
    }
    if (contract === null) return refuse("bad_contract", "contract", text, "is a month such as 2025-12 or ZQZ25");
    if (symbol === "" || symbol === contract.symbol) return contract;
    if (contractMonthOf(symbol) !== contract.month) {
      return refuse("contract_mismatch", "symbol", symbol, `is one of the contract's month, ${contract.month}`);
    }
    contract.symbol = symbol;
    return contract;
  };
}
