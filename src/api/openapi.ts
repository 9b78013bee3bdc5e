/** The OpenAPI 3.1 document, made from the same parameters and forms that questions are read and answers written with. */
import { z } from "zod";
import { alertsResource } from "./alerts.ts";
import { assetsResource } from "./assets.ts";
import { closesResource } from "./closes.ts";
import { decisionsResource } from "./decisions.ts";
import { historyResource } from "./history.ts";
import { marketsResource } from "./markets.ts";
import { meetingsResource } from "./meetings.ts";
import { probabilitiesResource } from "./probabilities.ts";
import { repricingResource } from "./repricing.ts";
import { repricingsResource } from "./repricings.ts";
import { pathNames, type Resource } from "./resource.ts";
import { scoresResource } from "./scores.ts";
import { shiftsResource } from "./shifts.ts";
import { sourcesResource } from "./sources.ts";

/** Everything the API answers, in reading order. */
export const RESOURCES: readonly Resource[] = [
  probabilitiesResource,
  shiftsResource,
  meetingsResource,
  historyResource,
  decisionsResource,
  repricingsResource,
  repricingResource,
  alertsResource,
  marketsResource,
  scoresResource,
  assetsResource,
  closesResource,
  sourcesResource,
];

/** The part of JSON Schema and of the document that is read here. */
export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

function jsonSchema(type: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io });
  return schema;
}

/** Parameters of a resource as the document lists them. */
export function parameterObjects(resource: Resource): ParameterObject[] {
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

const PROBLEM = {
  description: "What went wrong (RFC 9457)",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

function operation(resource: Resource) {
  return {
    operationId: resource.path
      .replace(/^\/v1\//, "")
      .replaceAll(/[{}]/g, "")
      .replaceAll("/", "_"),
    summary: resource.summary,
    description: resource.description,
    parameters: [
      ...parameterObjects(resource),
      {
        name: "If-None-Match",
        in: "header",
        required: false,
        description: "ETag of an earlier answer",
        schema: { type: "string" },
      },
    ],
    responses: {
      "200": {
        description: "The answer",
        headers: {
          ETag: { description: "Strong: changes with the bytes", schema: { type: "string" } },
          ...(resource.item === null ? {} : { Link: { description: "The next page", schema: { type: "string" } } }),
        },
        content: {
          "application/json": { schema: jsonSchema(resource.answer, "output") },
          ...(resource.item === null ? {} : { "text/csv": { schema: { type: "string" } } }),
        },
      },
      "304": { description: "Unchanged since the ETag in If-None-Match" },
      "400": PROBLEM,
      "404": PROBLEM,
      default: PROBLEM,
    },
  };
}

const TEXT = { type: "string" } as const;

function plain(summary: string, contentType: string, statuses: readonly string[]) {
  const answer = { description: summary, content: { [contentType]: { schema: {} } } };
  return { get: { summary, responses: Object.fromEntries(statuses.map((status) => [status, answer])) } };
}

/** The document. */
export function openApiDocument({ version, baseUrl }: { readonly version: string; readonly baseUrl: string }) {
  return {
    openapi: "3.1.0",
    info: {
      title: "cutwatch",
      version,
      description:
        "The market's odds of each Fed decision, from fed-funds futures prices. Rates in basis points (`_bp`), probabilities 0 " +
        "to 1, changes of probability in percentage points (`_pp`), times ISO 8601 in UTC. A trade date as an instant means " +
        "that day's settlement, or the last one before it.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: baseUrl }],
    paths: {
      ...Object.fromEntries(RESOURCES.map((resource) => [resource.path, { get: operation(resource) }])),
      "/healthz": plain("Whether the process lives; never asks the database", "application/json", ["200"]),
      "/readyz": plain("Whether questions can be answered", "application/json", ["200", "503"]),
    },
    components: {
      schemas: {
        Problem: {
          type: "object",
          required: ["type", "title", "status", "detail"],
          properties: {
            type: TEXT,
            title: TEXT,
            status: { type: "integer" },
            detail: TEXT,
            instance: TEXT,
            parameter: { ...TEXT, description: "The parameter at fault" },
            was: { type: ["string", "null"], description: "What it was; null when it was not given" },
            accepted: { ...TEXT, description: "What it may be" },
          },
        },
      },
    },
  };
}
