/** JSON Schemas as tables a person can read: one row a member, whatever it is nested in. */
import type { Row } from "./docs-parts.ts";

type Schema = Readonly<Record<string, unknown>>;

const FORMATS: Readonly<Record<string, string>> = { "date-time": "instant", date: "date", uri: "URL" };
const MOST_WORDS = 8;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parts(schema: Schema): readonly Schema[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf.filter(isSchema) : [];
}

/** What a value is, in a few words. */
export function typeWords(schema: Schema): string {
  const { type, format, enum: words, const: only, items } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(words)) {
    const shown = words.slice(0, MOST_WORDS).map(String).join(", ");
    return words.length > MOST_WORDS ? `${shown}, …` : shown;
  }
  const choices = parts(schema);
  if (choices.length > 0) return [...new Set(choices.map(typeWords))].join(" or ");
  if (type === "array") return isSchema(items) ? `list of ${typeWords(items)}` : "list";
  if (Array.isArray(type)) return type.join(" or ");
  return FORMATS[String(format)] ?? String(type ?? "any");
}

/** The object within, through lists and what may be null; the path to it is added to `name`. */
function within(schema: Schema, name: string): { readonly schema: Schema; readonly name: string } | null {
  if (isSchema(schema.properties)) return { schema, name };
  if (schema.type === "array" && isSchema(schema.items)) return within(schema.items, `${name}[]`);
  const objects = parts(schema).flatMap((part) => within(part, name) ?? []);
  return objects.length === 1 ? (objects[0] ?? null) : null;
}

/** Rows for every member. */
export function memberRows(schema: Schema, prefix = ""): Row[] {
  const found = within(schema, "");
  if (found === null) return [];
  const { properties } = found.schema;
  return Object.entries(isSchema(properties) ? properties : {}).flatMap(([member, described]) => {
    if (!isSchema(described)) return [];
    const name = `${prefix}${member}`;
    const inner = within(described, name);
    const meaning = String(described.description ?? parts(described)[0]?.description ?? "");
    const row = { name, note: typeWords(described), meaning };
    return [row, ...(inner === null ? [] : memberRows(inner.schema, `${inner.name}.`))];
  });
}
