/** Rows of a list as RFC 4180 text, with the names of the JSON answer. */
import { z } from "zod";

export interface CsvColumn {
  readonly name: string;
  /** where its cells are in an item; `length` of a list is their count, `-1` the last of them */
  readonly path: readonly string[];
  readonly isList: boolean;
}

function columnsWithin(item: z.ZodType, prefix: string): CsvColumn[] {
  const inner = item instanceof z.ZodNullable || item instanceof z.ZodOptional ? (item.unwrap() as z.ZodType) : item;
  if (!(inner instanceof z.ZodObject)) return [{ name: prefix, path: [], isList: inner instanceof z.ZodArray }];
  return Object.entries(inner.shape).flatMap(([name, member]) =>
    columnsWithin(member as z.ZodType, prefix === "" ? name : `${prefix}_${name}`).map((column) => ({
      ...column,
      path: [name, ...column.path],
    })),
  );
}

/** Columns of items that are not of one form, which cannot tell them by themselves. */
export const CHOSEN_COLUMNS = z.registry<{ readonly columns: readonly CsvColumn[] }>();

/**
 * Columns of an item, unless they are chosen: the members of a nested object follow its own name, as in `target_lower_bp`.
 *
 * @throws RangeError for an item that is no object
 */
export function csvColumns(item: z.ZodType): readonly CsvColumn[] {
  const chosen = CHOSEN_COLUMNS.get(item);
  if (chosen !== undefined) return chosen.columns;
  if (item instanceof z.ZodObject) return columnsWithin(item, "");
  throw new RangeError(`Cannot name the columns of ${item.type} items: they must be objects, or have chosen columns`);
}

// A spreadsheet runs a cell that begins like this as a formula; numbers are not text and stay as they are.
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function valueAt(row: unknown, path: readonly string[]): unknown {
  let value = row;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return null;
    value = Array.isArray(value) && name === "-1" ? value.at(-1) : (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A header row and one row an item; missing is empty. */
export function csvText(item: z.ZodType, rows: readonly unknown[]): string {
  return tableText(csvColumns(item), rows);
}

/** The same for columns that are known. */
export function tableText(columns: readonly CsvColumn[], rows: readonly unknown[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(valueAt(row, column.path))).join(","));
  return `${[columns.map((column) => column.name).join(","), ...lines].join("\r\n")}\r\n`;
}
