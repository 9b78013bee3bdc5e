/** Opaque marks of where a page of a list begins: the key of the last row before it, so that new rows shift nothing. */
import { badParameter } from "./problem.ts";

/** A mark for the row with these key parts. */
export function encodeCursor(list: string, parts: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...parts])).toString("base64url");
}

/**
 * The key parts of a mark.
 *
 * @throws Problem 400 for a mark of another list, or none at all
 */
export function decodeCursor(list: string, cursor: string, check: (parts: readonly string[]) => boolean): string[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    parts = null; // not ours: refused below like any other
  }
  if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) {
    const [name, ...key] = parts;
    if (name === list && check(key)) return key;
  }
  throw badParameter("cursor", cursor, "the next_cursor of an earlier answer of this list");
}

/** A page of rows that are all at hand, put in order of a text key that no two share. */
export function pageOf<Row>(
  list: string,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly data: Row[]; readonly next_cursor: string | null } {
  const after = cursor === undefined ? null : decodeCursor(list, cursor, (key) => key.length === 1)[0];
  const ordered = rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = after === null || after === undefined ? ordered : ordered.filter((row) => keyOf(row) > after);
  const data = rest.slice(0, limit);
  const last = data.at(-1);
  return { data, next_cursor: rest.length > limit && last !== undefined ? encodeCursor(list, [keyOf(last)]) : null };
}
