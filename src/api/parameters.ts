/** The parameters that questions share. Each names what it accepts, for the error, the document and the reader. */
import { z } from "zod";
import { type IsoDate, isIsoDate } from "../calendar/calendar-date.ts";
import { isTargetRange } from "../pricing/measures.ts";
import { BASES, GRIDS } from "../pricing/observations.ts";
import type { TargetRange } from "../pricing/reading.ts";
import { badParameter } from "./problem.ts";

const FIRST_DATE: IsoDate = "1990-01-01";
const LAST_DATE: IsoDate = "2100-12-31";

interface Definition<T> {
  /** ends the sentence "may be …" */
  readonly accepted: string;
  readonly description: string;
  readonly example?: string | number;
  /** null: not acceptable */
  readonly parse: (text: string) => T | null;
  /** what JSON Schema can say of the text */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A query or path parameter: text in, a checked value out. */
export function parameter<T>({ accepted, description, example, parse, schema }: Definition<T>) {
  return z
    .string({ error: accepted })
    .transform((text, check): T => {
      const value = parse(text);
      if (value !== null) return value;
      check.addIssue({ code: "custom", message: accepted });
      return z.NEVER;
    })
    .meta({ description: `${description}: ${accepted}`, ...(example === undefined ? {} : { example }), ...schema });
}

/** One of some words. */
export function choice<const T extends string>(description: string, words: readonly T[]) {
  return parameter<T>({
    accepted: words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : words.join(),
    description,
    parse: (text) => words.find((word) => word === text) ?? null,
    schema: { enum: [...words] },
  });
}

function isServed(text: string): boolean {
  return isIsoDate(text) && text >= FIRST_DATE && text <= LAST_DATE;
}

/** A calendar date. */
export function dateParameter(description: string) {
  return parameter<IsoDate>({
    accepted: `a date from ${FIRST_DATE} to ${LAST_DATE}, such as 2025-11-17`,
    description,
    example: "2025-11-17",
    parse: (text) => (isServed(text) ? text : null),
    schema: { format: "date" },
  });
}

// Seconds and their fraction may be left out; the zone may not, since 14:00 is another instant in every place.
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function parseInstant(text: string): Date | null {
  const date = INSTANT.exec(text)?.[1];
  if (date === undefined || !isServed(date)) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** How an instant or a trade date is written. */
export const WHEN =
  "a date such as 2025-11-17, or an instant with its zone such as 2025-11-17T20:00:00Z, from 1990 to 2100";

/** When in the market: a trade date, which means its settlement, or an instant. */
export type MarketTime = { readonly tradeDate: IsoDate } | { readonly instant: Date };

/** @returns null for what is neither a date nor an instant with its zone */
export function readMarketTime(text: string): MarketTime | null {
  if (isServed(text)) return { tradeDate: text };
  const instant = parseInstant(text);
  return instant === null ? null : { instant };
}

export function marketTimeParameter(description: string) {
  return parameter<MarketTime>({
    accepted: WHEN,
    description,
    example: "2025-11-17",
    parse: readMarketTime,
    schema: { anyOf: [{ format: "date" }, { format: "date-time" }] },
  });
}

/** When cutwatch knew it: a date means the end of that day in UTC. */
export const knownAt = parameter<Date>({
  accepted: WHEN,
  description: "Answer as it would have been answered then; a date means the end of that day, UTC",
  parse: (text) => (isServed(text) ? new Date(`${text}T23:59:59.999Z`) : parseInstant(text)),
  schema: { anyOf: [{ format: "date" }, { format: "date-time" }] },
}).optional();

export const meeting = dateParameter("Decision day of an FOMC meeting");

const RANGE = /^(-?\d{1,4})-(-?\d{1,4})$/;

export const range = parameter<TargetRange>({
  accepted:
    "a target range on the 25 bp grid, 25 bp wide, such as 350-375, or a single level as before 2008-12-16: 100-100",
  description: "Target range in basis points, lower bound first",
  example: "350-375",
  parse: (text) => {
    const [, lower, upper] = RANGE.exec(text) ?? [];
    if (lower === undefined || upper === undefined) return null;
    const bounds = { lowerBp: Number(lower), upperBp: Number(upper) };
    return isTargetRange(bounds) ? bounds : null;
  },
  schema: { pattern: RANGE.source },
});

export const grid = choice("`settlement`: one reading a trade date; `intraday`: as often as quotes arrive", GRIDS);
export const basis = choice("Kind of price the figures rest on; absent: the best at hand", BASES);
export const format = choice("Form of the answer", ["json", "csv"]).optional();

const MOST_ROWS = 1000;

/** How many rows of a list at most. */
export const limit = parameter<number>({
  accepted: `a whole number from 1 to ${MOST_ROWS}`,
  description: `Rows at most, ${MOST_ROWS} when absent`,
  example: 100,
  parse: (text) => (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_ROWS ? Number(text) : null),
  schema: { type: "integer", minimum: 1, maximum: MOST_ROWS },
}).default(MOST_ROWS);

export const cursor = parameter<string>({
  accepted: "the next_cursor of an earlier answer of this list",
  description: "Where the page begins",
  parse: (text) => (/^[A-Za-z0-9_-]{1,400}$/.test(text) ? text : null),
  schema: {},
}).optional();

/** What all lists take. */
export const LIST_PARAMETERS = { limit, cursor, format } as const;

/**
 * Checks the texts of a question.
 *
 * @throws Problem 400 naming the first parameter at fault
 */
export function readParameters<S extends z.ZodObject>(
  parameters: S,
  texts: Readonly<Record<string, string>>,
): z.output<S> {
  const read = parameters.safeParse(texts);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const name = String(issue?.path[0] ?? "");
  throw badParameter(name, texts[name] ?? null, issue?.message ?? "");
}
