/** Rows of a query as a table, CSV or JSON, batch by batch: what is printed is never all in memory. */
import type { QueryRows } from "../store/run-query.ts";

export interface RowWriter {
  readonly rows: (batch: QueryRows) => string;
  readonly end: () => string;
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString("hex")}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function csvCell(value: unknown): string {
  const cell = text(value);
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** RFC 4180 with a header row; null is empty. */
export function csvWriter(): RowWriter {
  let begun = false;
  return {
    rows: ({ columns, rows }) => {
      const lines = rows.map((row) => row.map(csvCell).join(","));
      if (columns.length === 0) return "";
      if (!begun) lines.unshift(columns.map(csvCell).join(","));
      begun = true;
      return `${lines.join("\r\n")}\r\n`;
    },
    end: () => "",
  };
}

/** An array with one object a row, one a line; of two columns of one name the last counts. */
export function jsonWriter(): RowWriter {
  let begun = false;
  return {
    rows: ({ columns, rows }) =>
      rows
        .map((row) => {
          const object = Object.fromEntries(columns.map((column, i) => [column, plain(row[i])]));
          const line = `${begun ? "," : "["}\n${JSON.stringify(object)}`;
          begun = true;
          return line;
        })
        .join(""),
    end: () => (begun ? "\n]\n" : "[]\n"),
  };
}

function plain(value: unknown): unknown {
  return Buffer.isBuffer(value) ? text(value) : (value ?? null);
}

/** Aligned columns, numbers to the right. The first batch decides the widths; a longer cell later pushes its line out. */
export function tableWriter(): RowWriter {
  let widths: number[] | null = null;
  let right: boolean[] = [];
  let count = 0;
  const line = (cells: readonly string[], fixed: readonly number[]) =>
    cells
      .map((cell, i) => (right[i] === true ? cell.padStart(fixed[i] ?? 0) : cell.padEnd(fixed[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return {
    rows: ({ columns, rows }) => {
      const cells = rows.map((row) => row.map((value) => text(value).replaceAll(/[\r\n\t]+/g, " ")));
      const lines: string[] = [];
      // A statement such as `set` answers nothing at all.
      if (columns.length === 0) return "";
      if (widths === null) {
        right = columns.map((_, i) => rows.length > 0 && rows.every((row) => isNumeric(row[i])));
        widths = columns.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)));
        lines.push(line(columns, widths), widths.map((width) => "-".repeat(width)).join("  "));
      }
      count += rows.length;
      for (const row of cells) lines.push(line(row, widths));
      return `${lines.join("\n")}\n`;
    },
    end: () => `(${count} ${count === 1 ? "row" : "rows"})\n`,
  };
}

function isNumeric(value: unknown): boolean {
  return value === null || typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}
