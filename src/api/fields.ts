/** Members of a JSON body: each names what it accepts, for the error, the document and the reader. */
import { z } from "zod";
import { Problem } from "./problem.ts";

interface Definition<T> {
  /** ends the sentence "may be …" */
  readonly accepted: string;
  readonly description: string;
  /** null: not acceptable */
  readonly parse: (given: unknown) => T | null;
  /** what JSON Schema can say of it */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** One member: JSON in, a checked value out. */
export function field<T>({ accepted, description, parse, schema }: Definition<T>) {
  return z
    .unknown()
    .transform((given, check): T => {
      const value = parse(given);
      if (value !== null) return value;
      check.addIssue({ code: "custom", message: accepted });
      return z.NEVER;
    })
    .meta({ description: `${description}: ${accepted}`, ...schema });
}

function inWords(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : words.join();
}

/** One of some words. */
export function choiceField<const T extends string>(description: string, words: readonly T[]) {
  return field<T>({
    accepted: inWords(words),
    description,
    parse: (given) => words.find((word) => word === given) ?? null,
    schema: { type: "string", enum: [...words] },
  });
}

/** A whole number, both bounds included. */
export function wholeField(description: string, least: number, most: number) {
  return field<number>({
    accepted: `a whole number from ${least} to ${most}`,
    description,
    parse: (given) =>
      Number.isInteger(given) && Number(given) >= least && Number(given) <= most ? Number(given) : null,
    schema: { type: "integer", minimum: least, maximum: most },
  });
}

/** A list without repetition of things that `parse` accepts. */
export function listField<T extends string>(
  definition: Omit<Definition<T>, "schema"> & {
    readonly most: number;
    readonly item: Readonly<Record<string, unknown>>;
  },
) {
  const { accepted, description, parse, most, item } = definition;
  return field<readonly T[]>({
    accepted: `a list of 1 to ${most}, each once, of ${accepted}`,
    description,
    parse: (given) => {
      if (!Array.isArray(given) || given.length === 0 || given.length > most) return null;
      const items = given.map(parse).filter((read) => read !== null);
      return items.length === given.length && new Set(items).size === items.length ? items : null;
    },
    schema: { type: "array", items: item, minItems: 1, maxItems: most, uniqueItems: true },
  });
}

/** A body, or an object within one, that has these members and no others. */
export function bodyOf<const S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? `known here are ${known}` : `an object with ${known}`),
  });
}

const SHOWN_CHARACTERS = 80;

function shown(given: unknown): string {
  const text = JSON.stringify(given) ?? "";
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${String(part)}`))
    .join("");
}

function at(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** 400 for a member of a body: names it, what it was (undefined: it was not given) and what it may be. */
export function badField(place: string, was: unknown, accepted: string): Problem {
  const what = place === "" ? "the body" : place;
  const state = was === undefined ? "it is missing" : `was ${shown(was)}`;
  return new Problem(400, `Cannot read ${what}: ${state}, may be ${accepted}`, {
    members: { parameter: what, was: was === undefined ? null : shown(was), accepted },
  });
}

/**
 * Checks a body.
 *
 * @throws Problem 400 naming the first member at fault
 */
export function readFields<S extends z.ZodObject>(schema: S, body: unknown): z.output<S> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  const message = issue?.message ?? "";
  if (issue?.code === "unrecognized_keys") {
    const name = placeOf([...path, (issue.keys[0] ?? "").slice(0, 40)]);
    throw new Problem(400, `Cannot use the field ${JSON.stringify(name)}: ${message}`, {
      members: { parameter: name, accepted: message.replace("known here are ", "") },
    });
  }
  throw badField(placeOf(path), at(body, path), message);
}

/** Members of a body as a table lists them. */
export function bodyFields(
  schema: z.ZodObject,
): { readonly name: string; readonly required: boolean; readonly description: string }[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    description: descriptionIn(property),
  }));
}

/** What may be null or absent has its description within. */
function descriptionIn(property: unknown): string {
  if (typeof property !== "object" || property === null) return "";
  if ("description" in property) return String(property.description);
  if ("items" in property) return descriptionIn(property.items);
  if (!("anyOf" in property) || !Array.isArray(property.anyOf)) return "";
  return property.anyOf.map(descriptionIn).find((text) => text !== "") ?? "";
}
