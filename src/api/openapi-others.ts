/** Paths of the OpenAPI document that are neither questions nor commands: the stream, the drawings, the service itself. */
import { DRAWINGS } from "./drawings.ts";
import { exchangeOf } from "./examples.ts";
import { answerExamples, exemplified } from "./openapi-examples.ts";
import { operationIdOf, PROBLEM, parameterObjects } from "./openapi-parts.ts";
import { STREAM } from "./stream.ts";

const TEXT = { type: "string" } as const;

function content(contentType: string, operationId: string, schema: object = TEXT) {
  return { content: { [contentType]: { schema, ...answerExamples(exchangeOf(operationId)) } } };
}

function health(status: string, more: Readonly<Record<string, object>> = {}) {
  return {
    type: "object",
    required: ["status", ...Object.keys(more)],
    properties: { status: { const: status }, ...more },
    additionalProperties: false,
  };
}

const healthz = () => ({
  operationId: "healthz",
  summary: "Whether the process lives; never asks the database",
  security: [],
  responses: {
    "200": {
      description: "It lives",
      ...content("application/json", "healthz", health("ok", { version: TEXT })),
    },
  },
});

const readyz = () => ({
  operationId: "readyz",
  summary: "Whether questions can be answered",
  security: [],
  responses: {
    "200": { description: "They can", ...content("application/json", "readyz", health("ready")) },
    "503": {
      description: "The database does not answer",
      content: { "application/json": { schema: health("not_ready", { detail: TEXT }) } },
    },
  },
});

/** Paths by name. */
export function otherPaths(): Record<string, object> {
  const stream = {
    operationId: "stream",
    summary: STREAM.summary,
    description: STREAM.description,
    parameters: [
      ...exemplified(parameterObjects(STREAM), STREAM.path, exchangeOf("stream")),
      {
        name: "Last-Event-ID",
        in: "header",
        required: false,
        description: "The id of the last event that was seen",
        schema: TEXT,
      },
    ],
    responses: {
      "200": { description: "Events, without an end", ...content("text/event-stream", "stream") },
      "400": PROBLEM,
      "503": { ...PROBLEM, description: "1,000 clients are connected, or the server is stopping" },
      default: PROBLEM,
    },
  };
  const drawings = DRAWINGS.map((drawing) => [
    drawing.path,
    {
      get: {
        operationId: operationIdOf(drawing.path),
        summary: drawing.summary,
        description: drawing.description,
        parameters: exemplified(parameterObjects(drawing), drawing.path, exchangeOf(operationIdOf(drawing.path))),
        responses: {
          "200": { description: "The image", ...content("image/svg+xml", operationIdOf(drawing.path)) },
          "304": { description: "Unchanged since the ETag in If-None-Match" },
          "400": PROBLEM,
          "404": PROBLEM,
          default: PROBLEM,
        },
      },
    },
  ]);
  const metrics = {
    operationId: "metrics",
    summary: "Figures about the service, for Prometheus; answers when the database does not",
    responses: { "200": { description: "The figures", ...content("text/plain", "metrics") }, default: PROBLEM },
  };
  return {
    [STREAM.path]: { get: stream },
    ...Object.fromEntries(drawings),
    "/metrics": { get: metrics },
    "/healthz": { get: healthz() },
    "/readyz": { get: readyz() },
  };
}
