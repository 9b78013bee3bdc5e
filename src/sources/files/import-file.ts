import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { MarketEvent } from "../../pricing/market-event.ts";
import type { AssetClose, EffrFixing, FuturesQuote, PublishedDistribution } from "../../pricing/observations.ts";
import { hasCloses, readClosesCsv } from "./closes-csv.ts";
import { isSettlementsPage, readCmeSettlements } from "./cme-settlements-json.ts";
import { type CsvRow, csvRows, separatorName, separatorOf, tableOf } from "./csv-rows.ts";
import { hasFixings, readEffrCsv } from "./effr-csv.ts";
import { hasEvents, readEventsCsv } from "./events/events-csv.ts";
import { isCalendar, readEventsIcs } from "./events/events-ics.ts";
import { readHistory } from "./fedwatch/fedwatch-export.ts";
import { isFedwatchPage, readFedwatchPage } from "./fedwatch/fedwatch-page.ts";
import { historyRows } from "./fedwatch/history-rows.ts";
import { hasPublished, readPublishedCsv } from "./fedwatch/published-csv.ts";
import { decodeText } from "./file-text.ts";
import { isFixingsJson, readFixingsJson } from "./fixings-json.ts";
import { excerpt, ImportFileError, type ImportResult } from "./import-result.ts";
import { contractMonthOf } from "./market-text.ts";
import { ACCEPTED_SYMBOLS, panelSymbolOf } from "./panel-symbols.ts";
import { hasQuotes, readQuotesCsv } from "./settlements-csv.ts";
import { type ColumnMap, canonicalTable } from "./tables/canonical-table.ts";
import { isYahooDownload, readYahooCsv } from "./yahoo-csv.ts";

export const IMPORT_KINDS = ["settlements", "fedwatch", "closes", "effr", "events"] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What a file may leave unsaid. */
export interface ImportOptions {
  /** the meeting that a FedWatch history of one meeting is of */
  readonly meetingDate?: IsoDate | undefined;
  /** the asset that a file of closes without a symbol is of, by any accepted name */
  readonly symbol?: string | undefined;
  /** the trade date of a settlements page that names none */
  readonly tradeDate?: IsoDate | undefined;
  /** what a person says of columns, such as `contract` → `ZQX26` */
  readonly map?: ColumnMap | undefined;
  /** decision days of all meetings: infers the meeting of a history and refuses unknown ones */
  readonly meetingDates?: readonly IsoDate[] | undefined;
}

/** A file as observations, by kind. `source` names the format. */
export type ParsedFile =
  | {
      readonly kind: "settlements";
      readonly source: string;
      /** a report that the exchange's final one will supersede, and that must not supersede a final one */
      readonly preliminary: boolean;
      readonly quotes: ImportResult<FuturesQuote>;
    }
  | { readonly kind: "fedwatch"; readonly source: string; readonly distributions: ImportResult<PublishedDistribution> }
  | { readonly kind: "closes"; readonly source: string; readonly closes: ImportResult<AssetClose> }
  | { readonly kind: "effr"; readonly source: string; readonly fixings: ImportResult<EffrFixing> }
  | { readonly kind: "events"; readonly source: string; readonly events: ImportResult<MarketEvent> };

const ACCEPTED =
  "prices of fed-funds futures by date and contract, FedWatch exports and saved pages, closes by date and asset, EFFR and target ranges, " +
  "events; the README lists whose files are read, and --map column=name says which column is which";

/**
 * Reads one file of market data. Which format of the kind it is in is told by its content, never by its name.
 *
 * Bad rows are set aside with their reasons and the rest is kept; a file that is not what it should be as a whole is
 * refused as a whole. Whether prices are plausible is `checkQuotes`' question, which needs the prices before them.
 *
 * @param fileName for messages, and for the date, meeting or asset that some formats leave to it
 * @throws ImportFileError naming file, line, what was found and what is accepted
 */
