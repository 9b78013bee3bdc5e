/** Reads an OpenAPI document as a stranger would: nothing here knows how it was made. */
import { z } from "zod";

export type Schema = Readonly<Record<string, unknown>>;

type Examples = Readonly<Record<string, { readonly value: unknown }>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Examples;
}

interface Content {
  readonly schema: Schema;
  readonly examples?: Examples;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly webhooks: Readonly<
    Record<
      string,
      { readonly post: { readonly requestBody: { readonly content: { readonly "application/json": Content } } } }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<"Problem", Schema>> };
}

/** One form of an answer. */
export interface DescribedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly schema: Schema;
  readonly examples: Examples;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly path: string;
  readonly method: string;
  readonly parameters: readonly Parameter[];
  /** null: it takes none */
  readonly body: Schema | null;
  readonly bodyExamples: Examples;
  readonly answers: readonly DescribedAnswer[];
  /** statuses that are told; any other is an error */
  readonly statuses: readonly number[];
  readonly needsKey: boolean;
}

/** Every operation, in the document's order. */
export function describedOperations({ paths }: OpenApi): DescribedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, responses, security }]) => {
      const body = requestBody?.content["application/json"];
      const told = Object.entries(responses).filter(([status]) => /^\d{3}$/.test(status));
      return {
        operationId,
        path,
        method: method.toUpperCase(),
        parameters,
        body: body?.schema ?? null,
        bodyExamples: body?.examples ?? {},
        answers: told.flatMap(([status, { content = {} }]) =>
          Object.entries(content).map(([contentType, { schema, examples = {} }]) => ({
            status: Number(status),
            contentType,
            schema,
            examples,
          })),
        ),
        statuses: told.map(([status]) => Number(status)),
        needsKey: security !== undefined && security.length > 0 && security.every((way) => Object.keys(way).length > 0),
      };
    }),
  );
}

/** What finds the faults of a value under a schema of the document; none: it fits. */
export function schemaCheck(document: OpenApi, schema: Schema | null): (value: unknown) => string[] {
  const { $ref, ...rest } = schema ?? {};
  const name = typeof $ref === "string" ? $ref.replace("#/components/schemas/", "") : null;
  const whole = name === null ? rest : document.components.schemas[name as "Problem"];
  const form = z.fromJSONSchema(whole);
  return (value) => {
    const read = form.safeParse(value);
    return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  };
}
