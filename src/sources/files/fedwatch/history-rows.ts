/** A FedWatch export in the form that its reader takes, whatever a spreadsheet, a script or a reader's region made of it. */
import type { CsvRow } from "../csv-rows.ts";
import { plainNumber } from "../tables/cells.ts";
import { namesMeetings } from "./fedwatch-headings.ts";

const RANGE = /^\(?\s*(-?\d{1,5}(?:[.,]\d{1,3})?)\s*-\s*(-?\d{1,5}(?:[.,]\d{1,3})?)\s*\)?\s*(%|bps?)?$/;
const WIDTH_BP = 25;
const SAMPLED_ROWS = 20;

/** One bound: basis points, per cent with two decimals, or with a thousands mark (`1.000` for 1000). */
function bounds(low: string, high: string): readonly [number, number] | null {
  const plain = (text: string) => Number(text.replace(",", "."));
  const thousands = (text: string) => Number(text.replace(/[.,](?=\d{3}$)/, ""));
  const candidates: readonly (readonly [number, number])[] = [
    [plain(low), plain(high)],
    [thousands(low), thousands(high)],
    [Math.round(plain(low) * 100), Math.round(plain(high) * 100)],
  ];
  return candidates.find(([a, b]) => b - a === WIDTH_BP && a % WIDTH_BP === 0) ?? null;
}

/** A heading as `(350-375)`; others as they are. */
function heading(cell: string): string {
  const match = RANGE.exec(cell.trim());
  const found = match === null ? null : bounds(match[1] ?? "", match[2] ?? "");
  return found === null ? cell.trim() : `(${found[0]}-${found[1]})`;
}

function isRanges(row: CsvRow | undefined): boolean {
  if (row === undefined) return false;
  const [first = "", second = ""] = row.cells.map((cell) => cell.trim());
  const isPlain = isDateHeading(first) && RANGE.test(second) && second.startsWith("(");
  return isPlain || row.cells.filter((cell) => RANGE.test(cell.trim())).length >= 2;
}

/** A probability of per cent as a fraction; the digits are moved, not divided. */
function fraction(text: string): string {
  return /^\d+(?:\.\d+)?$/.test(text) ? String(Number(`${text}e-2`)) : text;
}

function isDateHeading(cell: string | undefined): boolean {
  return /^date$/i.test((cell ?? "").trim());
}

/**
 * The rows of a FedWatch export: `Date,(0-25),…`, with the row of meetings above it where there is one; null where it is none.
 * An index column is left out; per cent becomes a fraction where cells say so or a row's figures add up to about 100.
 */
export function historyRows(rows: Iterable<CsvRow>, head: readonly CsvRow[], cutAtCommas: boolean): CsvRow[] | null {
  const [first, second] = head;
  const above = namesMeetings(first) ? 1 : 0;
  const header = above === 1 ? second : first;
  // Its reader says what is missing.
  if (above === 1 && header === undefined) return [...rows];
  const isBare = header?.cells.length === 1 && isDateHeading(header.cells[0]);
  if (header === undefined || !(isRanges(header) || isBare || (above === 1 && isDateHeading(header.cells[0]))))
    return null;
  const dateAt = header.cells.findIndex(isDateHeading);
  // A script's index has no heading; without a heading for the date it is the first column all the same.
  const from = dateAt === -1 ? 0 : dateAt;
  const all = [...rows];
  // What is no figure stays as it is, for the reader to name it.
  const number = (cell: string) => plainNumber(cell, !cutAtCommas) || cell;
  const [headings, data] = [all.slice(0, above), all.slice(above + 1)];
  const areHundreds = sumsToHundred(data, from, number);
  return [
    ...headings,
    { line: header.line, cells: ["Date", ...header.cells.slice(from + 1).map(heading)] },
    ...data.map(({ line, cells }) => {
      const [date = "", ...figures] = cells.slice(from);
      const given = figures.map((cell) => number(cell.trim())).filter((cell) => cell !== "");
      const isPercent = areHundreds || (given.length > 0 && given.every((cell) => cell.endsWith("%")));
      const plain = figures.map((cell) => {
        const figure = number(cell.trim());
        return isPercent ? fraction(figure.replace(/\s*%$/, "")) : figure;
      });
      return { line, cells: [date.trim().replace(/[ T]\d{1,2}:\d{2}.*$/, ""), ...plain] };
    }),
  ];
}

/** Several meetings side by side add up to 100 each. */
function sumsToHundred(data: readonly CsvRow[], from: number, number: (cell: string) => string): boolean {
  const sums = data.slice(0, SAMPLED_ROWS).flatMap(({ cells }) => {
    const figures = cells.slice(from + 1).filter((cell) => cell.trim() !== "");
    return figures.length === 0 ? [] : [figures.reduce((total, cell) => total + (Number(number(cell.trim())) || 0), 0)];
  });
  return sums.length > 0 && sums.every((sum) => sum > 50);
}
