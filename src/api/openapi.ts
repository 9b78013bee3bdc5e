/** The OpenAPI 3.1 document, made from the same parameters and forms that questions are read and answers written with. */
import { alertsResource } from "./alerts.ts";
import { assetsResource } from "./assets.ts";
import { closesResource } from "./closes.ts";
import { decisionsResource } from "./decisions.ts";
import { exchangeOf } from "./examples.ts";
import { historyResource } from "./history.ts";
import { marketsResource } from "./markets.ts";
import { meetingsResource } from "./meetings.ts";
import { answerExamples, exemplified } from "./openapi-examples.ts";
import { operationObject, SECURITY_SCHEMES } from "./openapi-operations.ts";
import { otherPaths } from "./openapi-others.ts";
import { jsonSchema, operationIdOf, PROBLEM, parameterObjects } from "./openapi-parts.ts";
import { webhookObjects } from "./openapi-webhooks.ts";
import { OPERATIONS } from "./operations.ts";
import { probabilitiesResource } from "./probabilities.ts";
import { quarantineResource } from "./quarantine.ts";
import { repricingResource } from "./repricing.ts";
import { repricingsResource } from "./repricings.ts";
import type { Resource } from "./resource.ts";
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
  quarantineResource,
];

function operation(resource: Resource) {
  const operationId = operationIdOf(resource.path);
  const exchange = exchangeOf(operationId);
  return {
    operationId,
    summary: resource.summary,
    description: resource.description,
    parameters: [
      ...exemplified(parameterObjects(resource), resource.path, exchange),
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
          "application/json": { schema: jsonSchema(resource.answer, "output"), ...answerExamples(exchange) },
          ...(resource.item === null && resource.table === undefined
            ? {}
            : { "text/csv": { schema: { type: "string" } } }),
        },
      },
      "304": { description: "Unchanged since the ETag in If-None-Match" },
      "400": PROBLEM,
      "404": PROBLEM,
      default: PROBLEM,
    },
  };
}

const READ_WITH_KEY = [{ key: [] }, { keyAsPassword: [] }];
const TEXT = { type: "string" } as const;

/** Paths with all that may be done there. */
function operationPaths(): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = operationObject(operation);
    paths[operation.path] = path;
  }
  return paths;
}

/** The document. `requireKey`: reads need a key too. */
export function openApiDocument(about: {
  readonly version: string;
  readonly baseUrl: string;
  readonly requireKey: boolean;
}) {
  const { version, baseUrl, requireKey } = about;
  const problem = exchangeOf("problem");
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
    servers: [{ url: baseUrl === "" ? "/" : baseUrl }],
    security: requireKey ? READ_WITH_KEY : [{}, ...READ_WITH_KEY],
    paths: {
      ...Object.fromEntries(RESOURCES.map((resource) => [resource.path, { get: operation(resource) }])),
      ...operationPaths(),
      ...otherPaths(),
    },
    webhooks: webhookObjects(),
    components: {
      securitySchemes: SECURITY_SCHEMES,
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
          additionalProperties: false,
          ...(problem === null ? {} : { examples: [problem.answer.body] }),
        },
      },
    },
  };
}
