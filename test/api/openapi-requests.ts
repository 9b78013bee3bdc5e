/** Requests made from an OpenAPI document alone: as it says, nearly so, and with ill will. */
import fc from "fast-check";
import { hostileBody, hostileText, jsonBody } from "./hostile-values.ts";
import type { DescribedOperation, Parameter } from "./openapi-reader.ts";
import { schemaValue } from "./schema-values.ts";

/** Who asks. `other` has a key of scope webhooks too, for another tenant. */
export const CALLERS = ["nobody", "stranger", "reader", "owner", "other", "operator"] as const;
export type Caller = (typeof CALLERS)[number];

/** A value of a parameter: a text, or one that an earlier answer gave. */
export type Given = string | { readonly kept: number };

/** A request before it is written down. */
export interface Planned {
  readonly operation: DescribedOperation;
  readonly intent: "valid" | "nearly" | "hostile";
  readonly caller: Caller;
  readonly method: string;
  /** `raw`: not encoded */
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly value: Given;
    readonly raw?: boolean;
  }[];
  readonly headers: Readonly<Record<string, string>>;
  /** null: none */
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/** Parameters whose values only answers can tell. */
const KEPT = ["cursor", "id", "Last-Event-ID", "last_event_id", "If-None-Match", "after"];
const KEPT_IN_PATH = ["id"];

function exampleOf({ examples, example }: Parameter): string | null {
  const value = examples?.example?.value ?? example;
  return value === undefined ? null : String(value);
}

function validValue(parameter: Parameter): fc.Arbitrary<Given> {
  const { type, format, pattern, enum: words, anyOf } = parameter.schema;
  const isSaid = [format, pattern, words, anyOf].some((said) => said !== undefined) || type === "integer";
  const example = exampleOf(parameter);
  const kept = { weight: 8, arbitrary: fc.nat({ max: 50 }).map((n) => ({ kept: n })) };
  const made = { weight: 2, arbitrary: schemaValue(parameter.schema).map(String) };
  const shown = { weight: 3, arbitrary: fc.constant(example ?? "") };
  const isKept = KEPT.includes(parameter.name);
  const ways = [
    ...(isKept ? [kept] : []),
    ...(example === null || isKept ? [] : [shown]),
    ...(isSaid || example === null ? [made] : []),
  ];
  return fc.oneof<(typeof ways)[number][]>(...ways);
}

/** A header's value may only hold what HTTP can carry. */
function asHeader(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, "").trim();
}

function exampleValue(parameter: Parameter): string | null {
  return parameter.examples === undefined ? null : exampleOf(parameter);
}

/** Values of the parameters: those of the example, or any that the document allows. */
function validValues(parameters: readonly Parameter[]): fc.Arbitrary<Planned["parameters"]> {
  const named = (value: Given | null, { name, in: where }: Parameter) =>
    value === null ? [] : [{ name, in: where, value }];
  const shown = parameters.flatMap((one) =>
    named(KEPT_IN_PATH.includes(one.name) ? { kept: 0 } : exampleValue(one), one),
  );
  const made = parameters.map((one) =>
    one.required ? validValue(one) : fc.option(validValue(one), { nil: null, freq: 1 }),
  );
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(shown) },
    {
      weight: 4,
      arbitrary: fc.tuple(...made).map((values) => parameters.flatMap((one, i) => named(values[i] ?? null, one))),
    },
  );
}

/** A request that the document allows, by somebody who may. */
export function validRequest(operation: DescribedOperation): fc.Arbitrary<Planned> {
  const examples = Object.values(operation.bodyExamples).map(({ value }) => value);
  const body =
    operation.body === null
      ? fc.constant(null)
      : fc.oneof(schemaValue(operation.body), fc.constantFrom(...examples)).map(jsonBody);
  const caller: fc.Arbitrary<Caller> = operation.needsKey
    ? fc.constantFrom("owner", "owner", "owner", "owner", "other", "operator")
    : fc.constantFrom("nobody", "reader");
  return fc.record({ parameters: validValues(operation.parameters), body, caller }).map((made) => ({
    ...made,
    operation,
    intent: "valid",
    method: operation.method,
    headers: made.body === null ? {} : { "Content-Type": "application/json" },
  }));
}

type Change = (planned: Planned, at: number) => Planned;

const replaceAt = <T>(items: readonly T[], at: number, make: (item: T) => T): T[] =>
  items.map((item, i) => (i === at % items.length ? make(item) : item));

function nudged(value: Given): string {
  const text = typeof value === "string" ? value : "1";
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? String(number + (number > 0 ? 1_000 : -1)) : `${text.slice(1)}`;
}

