import type { IsoDate } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import type { MarketEvent } from "../../pricing/market-event.ts";
import type { AssetClose, EffrFixing, FuturesQuote, PublishedDistribution } from "../../pricing/observations.ts";
import { hasCloses, readClosesCsv } from "./closes-csv.ts";
import { isSettlementsPage, readCmeSettlements } from "./cme-settlements-json.ts";
import { type CsvRow, csvRows, tableOf } from "./csv-rows.ts";
import { hasFixings, readEffrCsv } from "./effr-csv.ts";
import { hasEvents, readEventsCsv } from "./events/events-csv.ts";
import { isCalendar, readEventsIcs } from "./events/events-ics.ts";
import { isHistory, readHistory } from "./fedwatch/fedwatch-export.ts";
import { isFedwatchPage, readFedwatchPage } from "./fedwatch/fedwatch-page.ts";
import { hasPublished, readPublishedCsv } from "./fedwatch/published-csv.ts";
import { decodeText } from "./file-text.ts";
import { excerpt, ImportFileError, type ImportResult } from "./import-result.ts";
import { ACCEPTED_SYMBOLS, panelSymbolOf } from "./panel-symbols.ts";
import { hasQuotes, readQuotesCsv } from "./settlements-csv.ts";
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

const ACCEPTED: Readonly<Record<ImportKind, string>> = {
  settlements:
    "the exchange's settlements JSON, trade_date,contract,settle[,volume,open_interest] or trade_date,contract,close",
  fedwatch:
    "a FedWatch history (Date,(0-25),…), a saved FedWatch page, or as_of_date,meeting_date,target_range_low_bps,target_range_high_bps,probability",
  closes: "date,symbol,close, date,close of one asset, or Yahoo's Price/Ticker/Date download",
  effr: "date,effr_pct[,target_lower_pct,target_upper_pct]",
  events: "scheduled_at,what[,status][,event_key][,known_at], or an iCalendar file",
};

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
  kind: ImportKind,
  fileName: string,
  bytes: Uint8Array,
  options: ImportOptions = {},
): ParsedFile {
  const hints = checkedOptions(fileName, options);
  const text = decodeText(fileName, bytes);
  const format = formatOf(text, fileName, hints);
  if (format === null) {
    const found = `it begins with ${excerpt(text.trimStart().split(/[\r\n]/, 1)[0] ?? "", 80)}`;
    throw new ImportFileError(fileName, 1, `${found}, accepted as ${kind}: ${ACCEPTED[kind]}`);
  }
  if (format.kind !== kind) {
    throw new ImportFileError(
      fileName,
      null,
      `it holds ${format.kind}, not ${kind}: import it with --kind ${format.kind}`,
    );
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
  const rows = csvRows(text, fileName);
  const head = firstRows(rows, 2);
  if (isHistory(head)) {
    return { kind: "fedwatch", read: () => ({ kind: "fedwatch", ...readHistory([...rows], fileName, hints) }) };
  }
  if (isYahooDownload(head)) {
    return { kind: "closes", read: () => ({ kind: "closes", ...readYahooCsv([...rows], fileName) }) };
  }
  return tableFormat(rows, head, fileName, hints);
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
  if (hasQuotes(header)) {
    return {
      kind: "settlements",
      read: () => ({ kind: "settlements", preliminary: false, ...readQuotesCsv(table()) }),
    };
  }
  if (hasPublished(header)) {
    return { kind: "fedwatch", read: () => ({ kind: "fedwatch", ...readPublishedCsv(table(), hints.meetingDates) }) };
  }
  if (hasEvents(header)) return { kind: "events", read: () => ({ kind: "events", ...readEventsCsv(table()) }) };
  if (hasFixings(header)) return { kind: "effr", read: () => ({ kind: "effr", ...readEffrCsv(table()) }) };
  if (hasCloses(header)) {
    return { kind: "closes", read: () => ({ kind: "closes", ...readClosesCsv(table(), fileName, hints.symbol) }) };
  }
  return null;
}
