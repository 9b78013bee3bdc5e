/** Values for a JSON Schema: those it allows, as fast-check makes them. */
import fc from "fast-check";
import type { Schema } from "./openapi-reader.ts";

const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse("2025-09-01T00:00:00Z");
/** The episode and some months beside it, where there are figures. */
const DAYS = 120;

const date = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: DAYS }).map((day) => isoDate(FIRST_MS + day * DAY_MS)) },
  {
    weight: 1,
    arbitrary: fc.date({ min: new Date("1990-01-01"), max: new Date("2100-12-31"), noInvalidDate: true }).map(isoDate),
  },
);

function isoDate(at: Date | number): string {
  return new Date(at).toISOString().slice(0, 10);
}

const instant = fc
  .tuple(date, fc.nat({ max: DAY_MS - 1 }), fc.constantFrom("Z", "+02:00", "-05:00"))
  .map(([day, ms, zone]) => {
    const time = new Date(ms).toISOString().slice(11, 23);
    return `${day}T${time}${zone}`;
  });

const uri = fc
  .tuple(
    fc.constantFrom("https://bot.example.com", "https://hooks.example.org:8443"),
    fc.stringMatching(/^[\w-]{0,12}$/),
  )
  .map(([origin, path]) => `${origin}/${path}`);

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = { date, "date-time": instant, uri };

function texts(schema: Schema): fc.Arbitrary<unknown> {
  const { format, pattern, minLength = 0, maxLength = 40 } = schema;
  const named = FORMATS[String(format)];
  if (named !== undefined) return named;
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern.replaceAll("\\d", "[0-9]")));
  return fc.string({ unit: "grapheme", minLength: Number(minLength), maxLength: Math.min(Number(maxLength), 60) });
}

function numbers(schema: Schema, isWhole: boolean): fc.Arbitrary<unknown> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Readonly<
    Record<string, number | undefined>
  >;
  const min = minimum ?? exclusiveMinimum ?? -1e6;
  const max = maximum ?? exclusiveMaximum ?? 1e6;
  if (isWhole) return fc.oneof(fc.integer({ min, max }), fc.integer({ min, max: Math.min(max, min + 5) }));
  const bounds = { minExcluded: exclusiveMinimum !== undefined, maxExcluded: exclusiveMaximum !== undefined };
  return fc.double({ min, max, ...bounds, noNaN: true });
}

function objects(schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema as { properties?: Record<string, Schema>; required?: string[] };
  const values = Object.entries(properties).map(([name, one]) => [name, schemaValue(one)] as const);
  return fc.record(Object.fromEntries(values), { requiredKeys: required });
}

function lists(schema: Schema): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0, maxItems = 4, uniqueItems } = schema as Readonly<Record<string, unknown>>;
  const bounds = { minLength: Number(minItems), maxLength: Math.min(Number(maxItems), 4) };
  const item = schemaValue(items as Schema);
  return uniqueItems === true
    ? fc.uniqueArray(item, { ...bounds, selector: (value) => JSON.stringify(value) })
    : fc.array(item, bounds);
}

/** Values that a schema allows, as far as it says what it allows. */
export function schemaValue(schema: Schema): fc.Arbitrary<unknown> {
  const { anyOf, type, const: only, enum: words, ...rest } = schema;
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one: Schema) => schemaValue({ type, ...rest, ...one })));
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(words)) return fc.constantFrom<unknown>(...words);
  if (Array.isArray(type)) return fc.oneof(...type.map((one: unknown) => schemaValue({ ...rest, type: one })));
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return numbers(rest, true);
    case "number":
      return numbers(rest, false);
    case "array":
      return lists(rest);
    case "object":
      return objects(rest);
    default:
      return texts(rest);
  }
}