export function parseImport(
  kind: ImportKind | null,
  fileName: string,
  bytes: Uint8Array,
  options: ImportOptions = {},
): ParsedFile {
  const hints = checkedOptions(fileName, options);
  const text = decodeText(fileName, bytes);
  const format = formatOf(text, fileName, hints);
  if (format === null) {
    const begins = excerpt(text.trimStart().split(/[\r\n]/, 1)[0] ?? "", 80);
    const cut = /^\s*[[{]/.test(text) ? "" : ` (cut at ${separatorName(separatorOf(text))})`;
    throw new ImportFileError(fileName, 1, `it begins with ${begins}${cut}, accepted are ${ACCEPTED}`);
  }
  if (kind !== null && format.kind !== kind) {
    const state = `it holds ${format.kind}, not ${kind}: leave --kind out, or say --kind ${format.kind}`;
    throw new ImportFileError(fileName, null, state);
  }
  return format.read();
}

function formatOf(text: string, fileName: string, hints: Hints): Format | null {
  if (isCalendar(text)) {
    return { kind: "events", read: () => ({ kind: "events", ...readEventsIcs(text, fileName) }) };
  }
  return /^\s*[[{]/.test(text) ? jsonFormat(text, fileName, hints) : csvFormat(text, fileName, hints);
}

/** A format that was recognised, not read yet. */
interface Format {
  readonly kind: ImportKind;
  readonly read: () => ParsedFile;
}

type Hints = ReturnType<typeof checkedOptions>;

function checkedOptions(fileName: string, options: ImportOptions) {
  for (const date of [options.meetingDate, options.tradeDate]) {
    if (date !== undefined && !isIsoDate(date)) {
      throw new ImportFileError(
        fileName,
        null,
        `the date given is ${excerpt(date, 40)}, accepted is a date such as 2025-12-10`,
      );
    }
  }
  const symbol = options.symbol === undefined ? null : panelSymbolOf(options.symbol);
  if (options.symbol !== undefined && symbol === null) {
    throw new ImportFileError(
      fileName,
      null,
      `the symbol given is ${excerpt(options.symbol, 40)}, accepted are ${ACCEPTED_SYMBOLS}`,
    );
  }
  return {
    map: options.map ?? {},
    meetingDate: options.meetingDate ?? null,
    meetingDates: options.meetingDates ?? [],
    tradeDate: options.tradeDate ?? null,
    symbol,
  };
}

function jsonFormat(text: string, fileName: string, hints: Hints): Format | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const state = "it begins as JSON and does not end as such: the file is cut off or damaged";
    throw new ImportFileError(fileName, null, state, { cause: error });
  }
  if (isFixingsJson(json)) {
    return { kind: "effr", read: () => ({ kind: "effr", ...readFixingsJson(json, fileName) }) };
  }
  if (isSettlementsPage(json)) {
    return {
      kind: "settlements",
      read: () => ({ kind: "settlements", ...readCmeSettlements(json, fileName, hints.tradeDate) }),
    };
  }
  if (isFedwatchPage(json)) {
    return {
      kind: "fedwatch",
      read: () => ({ kind: "fedwatch", ...readFedwatchPage(json, fileName, hints.meetingDates) }),
    };
  }
  return null;
}

function csvFormat(text: string, fileName: string, hints: Hints): Format | null {
  const separator = separatorOf(text);
  const rows = csvRows(text, fileName, separator);
  const head = firstRows(rows, 3);
  const cutAtCommas = separator === ",";
  const history = historyRows(rows, head, cutAtCommas);
  if (history !== null) {
    return { kind: "fedwatch", read: () => ({ kind: "fedwatch", ...readHistory(history, fileName, hints) }) };
  }
  if (isYahooDownload(head)) {
    return { kind: "closes", read: () => ({ kind: "closes", ...readYahooCsv([...rows], fileName) }) };
  }
  return (
    (cutAtCommas ? tableFormat(rows, head, fileName, hints) : null) ??
    strangersFormat([...rows], fileName, hints, cutAtCommas)
  );
}

/** A table in somebody else's columns. */
function strangersFormat(rows: readonly CsvRow[], fileName: string, hints: Hints, cutAtCommas: boolean): Format | null {
  const map = hints.symbol === null ? hints.map : { symbol: hints.symbol, ...hints.map };
  const found = canonicalTable(rows, fileName, { map, cutAtCommas });
  if (found === null) return null;
  const { kind, table, notes } = found;
  const noted = <T>(result: ImportResult<T>): ImportResult<T> => ({ ...result, notes: [...notes, ...result.notes] });
  if (kind === "effr") {
    return {
      kind,
      read: () => {
        const { source, fixings } = readEffrCsv(table);
        return { kind, source, fixings: noted(fixings) };
      },
    };
  }
  if (kind === "closes") {
    return {
      kind,
      read: () => {
        const { source, closes } = readClosesCsv(table, fileName, hints.symbol);
        return { kind, source, closes: noted(closes) };
      },
    };
  }
  return {
    kind,
    read: () => {
      const { source, quotes } = readQuotesCsv(table, fileName);
      return { kind, source, preliminary: false, quotes: noted(quotes) };
    },
  };
}

function firstRows(rows: Iterable<CsvRow>, count: number): CsvRow[] {
  const head: CsvRow[] = [];
  for (const row of rows) {
    head.push(row);
    if (head.length === count) break;
  }
  return head;
}

function tableFormat(rows: Iterable<CsvRow>, head: readonly CsvRow[], fileName: string, hints: Hints): Format | null {
  const header = (head[0]?.cells ?? []).map((name) => name.trim().toLowerCase());
  const table = () => tableOf(rows, fileName);
  if (hasQuotes(header) && isOwnForm(head, header)) {
    return {
      kind: "settlements",
      read: () => ({ kind: "settlements", preliminary: false, ...readQuotesCsv(table(), fileName) }),
    };
  }
  if (hasPublished(header)) {
    return { kind: "fedwatch", read: () => ({ kind: "fedwatch", ...readPublishedCsv(table(), hints.meetingDates) }) };
  }
  if (hasEvents(header)) return { kind: "events", read: () => ({ kind: "events", ...readEventsCsv(table()) }) };
  if (hasFixings(header) && isOwnForm(head, header))
    return { kind: "effr", read: () => ({ kind: "effr", ...readEffrCsv(table()) }) };
  if (header.includes("symbol") && hasCloses(header) && isOwnForm(head, header)) {
    return { kind: "closes", read: () => ({ kind: "closes", ...readClosesCsv(table(), fileName, hints.symbol) }) };
  }
  return null;
}

/** Whether a row is as the documented tables have it: read as they are, 80,653 rows take half the time. */
function isOwnForm(head: readonly CsvRow[], header: readonly string[]): boolean {
  const [dateAt, contractAt] = [header.findIndex((name) => name.endsWith("date")), header.indexOf("contract")];
  const rows = head.slice(1);
  // One that is not may stand among those that are: it is put aside by itself.
  return (
    rows.length === 0 ||
    rows.some(({ cells }) => {
      const [date = "", contract = ""] = [cells[dateAt], cells[contractAt]];
      return isIsoDate(date.trim()) && (contractAt === -1 || contractMonthOf(contract) !== null);
    })
  );
}
