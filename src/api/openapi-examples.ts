/** Recorded exchanges as parts of the OpenAPI document. The same name joins values of parameters, a body and an answer. */
import type { Exchange } from "./examples.ts";
import type { ParameterObject } from "./openapi-parts.ts";

const NAME = "example";

function placeValues(template: string, path: string): Record<string, string> {
  const pattern = template.replaceAll(".", "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^${pattern}$`).exec(path)?.groups ?? {};
}

/** What a request gives for each parameter, by name. */
export function valuesOf(template: string, exchange: Exchange): ReadonlyMap<string, string> {
  const { pathname, searchParams } = new URL(exchange.request.path, "http://localhost");
  return new Map([...Object.entries(placeValues(template, pathname)), ...searchParams]);
}

/** Parameters with the values of the recorded request instead of a value that stands alone. */
export function exemplified(parameters: readonly ParameterObject[], template: string, exchange: Exchange | null) {
  if (exchange === null) return parameters;
  const values = valuesOf(template, exchange);
  return parameters.map((parameter) => {
    const text = values.get(parameter.name);
    if (text === undefined) return parameter;
    const { example: _, ...rest } = parameter;
    const value = rest.schema.type === "integer" ? Number(text) : text;
    return { ...rest, examples: { [NAME]: { value } } };
  });
}

/** `examples` of the answer's content. */
export function answerExamples(exchange: Exchange | null): object {
  if (exchange === null || exchange.answer.content_type === null) return {};
  return { examples: { [NAME]: { summary: exchange.title, value: exchange.answer.body } } };
}

/** `examples` of a body: that of the recorded request, and others by what they do. */
export function bodyExamples(exchange: Exchange | null, others: Readonly<Record<string, object>>): object {
  const recorded = exchange?.request.body ?? null;
  const rest = Object.entries(others).filter(([, value]) => JSON.stringify(value) !== JSON.stringify(recorded));
  return {
    examples: {
      ...(recorded === null ? {} : { [NAME]: { summary: exchange?.title ?? "", value: recorded } }),
      ...Object.fromEntries(rest.map(([summary, value], i) => [`${NAME}_${i + 2}`, { summary, value }])),
    },
  };
}
