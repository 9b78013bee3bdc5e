import type { PostgresType } from "postgres";

/** How the elements of an array type are read from text; its number as in `pg_type`. */
type ElementType = { readonly arrayOid: number; readonly parse: (text: string) => unknown };

const asText = (text: string): string => text;

const ARRAY_ELEMENTS: Readonly<Record<string, ElementType>> = {
  bool: { arrayOid: 1000, parse: (text) => text === "t" },
  int2: { arrayOid: 1005, parse: Number },
  int4: { arrayOid: 1007, parse: Number },
  int8: { arrayOid: 1016, parse: readBigint },
  float4: { arrayOid: 1021, parse: Number },
  float8: { arrayOid: 1022, parse: Number },
  numeric: { arrayOid: 1231, parse: asText },
  name: { arrayOid: 1003, parse: asText },
  text: { arrayOid: 1009, parse: asText },
  varchar: { arrayOid: 1015, parse: asText },
  uuid: { arrayOid: 2951, parse: asText },
  date: { arrayOid: 1182, parse: asText },
  timestamptz: { arrayOid: 1185, parse: (text) => new Date(text) },
};

/**
 * What the raw client gives and takes for Postgres types, beside what postgres.js does by itself: `date` as
 * `YYYY-MM-DD`, `bigint` as a number, and the arrays of built-in types. Arrays of other types (enumerations) are cast
 * in the query: `${list}::text[]::cutwatch.basis[]`.
 *
 * postgres.js would find array types by asking the server on each new connection. When the server goes away during
 * that question nobody handles the error, which ends the process; a missing element comes as NaN or as the word NULL.
 */
export const COLUMN_TYPES: Readonly<Record<string, PostgresType>> = {
  // By itself postgres.js makes an instant of a date, which in zones west of Greenwich is the day before.
  calendarDate: { to: 1082, from: [1082], serialize: String, parse: asText },
  bigint: { to: 20, from: [20], serialize: String, parse: readBigint },
  ...Object.fromEntries(
    Object.entries(ARRAY_ELEMENTS).map(([name, { arrayOid, parse }]) => [
      `${name}Array`,
      {
        to: arrayOid,
        from: [arrayOid],
        serialize: arrayText,
        parse: (text: string) => parseArray(text).map((element) => (element === null ? null : parse(element))),
      },
    ]),
  ),
};

function readBigint(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`Cannot read bigint ${text} as a number: must lie within 2^53; cast it to text in the query`);
  }
  return number;
}

// An element: in quotes with \ before what needs it, or bare.
const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^",{}\\\s][^",{}\\]*)/gsy;

/**
 * Elements of a Postgres array of one dimension, in its text form; a missing element is null.
 *
 * @throws SyntaxError for text of another form, arrays of arrays among them
 * @example
 * parseArray('{a,"b c",NULL,"NULL"}'); // ["a", "b c", null, "NULL"]
 */
export function parseArray(text: string): (string | null)[] {
  const malformed = (): SyntaxError => new SyntaxError(`Cannot read array ${text}: must have one dimension`);
  if (text === "{}") return [];
  if (!text.startsWith("{") || !text.endsWith("}")) throw malformed();
  const elements: (string | null)[] = [];
  let at = 1;
  for (;;) {
    ELEMENT.lastIndex = at;
    const found = ELEMENT.exec(text);
    if (found === null) throw malformed();
    const [whole, quoted, bare] = found;
    elements.push(quoted === undefined ? (bare === "NULL" ? null : (bare ?? null)) : quoted.replace(/\\(.)/gs, "$1"));
    at += whole.length;
    if (at === text.length - 1) return elements;
    if (text[at] !== ",") throw malformed();
    at += 1;
  }
}

const SPECIAL = /["\\]/;

/** An array as Postgres reads it. Text is taken as an array already written. */
export function arrayText(elements: unknown): string {
  if (!Array.isArray(elements)) return String(elements);
  // Most arrays are of one kind, with nothing in them that needs care, and are written as a whole.
  if (elements.every((element) => typeof element === "number")) return `{${elements.join(",")}}`;
  if (elements.every((element) => typeof element === "string") && !SPECIAL.test(elements.join(""))) {
    return `{"${elements.join('","')}"}`;
  }
  return `{${elements.map(elementText).join(",")}}`;
}

function elementText(element: unknown): string {
  if (element === null) return "NULL";
  if (typeof element === "number") return String(element);
  if (element === undefined || Array.isArray(element)) {
    throw new TypeError(
      `Cannot write an array with ${element === undefined ? "undefined" : "an array"} in it: use null, or one dimension`,
    );
  }
  const text = element instanceof Date ? element.toISOString() : String(element);
  return SPECIAL.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : `"${text}"`;
}
