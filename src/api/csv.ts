/** Rows of a list as RFC 4180 text, with the names of the JSON answer. */
import { z } from "zod";

/** Column names of an item: the members of a nested object follow its own name, as in `target_lower_bp`. */
export function csvColumns(
  item: z.ZodType,
  prefix = "",
): { readonly name: string; readonly path: readonly string[] }[] {
  const inner = item instanceof z.ZodNullable || item instanceof z.ZodOptional ? (item.unwrap() as z.ZodType) : item;
  if (!(inner instanceof z.ZodObject)) return [{ name: prefix, path: [] }];
  return Object.entries(inner.shape).flatMap(([name, member]) =>
    csvColumns(member as z.ZodType, prefix === "" ? name : `${prefix}_${name}`).map((column) => ({
      name: column.name,
      path: [name, ...column.path],
    })),
  );
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
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A header row and one row an item; missing is empty. */
export function csvText(item: z.ZodType, rows: readonly unknown[]): string {
  const columns = csvColumns(item);
  const lines = rows.map((row) => columns.map((column) => cell(valueAt(row, column.path))).join(","));
  return `${[columns.map((column) => column.name).join(","), ...lines].join("\r\n")}\r\n`;
}
