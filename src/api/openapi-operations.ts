/** Operations on webhooks as the OpenAPI document has them. */
import { exchangeOf } from "./examples.ts";
import { answerExamples, bodyExamples, exemplified } from "./openapi-examples.ts";
import { jsonSchema, PROBLEM, parameterObjects } from "./openapi-parts.ts";
import type { Operation } from "./write.ts";

export const SECURITY_SCHEMES = {
  key: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "cw_…",
    description: "An API key, made by `cutwatch keys create`",
  },
  keyAsPassword: {
    type: "http",
    scheme: "basic",
    description: "For reads in a browser: any user name, the key as password",
  },
} as const;

const REFUSALS: Readonly<Record<number, string>> = {
  400: "A parameter or a member of the body that cannot be used; it is named",
  401: "No key, or one that is not known or was revoked",
  403: "A key of scope read",
  404: "There is none of that number, or it is another tenant's",
  409: "Not in the state it is in",
  413: "A body of more than 64 KiB",
  415: "A body of another type than application/json",
};

const DONE: Readonly<Record<Operation["status"], string>> = {
  200: "The answer",
  201: "It was made",
  202: "It is queued",
  204: "It is gone",
};

/** One operation of the document. */
export function operationObject(operation: Operation): object {
  const { answer, body, examples = {} } = operation;
  const exchange = exchangeOf(operation.operationId);
  const refusals = [400, 401, 403, ...operation.refusals, ...(body === null ? [] : [413, 415])];
  const hasLocation =
    operation.status === 201 || (operation.status === 202 && operation.operationId !== "replay_webhook");
  return {
    operationId: operation.operationId,
    summary: operation.summary,
    description: operation.description,
    security: [{ key: [] }],
    parameters: exemplified(parameterObjects(operation), operation.path, exchange),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": { schema: jsonSchema(body, "input"), ...bodyExamples(exchange, examples) },
            },
          },
        }),
    responses: {
      [operation.status]: {
        description: DONE[operation.status],
        ...(hasLocation
          ? { headers: { Location: { description: "Where it can be read", schema: { type: "string" } } } }
          : {}),
        ...(answer === null
          ? {}
          : {
              content: {
                "application/json": { schema: jsonSchema(answer, "output"), ...answerExamples(exchange) },
              },
            }),
      },
      ...(operation.method === "GET" ? { "304": { description: "Unchanged since the ETag in If-None-Match" } } : {}),
      ...Object.fromEntries(refusals.map((status) => [status, { ...PROBLEM, description: REFUSALS[status] ?? "" }])),
      default: PROBLEM,
    },
  };
}
