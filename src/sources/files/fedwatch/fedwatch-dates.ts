import type { IsoDate } from "../../../calendar/calendar-date.ts";
import { isIsoDate } from "../../../calendar/calendar-date.ts";
import { isTradeDate } from "../../../calendar/trade-dates.ts";
import { ImportFileError } from "../import-result.ts";

/** A cell that holds a date, and its line. */
export interface DateCell {
  readonly line: number;
  readonly text: string;
}

type Order = "ymd" | "dmy" | "mdy";

interface Style {
  readonly name: string;
  readonly form: RegExp;
  /** what the three numbers may mean */
  readonly orders: readonly Order[];
}

// Downloads are written in the reader's own regional style; all six were met.
const STYLES: readonly Style[] = [
  { name: "2025-11-17", form: /^(\d{4})-(\d{1,2})-(\d{1,2})$/, orders: ["ymd"] },
  { name: "2025/11/17", form: /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/, orders: ["ymd"] },
  { name: "17.11.2025", form: /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, orders: ["dmy"] },
  { name: "17.11.25", form: /^(\d{1,2})\.(\d{1,2})\.(\d{2})$/, orders: ["dmy"] },
  { name: "11/17/25", form: /^(\d{1,2})\/(\d{1,2})\/(\d{2})$/, orders: ["mdy", "dmy"] },
  { name: "11/17/2025", form: /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, orders: ["mdy", "dmy"] },
];

/**
 * The dates of one column, null where a cell holds none. All cells must be of one style.
 *
 * Whether 11/3/2025 is 3 November or 11 March is settled by the whole column: by a number above 12, or else by one of the
 * two readings putting a row on a day without settlement, which the export never does.
 *
 * @throws ImportFileError for two styles in one column, and for a column that can be read both ways
 */
export function readDateColumn(cells: readonly DateCell[], fileName: string): (IsoDate | null)[] {
  let style: Style | null = null;
  let first: DateCell | null = null;
  for (const cell of cells) {
    const found = STYLES.find(({ form }) => form.test(cell.text));
    if (found === undefined) continue;
    if (style !== null && first !== null && found !== style) {
      const state = `the date ${cell.text} is of another style than ${first.text} on line ${first.line}`;
      throw new ImportFileError(fileName, cell.line, state);
    }
    style ??= found;
    first ??= cell;
  }
  if (style === null || first === null) return cells.map(() => null);
  const { form } = style;
  const order = orderOf(cells, style, fileName);
  return cells.map(({ text }) => dateOf(form, text, order));
}

/** What the accepted styles look like, for a message. */
export const DATE_STYLES = STYLES.map(({ name }) => name).join(", ");

function orderOf(cells: readonly DateCell[], style: Style, fileName: string): Order {
  const [usual = "ymd", other] = style.orders;
  if (other === undefined) return usual;
  // A cell that is no date in either order, such as 13/40/2025, decides nothing.
  const dated = cells.filter(({ text }) => style.orders.some((order) => dateOf(style.form, text, order) !== null));
  if (dated.length === 0) return usual;
  // A reading that makes a date of every cell beats one that does not; then one that makes a trade date of every cell.
  for (const accept of [isIsoDate, (date: IsoDate) => isIsoDate(date) && isTradeDate(date)]) {
    const fitting = style.orders.filter((order) => dated.every(({ text }) => accept(written(style.form, text, order))));
    if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0];
    if (fitting.length === 0) break;
  }
  const above12 = (at: number) => dated.find(({ text }) => Number(style.form.exec(text)?.[at]) > 12);
  const [dayFirst, monthFirst, one] = [above12(1), above12(2), dated[0]];
  if (dayFirst !== undefined && monthFirst !== undefined) {
    const state = `the date ${dayFirst.text} has its day first, ${monthFirst.text} on line ${monthFirst.line} its month`;
    throw new ImportFileError(fileName, dayFirst.line, state);
  }
  const state = `the date ${one?.text} may have its day or its month first and no other row decides`;
  throw new ImportFileError(fileName, one?.line ?? null, `${state}: write dates as 2025-11-17`);
}

function dateOf(form: RegExp, text: string, order: Order): IsoDate | null {
  if (!form.test(text)) return null;
  const date = written(form, text, order);
  return isIsoDate(date) ? date : null;
}

/** The three numbers put in the order of a date, whether or not that date exists. */
function written(form: RegExp, text: string, order: Order): string {
  const [, a = "", b = "", c = ""] = form.exec(text) ?? [];
  const [year, month, day] = order === "ymd" ? [a, b, c] : order === "mdy" ? [c, a, b] : [c, b, a];
  return `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
