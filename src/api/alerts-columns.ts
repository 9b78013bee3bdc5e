/** The feed as a table: every figure of every type of item, what lists it has apart. */
import type { z } from "zod";
import { type CsvColumn, csvColumns } from "./csv.ts";

/** What most items have and most readers want, first. */
const FIRST = [
  "sequence",
  "type",
  "timestamp",
  "meeting",
  "path",
  "severity",
  "kind",
  "direction",
  "state",
  "as_of",
  "start_rate_bp",
  "expected_rate_bp",
  "amplitude_bp",
  "basis",
  "method",
  "historical",
  "url",
];

/** `data.meeting` is the column `meeting`: no member of `data` has a name of the envelope. */
function unwrapped(column: CsvColumn): CsvColumn {
  return { ...column, name: column.name.replace(/^data_/, "") };
}

/**
 * The columns of bodies `{type, timestamp, data}` together, each name once. What a type lacks is empty there; lists, such as
 * the assets of a repricing, are in the JSON alone.
 */
export function feedColumns(bodies: readonly z.ZodType[]): readonly CsvColumn[] {
  const all = bodies.flatMap((body) => csvColumns(body).map(unwrapped)).filter(({ isList }) => !isList);
  const byName = new Map(all.map((column) => [column.name, column]));
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return [...byName.values()].sort((a, b) => place(a.name) - place(b.name));
}
