/** Cells as people's files print them, in the one form that the readers take. */
import { type IsoDate, isIsoDate } from "../../../calendar/calendar-date.ts";
import { isTradeDate } from "../../../calendar/trade-dates.ts";
import { excerpt, ImportFileError } from "../import-result.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = /(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:\s*(?:Z|UTC|[+-]\d{2}:?\d{2}))?$/i;
const MS_FROM = 100_000_000_000;

/** How three numbers make a date. */
export type DateOrder = "mdy" | "dmy";

function iso(year: string, month: string | number, day: string): IsoDate | null {
  const full = year.length === 2 ? `20${year}` : year;
  const date = `${full}-${String(month).padStart(2, "0")}-${day.padStart(2, "0")}`;
  return isIsoDate(date) ? date : null;
}

/** A date that can be read in one way only: ISO, `20260914`, with a month's name, with dots, unix time; null for others. */
function plainDate(text: string): IsoDate | null {
  const day = text.replace(TIME, "");
  let match = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(day);
  if (match !== null) return iso(match[1] ?? "", match[2] ?? "", match[3] ?? "");
  match = /^((?:19|20)\d{2})(\d{2})(\d{2})$/.exec(day);
  if (match !== null) return iso(match[1] ?? "", match[2] ?? "", match[3] ?? "");
  match = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$/.exec(day);
  if (match !== null) return iso(match[3] ?? "", match[2] ?? "", match[1] ?? "");
  match = /^(?:[a-z]{3},? )?(\d{1,2})[- ]([a-z]{3})[a-z]*[-, ]+(\d{4}|\d{2})$/i.exec(day);
  if (match !== null) return named(match[2], match[1], match[3]);
  match = /^(?:[a-z]{3},? )?([a-z]{3})[a-z]* (\d{1,2}),? (\d{4})$/i.exec(day);
  if (match !== null) return named(match[1], match[2], match[3]);
  if (/^\d{10}(?:\d{3})?(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    return new Date(number < MS_FROM ? number * 1000 : number).toISOString().slice(0, 10);
  }
  return null;
}

function named(month = "", day = "", year = ""): IsoDate | null {
  const at = MONTHS.indexOf(month.toLowerCase());
  return at === -1 ? null : iso(year, at + 1, day);
}

const ORDERED = /^(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})$/;

function orderedDate(text: string, order: DateOrder): IsoDate | null {
  const match = ORDERED.exec(text.replace(TIME, ""));
  if (match === null) return null;
  const [, a = "", , b = "", year = ""] = match;
  return order === "mdy" ? iso(year, a, b) : iso(year, b, a);
}

/**
 * Reads the dates of one column. Whether 09/10/2026 is 10 September or 9 October is settled by the whole column: by a number above
 * 12, or else by one of the two readings putting a row on a weekend or holiday where `tradeDates` says that none stands.
 *
 * @throws ImportFileError where both readings are possible
 */
export function dateReader(
  texts: readonly string[],
  fileName: string,
  given: DateOrder | null,
  tradeDates: boolean,
): (text: string) => IsoDate | null {
  const ordered = texts.filter((text) => ORDERED.test(text.replace(TIME, "")));
  const order = given ?? (ordered.length === 0 ? "mdy" : orderOf(ordered, fileName, tradeDates));
  return (text) => plainDate(text) ?? orderedDate(text, order);
}

function orderOf(texts: readonly string[], fileName: string, tradeDates: boolean): DateOrder {
  const orders: readonly DateOrder[] = ["mdy", "dmy"];
  const isDate = (date: IsoDate | null): boolean => date !== null;
  const isSettled = (date: IsoDate | null): boolean => date !== null && isTradeDate(date);
  for (const accept of tradeDates ? [isDate, isSettled] : [isDate]) {
    const counts = orders.map((order) => texts.filter((text) => accept(orderedDate(text, order))).length);
    const [mdy = 0, dmy = 0] = counts;
    if (mdy !== dmy) return mdy > dmy ? "mdy" : "dmy";
  }
  // The same dates either way, such as 09/09/2026.
  const differing = texts.find((text) => orderedDate(text, "mdy") !== orderedDate(text, "dmy"));
  if (differing === undefined) return "mdy";
  const state = `the date ${excerpt(differing, 20)} may have its month or its day first and no other row decides`;
  throw new ImportFileError(fileName, null, `${state}: say --map dates=mdy or --map dates=dmy, or write 2026-09-14`);
}

const SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

/** Whether numbers of a file have a decimal comma: in files that are not cut at commas, where no number has a point. */
export function hasDecimalComma(cells: Iterable<string>): boolean {
  let commas = 0;
  for (const cell of cells) {
    if (/^-?\d+\.\d+%?$/.test(cell) && !/^-?\d{1,3}(\.\d{3})+$/.test(cell)) return false;
    if (/^-?\d+(\.\d{3})*,\d+\s*%?$/.test(cell)) commas += 1;
  }
  return commas > 0;
}

/** A printed number without thousands marks, with a decimal point; text that is no number as it is. */
export function plainNumber(cell: string, decimalComma: boolean): string {
  const text = cell.trim();
  if (decimalComma && /^-?\d+(\.\d{3})*,\d+%?$/.test(text)) return text.replaceAll(".", "").replace(",", ".");
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return text.replaceAll(",", "");
  const scaled = /^(\d+(?:\.\d+)?)([kmb])$/i.exec(text);
  if (scaled !== null) return String(Math.round(Number(scaled[1]) * (SCALES[(scaled[2] ?? "").toLowerCase()] ?? 1)));
  return /^(?:n\/?a|null|nan|none|-|#n\/a(?: n\/a)?)$/i.test(text) ? "" : text;
}