/** One thing wrong that a person may get wrong. */
const SLIPS: readonly Change[] = [
  (planned, at) => ({
    ...planned,
    parameters: replaceAt(planned.parameters, at, (one) => ({ ...one, value: nudged(one.value) })),
  }),
  (planned, at) => ({
    ...planned,
    parameters: replaceAt(planned.parameters, at, (one) => ({ ...one, value: one.in === "path" ? "x" : "" })),
  }),
  (planned, at) => ({
    ...planned,
    parameters: replaceAt(planned.parameters, at, (one) => ({
      ...one,
      value: typeof one.value === "string" ? one.value.toUpperCase() : "A",
    })),
  }),
  (planned, at) => ({
    ...planned,
    parameters: planned.parameters.filter((one, i) => one.in === "path" || i !== at % planned.parameters.length),
  }),
  (planned, at) => ({
    ...planned,
    parameters: [...planned.parameters, ...planned.parameters.filter((one, i) => one.in === "query" && i >= at % 3)],
  }),
  (planned) => ({
    ...planned,
    parameters: [...planned.parameters, { name: "asof", in: "query", value: "2025-11-17" }],
  }),
  (planned) =>
    planned.method === "GET"
      ? { ...planned, caller: "stranger" }
      : { ...planned, body: "{}", headers: { "Content-Type": "application/json" } },
  (planned) => ({ ...planned, headers: { ...planned.headers, "Content-Type": "text/plain" } }),
  (planned) => ({ ...planned, headers: {} }),
  (planned, at) => ({ ...planned, caller: CALLERS[at % CALLERS.length] ?? "nobody" }),
  (planned, at) => ({ ...planned, body: withoutMember(planned.body, at) }),
  (planned, at) => ({ ...planned, body: withMember(planned.body, at) }),
];

function membersOf(body: Planned["body"]): [string, unknown][] | null {
  const value: unknown = typeof body === "string" ? JSON.parse(body) : null;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
}

function withoutMember(body: Planned["body"], at: number): Planned["body"] {
  const members = membersOf(body);
  if (members === null) return body;
  return jsonBody(Object.fromEntries(members.filter((_, i) => i !== at % members.length)));
}

function withMember(body: Planned["body"], at: number): Planned["body"] {
  const members = membersOf(body);
  if (members === null) return body;
  const changed = replaceAt(members, at, ([name]): [string, unknown] => [name, at % 2 === 0 ? [1] : null]);
  return jsonBody(Object.fromEntries(at % 3 === 0 ? [...members, ["min_severtiy", "sharp"]] : changed));
}

/** A request with one slip. */
export function nearlyValidRequest(operation: DescribedOperation): fc.Arbitrary<Planned> {
  return fc
    .tuple(validRequest(operation), fc.constantFrom(...SLIPS), fc.nat({ max: 11 }))
    .map(([planned, slip, at]) => ({ ...slip(planned, at), intent: "nearly" as const }));
}

const HOSTILE_HEADERS = [
  "If-None-Match",
  "Last-Event-ID",
  "Accept",
  "Content-Type",
  "Authorization",
  "X-Forwarded-For",
  "Origin",
  "Range",
];

/** A request with ill will in every place that takes something. */
export function hostileRequest(operation: DescribedOperation): fc.Arbitrary<Planned> {
  const names = [...operation.parameters.map(({ name }) => name), "__proto__", "a".repeat(50), "limit[]", "as_of%00"];
  const query = fc.array(fc.tuple(fc.constantFrom(...names), hostileText, fc.boolean()), { maxLength: 4 });
  return fc
    .record({
      planned: validRequest(operation),
      path: fc.array(hostileText, { minLength: 1, maxLength: 1 }),
      keepPath: fc.boolean(),
      query,
      body: operation.body === null ? fc.option(hostileBody, { nil: null, freq: 4 }) : hostileBody,
      headers: fc.dictionary(fc.constantFrom(...HOSTILE_HEADERS), hostileText.map(asHeader), { maxKeys: 2 }),
      caller: fc.constantFrom(...CALLERS),
    })
    .map(({ planned, path, keepPath, query, body, headers, caller }) => ({
      ...planned,
      intent: "hostile" as const,
      caller,
      parameters: [
        ...planned.parameters
          .filter((one) => one.in === "path")
          .map((one) => (keepPath ? one : { ...one, value: path[0] ?? "" })),
        ...query.map(([name, value, raw]) => ({ name, in: "query", value, raw })),
      ],
      // GET and HEAD carry none in this client.
      body: operation.method === "GET" ? null : body,
      headers: { ...planned.headers, ...headers },
    }));
}

/** Requests of one kind for all operations, some of each. */
export function requestsOf(
  kind: (operation: DescribedOperation) => fc.Arbitrary<Planned>,
  operations: readonly DescribedOperation[],
): fc.Arbitrary<Planned> {
  // What is deleted cannot be asked for again.
  const weight = ({ method }: DescribedOperation) => (method === "DELETE" ? 1 : 4);
  return fc.oneof(...operations.map((operation) => ({ weight: weight(operation), arbitrary: kind(operation) })));
}
