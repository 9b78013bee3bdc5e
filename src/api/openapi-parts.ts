/** Parts of the OpenAPI document that questions and commands share. */
import { z } from "zod";
import { pathNames, type Resource } from "./resource.ts";

/** A parameter as the document lists it. */
export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

/** A form as JSON Schema. */
export function jsonSchema(type: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io });
  return schema;
}

/** Parameters of a resource as the document lists them. */
export function parameterObjects(resource: Pick<Resource, "path" | "parameters">): ParameterObject[] {
  const inPath = pathNames(resource.path);
  const { properties = {}, required = [] } = z.toJSONSchema(resource.parameters, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description = "", example, ...schema } = property as Record<string, unknown>;
    return {
      name,
      in: inPath.includes(name) ? "path" : "query",
      required: required.includes(name),
      description: String(description),
      schema,
      ...(example === undefined ? {} : { example }),
    };
  });
}

/** A name for the operation on a path of questions or drawings. */
export function operationIdOf(path: string): string {
  return path
    .replace(/^\/v1\//, "")
    .replaceAll(/[{}]/g, "")
    .replaceAll(/[/.]/g, "_");
}

/** Any answer that is an error. */
export const PROBLEM = {
  description: "What went wrong (RFC 9457)",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
